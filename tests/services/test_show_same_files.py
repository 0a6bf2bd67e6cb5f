"""Files of the same content: who else handed one in, across learners, courses and terms."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.launch import Role
from lti_tool.domain.submission import Evidence, EvidenceKind, Submission
from lti_tool.persistence.people import Account
from lti_tool.services.draft_submission import add_evidence, begin_attempt
from lti_tool.services.return_submission import return_submission
from lti_tool.services.show_same_files import SameFile, show_same_files
from lti_tool.services.submit_evidence import submit_evidence
from tests.services.classroom import Classroom, conditions, enrol, open_course
from tests.services.counting import queries

CONTENT, OTHER = "a" * 64, "b" * 64


def drafted(classroom: Classroom, learner: Account, made: Assessment, *contents: str) -> Submission:
    with classroom.working(learner) as work:
        draft = begin_attempt(work, made)
        for number, sha256 in enumerate(contents):
            piece = Evidence(
                work.new_id(), EvidenceKind.FILE, f"{number}.png", frozenset(), work.now,
                media_type="image/png", size=1, sha256=sha256,
            )  # fmt: skip
            draft = add_evidence(work, draft, made, piece, storage_key=f"{number:032}")
    return draft


def handed_in(
    classroom: Classroom, learner: Account, made: Assessment, *contents: str
) -> Submission:
    draft = drafted(classroom, learner, made, *contents)
    with classroom.working(learner) as work:
        return submit_evidence(work, draft, made)


def shown(
    classroom: Classroom, submission: Submission, made: Assessment
) -> Mapping[str, Sequence[SameFile]]:
    course = classroom.course
    with classroom.reading() as session:
        return show_same_files(
            session, submission, made, course_id=course.id, school_id=course.school_id
        )


@pytest.fixture
def made(classroom: Classroom) -> Assessment:
    return classroom.set_up()


def test_a_classmate_who_handed_in_the_same_file_is_named(
    classroom: Classroom, made: Assessment
) -> None:
    first = handed_in(classroom, classroom.enrol("李强"), made, CONTENT)
    second = handed_in(classroom, classroom.enrol("陈思雨"), made, OTHER, CONTENT)

    (same,) = shown(classroom, second, made)[CONTENT]
    assert (same.learner, same.is_own, same.submission_id) == ("李强", False, first.id)
    assert (same.assessment, same.submitted_at) == (made.title, first.submitted_at)
    assert OTHER not in shown(classroom, second, made)


def test_of_another_course_it_says_which_and_when_but_not_whose(
    classroom: Classroom, made: Assessment
) -> None:
    course = open_course(classroom.database, "course-2")
    elsewhere = replace(
        classroom, course=course, teacher=enrol(classroom.database, course, "郑", Role.TEACHER)
    )
    theirs = elsewhere.set_up(given=conditions("去年的考核"))
    earlier = handed_in(elsewhere, elsewhere.enrol("外班"), theirs, CONTENT)
    mine = handed_in(classroom, classroom.enrol("陈思雨"), made, CONTENT)

    (same,) = shown(classroom, mine, made)[CONTENT]
    assert (same.learner, same.submission_id) == ("", None)
    assert (same.assessment, same.course) == ("去年的考核", course.title)
    assert same.submitted_at == earlier.submitted_at


def test_a_learners_own_file_in_another_assessment_is_said_to_be_theirs(
    classroom: Classroom, made: Assessment
) -> None:
    learner = classroom.enrol("陈思雨")
    handed_in(classroom, learner, classroom.set_up(), CONTENT)
    again = handed_in(classroom, learner, made, CONTENT)

    (same,) = shown(classroom, again, made)[CONTENT]
    assert (same.is_own, same.learner) == (True, "")


def test_a_draft_is_nobodys_business(classroom: Classroom, made: Assessment) -> None:
    drafted(classroom, classroom.enrol("李强"), made, CONTENT)

    assert shown(classroom, handed_in(classroom, classroom.enrol("陈"), made, CONTENT), made) == {}


def test_what_a_work_held_before_it_was_given_back_is_no_other_work(
    classroom: Classroom, made: Assessment
) -> None:
    learner = classroom.enrol("陈思雨")
    first = handed_in(classroom, learner, made, CONTENT)
    with classroom.working() as work:
        returned = return_submission(work, first, "请补充")
    with classroom.working(learner) as work:
        again = submit_evidence(work, returned, made)

    assert shown(classroom, again, made) == {}


def test_names_stay_hidden_where_rating_is_anonymous(
    classroom: Classroom, made: Assessment
) -> None:
    nameless = replace(made, anonymous=True)
    handed_in(classroom, classroom.enrol("李强"), made, CONTENT)
    second = handed_in(classroom, classroom.enrol("陈思雨"), made, CONTENT)

    (same,) = shown(classroom, second, nameless)[CONTENT]
    assert same.learner.startswith("#")


def test_a_whole_class_with_one_template_costs_as_many_queries_as_one_learner(
    classroom: Classroom, made: Assessment
) -> None:
    def cost(submission: Submission) -> int:
        with queries(classroom.database) as counted:
            shown(classroom, submission, made)
        return len(counted)

    handed_in(classroom, classroom.enrol("甲"), made, CONTENT)
    mine = handed_in(classroom, classroom.enrol("陈思雨"), made, CONTENT)
    few = cost(mine)
    for number in range(6):
        handed_in(classroom, classroom.enrol(f"同学 {number}"), made, CONTENT)

    assert cost(mine) == few
