"""A browser as small as a journey needs: it opens pages, fills forms in and sends them, by HTTP.

It keeps cookies, follows redirects, goes on where a page says so to browsers without scripts, and
sends the forms that a page's script would send at once.
Like a browser it sends Secure cookies to loopback addresses. It runs no script, so what a journey
shows works without any. Not here: what a page is about (``people``).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from http.cookiejar import Cookie, DefaultCookiePolicy
from urllib.parse import urljoin, urlsplit
from urllib.request import Request

import requests

SECONDS = 30
AT_ONCE = frozenset({"post", "post-back", "lti-launch"})
"""The ids of forms that a script sends as soon as the page is there."""
BUTTONS = frozenset({"submit", "image", "button", "reset"})

Value = str | Sequence[str] | None
Upload = tuple[str, bytes, str]
"""A file's name, content and media type, as the browser says them."""


@dataclass
class Form:
    """A form with its fields as the page filled them in; names may repeat.

    ``choices`` holds every radio and checkbox there is, ticked or not.
    """

    action: str
    method: str
    id: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    choices: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def value(self, name: str) -> str:
        """The first value of a field. Raises KeyError if there is no such field."""
        return dict(reversed(self.fields))[name]

    def filled(self, typed: Mapping[str, Value]) -> list[tuple[str, str]]:
        """The fields to send, with what the visitor typed or ticked in place; None leaves out."""
        kept = [(name, value) for name, value in self.fields if name not in typed]
        added = [(name, each) for name, value in typed.items() for each in _values(value)]
        return kept + added


@dataclass(frozen=True)
class Page:
    """What the browser shows: the address, the status, the HTML and its forms and links."""

    url: str
    status: int
    headers: Mapping[str, str]
    html: str
    forms: Sequence[Form]
    links: Sequence[str]
    onward: str = ""
    """Where the page goes by itself; empty where it stays."""

    def form(self, action: str, **having: str) -> Form:
        """The first form whose action matches the pattern, with these field values.

        Raises LookupError naming the forms there are.
        """
        for each in self.forms:
            values = {*each.fields, *each.choices, *each.buttons}
            if re.search(action, each.action) and set(having.items()) <= values:
                return each
        there = "\n".join(each.action for each in self.forms)
        raise LookupError(f"no form for {action} {having} at {self.url}; there are:\n{there}")

    def has_form(self, action: str) -> bool:
        """Whether a form's action matches the pattern."""
        return any(re.search(action, each.action) for each in self.forms)

    def forms_to(self, part: str) -> Sequence[Form]:
        """The forms that lead to this part of the tool."""
        return tuple(each for each in self.forms if f"/{part}/" in each.action)

    def link(self, pattern: str) -> str:
        """The first link whose address matches. Raises LookupError naming those there are."""
        for each in self.links:
            if re.search(pattern, each):
                return each
        there = "\n".join(self.links)
        raise LookupError(f"no link to {pattern} at {self.url}; there are:\n{there}")


class Visitor:
    """One person at one browser. ``page`` is what it shows now."""

    def __init__(self, *, language: str = "zh-CN") -> None:
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.cookies.set_policy(_TrustingLoopback())
        self._http.headers["Accept-Language"] = language
        self._http.headers["Accept"] = "text/html"
        self.page = Page("about:blank", 0, {}, "", (), ())

    def close(self) -> None:
        """Close the browser."""
        self._http.close()

    def open(self, url: str, *, by_itself: bool = True) -> Page:
        """Go to an address, relative to the page shown; see ``_show`` for ``by_itself``."""
        address = urljoin(self.page.url, url)
        return self._show(self._http.get(address, timeout=SECONDS), by_itself=by_itself)

    def follow(self, pattern: str) -> Page:
        """Click the first link whose address matches."""
        return self.open(self.page.link(pattern))

    def submit(
        self,
        form: Form | str,
        typed: Mapping[str, Value] | None = None,
        *,
        button: tuple[str, str] | None = None,
        files: Mapping[str, Sequence[Upload]] | None = None,
        by_itself: bool = True,
    ) -> Page:
        """Fill a form of the page in and send it; ``button`` is the one that is pressed."""
        chosen = self.page.form(form) if isinstance(form, str) else form
        fields = chosen.filled(typed or {}) + ([button] if button else [])
        address = urljoin(self.page.url, chosen.action)
        if chosen.method == "get":
            answer = self._http.get(address, params=fields, timeout=SECONDS)
        else:
            uploads = [(name, each) for name, group in (files or {}).items() for each in group]
            answer = self._http.post(
                address,
                data=fields,
                files=uploads or None,
                headers={"Origin": _origin(self.page.url)},
                timeout=SECONDS,
            )
        return self._show(answer, by_itself=by_itself)

    def _show(self, answer: requests.Response, *, by_itself: bool) -> Page:
        """Show the answer; unless told otherwise send on what its script would send on."""
        self.page = _read(answer)
        while by_itself and self._goes_on():
            pass
        return self.page

    def _goes_on(self) -> bool:
        """Take the step that the page takes by itself, if it takes one."""
        form, onward = _sent_at_once(self.page), self.page.onward
        if form is not None:
            self.submit(form, by_itself=False)
        elif onward:
            self.open(onward, by_itself=False)
        return form is not None or bool(onward)


