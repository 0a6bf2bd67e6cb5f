"""What the API works with, handed in by ``create_app``."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from flask import Flask, current_app

from lti_tool.catalogue import Catalogue
from lti_tool.persistence.database import Database

KEY = "lti_tool_api"


@dataclass(frozen=True, slots=True)
class Api:
    """``admit_token`` counts a request of the token of this id and ``admit_address`` one without a
    token that works; both return the seconds to wait where there were too many, else None."""

    database: Database
    catalogue: Callable[[], Catalogue]
    clock: Callable[[], datetime]
    zone: ZoneInfo
    base_url: str
    admit_token: Callable[[int], int | None]
    admit_address: Callable[[], int | None]

    @property
    def address(self) -> str:
        """Where the API is reached from outside, without a slash at the end."""
        return f"{self.base_url.rstrip('/')}/api/v1"


def install(app: Flask, api: Api) -> None:
    """Give the application what it works with."""
    app.extensions[KEY] = api


def wired() -> Api:
    """What the application that serves this request works with."""
    return cast("Api", current_app.extensions[KEY])
