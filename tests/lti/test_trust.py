"""Whose certificates the tool trusts, over real TLS."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from lti_tool.lti.http import PlatformHttp, PlatformUnreachableError
from lti_tool.lti.trust import in_bundle, trusting
from tests.authority import DAY, Authority, authority


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


@contextmanager
def lms(security: ssl.SSLContext) -> Iterator[str]:
    """An LMS that answers over TLS; gives its address."""
    with HTTPServer(host="127.0.0.1", ssl_context=security) as server:
        server.expect_request("/keys").respond_with_data("keys")
        server.expect_request("/scores", method="POST").respond_with_data("taken")
        yield f"https://127.0.0.1:{server.port}"


def asked(url: str, bundle: Path | None) -> str:
    http = PlatformHttp(allow_loopback=True, ca_bundle=bundle)
    try:
        return http.get(f"{url}/keys").body.decode()
    finally:
        http.close()


def test_an_lms_of_the_schools_own_authority_is_reached_with_its_certificate(
    school: Authority,
) -> None:
    with lms(school.server()) as url:
        assert asked(url, school.path) == "keys"
        http = PlatformHttp(allow_loopback=True, ca_bundle=school.path)
        assert http.send("POST", f"{url}/scores", headers={}, body=b"{}").body == b"taken"
        http.close()


def test_the_certificate_counts_where_addresses_are_guarded_too(
    school: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lti_tool.lti.http.is_public", lambda _address: True)
    with lms(school.server()) as url:
        http = PlatformHttp(ca_bundle=school.path)
        assert http.get(f"{url}/keys").body == b"keys"
        http.close()
        strict = PlatformHttp()
        with pytest.raises(PlatformUnreachableError, match="SSLError"):
            strict.get(f"{url}/keys")
        strict.close()


@pytest.mark.parametrize("case", ["nobody", "other", "expired", "host"])
def test_a_certificate_that_leads_to_nobody_trusted_is_refused(
    school: Authority, tmp_path: Path, case: str
) -> None:
    bundles = {"nobody": None, "other": authority(tmp_path).path}
    server = school.server(
        "127.0.0.2" if case == "host" else "127.0.0.1", lives=-DAY if case == "expired" else DAY
    )
    with lms(server) as url, pytest.raises(PlatformUnreachableError, match="SSLError"):
        asked(url, bundles.get(case, school.path))


def test_an_authority_in_between_is_enough(school: Authority) -> None:
    faculty = school.below("faculty")
    with lms(faculty.server()) as url:
        assert asked(url, faculty.path) == "keys"


def test_those_that_everybody_trusts_stay_trusted(school: Authority) -> None:
    usual = trusting(None).cert_store_stats()["x509_ca"]
    assert usual > 50
    assert trusting(school.path).cert_store_stats()["x509_ca"] == usual + 1


def test_a_bundle_tells_whose_certificates_it_holds_and_until_when(tmp_path: Path) -> None:
    first = authority(tmp_path, lives=timedelta(days=9))
    second = first.below("faculty")
    both = tmp_path / "both.pem"
    both.write_bytes(second.path.read_bytes() + first.path.read_bytes())

    found = in_bundle(both)

    assert [each.name for each in found] == ["CN=School CA", "CN=faculty"]
    assert found[0].until == first.certificate.not_valid_after_utc
