"""A teacher rates one work: levels, comments, red lines, undo, release and giving back."""

import pytest

from lti_tool.domain.assessment import ReleaseMode
from lti_tool.domain.launch import Role
from lti_tool.domain.submission import SubmissionState
from lti_tool.persistence.people import Account
from tests.services.classroom import conditions
from tests.web.desk import Desk

UNWANTED = "<script>alert(1)</script>"


def test_the_work_is_shown_with_evidence_rubric_and_self_rating(
    desk: Desk, learner: Account
) -> None:
    work = desk.classroom.hand_in(learner, desk.classroom.set_up())
    page = desk.get(f"/work/{work.id}").text
    assert "您好，我马上帮您处理。" in page
    assert "160 to 220 characters a minute" in page
    assert "Self-rating" in page
    assert "1 of 1 handed in" in page


def test_a_draft_of_a_student_is_nobodys_business(desk: Desk, learner: Account) -> None:
    drafted = desk.classroom.draft(learner, desk.classroom.set_up())
    assert desk.get(f"/work/{drafted.id}").status_code == 404
    assert desk.get(f"/evidence/{drafted.evidence[0].id}").status_code == 404


def test_a_rating_is_saved_and_the_next_code_opened(desk: Desk, learner: Account) -> None:
    work = desk.classroom.hand_in(learner, desk.classroom.set_up())
    answer = desk.give(work, "2.1.1", 4, comment="语速得当")
    assert answer.status_code == 303
    assert answer.location.endswith("code=2.1.2#c-2.1.2")
    saved = desk.newest(work)["2.1.1"]
    assert (saved.performance_level, saved.comment) == (4, "语速得当")
    assert saved.released_at is None


def test_a_script_is_told_what_was_saved(desk: Desk, learner: Account) -> None:
    work = desk.classroom.hand_in(learner, desk.classroom.set_up())
    told = desk.give(work, "2.1.1", 3, json=True).get_json()
    assert told["rating"]["id"] == desk.newest(work)["2.1.1"].id
    assert (told["rating"]["level"], told["rated"], told["releasable"]) == (3, 1, False)


def test_a_comment_alone_corrects_the_rating_it_belongs_to(desk: Desk, learner: Account) -> None:
    work = desk.classroom.hand_in(learner, desk.classroom.set_up())
    first = desk.give(work, "2.1.1", 3, json=True).get_json()["rating"]["id"]
    desk.give(work, "2.1.1", 3, comment="补充", seen=first)
    assert desk.newest(work)["2.1.1"].comment == "补充"
    assert desk.newest(work)["2.1.1"].supersedes == first


@pytest.mark.parametrize("json", [True, False])
def test_somebody_elses_newer_rating_is_shown_and_nothing_is_lost(
    desk: Desk, learner: Account, json: bool
) -> None:
    made = desk.classroom.set_up()
    work = desk.classroom.hand_in(learner, made)
    colleague = desk.classroom.enrol("何志强", Role.TEACHER)
    theirs = desk.classroom.rate_code(work, made, "2.1.1", 2, "语速太快", by=colleague)
    answer = desk.give(work, "2.1.1", 4, comment="我的评语", json=json)
    assert answer.status_code == 409
    assert desk.newest(work)["2.1.1"] == theirs
    if json:
        told = answer.get_json()
        assert told["rating"]["rater"] == "何志强"
        assert told["rating"]["comment"] == "语速太快"
        assert "Somebody else" in told["error"]
    else:
        assert "我的评语" in answer.text
        assert "何志强" in answer.text
        assert f'name="seen" value="{theirs.id}"' in answer.text


def test_the_same_rating_sent_twice_is_refused_the_second_time(
    desk: Desk, learner: Account
) -> None:
    work = desk.classroom.hand_in(learner, desk.classroom.set_up())
    assert desk.give(work, "2.1.1", 3).status_code == 303
    assert desk.give(work, "2.1.1", 3).status_code == 409


def test_a_page_older_than_the_work_saves_nothing(desk: Desk, learner: Account) -> None:
    work = desk.classroom.hand_in(learner, desk.classroom.set_up())
    answer = desk.give(work, "2.1.1", 3, version=work.version - 1, comment="老页面的评语")
    assert answer.status_code == 409
    assert "老页面的评语" in answer.text
    assert desk.newest(work) == {}


def test_a_rating_without_a_level_keeps_the_comment(desk: Desk, learner: Account) -> None:
    work = desk.classroom.hand_in(learner, desk.classroom.set_up())
    answer = desk.post(
        f"/work/{work.id}/ratings", code="2.1.1", comment="先写评语", version=work.version
    )
    assert answer.status_code == 422
    assert "先写评语" in answer.text


@pytest.mark.parametrize(
    ("code", "level", "status"), [("9.9.9", 3, 400), ("2.1.1", 7, 422), ("2.1.1", "x", 422)]
)
def test_codes_and_levels_that_are_not_on_the_page_change_nothing(
    desk: Desk, learner: Account, code: str, level: object, status: int
) -> None:
    work = desk.classroom.hand_in(learner, desk.classroom.set_up())
    assert desk.give(work, code, level).status_code == status
    assert desk.newest(work) == {}


def test_a_red_line_asks_for_a_reason_and_then_for_confirmation(
    desk: Desk, learner: Account
) -> None:
    work = desk.classroom.hand_in(learner, desk.classroom.set_up("2.2.4"))
    without = desk.give(work, "2.2.4", 1)
    assert without.status_code == 422
    assert "needs a reason" in without.text
    unconfirmed = desk.give(work, "2.2.4", 1, comment="泄露客户电话")
    assert unconfirmed.status_code == 422
    assert "泄露客户电话" in unconfirmed.text
    assert desk.newest(work) == {}
    assert desk.give(work, "2.2.4", 1, comment="泄露客户电话", confirmed="1").status_code == 303
    assert desk.newest(work)["2.2.4"].performance_level == 1


