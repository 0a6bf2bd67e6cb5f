"""What the API tells: learners, outcomes, decisions, requirements and assessments of one school."""

from datetime import timedelta
from urllib.parse import quote

import pytest

from lti_tool.domain.standard import SourceStatus
from lti_tool.persistence import audit_log
from lti_tool.persistence.people import Account
from lti_tool.services.merge_accounts import merge_accounts, undo_merge
from tests.api.conftest import Program
from tests.services.attaining import LEVEL, master, sign_off_now, whole_level
from tests.services.classroom import STANDARD

OUTCOMES = f"/outcomes?standard={STANDARD}"
WRONG = (
    ("/outcomes", "standard"),
    (f"{OUTCOMES}&level=", "level"),
    (f"{OUTCOMES}&state=nonsense", "state"),
    (f"{OUTCOMES}&limit=0", "limit"),
    (f"{OUTCOMES}&limit=501", "limit"),
    (f"{OUTCOMES}&limit=1.0", "limit"),
    (f"{OUTCOMES}&limit=1&limit=2", "limit"),
    (f"{OUTCOMES}&search=%00", "search"),
    (f"{OUTCOMES}&search={'x' * 101}", "search"),
    (f"{OUTCOMES}&serach=x", "serach"),
    (f"{OUTCOMES}&learner=99999999999", "learner"),
    (f"{OUTCOMES}&cursor=nonsense", "cursor"),
    (f"{OUTCOMES}&cursor=%E5%98%89", "cursor"),
    # A cursor of another list, and an id that no row can have.
    ("/learners?cursor=WyJvdXRjb21lcyIsMSwxLDEsIngiXQ", "cursor"),
    ("/learners?cursor=WyJsZWFybmVycyIsOTk5OTk5OTk5OTk5OTld", "cursor"),
    ("/assessments?requirement=elementary/2.1.1", "standard"),
)
"""Requests, and the parameter each is refused for."""
MISSING = {
    "/outcomes?standard=530050-1999": 404,
    f"{OUTCOMES}&level=master": 400,
    "/standards/530050-1999/requirements": 404,
    f"/standards/{STANDARD}/requirements?level=master": 400,
    f"/assessments?standard={STANDARD}&requirement=2.1.1": 400,
    "/learners/999": 404,
    "/learners/9999999999": 404,
    "/decisions/unknown": 404,
    "/nothing": 404,
    "/learners/": 404,
}


@pytest.fixture
def learner(program: Program) -> Account:
    """Somebody who meets the rule of the elementary level."""
    learner = program.classroom.enrol("黄嘉怡", number="2024030107")
    master(program.classroom, learner, whole_level(program.classroom))
    return learner


def test_learners_come_with_student_number_and_courses_but_without_mail_address(
    program: Program, learner: Account
) -> None:
    told = program.told("/learners")
    del told["notice"]
    assert told == {
        "data": [
            {
                "id": learner.id,
                "student_number": "2024030107",
                "name": "黄嘉怡",
                "account_ids": [learner.id],
                "course_ids": [program.classroom.course.id],
            }
        ],
        "next_cursor": None,
    }
    assert program.told(f"/learners/{learner.id}") == told["data"][0]
    assert program.told("/learners?student_number=2024030107")["data"] == told["data"]
    assert program.told("/learners?student_number=1")["data"] == []
    assert program.told("/learners?course=999")["data"] == []
    assert program.told(f"/learners?class={quote('电商1班')}")["data"] == []


def test_two_accounts_of_one_learner_are_one_learner_called_by_either(
    program: Program, learner: Account
) -> None:
    made = sign_off_now(program.classroom, learner)
    keeper = program.classroom.enrol("黄嘉怡（专升本）", number="2026030107")
    with program.classroom.working() as work:
        school_id = program.classroom.course.school_id
        merge_accounts(work, keeper.id, learner.id, reason="同一人", school_id=school_id)
    (listed,) = program.told("/learners")["data"]
    for number in ("2024030107", "2026030107"):
        assert program.told(f"/learners?student_number={number}")["data"] == [listed]
    goes_by = listed["id"]
    assert sorted(listed["account_ids"]) == sorted([keeper.id, learner.id])
    for each in (keeper, learner):
        assert program.told(f"/learners/{each.id}")["id"] == goes_by
        (decision,) = program.told(f"/decisions?learner={each.id}")["data"]
        assert (decision["id"], decision["learner"]["id"]) == (made.id, goes_by)
        (outcome,) = program.told(f"{OUTCOMES}&learner={each.id}")["data"]
        assert outcome["learner"]["id"] == goes_by
    assert program.told(f"/decisions/{made.id}")["replay"] == "same"


