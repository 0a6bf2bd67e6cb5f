"""Where requests may go, and how much may come back."""

import socket
from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from lti_tool.lti.http import (
    MOST_BYTES,
    ForbiddenAddressError,
    PlatformHttp,
    PlatformUnreachableError,
    is_public,
)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
    ],
)
def test_this_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_this_address_is_public(address: str) -> None:
    assert is_public(address)


@pytest.fixture
def guarded() -> Iterator[PlatformHttp]:
    made = PlatformHttp()
    yield made
    made.close()


@pytest.mark.parametrize("url", ["http://lms.example.edu/", "ftp://lms.example.edu", "no url"])
def test_only_https_is_spoken(guarded: PlatformHttp, url: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        guarded.get(url)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "10.1.2.3", "localhost"])
def test_private_addresses_are_not_connected_to(guarded: PlatformHttp, host: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        guarded.send("POST", f"https://{host}:9/", headers={}, body=b"{}")


def test_a_name_that_leads_to_a_private_address_is_not_connected_to(
    guarded: PlatformHttp, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.8", 443)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(ForbiddenAddressError):
        guarded.get("https://rebinding.example/")


def test_a_name_without_address_is_unreachable(
    guarded: PlatformHttp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(PlatformUnreachableError):
        guarded.get("https://nowhere.example/")


def test_a_closed_port_is_unreachable(http: PlatformHttp) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(PlatformUnreachableError):
        http.send("POST", f"http://127.0.0.1:{port}/", headers={}, body=b"")


def test_an_answer_too_large_is_given_up(httpserver: HTTPServer, http: PlatformHttp) -> None:
    httpserver.expect_request("/big").respond_with_data(b"x" * (MOST_BYTES + 1))
    with pytest.raises(PlatformUnreachableError):
        http.get(httpserver.url_for("/big"))


def test_a_get_is_repeated_when_the_platform_stumbles(
    httpserver: HTTPServer, http: PlatformHttp
) -> None:
    httpserver.expect_ordered_request("/x").respond_with_data("", status=502)
    httpserver.expect_ordered_request("/x").respond_with_data("good")
    assert http.get(httpserver.url_for("/x")).body == b"good"


def test_a_post_is_never_repeated(httpserver: HTTPServer, http: PlatformHttp) -> None:
    httpserver.expect_request("/x").respond_with_data("", status=503)
    answer = http.send("POST", httpserver.url_for("/x"), headers={}, body=b"{}")
    assert (answer.status, len(httpserver.log)) == (503, 1)


def test_a_redirect_of_a_get_within_the_origin_is_followed(
    httpserver: HTTPServer, http: PlatformHttp
) -> None:
    httpserver.expect_request("/old").respond_with_data(
        "", status=302, headers={"Location": "/new"}
    )
    httpserver.expect_request("/new").respond_with_data("here")
    assert http.get(httpserver.url_for("/old")).body == b"here"


def test_a_redirect_to_another_origin_is_not_followed(
    httpserver: HTTPServer, http: PlatformHttp
) -> None:
    httpserver.expect_request("/old").respond_with_data(
        "", status=302, headers={"Location": "http://127.0.0.1:1/steal"}
    )
    assert http.get(httpserver.url_for("/old"), headers={"Authorization": "x"}).status == 302


def test_a_redirect_loop_ends(httpserver: HTTPServer, http: PlatformHttp) -> None:
    httpserver.expect_request("/x").respond_with_data("", status=302, headers={"Location": "/x"})
    assert http.get(httpserver.url_for("/x")).status == 302


def test_cookies_of_a_platform_are_not_kept(httpserver: HTTPServer, http: PlatformHttp) -> None:
    def answer(request: Request) -> Response:
        return Response(str(len(request.cookies)), headers={"Set-Cookie": "session=1"})

    httpserver.expect_request("/x").respond_with_handler(answer)
    http.get(httpserver.url_for("/x"))
    assert http.get(httpserver.url_for("/x")).body == b"0"


def test_an_excerpt_is_short_and_on_one_line(httpserver: HTTPServer, http: PlatformHttp) -> None:
    httpserver.expect_request("/x").respond_with_data("<p>\n  错误\n</p>" + "x" * 1000)
    excerpt = http.get(httpserver.url_for("/x")).excerpt
    assert excerpt.startswith("<p> 错误 </p>")
    assert len(excerpt) == 200