def test_undo_takes_the_draft_back(desk: Desk, learner: Account) -> None:
    work = desk.classroom.hand_in(learner, desk.classroom.set_up())
    first = desk.give(work, "2.1.1", 3, json=True).get_json()["rating"]["id"]
    second = desk.give(work, "2.1.1", 1, seen=first, json=True).get_json()["rating"]["id"]
    told = desk.post(f"/work/{work.id}/undo", code="2.1.1", seen=second, json=True).get_json()
    assert told["rating"]["id"] == first
    gone = desk.post(f"/work/{work.id}/undo", code="2.1.1", seen=first, json=True).get_json()
    assert gone["rating"] is None
    assert desk.newest(work) == {}


def test_a_colleagues_rating_is_not_undone(desk: Desk, learner: Account) -> None:
    made = desk.classroom.set_up()
    work = desk.classroom.hand_in(learner, made)
    colleague = desk.classroom.enrol("何志强", Role.TEACHER)
    theirs = desk.classroom.rate_code(work, made, "2.1.1", 2, by=colleague)
    answer = desk.post(f"/work/{work.id}/undo", code="2.1.1", seen=theirs.id, json=True)
    assert answer.status_code == 409
    assert desk.newest(work)["2.1.1"] == theirs


def test_undo_of_a_rating_released_at_once_gives_the_former_again(
    desk: Desk, learner: Account
) -> None:
    made = desk.classroom.set_up(given=conditions(release=ReleaseMode.AT_ONCE))
    work = desk.classroom.hand_in(learner, made)
    assert "Released at once." in desk.get(f"/work/{work.id}").text
    first = desk.give(work, "2.1.1", 3, json=True).get_json()["rating"]["id"]
    refused = desk.post(f"/work/{work.id}/undo", code="2.1.1", seen=first, json=True)
    assert refused.status_code == 422
    second = desk.give(work, "2.1.1", 1, seen=first, json=True).get_json()["rating"]["id"]
    desk.post(f"/work/{work.id}/undo", code="2.1.1", seen=second, json=True)
    restored = desk.newest(work)["2.1.1"]
    assert (restored.performance_level, restored.supersedes) == (3, second)
    assert restored.released_at is not None


def test_a_student_is_released_once_every_code_is_rated(desk: Desk, learner: Account) -> None:
    made = desk.classroom.set_up()
    work = desk.classroom.hand_in(learner, made)
    desk.give(work, "2.1.1", 3)
    early = desk.post(f"/work/{work.id}/release", version=work.version)
    assert early.status_code == 422
    assert "2.1.2 is not rated yet" in early.text
    desk.give(work, "2.1.2", 3)
    desk.give(work, "2.1.3", 3)
    assert desk.post(f"/work/{work.id}/release", version=work.version).status_code == 303
    assert desk.submission(work).state is SubmissionState.RELEASED
    again = desk.post(f"/work/{work.id}/release", version=work.version)
    assert again.status_code == 409


def test_a_correction_after_release_waits_until_it_is_released(
    desk: Desk, learner: Account
) -> None:
    made = desk.classroom.set_up()
    work = desk.classroom.finish(learner, made, 2)
    shown = desk.newest(work)["2.1.1"]
    desk.give(work, "2.1.1", 3, seen=shown.id)
    page = desk.get(f"/work/{work.id}?code=2.1.1").text
    assert "The student still sees" in page
    assert "Ready to release" in desk.get(f"/assessments/{made.id}").text
    desk.post(f"/work/{work.id}/release", version=desk.submission(work).version)
    assert desk.newest(work)["2.1.1"].released_at is not None


def test_work_is_given_back_with_a_note(desk: Desk, learner: Account) -> None:
    work = desk.classroom.hand_in(learner, desk.classroom.set_up())
    empty = desk.post(f"/work/{work.id}/return", note=" ", version=work.version)
    assert empty.status_code == 422
    desk.post(f"/work/{work.id}/return", note="请补充运费说明", version=work.version)
    assert desk.submission(work).return_note == "请补充运费说明"
    page = desk.get(f"/work/{work.id}").text
    assert "请补充运费说明" in page
    assert "您好，我马上帮您处理。" not in page
    assert desk.give(work, "2.1.1", 3).status_code == 409


def test_earlier_attempts_are_shown_beside_each_code(desk: Desk, learner: Account) -> None:
    made = desk.classroom.set_up()
    first = desk.classroom.finish(learner, made, 2)
    second = desk.classroom.hand_in(learner, made)
    page = desk.get(f"/work/{second.id}?code=2.1.1").text
    assert f"/teacher/work/{first.id}" in page
    card = page[page.index('id="c-2.1.1"') : page.index('id="c-2.1.2"')]
    assert "Attempt 1" in card
    assert "Approaching" in card


def test_what_people_typed_is_never_markup(desk: Desk) -> None:
    made = desk.classroom.set_up(given=conditions(UNWANTED))
    work = desk.classroom.hand_in(desk.classroom.enrol(UNWANTED), made)
    desk.give(work, "2.1.1", 3, comment=UNWANTED)
    for page in (f"/work/{work.id}", f"/assessments/{made.id}", "/class", "/grades"):
        assert UNWANTED not in desk.get(page).text


def test_a_rating_is_possible_while_the_gradebook_is_out_of_reach(
    desk: Desk, learner: Account
) -> None:
    made = desk.classroom.set_up()
    work = desk.classroom.hand_in(learner, made)
    for code in made.codes:
        desk.give(work, code, 3)
    desk.post(f"/work/{work.id}/release", version=work.version)
    assert "grade is on its way" in desk.get("/grades").text
