"""Rating by code in a real browser: taps are queued, survive what they must, never overwrite."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.launch import Role
from lti_tool.persistence.people import Account
from lti_tool.services.rate_by_code import Cell, give_cells, show_floor
from tests.services.classroom import Classroom
from tests.web.at_desk import WAIT, AtDesk, at_desk
from tests.web.conftest import SignIn


@pytest.fixture
def desk(
    context: BrowserContext, classroom: Classroom, address: str, sign_in: SignIn
) -> Iterator[AtDesk]:
    with at_desk(context, classroom, address, sign_in) as opened:
        yield opened


@pytest.fixture
def group(classroom: Classroom) -> list[Account]:
    return [classroom.enrol(name) for name in ("陈思雨", "李浩然", "王梓涵")]


def levels(desk: AtDesk, made: Assessment, code: str = "2.1.1") -> dict[str, int]:
    """What stands in the database, by name."""
    with desk.classroom.reading() as session:
        found = show_floor(
            session,
            desk.classroom.catalogue,
            made.id,
            course_id=desk.classroom.course.id,
            viewer_id=desk.classroom.teacher.id,
        )
    return {
        row.learner.name: row.words[code].performance_level
        for row in found.rows
        if code in row.words
    }


def row(page: Page, name: str) -> Locator:
    return page.locator(f'.floor-row[aria-label="{name}"]')


def tap(page: Page, name: str, level: int) -> None:
    row(page, name).locator(f'input[type=radio][value="{level}"]').check()


def expect_saved(page: Page) -> None:
    expect(page.locator("#save")).to_have_text("已保存", timeout=WAIT)


def open_grid(desk: AtDesk, made: Assessment, query: str = "") -> Page:
    page = desk.open(f"/assessments/{made.id}/by-code{query}")
    page.locator("#save-all").wait_for(state="hidden")
    return page


def test_a_tap_is_saved_by_itself_and_can_be_undone(desk: AtDesk, group: list[Account]) -> None:
    made = desk.classroom.set_up()
    page = open_grid(desk, made)
    tap(page, group[0].name, 3)
    tap(page, group[1].name, 2)
    expect_saved(page)
    expect(page.locator("#done")).to_have_text("已评 2 / 3")
    assert levels(desk, made) == {"陈思雨": 3, "李浩然": 2}
    page.locator("#undo").click()
    expect(page.locator("#done")).to_have_text("已评 1 / 3")
    expect_saved(page)
    assert levels(desk, made) == {"陈思雨": 3}


@pytest.mark.usefixtures("group")
def test_digits_give_levels_and_arrows_go_down_the_class(desk: AtDesk) -> None:
    made = desk.classroom.set_up()
    page = open_grid(desk, made)
    page.locator(".floor-row input[type=radio]").first.focus()
    for key in ("4", "ArrowDown", "3", "ArrowDown", "1", "ArrowUp", "2"):
        page.keyboard.press(key)
    expect(page.locator("#done")).to_have_text("已评 3 / 3")
    expect_saved(page)
    shown = page.locator(".floor-row").evaluate_all("rows => rows.map(row => row.ariaLabel)")
    assert levels(desk, made) == dict(zip(shown, (4, 2, 1), strict=True))


def test_what_was_tapped_without_network_survives_a_reload_and_a_new_session(
    desk: AtDesk, group: list[Account]
) -> None:
    made = desk.classroom.set_up()
    page = open_grid(desk, made)
    page.route("**/cells", lambda route: route.abort())
    tap(page, group[0].name, 3)
    tap(page, group[1].name, 2)
    expect(page.locator("#save")).to_contain_text("离线：2 条存在本机", timeout=WAIT)
    page = open_grid(desk, made, "?code=2.1.2")
    expect(page.locator("#elsewhere")).to_contain_text("2.1.1")
    page.unroute("**/cells")
    page = open_grid(desk, made)
    expect(row(page, group[0].name).locator('input[value="3"]')).to_be_checked()
    expect(page.locator("#save")).to_have_text("", timeout=WAIT)
    assert levels(desk, made) == {"陈思雨": 3, "李浩然": 2}


def test_an_answer_that_is_lost_makes_no_conflict_with_oneself(
    desk: AtDesk, group: list[Account]
) -> None:
    made = desk.classroom.set_up()
    page = open_grid(desk, made)

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/cells", lose_the_answer, times=1)
    tap(page, group[0].name, 2)
    expect(page.locator("#save")).to_contain_text("离线", timeout=WAIT)
    assert levels(desk, made) == {"陈思雨": 2}
    tap(page, group[0].name, 4)
    expect_saved(page)
    expect(page.locator(".conflict")).to_have_count(0)
    assert levels(desk, made) == {"陈思雨": 4}


@pytest.mark.parametrize(
    ("button", "stands"), [pytest.param("用我的", 3, id="mine"), ("用何志强的", 2)]
)
def test_a_colleagues_word_is_shown_in_its_row_and_decided(
    desk: AtDesk, group: list[Account], button: str, stands: int
) -> None:
    made = desk.classroom.set_up()
    page = open_grid(desk, made)
    colleague = desk.classroom.enrol("何志强", Role.TEACHER)
    with desk.classroom.working(colleague) as work:
        given = [Cell(group[0].id, "2.1.1", 2)]
        give_cells(work, made, given, course_id=desk.classroom.course.id)
    tap(page, group[0].name, 3)
    tap(page, group[1].name, 3)
    box = row(page, group[0].name).locator(".conflict")
    expect(box).to_contain_text("何志强", timeout=WAIT)
    expect(page.locator("#save")).to_contain_text("1 条待决定")
    assert levels(desk, made) == {"陈思雨": 2, "李浩然": 3}
    box.get_by_role("button", name=button).click()
    expect(box).to_have_count(0)
    expect_saved(page)
    assert levels(desk, made)["陈思雨"] == stands


def test_a_breach_waits_for_its_reason_which_survives_a_reload(
    desk: AtDesk, group: list[Account]
) -> None:
    made = desk.classroom.set_up("2.2.4")
    page = open_grid(desk, made)
    tap(page, group[0].name, 1)
    page.keyboard.type("辱骂客户")
    expect(page.locator("#save")).to_contain_text("1 条缺少理由和确认")
    assert levels(desk, made, "2.2.4") == {}
    page = open_grid(desk, made)
    found = row(page, group[0].name)
    expect(found.locator("textarea")).to_have_value("辱骂客户")
    found.get_by_text("我确认").click()
    found.get_by_role("button", name="保存").click()
    expect_saved(page)
    assert levels(desk, made, "2.2.4") == {"陈思雨": 1}
