"""The outcomes of a school as the registrar reads them."""

import pytest

from lti_tool.domain.attainment import AttainmentState
from lti_tool.domain.errors import NotFoundError, UnknownStandardError
from lti_tool.domain.launch import Role
from lti_tool.domain.roll import Enrolment
from lti_tool.persistence import rolls
from lti_tool.persistence.people import Account
from lti_tool.services import show_outcomes as module
from lti_tool.services.merge_accounts import merge_accounts, show_merges
from lti_tool.services.show_outcomes import (
    OutcomeFilter,
    Outcomes,
    show_outcomes,
)
from lti_tool.services.sign_off_attainment import revoke_attainment
from tests.services.attaining import (
    LEVEL,
    master,
    rate_once_more,
    sign_off_now,
    subject,
    whole_level,
)
from tests.services.classroom import STANDARD, Classroom, enrol, open_course
from tests.services.counting import queries


def outcomes(classroom: Classroom, wanted: OutcomeFilter | None = None) -> Outcomes:
    with classroom.reading() as session:
        return show_outcomes(
            session,
            classroom.catalogue,
            wanted or OutcomeFilter(),
            school_id=classroom.course.school_id,
        )


def listed(shown: Outcomes) -> list[tuple[str, str, AttainmentState]]:
    return [(each.learner.label, each.level.key, each.state) for each in shown.rows]


@pytest.fixture
def class_of_three(classroom: Classroom) -> dict[str, Account]:
    """甲 is signed off, 乙 is proposed, 丙 has one requirement."""
    assessment = whole_level(classroom)
    people = {each: classroom.enrol(each, number=str(no)) for no, each in enumerate("甲乙丙", 1)}
    for name in "甲乙":
        master(classroom, people[name], assessment)
    sign_off_now(classroom, people["甲"])
    rate_once_more(classroom, people["丙"], {"2.1.1": 3})
    return people


def test_what_awaits_sign_off_comes_first(
    classroom: Classroom, class_of_three: dict[str, Account]
) -> None:
    shown = outcomes(classroom)
    assert listed(shown) == [
        ("乙", LEVEL, AttainmentState.PROPOSED),
        ("甲", LEVEL, AttainmentState.ATTAINED),
        ("丙", LEVEL, AttainmentState.NOT_MET),
    ]
    assert (shown.proposed, shown.learners, shown.standard.id) == (1, 3, STANDARD)


def test_the_totals_count_each_state_whatever_state_is_chosen(
    classroom: Classroom, class_of_three: dict[str, Account]
) -> None:
    shown = outcomes(classroom, OutcomeFilter(state=AttainmentState.ATTAINED))
    assert listed(shown) == [("甲", LEVEL, AttainmentState.ATTAINED)]
    counts = shown.totals[0].counts
    assert [counts[each] for each in AttainmentState] == [0, 1, 1, 1, 0]
    assert shown.totals[0].total == 3
    assert shown.totals[1].total == 0


def test_the_totals_follow_the_search(
    classroom: Classroom, class_of_three: dict[str, Account]
) -> None:
    shown = outcomes(classroom, OutcomeFilter(search=" 甲 "))
    assert (shown.found, shown.totals[0].total, shown.proposed) == (1, 1, 1)


def test_a_sign_off_that_todays_ratings_would_not_give_is_marked(
    classroom: Classroom, class_of_three: dict[str, Account]
) -> None:
    for _ in range(2):
        rate_once_more(classroom, class_of_three["甲"], {"2.2.1": 1})
    row = outcomes(classroom, OutcomeFilter(search="甲")).rows[0]
    assert row.is_shaken
    assert row.last is not None
    assert row.changed_at == row.last.decided_at


def test_a_revoked_level_says_so(classroom: Classroom, class_of_three: dict[str, Account]) -> None:
    with classroom.working() as work:
        revoke_attainment(
            work,
            subject(class_of_three["甲"]),
            reason="误操作",
            school_id=classroom.course.school_id,
        )
    row = outcomes(classroom, OutcomeFilter(search="甲")).rows[0]
    assert row.state is AttainmentState.REVOKED
    assert row.last is not None
    assert row.last.reason == "误操作"


def test_a_course_is_told_from_the_others(
    classroom: Classroom, class_of_three: dict[str, Account]
) -> None:
    other = open_course(classroom.database, "course-2")
    enrol(classroom.database, other, "乙", Role.STUDENT, number="2")
    shown = outcomes(classroom, OutcomeFilter(course_id=other.id))
    assert [name for name, _, _ in listed(shown)] == ["乙"]
    assert [each.id for each in shown.rows[0].courses] == [classroom.course.id, other.id]


def test_a_long_list_comes_in_pages(
    classroom: Classroom, class_of_three: dict[str, Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE_SIZE", 2)
    first, last = outcomes(classroom), outcomes(classroom, OutcomeFilter(page=99))
    assert (len(first.rows), first.page, first.pages, first.found) == (2, 1, 2, 3)
    assert [name for name, _, _ in listed(last)] == ["丙"]
    assert outcomes(classroom, OutcomeFilter(page=-1)).page == 1


@pytest.mark.parametrize(
    ("search", "named"), [("乙", ["乙"]), ("3", ["丙"]), (" 甲 ", ["甲"]), ("%", []), ("_", [])]
)
def test_a_search_finds_parts_of_names_and_numbers(
    classroom: Classroom, class_of_three: dict[str, Account], search: str, named: list[str]
) -> None:
    shown = outcomes(classroom, OutcomeFilter(search=search))
    assert [name for name, _, _ in listed(shown)] == named


def test_a_merged_learner_is_found_by_name_number_and_class_of_either_account(
    classroom: Classroom, class_of_three: dict[str, Account]
) -> None:
    school_id = classroom.course.school_id
    with classroom.working() as work:
        kept, merged = class_of_three["甲"].id, class_of_three["丙"].id
        merge_accounts(work, kept, merged, reason="同一人", school_id=school_id)
        told = {2: Enrolment("3", "2026秋", class_name="电商2401")}
        made = rolls.add_draft(
            work.session,
            "名单",
            told.items(),
            school_id=school_id,
            by=work.actor_id,
            now=work.now,
        )
        rolls.keep(work.session, made, told, now=work.now)
    for wanted in (
        OutcomeFilter(search="丙"),
        OutcomeFilter(search="3"),
        OutcomeFilter(search="甲"),
        OutcomeFilter(class_name="电商2401"),
    ):
        assert [name for name, _, _ in listed(outcomes(classroom, wanted))] == ["甲"], wanted
    with classroom.reading() as session:
        assert [each.account.id for each in show_merges(session, school_id, search="丙").found] == [
            kept
        ]


def test_more_learners_need_no_more_queries(
    classroom: Classroom, class_of_three: dict[str, Account]
) -> None:
    with queries(classroom.database) as few:
        outcomes(classroom)
    for name in "丁戊己":
        rate_once_more(classroom, classroom.enrol(name), {"2.1.1": 3})
    with queries(classroom.database) as many:
        outcomes(classroom)
    assert len(many) == len(few)


def test_an_unknown_standard_or_school_is_refused(classroom: Classroom) -> None:
    with pytest.raises(UnknownStandardError):
        outcomes(classroom, OutcomeFilter(standard_id="1"))
    with classroom.reading() as session, pytest.raises(NotFoundError):
        show_outcomes(session, classroom.catalogue, OutcomeFilter(), school_id=999)