def test_a_teacher_is_no_learner(program: Program) -> None:
    teacher = program.classroom.teacher
    program.problem(f"/learners/{teacher.id}", 404)
    assert program.told("/learners")["data"] == []


def test_an_outcome_tells_state_counts_and_the_decision(program: Program, learner: Account) -> None:
    (before,) = program.told(OUTCOMES)["data"]
    assert (before["state"], before["decision_id"]) == ("proposed", None)
    decision = sign_off_now(program.classroom, learner)
    (outcome,) = program.told(OUTCOMES)["data"]
    assert outcome["learner"]["student_number"] == "2024030107"
    assert outcome["level"] == LEVEL
    assert outcome["level_name"]["zh"] == "初级"
    assert (outcome["state"], outcome["mastered"], outcome["total"]) == ("attained", 49, 49)
    assert outcome["decision_id"] == decision.id


def test_outcomes_are_narrowed(program: Program, learner: Account) -> None:
    queries = {
        "level=elementary": 1,
        "level=advanced": 0,
        "state=proposed": 1,
        "state=attained": 0,
        "search=2024": 1,
        "search=%E5%98%89": 1,
        "course=999": 0,
        "learner=999": 0,
        "term=2026": 0,
    }
    found = {query: len(program.told(f"{OUTCOMES}&{query}")["data"]) for query in queries}
    assert found == queries


def test_a_decision_comes_with_the_ratings_it_rests_on_and_can_be_recomputed(
    program: Program, learner: Account
) -> None:
    made = sign_off_now(program.classroom, learner)
    (listed,) = program.told("/decisions")["data"]
    decision = program.told(f"/decisions/{made.id}")
    assert listed.items() <= decision.items()
    assert (decision["kind"], decision["digest"]) == ("sign_off", made.digest)
    assert decision["decided_by"]["name"] == "周敏"
    assert sorted({each["id"] for each in decision["ratings"]}) == sorted(made.rating_ids)
    first = decision["ratings"][0]
    assert first["rater"]["name"] == "周敏"
    assert first["assessment"]["title"] == "综合考核 elementary"
    assert decision["replay"] == "same"
    assert "观察记录" not in str(decision)


def test_the_rights_and_what_it_is_not_go_along(program: Program, learner: Account) -> None:
    made = sign_off_now(program.classroom, learner)
    rights = program.classroom.catalogue.find(STANDARD).standard.rights_notice
    for path in (OUTCOMES, f"/decisions/{made.id}", f"/standards/{STANDARD}/requirements"):
        notice = program.told(path)["notice"]
        assert rights.zh in notice["zh"]
        assert "不是 X 证书" in notice["zh"]
        assert "not an X certificate" in notice["en"]
    for path in ("/decisions", "/learners", "/assessments"):
        assert "not an X certificate" in program.told(path)["notice"]["en"]
    assert program.told("/standards")["data"][0]["rights_notice"]["zh"] == rights.zh


def test_the_requirements_of_a_standard_are_all_there_and_the_lost_one_says_so(
    program: Program,
) -> None:
    data = program.told(f"/standards/{STANDARD}/requirements")["data"]
    assert len(data) == 151
    (lost,) = [each for each in data if each["status"] == SourceStatus.LOST]
    assert (lost["key"], lost["text"]) == ("advanced/4.1.1", None)
    shared = next(each for each in data if each["key"] == "intermediate/1.1.3")
    assert shared["counts_as"] == "elementary/1.1.3"
    critical = {each["key"] for each in data if each["critical"]}
    assert "elementary/2.2.1" in critical
    low = program.told(f"/standards/{STANDARD}/requirements?level=elementary")["data"]
    assert len(low) == 49


