"""Three LMSs that misbehave, as a program of their own: `python -m tests.chaos.fake_lms PORT TOOL`.

With `calm` and a number behind it they behave from the start, and answer after so many seconds.

Each has a token endpoint, columns, scores and results as AGS 2.0 has them, refuses a score whose
time is not newer than the last (409), and keeps every score it accepted in the order it did. While
the storm is on, a share of requests goes wrong. `GET /log` tells all; `POST /calm` ends the storm.
Not here: what is right in the end (``reckoning``).
"""

import json
import random
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import requests

NAMES = ("north", "south", "west")
HANG_SECONDS = 17.0
"""Longer than the tool waits for an answer."""
TOKEN_SECONDS = 70
"""The tool uses no token in its last minute: one serves ten seconds."""
WAIT_SECONDS = "1"
SHARES = (
    ("500", 0.03),
    ("503", 0.005),
    ("429", 0.01),
    ("409", 0.02),
    ("401", 0.02),
    ("hang", 0.001),
    ("drop_before", 0.02),
    ("drop_after", 0.03),
)
"""How often what goes wrong."""


@dataclass
class Platform:
    """One LMS. ``accepted`` holds line item, user, timestamp, points and maximum of each score it
    took, in order."""

    name: str
    tokens: dict[str, float] = field(default_factory=dict)
    items: dict[int, dict[str, Any]] = field(default_factory=dict)
    cells: dict[tuple[int, str], dict[str, Any]] = field(default_factory=dict)
    accepted: list[tuple[int, str, str, float, float]] = field(default_factory=list)
    posts: int = 0


class Lms(ThreadingHTTPServer):
    """All platforms at one address."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, tool: str, *, delay: float | None = None) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.tool = tool
        self.platforms = {name: Platform(name) for name in NAMES}
        self.lock = Lock()
        self.storm = delay is None
        self.delay = delay or 0.0
        self.token_seconds = 3600 if delay is not None else TOKEN_SECONDS
        self.chance = random.Random(20261123)
        self.went_wrong: dict[str, int] = {}
        self._keys: dict[str, Any] = {}

    def fault(self) -> str:
        """What goes wrong with this request; empty: nothing."""
        if not self.storm:
            return ""
        drawn = self.chance.random()
        for name, share in SHARES:
            drawn -= share
            if drawn < 0:
                self.went_wrong[name] = self.went_wrong.get(name, 0) + 1
                return name
        return ""

    def is_signed_by_tool(self, assertion: str) -> bool:
        """Whether the tool's published key signed it; an unknown one is looked for once more."""
        kid = jwt.get_unverified_header(assertion)["kid"]
        if kid not in self._keys:
            self._fetch_keys()
        if kid not in self._keys:
            return False
        jwt.decode(assertion, self._keys[kid], algorithms=["RS256"], options={"verify_aud": False})
        return True

    def _fetch_keys(self) -> None:
        try:
            answer = requests.get(f"{self.tool}/lti/jwks", timeout=2).json()
        except (requests.RequestException, ValueError):
            return
        self._keys = {str(each.key_id): each.key for each in jwt.PyJWKSet.from_dict(answer).keys}

    def log(self) -> Mapping[str, Any]:
        """All that happened."""
        with self.lock:
            return {
                "went_wrong": self.went_wrong,
                "platforms": {
                    name: {
                        "items": list(each.items.values()),
                        "accepted": each.accepted,
                        "posts": each.posts,
                    }
                    for name, each in self.platforms.items()
                },
            }


class Handler(BaseHTTPRequestHandler):
    """A request."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    """Otherwise head and body are two packets, and the second waits 40 ms."""
    server: Lms

    def log_message(self, *_line: Any) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        if self.path == "/log":
            return self._answer(200, self.server.log())
        return self._serve("GET", b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/calm":
            self.server.storm = False
            return self._answer(200, {})
        return self._serve("POST", body)

    def _serve(self, method: str, body: bytes) -> None:
        fault = self.server.fault()
        if self.server.delay:
            time.sleep(self.server.delay)
        if fault == "hang":
            time.sleep(HANG_SECONDS)
        if fault == "drop_before":
            return self._drop()
        if fault.isdecimal():
            headers = {"Retry-After": WAIT_SECONDS} if fault == "429" else {}
            return self._answer(int(fault), {"fault": fault}, headers)
        status, answer = self._done(method, body)
        if fault == "drop_after":
            return self._drop()
        return self._answer(status, answer)

    def _done(self, method: str, body: bytes) -> tuple[int, object]:
        parts = urlsplit(self.path)
        _, name, *rest = parts.path.split("/")
        platform = self.server.platforms[name]
        if rest == ["token"]:
            return self._token(platform, parse_qs(body.decode()))
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        with self.server.lock:
            if platform.tokens.get(token, 0) < time.time():
                return 401, {"error": "token"}
            if rest == ["lineitems"]:
                return self._columns(platform, method, body, parse_qs(parts.query))
            item = int(rest[1])
            if rest[2:] == ["lineitem", "scores"]:
                return self._score(platform, item, json.loads(body))
            return 200, self._results(platform, item, parse_qs(parts.query))

    def _token(self, platform: Platform, form: Mapping[str, list[str]]) -> tuple[int, object]:
        if not self.server.is_signed_by_tool(form["client_assertion"][0]):
            return 400, {"error": "invalid_client"}
        token = f"{platform.name}-{time.time_ns()}"
        with self.server.lock:
            platform.tokens[token] = time.time() + self.server.token_seconds - 60
        lifetime = self.server.token_seconds
        return 200, {"access_token": token, "expires_in": lifetime, "token_type": "Bearer"}

    def _columns(
        self, platform: Platform, method: str, body: bytes, query: Mapping[str, list[str]]
    ) -> tuple[int, object]:
        if method == "GET":
            wanted = query["resource_id"][0], query["tag"][0]
            return 200, [
                each
                for each in platform.items.values()
                if (each["resourceId"], each["tag"]) == wanted
            ]
        number = len(platform.items) + 1
        address = f"http://{self.headers['Host']}/{platform.name}/lineitems/{number}/lineitem"
        platform.items[number] = {**json.loads(body), "id": address}
        return 201, platform.items[number]

    def _score(self, platform: Platform, item: int, score: dict[str, Any]) -> tuple[int, object]:
        platform.posts += 1
        key = (item, score["userId"])
        held = platform.cells.get(key)
        if held is not None and score["timestamp"] <= held["timestamp"]:
            return 409, {"error": "not newer"}
        platform.cells[key] = score
        platform.accepted.append(
            (item, *(score[name] for name in ("userId", "timestamp", "scoreGiven", "scoreMaximum")))
        )
        return 200, {}

    def _results(self, platform: Platform, item: int, query: Mapping[str, list[str]]) -> object:
        held = platform.cells.get((item, query["user_id"][0]))
        if held is None:
            return []
        return [
            {
                "userId": held["userId"],
                "resultScore": held["scoreGiven"],
                "resultMaximum": held["scoreMaximum"],
                "comment": held.get("comment", ""),
                "timestamp": held["timestamp"],
            }
        ]

    def _answer(self, status: int, body: object, headers: Mapping[str, str] | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(data)

    def _drop(self) -> None:
        self.close_connection = True


if __name__ == "__main__":
    port, tool, *calm = sys.argv[1:]
    Lms(int(port), tool, delay=float(calm[1]) if calm else None).serve_forever()
