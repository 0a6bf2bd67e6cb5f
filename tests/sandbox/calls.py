"""Calls to a platform's grade service, as a careful tool makes them."""

import json
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.sandbox import LineItem, Platform
from lti_tool.sandbox.claims import SCOPES

ITEM = "application/vnd.ims.lis.v2.lineitem+json"
CONTAINER = "application/vnd.ims.lis.v2.lineitemcontainer+json"
RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"
SCORE = "application/vnd.ims.lis.v1.score+json"


@dataclass
class GradeService:
    """The grade service of one platform, called over the test client with a good token."""

    client: FlaskClient
    platform: Platform
    scopes: frozenset[str] = frozenset(SCOPES)

    def call(self, method: str, url: str, **headers: str) -> TestResponse:
        return self.send(method, url, None, **headers)

    def send(self, method: str, url: str, body: object, **headers: str) -> TestResponse:
        token = self.platform.tokens.issue(self.scopes)
        path = url.removeprefix("http://localhost:8081")
        raw = body if isinstance(body, str | None) else json.dumps(body, ensure_ascii=False)
        names = {"accept": "Accept", "content_type": "Content-Type"}
        sent = {names[name]: value for name, value in headers.items()}
        sent["Authorization"] = f"Bearer {token}"
        data = raw.encode() if raw is not None else None
        return self.client.open(path, method=method, data=data, headers=sent)

    def create(self, **fields: object) -> TestResponse:
        url = self.platform.addresses.line_items
        return self.send("POST", url, fields, accept=ITEM, content_type=ITEM)

    def container(self, query: str = "") -> TestResponse:
        url = self.platform.addresses.line_items
        joint = "&" if "?" in url else "?"
        return self.call("GET", url + (joint + query if query else ""), accept=CONTAINER)

    def score(self, item: LineItem, **fields: object) -> TestResponse:
        path, _, query = self.platform.addresses.line_item(item.id).partition("?")
        score: dict[str, object] = {
            "userId": self.platform.students[0].user_id,
            "scoreGiven": 80,
            "scoreMaximum": 100,
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "timestamp": self.platform.now().isoformat(),
        }
        body = {k: v for k, v in (score | fields).items() if v is not None}
        url = f"{path}/scores?{query}" if query else f"{path}/scores"
        return self.send("POST", url, body, content_type=SCORE)

    def results(self, item: LineItem) -> Any:
        answer = self.call("GET", self.platform.addresses.results(item.id), accept=RESULTS)
        assert answer.status_code == 200
        return answer.get_json()
