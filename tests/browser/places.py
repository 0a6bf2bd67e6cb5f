"""Every page of the tool and of the sandbox LMS: who sees it, and where it is in a running demo.

A new page belongs in ``PLACES``. Not here: what is looked at there (``test_pages``,
``screenshots``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

from playwright.sync_api import Browser, FilePayload, Page

from tests.browser.demo import Demo
from tests.browser.visits import REGISTRAR, TEACHER, Visit, visit
from tests.exchange.standard_documents.invented import Layout, document
from tests.exchange.standard_documents.writers import as_text

STANDARD = "530050-2021-2.0"
OPEN = "破损商品售后咨询实操"
"""The assessment under way in the demo."""
PAST = "常规业务处理实操（二）"
DRAFTING = "陈佳怡"
"""Has a draft of the open assessment."""
HANDED_IN = "张子涵"
"""Waits to be rated on the open assessment, and has feedback on earlier ones."""
READING = 60_000
"""Milliseconds until a document is read, in a process of its own."""


@dataclass
class Atlas:
    """Finds addresses in a running demo. Launches are done once per person and language."""

    browser: Browser
    demo: Demo
    _sessions: dict[tuple[str, str, str], tuple[str, str]] = field(default_factory=dict)
    _found: dict[tuple[str, str], str] = field(default_factory=dict)

    def address(self, place: "Place", language: str) -> str:
        """Where ``place`` is for a person who reads ``language``."""
        key = (place.name, language)
        if key not in self._found:
            self._found[key] = place.find(self, language)
        return self._found[key]

    def landing(self, person: str, activity: str, language: str) -> str:
        """The address of the tool's page that this launch comes to."""
        return self._launch(person, activity, language)[1]

    def under(self, person: str, activity: str, language: str, path: str) -> str:
        """An address inside the session of this launch."""
        return self._launch(person, activity, language)[0] + path

    def link(self, address: str, selector: str) -> str:
        """Where the first link that matches ``selector`` leads on the page at ``address``."""
        page = self._page()
        try:
            page.goto(address)
            found = page.locator(selector).first.get_attribute("href", timeout=20_000)
            return urljoin(page.url, found or "")
        finally:
            page.context.close()

    def _launch(self, person: str, activity: str, language: str) -> tuple[str, str]:
        key = (person, activity, language)
        if key not in self._sessions:
            page = self._page()
            try:
                self._sessions[key] = _enter(visit(page, self.demo, person, language=language), key)
            finally:
                page.context.close()
        return self._sessions[key]

    def _page(self) -> Page:
        return self.browser.new_context(locale="zh-CN").new_page()


def _enter(entered: Visit, key: tuple[str, str, str]) -> tuple[str, str]:
    _, activity, _ = key
    if activity == INSTITUTION:
        entered.to_institution()
    elif activity == CHOOSING:
        entered.page.locator('a[href*="/choose"]').click()
        entered.arrived()
    else:
        entered.open(activity)
    return entered.session_url(), entered.frame().url


INSTITUTION = "institution"
CHOOSING = "choose"

Find = Callable[[Atlas, str], str]


@dataclass(frozen=True)
class Place:
    """A page. ``main`` is the control that its reader came for; empty where there is none."""

    name: str
    find: Find
    main: str = ""


def _landing(person: str, activity: str) -> Find:
    return lambda atlas, language: atlas.landing(person, activity, language)


def _under(person: str, activity: str, path: str) -> Find:
    return lambda atlas, language: atlas.under(person, activity, language, path)


def _linked(find: Find, selector: str) -> Find:
    return lambda atlas, language: atlas.link(find(atlas, language), selector)


def _beside(find: Find, ending: str) -> Find:
    return lambda atlas, language: find(atlas, language) + ending


def _at_lms(path: str) -> Find:
    return lambda atlas, language: f"{atlas.demo.lms_url}{path}?lang={language}"


def _admin(atlas: Atlas, language: str) -> str:
    page = atlas.browser.new_page(locale="zh-CN")
    try:
        page.goto(atlas.demo.access_link("administrator"))
        button = page.locator(f'button[name=language][value="{language}"]')
        if button.count():
            button.click()
        page.locator(f"html[lang^={language}]").wait_for()
        return page.url
    finally:
        page.close()


def _standard_draft(atlas: Atlas, language: str) -> str:
    """A document handed in on the page and read by the demo's own thread."""
    page = atlas.browser.new_page(locale="zh-CN")
    content = as_text(document(Layout(lost=True, paged=True, codes="①")))
    try:
        page.goto(_standards(atlas, language))
        upload = FilePayload(name="标准.txt", mimeType="text/plain", buffer=content)
        page.locator("input[type=file]").set_input_files(upload)
        page.locator("form[enctype] button").click()
        page.locator("#confirm").wait_for(timeout=READING)
        return page.url
    finally:
        page.close()


