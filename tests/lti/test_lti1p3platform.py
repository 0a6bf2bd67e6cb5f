"""Tokens, line items, scores, results, the class list and a deep linking answer against
lti1p3platform, an LMS's side of LTI that nobody here wrote, over HTTP.

Its own code checks our token requests and bearer tokens; what it stores is a dictionary here.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, ClassVar

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from flask import Flask, request
from flask.typing import ResponseReturnValue
from lti1p3platform.exceptions import LineItemNotFoundException
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.membership import Context
from lti1p3platform.registration import Registration
from lti1p3platform.request import Request
from lti1p3platform.response import Response, generate_next_link
from lti1p3platform.score import UpdateScoreStatus
from lti1p3platform.service_connector import (
    AssignmentsGradesService,
    NamesRoleProvisioningService,
)

from lti_tool.domain.launch import DeepLinking
from lti_tool.lti.access_tokens import AccessTokens
from lti_tool.lti.answers import Delivered, NotNewer, Refused
from lti_tool.lti.deep_linking import Link, Reply, deep_linking_answer
from lti_tool.lti.grade_messages import LineItem, NewLineItem, Result, ScoreToSend
from lti_tool.lti.grades import GradeBook
from lti_tool.lti.http import PlatformHttp
from lti_tool.lti.keys import SigningKey, key_set, new_signing_key
from lti_tool.lti.names_roles import ClassList
from tests.delivery.serving import served
from tests.lti.platform_side import AGS_SCOPES, platform_at

TOOL_KEY: SigningKey = new_signing_key()
MEMBERS = [
    {"user_id": str(number), "roles": ["Learner" if number > 1 else "Instructor"]}
    for number in range(1, 6)
]


def present() -> datetime:
    """The library looks at the machine's clock, so these tests do, too."""
    return datetime.now(UTC)


class Config(LTI1P3PlatformConfAbstract):
    """The one registration."""

    def init_platform_config(self, **kwargs: Any) -> None:
        key = generate_private_key(public_exponent=65537, key_size=2048)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        made = Registration().set_iss("https://lms.example.edu").set_client_id("client-1")
        made.set_platform_private_key(private.decode()).set_platform_public_key(public.decode())
        self._registration = made.set_tool_key_set(key_set([TOOL_KEY]))

    def get_registration_by_params(self, **kwargs: Any) -> Registration:
        return self.get_registration()


class Asked(Request):
    """A Flask request as the library wants it."""

    def build_metadata(self, asked: Any) -> Any:
        return {
            "method": asked.method,
            "form_data": asked.form.to_dict(),
            "get_data": {k: int(v) if v.isdigit() else v for k, v in asked.args.items()},
            "headers": asked.headers,
            "content_type": asked.content_type,
            "path": asked.path,
            "json": asked.get_json(force=True, silent=True),
        }


class Grades(AssignmentsGradesService):
    """The gradebook."""

    items: ClassVar[dict[str, Any]] = {}
    held: ClassVar[dict[str, Any]] = {}

    def find_lineitems(self, **asked: Any) -> Any:
        keys = {"resource_id": "resourceId", "tag": "tag"}
        wanted = {keys[name]: value for name, value in asked.items() if name in keys}
        found = [i for i in self.items.values() if all(i[k] == v for k, v in wanted.items())]
        return {"content": found, "has_next": False, "next": None}

    def find_lineitem(self, line_item_id: str) -> Any:
        if line_item_id not in self.items:
            raise LineItemNotFoundException
        return self.items[line_item_id]

    def create_lineitem(self, creation_data: Any) -> Any:
        url = f"{self.ags.lineitems_url}/{len(self.items) + 1}"
        self.items[url] = {**creation_data, "id": url}
        return self.items[url]

    def update_lineitem(self, update_data: Any) -> Any:
        self.items[self.find_lineitem(update_data["id"])["id"]] = update_data
        return update_data

    def delete_lineitem(self, line_item_id: str) -> None:
        del self.items[self.find_lineitem(line_item_id)["id"]]

    def update_score(self, line_item_id: str, score: Any) -> UpdateScoreStatus:
        held = self.held.get(score["userId"])
        if held is not None and held["timestamp"] >= score["timestamp"]:
            return UpdateScoreStatus.OLD_TIMESTAMP
        self.held[score["userId"]] = score
        return UpdateScoreStatus.SUCCESS

    def get_results(self, line_item_id: str, **asked: Any) -> Any:
        found = [
            {"userId": who, "resultScore": s["scoreGiven"], "resultMaximum": s["scoreMaximum"]}
            for who, s in self.held.items()
        ]
        return {"content": found, "has_next": False, "next": None}


class People(NamesRoleProvisioningService):
    """The class, two a page."""

    def get_context_by_id(self) -> Context:
        return Context("2", "C", "Course")

    def get_member_data_page(self, page: int = 1, limit: int | None = None, **_: Any) -> Any:
        first = (page - 1) * (limit or len(MEMBERS))
        rest = first + (limit or len(MEMBERS))
        more = rest < len(MEMBERS)
        return {"content": MEMBERS[first:rest], "has_next": more, "next": None}


def sent(answer: Response) -> ResponseReturnValue:
    """An answer of the library on the wire; a gradebook's lists come as pages of a dictionary."""
    body, headers = answer.result, {"Content-Type": answer.media_type}
    if isinstance(body, dict) and body.get("next"):
        headers["Link"] = generate_next_link(body["next"])
    if isinstance(body, dict) and "has_next" in body:
        body = body["content"]
    return "" if body is None else json.dumps(body), answer.code, headers


