"""The student's page in a real browser: a draft saves itself, uploads show, no text is lost."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.launch import Role
from lti_tool.domain.submission import Evidence, Submission, SubmissionState
from lti_tool.persistence import submissions
from lti_tool.persistence.people import Account
from tests.services.classroom import Classroom, conditions
from tests.web.conftest import SignIn

WAIT = 15_000
"""Milliseconds: this machine may be busy."""
MEGABYTE = 1024 * 1024


@dataclass
class AtWork:
    """A student before an assessment, in a browser."""

    page: Page
    classroom: Classroom
    account: Account
    assessment: Assessment
    address: str
    sign_in: SignIn

    def launch(self) -> Page:
        """Open the assessment in a new session."""
        home = self.sign_in(self.account, Role.STUDENT)
        self.page.goto(f"{self.address}{home}/student/assessments/{self.assessment.id}")
        return self.page

    @property
    def newest(self) -> Submission | None:
        with self.classroom.reading() as session:
            found = submissions.attempts_of(session, self.assessment.id, self.account.id)
        return found[-1] if found else None

    @property
    def evidence(self) -> list[Evidence]:
        return list(self.newest.evidence) if self.newest else []


@pytest.fixture
def at_work(
    context: BrowserContext, classroom: Classroom, address: str, sign_in: SignIn
) -> Iterator[AtWork]:
    page = context.new_page()
    given = conditions(due_at=classroom.now + timedelta(days=3))
    account = classroom.enrol("陈思雨")
    yield AtWork(page, classroom, account, classroom.set_up(given=given), address, sign_in)
    page.close()


def saved(page: Page) -> None:
    expect(page.locator("#save")).to_contain_text("已保存", timeout=WAIT)


def test_a_text_saves_itself_while_it_is_typed(at_work: AtWork) -> None:
    page = at_work.launch()
    page.get_by_text("写一段文字").click()
    box = page.locator("[data-keep=new-text]")
    page.locator("[data-new]").get_by_text("2.1.1", exact=True).click()
    box.press_sequentially("先安抚客户")
    saved(page)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        box.press_sequentially("，再处理问题")
    saved(page)

    (piece,) = at_work.evidence
    assert piece.text == "先安抚客户，再处理问题"
    assert piece.codes == {"2.1.1"}
    expect(page.locator("#missing")).not_to_contain_text("2.1.1 还没有佐证")


def test_what_was_typed_after_the_session_ended_comes_back_after_a_new_launch(
    at_work: AtWork,
) -> None:
    page = at_work.launch()
    page.get_by_text("写一段文字").click()
    page.locator("[data-keep=new-text]").fill("辛苦写的")
    saved(page)
    at_work.classroom.now += timedelta(hours=9)
    page.locator("[data-keep=new-text]").fill("辛苦写的一段话")
    expect(page.locator("#save")).to_contain_text("你填写的内容已经留存", timeout=WAIT)
    page.locator("[name='self-2.1.1'][value='3']").check(force=True)
    page.on("dialog", lambda dialog: dialog.accept())

    at_work.launch()

    expect(page.locator("#pieces textarea")).to_have_value("辛苦写的一段话")
    saved(page)
    expect(page.locator("#missing")).not_to_contain_text("2.1.1 还没有自评", timeout=WAIT)
    assert [each.text for each in at_work.evidence] == ["辛苦写的一段话"]
    assert at_work.newest is not None
    assert at_work.newest.self_ratings == {"2.1.1": 3}


def test_a_text_saved_by_its_button_does_not_come_back_as_a_second_one(at_work: AtWork) -> None:
    page = at_work.launch()
    page.get_by_text("写一段文字").click()
    page.locator("[data-keep=new-text]").press_sequentially("一句话")
    page.get_by_role("button", name="添加这段文字").click()

    expect(page.locator("#pieces textarea")).to_have_value("一句话", timeout=WAIT)
    expect(page.locator("[data-keep=new-text]")).to_have_value("")
    assert len(at_work.evidence) == 1


def test_files_upload_at_once_and_one_that_is_refused_says_why(
    at_work: AtWork, tmp_path: Path
) -> None:
    good, bad = tmp_path / "记录.txt", tmp_path / "照片.png"
    good.write_text("你好")
    bad.write_bytes(b"MZ\x90\0")
    page = at_work.launch()

    page.locator("#files").set_input_files([good, bad])

    expect(page.locator("#pieces")).to_contain_text("记录.txt", timeout=WAIT)
    expect(page.locator("#uploads")).to_contain_text("不相符", timeout=WAIT)
    assert len(at_work.evidence) == 1


def test_a_file_goes_on_after_a_loss_a_reload_and_the_end_of_the_session(
    at_work: AtWork, tmp_path: Path
) -> None:
    film = tmp_path / "录像.txt"
    film.write_bytes(b"x" * (3 * MEGABYTE))
    page = at_work.launch()
    sent: list[str] = []

    def lose_all_but_the_first(route: Route) -> None:
        sent.append(route.request.url.partition("offset=")[2])
        if len(sent) == 1:
            route.continue_()
        else:
            route.abort()

    page.route("**/parts?*", lose_all_but_the_first)
    page.locator("#files").set_input_files(film)
    expect(page.locator("#uploads")).to_contain_text("连接中断", timeout=WAIT)
    page.reload()
    expect(page.locator("#arriving")).to_contain_text("33%")
    page.unroute("**/parts?*")
    at_work.classroom.now += timedelta(hours=9)
    page.locator("#files").set_input_files(film)
    expect(page.locator("#uploads")).to_contain_text("会话已结束", timeout=WAIT)
    at_work.launch()
    expect(page.locator("#arriving")).to_contain_text("33%")
    page.locator("#files").set_input_files(film)

    expect(page.locator("#pieces")).to_contain_text("录像.txt", timeout=WAIT)
    expect(page.locator("#arriving li")).to_have_count(0)
    (piece,) = at_work.evidence
    assert piece.size == 3 * MEGABYTE
    assert set(sent) == {"0", str(MEGABYTE)}


def test_a_piece_is_tied_to_a_code_and_removed_without_leaving_the_page(at_work: AtWork) -> None:
    at_work.classroom.draft(at_work.account, at_work.assessment)
    page = at_work.launch()

    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator("#pieces").get_by_text("2.1.2", exact=True).click()
    saved(page)
    assert at_work.evidence[0].codes == {"2.1.1", "2.1.3"}
    expect(page.locator("#missing")).to_contain_text("2.1.2 还没有佐证")

    page.get_by_role("button", name="移除").click()
    expect(page.locator("#pieces li")).to_have_count(0)
    assert at_work.evidence == []

    page.locator("#removed button").click()
    expect(page.locator("#pieces li")).to_have_count(1)
    assert len(at_work.evidence) == 1


def test_a_draft_is_checked_and_handed_in(at_work: AtWork) -> None:
    at_work.classroom.draft(at_work.account, at_work.assessment)
    page = at_work.launch()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator("#c-2\\.1\\.2 label").nth(2).click()
    saved(page)

    page.get_by_role("link", name="检查并提交").first.click()
    expect(page.locator("main")).not_to_contain_text("2.1.2 还没有自评")
    page.get_by_role("button", name="确认提交").click()

    expect(page.locator("main")).to_contain_text("已于", timeout=WAIT)
    handed_in = at_work.newest
    assert handed_in
    assert handed_in.state is SubmissionState.SUBMITTED
    assert handed_in.self_ratings["2.1.2"] == 3


def test_what_was_typed_last_is_saved_before_the_page_is_left(at_work: AtWork) -> None:
    page = at_work.launch()
    page.get_by_text("写一段文字").click()
    page.locator("[data-keep=new-text]").press_sequentially("最后一句")
    page.get_by_role("link", name="检查并提交").first.click()

    expect(page.locator("#h-what")).to_be_visible(timeout=WAIT)
    expect(page.locator("main")).to_contain_text("最后一句")


def test_two_windows_never_overwrite_each_other_unseen(at_work: AtWork) -> None:
    at_work.classroom.draft(at_work.account, at_work.assessment)
    page = at_work.launch()
    other = page.context.new_page()
    other.goto(page.url)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator("#pieces textarea").fill("窗口甲")

    other.locator("#pieces textarea").fill("窗口乙")

    expect(other.locator("#save")).to_contain_text("另一个窗口", timeout=WAIT)
    assert at_work.evidence[0].text == "窗口甲"
    other.on("dialog", lambda dialog: dialog.accept())
    other.reload()
    expect(other.locator("#pieces textarea").first).to_have_value("窗口甲")
    expect(other.locator("[data-keep=new-text]")).to_have_value("窗口乙")
    other.close()
