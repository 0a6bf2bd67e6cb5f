"""The application on each kind of database, with a platform that publishes its key over HTTP."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from lti_tool.catalogue import Catalogue, load_catalogue
from lti_tool.settings import read_settings
from tests.lti.http_lms import HttpLms, http_lms
from tests.lti.platform_side import ADDRESS, public_jwk

ROOT = Path(__file__).parent.parent.parent.parent


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The real standards."""
    return load_catalogue(ROOT / "rubrics", ROOT / "mappings")


@pytest.fixture
def lms(
    database_url: str, tmp_path: Path, catalogue: Catalogue, httpserver: HTTPServer
) -> Iterator[HttpLms]:
    """A platform that speaks to the application over its routes."""
    httpserver.expect_request("/jwks").respond_with_json({"keys": [public_jwk()]})
    settings = read_settings(
        {"LTI_TOOL_DATABASE_URL": database_url, "LTI_TOOL_DATA_DIR": str(tmp_path)},
        default_base_url=ADDRESS.base_url,
    )
    made = http_lms(
        replace(settings, allow_loopback_platforms=True),
        catalogue,
        httpserver.url_for("").rstrip("/"),
    )
    yield made
    made.close()
