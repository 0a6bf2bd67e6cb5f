"""The load of the launch benchmark, in a process of its own: browsers and the platform's signing.

Reads a ``Plan`` as JSON from standard input, prints one ``Round`` as JSON per line. A round times
bare requests, then logins, then the launches of those logins; the platform signs in between,
untimed, since that is no work of the tool's. Then the same with people whom nobody has seen yet.
Each request has its own connection, as behind a reverse proxy as it comes. Not here: the servers
(``bench_launch``).
"""

import json
import re
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
COOKIE = re.compile(rb"^Set-Cookie: ([^;\r]+)", re.MULTILINE | re.IGNORECASE)
LOCATION = re.compile(rb"^Location: ([^\r]+)", re.MULTILINE | re.IGNORECASE)

A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True)
class Plan:
    """``size`` launches a round, of ``size`` students in ``courses`` courses by turns, and as many
    of newcomers. ``threads`` browsers at a time: as many as the server has threads."""

    port: int
    issuer: str
    client_id: str
    kid: str
    private_pem: str
    rounds: int = 7
    size: int = 300
    threads: int = 8
    courses: int = 3


@dataclass(frozen=True)
class Round:
    """Seconds for ``2 * size`` bare requests, for as many that do the least of ``size`` launches,
    and for ``size`` logins and launches together: of people who come back, and of newcomers."""

    bare: float
    least: float
    back: float
    new: float


@dataclass(frozen=True)
class Begun:
    """A login under way in a browser."""

    state: str
    nonce: str
    cookie: str


class Load:
    """Browsers that launch, and the platform that signs for them."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        key = load_pem_private_key(plan.private_pem.encode(), None)
        if not isinstance(key, RSAPrivateKey):
            raise TypeError("no RSA key")
        self._key = key
        self._target = f"http://127.0.0.1:{plan.port}/lti/launch"
        self._seen = plan.size

    def round(self) -> Round:
        """Time one round; the bare requests half before and half after the launches."""
        size = self.plan.size
        before, _ = self._timed(lambda _number: self._bare(), range(size))
        least = self._least(size)
        back = self._launches(range(size))
        new = self._launches(range(self._seen, self._seen + size))
        self._seen += size
        after, _ = self._timed(lambda _number: self._bare(), range(size))
        return Round(before + after, least, back, new)

    def enter(self, number: int) -> None:
        """One launch from its beginning."""
        self._launch(self._signed(number, self._login(number)))

    def _launches(self, people: range) -> float:
        """Let each of these people log in, and then launch."""
        logins, begun = self._timed(self._login, people)
        forms = [self._signed(*each) for each in zip(people, begun, strict=True)]
        launches, _ = self._timed(self._launch, forms)
        return logins + launches

    def _timed(self, work: Callable[[A], B], items: Sequence[A]) -> tuple[float, list[B]]:
        with ThreadPoolExecutor(self.plan.threads) as pool:
            start = time.perf_counter()
            done = list(pool.map(work, items, chunksize=1))
            return time.perf_counter() - start, done

    def _least(self, size: int) -> float:
        logins, _ = self._timed(lambda _number: self._bare("least/login"), range(size))
        launches, _ = self._timed(lambda _number: self._bare("least/launch"), range(size))
        return logins + launches

    def _bare(self, path: str = "") -> None:
        if b"200 OK" not in self._send("GET", f"/bare/{path}", b"", ""):
            raise RuntimeError("the bare request failed")

    def _login(self, number: int) -> Begun:
        parameters = {
            "iss": self.plan.issuer,
            "client_id": self.plan.client_id,
            "login_hint": str(number),
            "lti_message_hint": "7",
            "target_link_uri": self._target,
        }
        answer = self._send("POST", "/lti/login", urlencode(parameters).encode(), "")
        location, cookie = LOCATION.search(answer), COOKIE.search(answer)
        if location is None or cookie is None:
            raise RuntimeError(answer.decode())
        query = parse_qs(urlsplit(location[1].decode()).query)
        return Begun(query["state"][0], query["nonce"][0], cookie[1].decode())

    def _signed(self, number: int, begun: Begun) -> tuple[Begun, bytes]:
        token = jwt.encode(
            self._claims(number, begun.nonce),
            self._key,
            algorithm="RS256",
            headers={"kid": self.plan.kid},
        )
        return begun, urlencode({"state": begun.state, "id_token": token}).encode()

    def _launch(self, form: tuple[Begun, bytes]) -> None:
        begun, body = form
        answer = self._send("POST", "/lti/launch", body, begun.cookie)
        location = LOCATION.search(answer)
        if location is None or not location[1].startswith(b"/s/"):
            raise RuntimeError(answer.decode())

    def _claims(self, number: int, nonce: str) -> dict[str, object]:
        now = int(time.time())
        course = number % self.plan.courses
        return {
            "iss": self.plan.issuer,
            "aud": self.plan.client_id,
            "sub": f"student-{number}",
            "iat": now,
            "exp": now + 60,
            "nonce": nonce,
            "name": f"学生 {number}",
            "given_name": "生",
            "family_name": "学",
            "email": f"student-{number}@example.edu",
            LTI + "version": "1.3.0",
            LTI + "message_type": "LtiResourceLinkRequest",
            LTI + "deployment_id": "1",
            LTI + "target_link_uri": self._target,
            LTI + "roles": [LEARNER],
            LTI + "resource_link": {"id": f"link-{course}", "title": "作业"},
            LTI + "context": {"id": f"course-{course}", "title": "Web 前端", "label": "WEB"},
            LTI + "lis": {"person_sourcedid": f"2024{number:05}"},
            LTI + "tool_platform": {"guid": "g", "product_family_code": "moodle"},
            LTI + "launch_presentation": {"locale": "zh_cn", "document_target": "iframe"},
            AGS: {
                "scope": [SCOPE + "lineitem", SCOPE + "score", SCOPE + "result.readonly"],
                "lineitems": f"https://lms.example.edu/{course}/lineitems?type_id=1",
                "lineitem": f"https://lms.example.edu/{course}/lineitems/1/lineitem?type_id=1",
            },
        }

    def _send(self, method: str, path: str, body: bytes, cookie: str) -> bytes:
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.plan.port}\r\n"
            f"Connection: close\r\nContent-Length: {len(body)}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
        )
        head += f"Cookie: {cookie}\r\n\r\n" if cookie else "\r\n"
        with socket.create_connection(("127.0.0.1", self.plan.port), timeout=30) as connection:
            connection.sendall(head.encode() + body)
            return b"".join(_parts(connection))


def _parts(connection: socket.socket) -> Iterator[bytes]:
    while part := connection.recv(65536):
        yield part


def main() -> None:
    """One untimed round, so that people and courses are known, then the timed ones."""
    load = Load(Plan(**json.load(sys.stdin)))
    load.round()
    for _ in range(load.plan.rounds):
        print(json.dumps(asdict(load.round())), flush=True)


if __name__ == "__main__":
    main()
