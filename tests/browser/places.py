"""Every page of the tool and of the sandbox LMS: who sees it, and where it is in a running demo.

A new page belongs in ``PLACES``. Not here: what is looked at there (``test_pages``,
``screenshots``).
"""

import re
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, FilePayload, Page

from tests.browser.demo import Demo
from tests.browser.visits import REGISTRAR, TEACHER
from tests.exchange.standard_documents.invented import Layout, document
from tests.exchange.standard_documents.writers import as_text
from tests.journeys.visitor import Page as VisitedPage
from tests.journeys.visitor import Visitor

STANDARD = "530050-2021-2.0"
OPEN = "破损商品售后咨询实操"
"""The assessment under way in the demo."""
PAST = "常规业务处理实操（二）"
TWICE = "仓配一体服务实操（二）"
"""Some works of it wait for a second rater, and one to be settled."""
DRAFTING = "陈佳怡"
"""Has a draft of the open assessment."""
HANDED_IN = "张子涵"
"""Waits to be rated on the open assessment, and has feedback on earlier ones."""
ADDING = "朱一诺"
"""Adds a file to a draft of the open assessment."""
STOPPING = "a-link-in-a-mail"
READING = 60_000
"""Milliseconds until a document is read, in a process of its own."""


@dataclass
class Atlas:
    """Finds addresses in a running demo. Launches are done once per person and language."""

    browser: Browser
    demo: Demo
    _launches: dict[tuple[str, str, str], str] = field(default_factory=dict)
    _found: dict[tuple[str, str], str] = field(default_factory=dict)

    def address(self, place: "Place", language: str) -> str:
        """Where ``place`` is for a person who reads ``language``."""
        key = (place.name, language)
        if key not in self._found:
            self._found[key] = place.find(self, language)
        return self._found[key]

    def landing(self, person: str, activity: str, language: str) -> str:
        """The address of the tool's page that this launch comes to."""
        key = (person, activity, language)
        if key not in self._launches:
            self._launches[key] = self._launch(*key)
        return self._launches[key]

    def under(self, person: str, activity: str, language: str, path: str) -> str:
        """An address inside the session of this launch."""
        _, s, token, *_ = urlsplit(self.landing(person, activity, language)).path.split("/")
        return f"{self.demo.tool_url}/{s}/{token}{path}"

    def link(self, address: str, selector: str) -> str:
        """Where the first link that matches ``selector`` leads on the page at ``address``."""
        self.page.goto(address)
        found = self.page.locator(selector).first.get_attribute("href", timeout=20_000)
        return urljoin(self.page.url, found or "")

    @cached_property
    def page(self) -> Page:
        """Where buttons are pressed and links are read on the way."""
        return self.browser.new_page(locale="zh-CN")

    @cached_property
    def administrators(self) -> Mapping[str, str]:
        """The administrator's first page in each language."""
        return {language: self._administer(language) for language in ("zh", "en")}

    def _administer(self, language: str) -> str:
        self.page.goto(self.demo.access_link("administrator"))
        button = self.page.locator(f'button[name=language][value="{language}"]')
        if button.count():
            button.click()
        self.page.locator(f"html[lang^={language}]").wait_for()
        return self.page.url

    def _launch(self, person: str, activity: str, language: str) -> str:
        """Come in from the LMS's front page, as a browser without scripts does."""
        visitor = Visitor()
        try:
            entered = visitor.open(f"{self.demo.lms_url}/?lang={language}")
            begun = _named(entered, person)
            if activity == CHOOSING:
                begun = urljoin(begun, "choose")
            elif activity != INSTITUTION:
                begun = _named(visitor.open(begun), activity)
            launch = f"{begun.partition('?')[0]}/launch?lang={language}"
            return visitor.open(launch).url
        finally:
            visitor.close()


def _named(page: VisitedPage, words: str) -> str:
    """The address of the first link of these words."""
    found = re.search(rf'href="([^"]+)"[^<]*>(?:[^<]*<span>)?{re.escape(words)}<', page.html)
    if found is None:
        raise LookupError(f"no link of {words} at {page.url}")
    address: str = found[1]
    return urljoin(page.url, address.replace("&amp;", "&"))


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
    return atlas.administrators[language]


def _standard_draft(atlas: Atlas, language: str) -> str:
    """A document handed in on the page and read by the demo's own thread."""
    page = atlas.page
    content = as_text(document(Layout(lost=True, paged=True, codes="①")))
    page.goto(_standards(atlas, language))
    upload = FilePayload(name="标准.txt", mimeType="text/plain", buffer=content)
    page.locator("input[type=file]").set_input_files(upload)
    page.locator("form[enctype] button").click()
    page.locator("#confirm").wait_for(timeout=READING)
    return page.url


def _grade_report(atlas: Atlas, language: str) -> str:
    """A comparison that a teacher asked for and the demo's own thread has done."""
    page = atlas.page
    page.goto(atlas.under(TEACHER, OPEN, language, "/teacher/grades"))
    page.locator("form[action$='/grades/compare'] button").click()
    done = page.locator("form[action$='/grades/compare'] button")
    while not done.count():
        page.wait_for_timeout(500)
        page.reload()
    return page.url