def lms(base: str) -> Flask:
    """The platform's services at this address."""
    app, config = Flask("lms", root_path="."), Config()
    app.config["URL"] = base

    def grades(*item: str) -> Grades:
        url = "/".join((base, "items", *item))
        return Grades(Asked(request), config, f"{base}/items", url)

    def answer(service: Any, name: str, **more: Any) -> ResponseReturnValue:
        return sent(service.handle_resp(getattr(service, name), **more))

    @app.post("/token")
    def token() -> ResponseReturnValue:
        return dict(config.get_access_token(request.form.to_dict()))

    @app.route("/items", methods=["GET", "POST"])
    def items() -> ResponseReturnValue:
        names = {"GET": "handle_get_lineitems", "POST": "handle_create_lineitem"}
        return answer(grades(), names[request.method])

    @app.route("/items/<number>", methods=["GET", "PUT", "DELETE"])
    def item(number: str) -> ResponseReturnValue:
        verb = {"GET": "get", "PUT": "update", "DELETE": "delete"}[request.method]
        url = f"{base}/items/{number}"
        return answer(grades(number), f"handle_{verb}_lineitem", line_item_id=url)

    @app.route("/items/<number>/<part>", methods=["GET", "POST"])
    def inside(number: str, part: str) -> ResponseReturnValue:
        names = {"scores": "handle_update_score", "results": "handle_get_results"}
        url = f"{base}/items/{number}"
        return answer(grades(number), names[part], line_item_id=url)

    @app.get("/people")
    def people() -> ResponseReturnValue:
        service = People(Asked(request), config, f"{base}/people")
        return answer(service, "handle_get_members")

    return app


@pytest.fixture
def base() -> Iterator[str]:
    Grades.items, Grades.held = {}, {}
    with served(lms) as app:
        yield app.config["URL"]


@pytest.fixture
def tokens(http: PlatformHttp) -> AccessTokens:
    numbers = count()
    return AccessTokens(http, signing_key=lambda: TOOL_KEY, unique=lambda: str(next(numbers)))


@pytest.fixture
def book(base: str, http: PlatformHttp, tokens: AccessTokens) -> GradeBook:
    return GradeBook(
        http,
        tokens,
        platform=platform_at(base),
        deployment="d1",
        line_items_url=f"{base}/items",
        granted=frozenset(AGS_SCOPES) - {AGS_SCOPES[1]},
    )


def test_a_column_is_made_found_changed_filled_read_and_deleted(book: GradeBook) -> None:
    made = book.create(NewLineItem("作业一", Decimal(20), "a-7", "grade"), now=present())
    assert isinstance(made, LineItem)
    assert book.find("a-7", "grade", now=present()) == made
    changed = book.change(made.url, label="作业二", maximum=Decimal(40), now=present())
    assert isinstance(changed, LineItem)
    assert (changed.label, changed.maximum, changed.resource_id) == ("作业二", Decimal(40), "a-7")
    score = ScoreToSend("5", Decimal(30), Decimal(40), "好", present())
    assert book.post_score(made.url, score, now=present()) == Delivered()
    (held,) = read(book, made.url)
    assert (held.user_id, held.score, held.maximum) == ("5", Decimal(30), Decimal(40))
    assert book.delete(made.url, now=present()) is None
    assert isinstance(book.read(made.url, now=present()), Refused)
    assert book.find("a-7", "grade", now=present()) is None


def read(book: GradeBook, url: str) -> tuple[Result, ...]:
    found = book.results(url, now=present())
    assert isinstance(found, tuple)
    return found


def test_an_older_score_is_not_taken(book: GradeBook) -> None:
    made = book.create(NewLineItem("作业一", Decimal(20), "a-7", "grade"), now=present())
    assert isinstance(made, LineItem)
    score = ScoreToSend("5", Decimal(10), Decimal(20), None, present())
    older = replace(score, at=score.at - timedelta(seconds=1))
    assert book.post_score(made.url, score, now=present()) == Delivered()
    assert isinstance(book.post_score(made.url, older, now=present()), NotNewer)


@pytest.mark.parametrize("query", ["", "?limit=2"])
def test_the_class_list_is_read_page_by_page(
    base: str, http: PlatformHttp, tokens: AccessTokens, query: str
) -> None:
    people = ClassList(http, tokens, platform=platform_at(base), deployment="d1")
    found = people.members(f"{base}/people{query}", now=present())
    assert isinstance(found, tuple)
    assert [each.person.sub for each in found][: len(MEMBERS)] == [
        each["user_id"] for each in MEMBERS
    ]


def test_a_deep_linking_answer_is_taken() -> None:
    wanted = DeepLinking(
        "https://lms.example.edu/deep", accept_multiple=True, accept_line_item=True
    )
    links = [Link(each, "https://tool.example.edu/lti/launch") for each in ("一", "二")]
    made = deep_linking_answer(
        wanted,
        Reply(links),
        platform=platform_at("https://lms.example.edu"),
        deployment="d1",
        key=TOOL_KEY,
        now=present(),
        token=lambda: "nonce",
    )
    items = Config().validate_deeplinking_resp({"JWT": made.fields["JWT"]})
    assert [each["title"] for each in items] == ["一", "二"]