def _grade_report(atlas: Atlas, language: str) -> str:
    """A comparison that a teacher asked for and the demo's own thread has done."""
    page = atlas.browser.new_page(locale="zh-CN")
    try:
        page.goto(atlas.under(TEACHER, OPEN, language, "/teacher/grades"))
        page.locator("form[action$='/grades/compare'] button").click()
        done = page.locator("form[action$='/grades/compare'] button")
        while not done.count():
            page.wait_for_timeout(500)
            page.reload()
        return page.url
    finally:
        page.close()


def _review(atlas: Atlas, language: str) -> str:
    """The teacher's page on a review that a student asks for."""
    page = atlas.browser.new_page(locale="zh-CN")
    try:
        page.goto(atlas.landing(HANDED_IN, PAST, language) + "/feedback")
        asking = page.locator("details", has=page.locator("form[action$='/reviews']")).first
        asking.locator("summary").click()
        asking.locator("textarea").fill("第二段记录里我确认过订单号，评语没有提到。")
        asking.locator("button").click()
        page.locator(".banner-warn").first.wait_for()
    finally:
        page.close()
    return atlas.link(atlas.landing(TEACHER, PAST, language), "main a[href*='/reviews/']")


def _export(atlas: Atlas, language: str) -> str:
    """A list of outcomes that the registrar has taken out."""
    return _pressed(atlas, _OUTCOMES(atlas, language), "button[name=kind][value=csv]")


def _transcript(atlas: Atlas, language: str) -> str:
    """A student's transcript, issued from the page of a decision."""
    decision = _linked(_OUTCOMES, "main a[href*='/decision/']")(atlas, language)
    return _pressed(atlas, decision, "form[action$='/transcript'] button")


def _pressed(atlas: Atlas, address: str, button: str) -> str:
    """Where a button of a page leads."""
    page = atlas.browser.new_page(locale="zh-CN")
    try:
        page.goto(address)
        page.locator(button).first.click()
        page.wait_for_url("**/exports/**")
        return page.url
    finally:
        page.close()


def _privacy(atlas: Atlas, language: str) -> str:
    return urljoin(_admin(atlas, language), "../privacy/")


def _person_data(atlas: Atlas, language: str) -> str:
    """What is kept of a student, found by a search."""
    page = atlas.browser.new_page(locale="zh-CN")
    try:
        page.goto(_privacy(atlas, language))
        page.locator("#search").fill(HANDED_IN)
        page.locator("form[role=search] button").click()
        found = page.locator("main tbody a").first.get_attribute("href", timeout=20_000)
        return urljoin(page.url, found or "")
    finally:
        page.close()


def _peer_plan(atlas: Atlas, language: str) -> str:
    """The teacher's page on peer rating, which this turns on."""
    address = atlas.landing(TEACHER, OPEN, language) + "/peers"
    page = atlas.browser.new_page(locale="zh-CN")
    try:
        page.goto(address)
        page.locator("#works").fill("2")
        page.locator("form[action$='/peers'] .btn-primary").click()
        page.locator(".banner-ok").wait_for()
    finally:
        page.close()
    return address


def _peers(atlas: Atlas, language: str) -> str:
    """The page of a student who may look at others' works."""
    _peer_plan(atlas, language)
    return atlas.landing(HANDED_IN, OPEN, language) + "/peers"


def _peer_work(atlas: Atlas, language: str) -> str:
    """A work that the student takes."""
    page = atlas.browser.new_page(locale="zh-CN")
    try:
        page.goto(_peers(atlas, language))
        page.locator("form[action$='/peers/next'] button").click()
        page.locator("form[action*='/student/peers/']").wait_for()
        return page.url
    finally:
        page.close()


def _standards(atlas: Atlas, language: str) -> str:
    return urljoin(_admin(atlas, language), "../standards/")


def _audit(atlas: Atlas, language: str) -> str:
    return urljoin(_admin(atlas, language), "../audit/")


def _token_issued(atlas: Atlas, language: str) -> str:
    """The registrar's tokens after one was issued."""
    address = atlas.under(REGISTRAR, INSTITUTION, language, "/tokens/")
    page = atlas.browser.new_page(locale="zh-CN")
    try:
        page.goto(address)
        page.locator("#name").fill("学籍系统")
        page.locator("main button.btn-primary").click()
        page.locator("#secret").wait_for()
        return address
    finally:
        page.close()


_QUEUE = _landing(TEACHER, OPEN)
_DRAFT = _landing(DRAFTING, OPEN)
_OUTCOMES = _landing(REGISTRAR, INSTITUTION)
_RUBRIC = _under(REGISTRAR, INSTITUTION, f"/rubrics/{STANDARD}")
_EQUIVALENCE = _under(REGISTRAR, INSTITUTION, f"/equivalence/{STANDARD}")