class _TrustingLoopback(DefaultCookiePolicy):
    """Browsers take loopback addresses for safe and send them Secure cookies by plain http."""

    def set_ok(self, cookie: Cookie, request: Request) -> bool:
        cookie.secure = False
        return super().set_ok(cookie, request)


def _read(answer: requests.Response) -> Page:
    html = answer.text if "html" in answer.headers.get("Content-Type", "") else ""
    reader = _Reader()
    reader.feed(html)
    return Page(
        url=answer.url,
        status=answer.status_code,
        headers=answer.headers,
        html=answer.text,
        forms=reader.all_forms(answer.url),
        links=tuple(urljoin(answer.url, each) for each in reader.links),
        onward=reader.onward,
    )


def read_forms(html: str, base: str = "") -> tuple[Form, ...]:
    """The forms of a page as the page filled them in."""
    reader = _Reader()
    reader.feed(html)
    return reader.all_forms(base)


def _sent_at_once(page: Page) -> Form | None:
    return next((each for each in page.forms if each.id in AT_ONCE), None)


def _values(value: Value) -> Sequence[str]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else value


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class _Reader(HTMLParser):
    """Collects forms with their fields, also those that stand elsewhere with ``form=``."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.onward = ""
        self._forms: list[Form] = []
        self._elsewhere: list[tuple[str, Form]] = []
        self._open: Form | None = None
        self._area: tuple[Form, str] | None = None
        self._words: list[str] = []
        self._select: tuple[Form, str] | None = None

    def all_forms(self, base: str) -> tuple[Form, ...]:
        """The forms of the page read, with absolute addresses."""
        by_id = {each.id: each for each in self._forms if each.id}
        for owner, stray in self._elsewhere:
            if owner in by_id:
                by_id[owner].fields += stray.fields
                by_id[owner].choices += stray.choices
                by_id[owner].buttons += stray.buttons
        return tuple(replace(each, action=urljoin(base, each.action)) for each in self._forms)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif given.get("http-equiv") == "refresh":
            self.onward = given["content"].partition("url=")[2]
        elif tag == "form":
            method = given.get("method", "get").lower()
            self._open = Form(given.get("action", ""), method, given.get("id", ""))
            self._forms.append(self._open)
        elif "disabled" not in given and tag in {"input", "button", "textarea", "select"}:
            self._control(tag, given)
        elif tag == "option":
            self._option(given)

    def _control(self, tag: str, given: Mapping[str, str]) -> None:
        form, name = self._owner(given), given.get("name", "")
        kind = given.get("type", "submit" if tag == "button" else "text")
        if form is None or not name:
            return
        pair = (name, given.get("value", "on" if kind in {"checkbox", "radio"} else ""))
        if tag == "textarea":
            self._area, self._words = (form, name), []
        elif tag == "select":
            self._select = (form, name)
        elif kind in BUTTONS:
            form.buttons.append(pair)
        elif kind in {"checkbox", "radio"}:
            form.choices.append(pair)
            form.fields += [pair] if "checked" in given else []
        elif kind != "file":
            form.fields.append(pair)

    def _option(self, given: Mapping[str, str]) -> None:
        """The option that is selected, else the first."""
        if self._select is None:
            return
        form, name = self._select
        if "selected" in given:
            form.fields[:] = [each for each in form.fields if each[0] != name]
        if all(each[0] != name for each in form.fields):
            form.fields.append((name, given.get("value", "")))

    def _owner(self, given: Mapping[str, str]) -> Form | None:
        if "form" not in given:
            return self._open
        stray = Form("", "", "")
        self._elsewhere.append((given["form"], stray))
        return stray

    def handle_data(self, data: str) -> None:
        self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area is not None:
            form, name = self._area
            form.fields.append((name, "".join(self._words).removeprefix("\n")))
            self._area = None
