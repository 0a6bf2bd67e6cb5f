"""Exports of a school's outcomes: what is in them, kept and made again."""

from dataclasses import replace

import pytest

from lti_tool.domain.attainment import AttainmentState
from lti_tool.domain.errors import NotFoundError, NothingToExportError
from lti_tool.domain.exported import ExportContent, ExportKind
from lti_tool.domain.launch import Person
from lti_tool.domain.roll import Enrolment
from lti_tool.exchange.outcomes import objectives
from lti_tool.persistence import audit_log, exports, people, rolls
from lti_tool.persistence.exports import Export
from lti_tool.persistence.outcomes import OutcomeFilter
from lti_tool.persistence.people import Account
from lti_tool.services.export_outcomes import Manner, draw_outcomes, keep_export
from lti_tool.services.show_exports import list_exports, open_export, show_export
from tests.services.attaining import LEVEL, master, rate_once_more, sign_off_now, whole_level
from tests.services.classroom import ISSUER, START, Classroom
from tests.services.counting import queries
from tests.services.erasing import erase

PLAIN = Manner("zh", "Asia/Shanghai")
FULL = replace(PLAIN, objectives=objectives)


@pytest.fixture
def class_of_two(classroom: Classroom) -> dict[str, Account]:
    """甲 is signed off, 乙 has one requirement."""
    assessment = whole_level(classroom)
    found = {each: classroom.enrol(each, number=str(no)) for no, each in enumerate("甲乙", 1)}
    master(classroom, found["甲"], assessment)
    sign_off_now(classroom, found["甲"])
    rate_once_more(classroom, found["乙"], {"2.1.1": 1})
    return found


def drawn(
    classroom: Classroom, wanted: OutcomeFilter | None = None, manner: Manner = PLAIN
) -> ExportContent:
    with classroom.reading() as session:
        return draw_outcomes(
            session,
            classroom.catalogue,
            wanted or OutcomeFilter(),
            manner,
            school_id=classroom.course.school_id,
        )


def keep(
    classroom: Classroom,
    content: ExportContent,
    kind: ExportKind = ExportKind.CSV,
    **asked: str,
) -> Export:
    with classroom.working() as work:
        return keep_export(work, content, kind, asked, school_id=classroom.course.school_id)


def again(classroom: Classroom, export: Export) -> ExportContent:
    with classroom.reading() as session:
        return open_export(session, export.id, school_id=classroom.course.school_id)[1]


def test_a_line_says_what_the_page_of_outcomes_says(
    classroom: Classroom, class_of_two: dict[str, Account]
) -> None:
    first, second = drawn(classroom).lines
    assert (first.holder.name, first.holder.student_number, first.level) == ("甲", "1", LEVEL)
    assert (first.state, first.mastered, first.total) == (AttainmentState.ATTAINED, 49, 49)
    assert first.decision_id
    assert first.decided_at == first.changed_at
    assert first.courses == (classroom.course.title,)
    assert (second.state, second.decision_id, second.decided_at) == (
        AttainmentState.NOT_MET,
        "",
        None,
    )


def test_requirements_are_told_by_letters_in_the_order_of_the_level(
    classroom: Classroom, class_of_two: dict[str, Account]
) -> None:
    content = drawn(classroom, manner=FULL)
    first, second = content.lines
    assert first.masteries == "m" * 49
    assert len(content.facts.level(LEVEL).objectives) == 49
    codes = [
        each.code for each in classroom.catalogue.standards[-1].standard.level(LEVEL).requirements
    ]
    assert second.masteries[codes.index("2.1.1")] == "i"
    assert second.masteries.count(".") == 48


def test_an_export_is_the_same_again_whatever_happened_since(
    classroom: Classroom, class_of_two: dict[str, Account]
) -> None:
    content = drawn(classroom, manner=FULL)
    export = keep(classroom, content, ExportKind.ONE_ROSTER)
    with classroom.database.transaction() as session:
        renamed = Person("甲", name="甲改名", student_number="999")
        people.remember_person(
            session,
            school_id=classroom.course.school_id,
            issuer=ISSUER,
            person=renamed,
            now=START,
        )
    rate_once_more(classroom, class_of_two["乙"], {"2.1.2": 3})
    assert again(classroom, export) == content
    assert again(classroom, export).digest == export.digest
    assert drawn(classroom).lines[-1].holder.name == "甲改名"