PLACES = (
    Place("inbox", _under(TEACHER, OPEN, "/notifications/")),
    Place("student-inbox", _under(HANDED_IN, OPEN, "/notifications/")),
    Place("choose", _landing(TEACHER, CHOOSING), "button.btn-primary"),
    Place(
        "ready", _under(TEACHER, OPEN, f"/teacher/choose/ready/{STANDARD}/elementary/2.1"), "input"
    ),
    Place("home", _under(TEACHER, OPEN, "/teacher/"), "main a[href*='/assessments/']"),
    Place("queue", _QUEUE, "main a[href*='/work/']"),
    Place("teams", _linked(_QUEUE, "a[href*='/teams']"), "main button.btn-primary"),
    Place("more-time", _linked(_QUEUE, "a[href*='/more-time']"), "main button.btn-primary"),
    Place("conditions", _linked(_QUEUE, "a[href*='/conditions']"), "main button.btn-primary"),
    Place("by-code", _linked(_QUEUE, "main a[href*='/by-code']"), ".floor-row input[type=radio]"),
    Place("rating-table", _beside(_QUEUE, "/table"), "main form button"),
    Place("comments", _beside(_QUEUE, "/comments"), "main textarea"),
    Place("rate", _linked(_QUEUE, "main a[href*='/work/']"), "details[open] input[name=level]"),
    Place("peer-plan", _peer_plan, "main button.btn-primary"),
    Place("peers", _peers),
    Place("peer-work", _peer_work, "main button.btn-primary"),
    Place("review", _review, "main a.btn"),
    Place("agreement", _under(TEACHER, OPEN, "/teacher/agreement")),
    Place("class", _under(TEACHER, OPEN, "/teacher/class"), "table.heat td"),
    Place("coverage", _under(TEACHER, OPEN, "/teacher/coverage")),
    Place("teacher-rule", _under(TEACHER, OPEN, "/teacher/rule"), "main button"),
    Place("grades", _under(TEACHER, OPEN, "/teacher/grades"), "main form button"),
    Place("grade-report", _grade_report, "main form button"),
    Place("assessment", _DRAFT, "a.btn-primary[href*='/check']"),
    Place("check", _beside(_DRAFT, "/check"), "main button.btn-primary"),
    Place("waiting", _landing(HANDED_IN, OPEN), "main form button"),
    Place("feedback", _beside(_landing(HANDED_IN, PAST), "/feedback"), "main summary"),
    Place("progress", _under("王雨欣", OPEN, "/student/progress"), "main summary"),
    Place("progress-weak", _under(DRAFTING, OPEN, "/student/progress"), "main ol a"),
    Place("not-set-up", _under(DRAFTING, OPEN, "/student/not-set-up")),
    Place("outcomes", _OUTCOMES, "main a[href*='/decision/']"),
    Place("lists", _under(REGISTRAR, INSTITUTION, "/registrar/lists"), "main form button"),
    Place("accounts", _under(REGISTRAR, INSTITUTION, "/registrar/accounts"), "main form button"),
    Place("decision", _linked(_OUTCOMES, "main a[href*='/decision/']"), "main button"),
    Place(
        "school-agreement",
        _under(REGISTRAR, INSTITUTION, f"/registrar/agreement/{STANDARD}"),
    ),
    Place("export", _export, "main a"),
    Place("exports", _under(REGISTRAR, INSTITUTION, "/registrar/exports"), "main a"),
    Place("export-changes", _under(REGISTRAR, INSTITUTION, "/registrar/exports/changes"), "main a"),
    Place("transcript", _transcript, "main a"),
    Place("verify", lambda atlas, _: f"{atlas.demo.tool_url}/verify", "main button"),
    Place("rule", _linked(_OUTCOMES, "a[href*='/rule/']"), "main button"),
    Place("rubric", _RUBRIC, "main a.btn"),
    Place("rubric-criterion", _beside(_RUBRIC, "/criteria/elementary/2.1.1"), "main textarea"),
    Place("rubric-formats", _beside(_RUBRIC, "/formats"), "main a.btn"),
    Place("rubric-scale", _beside(_RUBRIC, "/scale"), "main input"),
    Place("equivalence", _EQUIVALENCE, "main button"),
    Place(
        "equivalence-pair",
        _beside(_EQUIVALENCE, "/pair/elementary/1.1.3/intermediate/1.1.3"),
        "main button.btn-primary",
    ),
    Place("platforms", _admin),
    Place("standards", _standards, "main button.btn-primary"),
    Place("standard-draft", _standard_draft, "main a.draft-edit"),
    Place("connect", _beside(_admin, "platforms/new"), "main button.btn-primary"),
    Place("health", _beside(_admin, "health")),
    Place("audit", _audit, "main form button"),
    Place("tokens", _token_issued, "main button.btn-primary"),
    Place("api", lambda atlas, language: f"{atlas.demo.tool_url}/api/v1/?language={language}"),
    Place("privacy", _privacy, "main form button"),
    Place("person-data", _person_data, "main form button"),
    Place("signed-out", lambda atlas, _: f"{atlas.demo.tool_url}/s/unknown/student/progress"),
    Place("lms", _at_lms("/"), "a.button"),
    Place("lms-course", _at_lms("/moodle/as/3/course"), "a.title"),
    Place("lms-gradebook", _at_lms("/moodle/as/3/gradebook"), ".scroll"),
    Place("lms-my-grades", _at_lms("/moodle/as/4/gradebook")),
)

BY_NAME: Mapping[str, Place] = {each.name: each for each in PLACES}
