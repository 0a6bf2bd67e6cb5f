"""URLs taken apart and put together."""

import json
from pathlib import Path

import pytest

from lti_tool.lti.urls import is_web_url, next_link, origin, same_origin, with_path, with_query

CAPTURED = json.loads(
    (Path(__file__).parent / "data" / "moodle-4.5.5-grades.json").read_text(encoding="utf-8")
)
BASE = "https://lms.example.edu/lineitems?type_id=1"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "lms.example.edu",
        "//lms.example.edu",
        "file:///etc/passwd",
        "https://",
        "https://user:word@lms.example.edu",
        "https://lms.example.edu:port",
        "https://lms.example.edu:0",
        "https://[::1",
    ],
)
def test_this_is_no_web_url(url: str) -> None:
    assert not is_web_url(url)
    with pytest.raises(ValueError, match="not a web URL"):
        origin(url)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://LMS.example.edu:443/a?b", "https://lms.example.edu"),
        ("http://localhost:8081", "http://localhost:8081"),
        ("http://[::1]:8081/x", "http://[::1]:8081"),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, expected: str) -> None:
    assert origin(url) == expected


def test_origins_are_compared_whole() -> None:
    assert same_origin("https://a.example", "https://A.example:443/path")
    assert not same_origin("https://a.example", "http://a.example")
    assert not same_origin("https://a.example", "no url")


def test_a_path_ending_goes_before_the_query() -> None:
    assert with_path(BASE, "/scores") == "https://lms.example.edu/lineitems/scores?type_id=1"


def test_a_query_is_appended_and_the_old_one_kept_as_it_was() -> None:
    url = with_query("https://a.example/x?b=&a=1&a=2#f", {"tag": "成绩 1"})
    assert url == "https://a.example/x?b=&a=1&a=2&tag=%E6%88%90%E7%BB%A9+1"
    assert with_query("https://a.example/x", {}) == "https://a.example/x"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("", None),
        ("garbage", None),
        ('<https://a.example/?P=Aa>; rel="next"', "https://a.example/?P=Aa"),
        ("<https://a.example/?p=2>; rel=next", "https://a.example/?p=2"),
        ('<https://a.example/1>; rel="first", <?p=2>; title="x"; REL="last next"', "?p=2"),
        ('<https://a.example/1>; rel="prev"', None),
        ('<https://a.example/a,b;c>; rel="next"', "https://a.example/a,b;c"),
    ],
)
def test_the_next_page_is_read_from_a_link_header(header: str | None, expected: str | None) -> None:
    if expected == "?p=2":
        expected = "https://lms.example.edu/lineitems?p=2"
    assert next_link(header, BASE) == expected


def test_moodles_damaged_link_header_is_read_as_meant() -> None:
    header = CAPTURED["ags-lineitems-limit2"]["response"]["headers"]["Link"]
    assert next_link(header, BASE) == (
        "http://moodle.localhost:8081/mod/lti/services.php/2/lineitems?type_id=1&limit=2&from=2"
    )
