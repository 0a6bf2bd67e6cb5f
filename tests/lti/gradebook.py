"""A platform with a gradebook, for the tests of what is asked of one: fixture ``lms``."""

import json
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from pytest_httpserver import HTTPServer
from werkzeug import Request

from lti_tool.lti.access_tokens import AccessTokens
from lti_tool.lti.grade_messages import ScoreToSend
from lti_tool.lti.grades import GradeBook
from lti_tool.lti.http import PlatformHttp
from lti_tool.lti.keys import SigningKey
from tests.lti.platform_side import AGS_SCOPES, KEY, NOW, platform_at

CAPTURED = json.loads(
    (Path(__file__).parent / "data" / "moodle-4.5.5-grades.json").read_text(encoding="utf-8")
)
ITEMS = "/2/lineitems"
ITEM = "/2/lineitems/13/lineitem"
LINE_ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
SCORE = ScoreToSend("5", Decimal("66.67"), Decimal(100), "46/49 已掌握；\n未达成：2.2.4 红线", NOW)


@dataclass
class Lms:
    """A platform with a token service; the tests put the rest there."""

    server: HTTPServer
    http: PlatformHttp

    def url(self, path: str) -> str:
        return str(self.server.url_for(path)) + "?type_id=1"

    def book(
        self,
        *,
        product: str = "moodle",
        granted: frozenset[str] = frozenset(AGS_SCOPES),
        **changes: Any,
    ) -> GradeBook:
        base = self.server.url_for("").rstrip("/")
        tokens = AccessTokens(
            self.http, signing_key=lambda: SigningKey("k", KEY), unique=lambda: "u"
        )
        options: dict[str, Any] = {"line_items_url": self.url(ITEMS), **changes}
        platform = replace(platform_at(base), product=product)
        return GradeBook(
            self.http, tokens, platform=platform, deployment="d1", granted=granted, **options
        )

    def entry(self, number: int = 13, **changes: Any) -> dict[str, Any]:
        return {
            "id": self.url(f"/2/lineitems/{number}/lineitem"),
            "label": "作业一",
            "scoreMaximum": 100,
            "resourceId": "a-7",
            "tag": "grade",
            "resourceLinkId": "1",
            "ltiLinkId": "1",
            **changes,
        }

    def requests(self, method: str, path: str) -> list[Request]:
        return [r for r, _ in self.server.log if (r.method, r.path) == (method, path)]

    def scopes(self) -> list[str]:
        forms = [parse_qs(r.get_data(as_text=True)) for r in self.requests("POST", "/token")]
        return [form["scope"][0].rpartition("/")[2] for form in forms]