def test_assessments_are_found_by_the_requirement_they_cover(program: Program) -> None:
    low = program.classroom.set_up("1.1.1", "1.2.2")
    high = program.classroom.set_up("1.1.1", level="intermediate")

    def covering(query: str) -> list[str]:
        return [each["id"] for each in program.told(f"/assessments?{query}")["data"]]

    base = f"standard={STANDARD}&requirement="
    assert covering("") == [low.id, high.id]
    assert covering(base + "elementary/1.2.2") == [low.id]
    assert covering(base + "elementary/1.1.1") == [low.id, high.id]
    assert covering(base + "intermediate/1.1.1") == [low.id, high.id]
    assert covering(base + "elementary/3.1.1") == []
    assert covering("level=intermediate") == [high.id]
    first = program.told("/assessments")["data"][0]
    assert first["requirements"] == ["elementary/1.1.1", "elementary/1.2.2"]


# --- Lists a page at a time, and what is new ------------------------------------------------------


def collected(
    program: Program, path: str, limit: int, cursor: str = ""
) -> tuple[list[str], str | None]:
    """The entries of all pages from a cursor on by name and level, and the cursor for changes."""
    entries, going_on = [], f"&cursor={cursor}" if cursor else ""
    page = program.told(f"{path}&limit={limit}{going_on}")
    while True:
        entries += [f"{each['learner']['name']} {each['level']}" for each in page["data"]]
        assert len(page["data"]) <= limit
        if page["next_cursor"] is None:
            return entries, page["changes_cursor"]
        page = program.told(f"{path}&limit={limit}&cursor={page['next_cursor']}")


def test_pages_of_any_size_give_every_outcome_once_in_the_order_of_change(
    program: Program,
) -> None:
    assessment = program.classroom.set_up()
    names = ["甲", "乙", "丙"]
    for name in names:
        program.classroom.finish(program.classroom.enrol(name), assessment)
    for limit in (1, 2, 3, 500):
        entries, _ = collected(program, OUTCOMES, limit)
        assert entries == [f"{name} elementary" for name in names], limit


def test_after_a_cursor_only_what_changed_since_is_listed(program: Program) -> None:
    assessment = program.classroom.set_up()
    first, second = (program.classroom.enrol(name) for name in ("甲", "乙"))
    for each in (first, second):
        program.classroom.finish(each, assessment)
    program.classroom.now += timedelta(minutes=5)
    _, cursor = collected(program, OUTCOMES, 500)
    assert cursor
    assert collected(program, OUTCOMES, 500, cursor) == ([], cursor)
    program.classroom.finish(first, assessment)
    assert collected(program, OUTCOMES, 500, cursor)[0] == ["甲 elementary"]
    program.classroom.now += timedelta(minutes=5)
    _, newer = collected(program, OUTCOMES, 500, cursor)
    assert newer
    assert collected(program, OUTCOMES, 500, newer) == ([], newer)


def test_what_changed_within_the_last_minute_is_given_again_rather_than_lost(
    program: Program,
) -> None:
    program.classroom.finish(program.classroom.enrol("甲"), program.classroom.set_up())
    program.classroom.now += timedelta(seconds=1)
    first, cursor = collected(program, OUTCOMES, 500)
    assert cursor
    assert collected(program, OUTCOMES, 500, cursor)[0] == first


def test_an_outcome_that_changes_while_pages_are_read_comes_again_and_hides_none(
    program: Program,
) -> None:
    assessment = program.classroom.set_up()
    people = [program.classroom.enrol(name) for name in ("甲", "乙", "丙")]
    for each in people:
        program.classroom.finish(each, assessment)
    page = program.told(f"{OUTCOMES}&limit=1")
    assert page["changes_cursor"] is None
    program.classroom.finish(people[0], assessment)
    rest, _ = collected(program, OUTCOMES, 1, page["next_cursor"])
    assert rest == ["乙 elementary", "丙 elementary", "甲 elementary"]


