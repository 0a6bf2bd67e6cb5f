"""The real application over a made-up course, asked by a program with an access token."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from lti_tool.app import build_parts, create_app
from lti_tool.catalogue import Catalogue
from lti_tool.domain.access_token import AccessToken, Scope
from lti_tool.domain.launch import Role
from lti_tool.persistence.courses import Course
from lti_tool.services.issue_token import By, Wish, issue_token
from lti_tool.settings import read_settings
from tests.services.classroom import Classroom, enrol

EVERYTHING = frozenset(Scope)


@dataclass
class Program:
    """A program that asks the API."""

    app: Flask
    classroom: Classroom
    secret: str | None
    language: str = "en"

    def get(self, path: str, *, headers: Mapping[str, str] | None = None) -> TestResponse:
        """The answer for a path under ``/api/v1``, query included."""
        sent = {"Accept-Language": self.language, **(headers or {})}
        if self.secret is not None:
            sent.setdefault("Authorization", f"Bearer {self.secret}")
        return Client(self.app, TestResponse).get(f"/api/v1{path}", headers=sent)

    def told(self, path: str) -> Any:
        """What a path tells."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json

    def problem(self, path: str, status: int, **options: Any) -> Any:
        """Why a path is refused."""
        answer = self.get(path, **options)
        assert answer.status_code == status, answer.text
        assert answer.content_type == "application/problem+json"
        return answer.json


def token_for(
    classroom: Classroom,
    secret: str,
    *,
    scopes: frozenset[Scope] = EVERYTHING,
    course: Course | None = None,
    days: int = 30,
) -> AccessToken:
    """A token of the classroom's school, or of the school of another course."""
    chosen = course or classroom.course
    owner = enrol(classroom.database, chosen, "李慧", Role.TEACHER)
    with classroom.database.transaction() as session:
        return issue_token(
            session,
            Wish("考务平台", scopes, days),
            secret,
            By(owner.id, classroom.now),
            school_id=chosen.school_id,
            owner_id=owner.id,
        )


@pytest.fixture
def app(
    classroom: Classroom, catalogue: Catalogue, sqlite_url: str, tmp_path: Path
) -> Iterator[Flask]:
    environment = {"LTI_TOOL_DATABASE_URL": sqlite_url, "LTI_TOOL_DATA_DIR": str(tmp_path)}
    settings = read_settings(environment, default_base_url="https://tool.example")
    parts = build_parts(settings, clock=lambda: classroom.now, catalogue=catalogue)
    yield create_app(parts)
    parts.database.close()


@pytest.fixture
def program(app: Flask, classroom: Classroom) -> Program:
    """A program that may read everything of the classroom's school."""
    secret = secrets.token_urlsafe(32)
    token_for(classroom, secret)
    return Program(app, classroom, secret)