def _review(atlas: Atlas, language: str) -> str:
    """The teacher's page on a review that a student asks for."""
    page = atlas.page
    page.goto(atlas.landing(HANDED_IN, PAST, language) + "/feedback")
    asking = page.locator("details", has=page.locator("form[action$='/reviews']")).first
    asking.locator("summary").click()
    asking.locator("textarea").fill("第二段记录里我确认过订单号，评语没有提到。")
    asking.locator("button").click()
    page.locator(".banner-warn").first.wait_for()
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
    page = atlas.page
    page.goto(address)
    page.locator(button).first.click()
    page.wait_for_url("**/exports/**")
    return page.url


def _privacy(atlas: Atlas, language: str) -> str:
    return urljoin(_admin(atlas, language), "../privacy/")


def _person_data(atlas: Atlas, language: str) -> str:
    """What is kept of a student, found by a search."""
    page = atlas.page
    page.goto(_privacy(atlas, language))
    page.locator("#search").fill(HANDED_IN)
    page.locator("form[role=search] button").click()
    found = page.locator("main tbody a").first.get_attribute("href", timeout=20_000)
    return urljoin(page.url, found or "")


def _peer_plan(atlas: Atlas, language: str) -> str:
    """The teacher's page on peer rating, which this turns on."""
    address = atlas.landing(TEACHER, OPEN, language) + "/peers"
    page = atlas.page
    page.goto(address)
    page.locator("#works").fill("2")
    page.locator("form[action$='/peers'] .btn-primary").click()
    page.locator(".banner-ok").wait_for()
    return address


def _peers(atlas: Atlas, language: str) -> str:
    """The page of a student who may look at others' works."""
    _peer_plan(atlas, language)
    return atlas.landing(HANDED_IN, OPEN, language) + "/peers"


def _peer_work(atlas: Atlas, language: str) -> str:
    """A work that the student takes."""
    page = atlas.page
    page.goto(_peers(atlas, language))
    page.locator("form[action$='/peers/next'] button").click()
    page.locator("form[action*='/student/peers/']").wait_for()
    return page.url


def _preview(atlas: Atlas, language: str) -> str:
    """What is shown of a text file that a student adds."""
    page = atlas.page
    page.goto(atlas.landing(ADDING, OPEN, language))
    shown = page.locator("#pieces iframe").first
    if not shown.count():
        words = "客服：您好，请问您需要什么帮助？\n" * 40
        file = FilePayload(name="通话记录.txt", mimeType="text/plain", buffer=words.encode())
        page.locator("#files").set_input_files(file)
    return urljoin(page.url, shown.get_attribute("src", timeout=20_000) or "")


def _mail(atlas: Atlas, _language: str) -> str:
    """Where the link of a mail leads; the demo sends none, so somebody is given one."""
    known = "INSERT OR IGNORE INTO mailings SELECT id, ?, NULL, NULL, 0, '', '', NULL FROM people"
    path = atlas.demo.folder / "demo" / "dabiao.sqlite3"
    with closing(sqlite3.connect(path, timeout=20)) as database, database:
        database.execute(f"{known} LIMIT 1", [STOPPING])
    return f"{atlas.demo.tool_url}/mail/{STOPPING}"


def _standards(atlas: Atlas, language: str) -> str:
    return urljoin(_admin(atlas, language), "../standards/")


def _schools(atlas: Atlas, language: str) -> str:
    return urljoin(_admin(atlas, language), "../schools/")


def _audit(atlas: Atlas, language: str) -> str:
    return urljoin(_admin(atlas, language), "../audit/")


def _token_issued(atlas: Atlas, language: str) -> str:
    """The registrar's tokens after one was issued."""
    address = atlas.under(REGISTRAR, INSTITUTION, language, "/tokens/")
    page = atlas.page
    page.goto(address)
    page.locator("#name").fill("学籍系统")
    page.locator("main button.btn-primary").click()
    page.locator("#secret").wait_for()
    return address


_QUEUE = _landing(TEACHER, OPEN)
_TWICE = _landing(TEACHER, TWICE)
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
    Place("second-queue", _TWICE, "main a[href*='/second']"),
    Place("second", _linked(_TWICE, "main li:has(.st-diff) a"), "main form button"),
    Place(
        "mark-again",
        _linked(_TWICE, "main a[href$='/second']"),
        "details[open] input[name=level]",
    ),
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
    Place("preview", _preview, "pre"),
    Place("mail", _mail, "main button"),
    Place("waiting", _landing(HANDED_IN, OPEN), "main form button"),
    Place("feedback", _beside(_landing(HANDED_IN, PAST), "/feedback"), "main summary"),
    Place("progress", _under("王雨欣", OPEN, "/student/progress"), "main summary"),
    Place("progress-weak", _under(DRAFTING, OPEN, "/student/progress"), "main ol a"),
    Place("not-set-up", _under(DRAFTING, OPEN, "/student/not-set-up")),
    Place("outcomes", _OUTCOMES, "main a[href*='/decision/']"),
    Place("lists", _under(REGISTRAR, INSTITUTION, "/registrar/lists"), "main form button"),
    Place("accounts", _under(REGISTRAR, INSTITUTION, "/registrar/accounts"), "main summary"),
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
    Place("schools", _schools),
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