def test_what_is_gone_since_a_cursor_is_told_and_what_comes_back(
    program: Program, learner: Account
) -> None:
    classroom = program.classroom
    classroom.now += timedelta(minutes=5)
    _, cursor = collected(program, OUTCOMES, 500)
    kept = classroom.enrol("黄嘉怡（专升本）")

    def told(query: str = "") -> list[tuple[int, str, bool]]:
        data = program.told(f"{OUTCOMES}&cursor={cursor}{query}")["data"]
        return [(each["learner"]["id"], each["state"], each["gone"]) for each in data]

    with classroom.working() as work:
        merge = merge_accounts(
            work, kept.id, learner.id, reason="同一人", school_id=classroom.course.school_id
        )
    gone, new = (learner.id, "no_evidence", True), (kept.id, "proposed", False)
    assert sorted(told()) == sorted([gone, new])
    assert sorted(told(f"&learner={learner.id}")) == sorted([gone, new])
    assert told("&state=attained") == [gone, (kept.id, "proposed", True)]
    assert [each["gone"] for each in program.told(OUTCOMES)["data"]] == [False]
    with classroom.working() as work:
        undo_merge(work, merge, reason="弄错了", school_id=classroom.course.school_id)
    back = (learner.id, "proposed", False)
    assert sorted(told()) == sorted([back, (kept.id, "no_evidence", True)])


def test_new_decisions_are_read_from_where_the_last_reading_ended(
    program: Program, learner: Account
) -> None:
    made = sign_off_now(program.classroom, learner)
    program.classroom.now += timedelta(minutes=5)
    page = program.told("/decisions")
    assert [each["id"] for each in page["data"]] == [made.id]
    after = f"/decisions?cursor={page['changes_cursor']}"
    assert program.told(after)["data"] == []


def test_learners_and_assessments_come_in_pages(program: Program) -> None:
    people = [program.classroom.enrol(name) for name in ("甲", "乙", "丙")]
    plans = [program.classroom.set_up() for _ in range(3)]
    for path, ids in (("/learners", people), ("/assessments", plans)):
        seen, cursor = [], ""
        while True:
            page = program.told(f"{path}?limit=2{cursor}")
            seen += [each["id"] for each in page["data"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert seen == [each.id for each in ids]


# --- What has not changed, and what makes no sense ------------------------------------------------


def test_what_the_caller_has_already_is_not_sent_again(program: Program, learner: Account) -> None:
    program.classroom.enrol("乙")
    for path in (OUTCOMES, "/learners?limit=1", "/standards", "/assessments"):
        program.classroom.now += timedelta(minutes=5)
        first = program.get(path)
        program.classroom.now += timedelta(minutes=5)
        again = program.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), path
        assert again.headers["ETag"] == first.headers["ETag"]


def test_a_change_gives_another_etag(program: Program, learner: Account) -> None:
    tag = program.get(OUTCOMES).headers["ETag"]
    sign_off_now(program.classroom, learner)
    assert program.get(OUTCOMES, headers={"If-None-Match": tag}).status_code == 200


def test_a_parameter_that_makes_no_sense_is_named(program: Program) -> None:
    for path, parameter in WRONG:
        problem = program.problem(path, 400)
        assert problem["type"].endswith(":bad-parameter")
        assert [each["parameter"] for each in problem["errors"]] == [parameter], path
        assert all(each["detail"] for each in problem["errors"])


def test_what_is_not_there_is_a_problem_too(program: Program) -> None:
    for path, status in MISSING.items():
        assert program.problem(path, status)["status"] == status


def test_nothing_but_reading_is_possible(program: Program) -> None:
    client = program.app.test_client()
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        answer = client.open("/api/v1/learners", method=method)
        assert answer.status_code == 405
        assert answer.content_type == "application/problem+json"
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}


def test_who_was_read_is_in_the_audit_log_once_a_day(program: Program, learner: Account) -> None:
    for _ in range(3):
        program.get(f"/learners/{learner.id}")
        program.get(f"{OUTCOMES}&learner={learner.id}")
        program.get(OUTCOMES)
    with program.classroom.reading() as session:
        of_learner = audit_log.entries_about(session, f"learner:{learner.id}")
        of_list = audit_log.entries_about(session, "list:outcomes")
    assert [(each.action, each.detail) for each in of_learner] == [("look", "token:1")]
    assert [(each.action, each.detail) for each in of_list] == [("look", "token:1")]