def test_the_next_export_tells_what_has_changed(
    classroom: Classroom, class_of_two: dict[str, Account]
) -> None:
    first = keep(classroom, drawn(classroom))
    keep(classroom, drawn(classroom, OutcomeFilter(search="甲")), search="甲")
    for _ in range(2):
        rate_once_more(classroom, class_of_two["乙"], {"2.1.2": 3})
    second = keep(classroom, drawn(classroom), ExportKind.XLSX)
    with classroom.reading() as session:
        shown = show_export(session, second.id, school_id=classroom.course.school_id)
    assert shown.is_whole
    assert shown.compared is not None
    assert shown.compared.earlier.id == first.id
    made = shown.compared.changes
    assert (len(made.new), len(made.gone)) == (0, 0)
    assert [(each.before.mastered, each.after.mastered) for each in made.changed] == [(0, 1)]


def test_names_are_kept_once_for_many_exports(
    classroom: Classroom, class_of_two: dict[str, Account]
) -> None:
    for _ in range(3):
        keep(classroom, drawn(classroom))
    with classroom.reading() as session:
        rows = session.query(exports.ExportedPersonRow).count()
    assert rows == 2


def test_who_is_erased_leaves_every_export_and_nobody_else_does(
    classroom: Classroom, class_of_two: dict[str, Account]
) -> None:
    content = drawn(classroom)
    export = keep(classroom, content, search="甲")
    erase(classroom, class_of_two["甲"])
    first, second = again(classroom, export).lines
    assert (first.holder.name, first.holder.student_number) == ("", "")
    assert first.mastered == 49
    assert second == content.lines[1]
    with classroom.reading() as session:
        shown = show_export(session, export.id, school_id=classroom.course.school_id)
        assert not shown.is_whole
        assert shown.export.asked == {"search": "…"}


def test_the_lists_of_the_registrar_stand_in_the_lines(
    classroom: Classroom, class_of_two: dict[str, Account]
) -> None:
    school_id = classroom.course.school_id
    told = Enrolment("1", "2026秋", "电子商务", "电商2401", "甲甲", "Jia Jia")
    with classroom.working() as work:
        roll_id = rolls.add_draft(
            work.session, "list", [(2, told)], school_id=school_id, by=work.actor_id, now=work.now
        )
        rolls.keep(work.session, roll_id, {2: told}, now=work.now)
    first, second = drawn(classroom).lines
    assert (first.term, first.programme, first.class_name) == ("2026秋", "电子商务", "电商2401")
    assert (first.holder.name, first.holder.latin_name) == ("甲", "Jia Jia")
    assert (second.term, second.class_name) == ("", "")


def test_a_name_in_latin_letters_is_the_lms_own_and_never_guessed(
    classroom: Classroom, class_of_two: dict[str, Account]
) -> None:
    with classroom.database.transaction() as session:
        told = Person("乙", name="李小龙", given_name="Xiaolong", family_name="Li")
        people.remember_person(
            session, school_id=classroom.course.school_id, issuer=ISSUER, person=told, now=START
        )
    first, second = drawn(classroom).lines
    assert first.holder.latin_name == ""
    assert (second.holder.name, second.holder.latin_name) == ("李小龙", "Li Xiaolong")


def test_an_export_is_in_the_audit_log(
    classroom: Classroom, class_of_two: dict[str, Account]
) -> None:
    export = keep(classroom, drawn(classroom))
    with classroom.reading() as session:
        (entry,) = audit_log.entries_about(session, f"export:{export.id}")
    assert (entry.action, entry.actor_id) == ("export", classroom.teacher.id)
    assert entry.detail == f"csv 2 {export.digest}"


def test_another_school_has_no_such_export(
    classroom: Classroom, class_of_two: dict[str, Account]
) -> None:
    export = keep(classroom, drawn(classroom))
    with classroom.reading() as session, pytest.raises(NotFoundError):
        show_export(session, export.id, school_id=999)


def test_nothing_is_not_exported(classroom: Classroom, class_of_two: dict[str, Account]) -> None:
    with pytest.raises(NothingToExportError):
        keep(classroom, drawn(classroom, OutcomeFilter(search="没有人")))
    with classroom.reading() as session:
        assert list_exports(session, classroom.course.school_id).found == 0


def test_more_learners_need_no_more_queries(
    classroom: Classroom, class_of_two: dict[str, Account]
) -> None:
    with queries(classroom.database) as few:
        drawn(classroom, manner=FULL)
    for name in "丁戊":
        rate_once_more(classroom, classroom.enrol(name), {"2.1.1": 3})
    with queries(classroom.database) as many:
        drawn(classroom, manner=FULL)
    assert len(many) == len(few)
