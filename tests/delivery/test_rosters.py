"""Class lists read from a sandbox LMS over HTTP: who appears, who is shown as gone, what trouble
does."""

from datetime import timedelta

import pytest

from lti_tool.delivery.rosters import LEASE, RosterRefresher
from lti_tool.delivery.rounds import Rounds
from lti_tool.domain.launch import Person, Role
from lti_tool.persistence import courses, groups, people, rosters
from lti_tool.persistence.people import Account
from lti_tool.persistence.rosters import FRESH, Roster
from lti_tool.sandbox.groups import groups_of
from tests.delivery.school import School


def refresher(school: School) -> RosterRefresher:
    return RosterRefresher(school.new_means())


def launch_tells_of_the_list(school: School, url: str = "", groups_url: str | None = None) -> None:
    with school.database.transaction() as session:
        rosters.note_roster(
            session,
            course_id=school.course.id,
            url=url or school.lms.addresses.memberships,
            now=school.clock(),
            groups_url=groups_url,
        )


def roster(school: School) -> Roster:
    with school.database.reading() as session:
        found = rosters.roster_of(session, school.course.id)
    assert found is not None
    return found


def students(school: School) -> list[Account]:
    with school.database.reading() as session:
        return list(courses.students_of(session, school.course.id))


def left(school: School) -> list[Account]:
    with school.database.reading() as session:
        return list(courses.former_students_of(session, school.course.id))


def enter(school: School, sub: str, role: Role) -> Account:
    """Somebody launches."""
    with school.database.transaction() as session:
        account = people.remember_person(
            session,
            school_id=school.course.school_id,
            issuer=school.lms.addresses.issuer,
            person=Person(sub),
            now=school.clock(),
        )
        courses.remember_membership(
            session,
            course_id=school.course.id,
            person_id=account.id,
            role=role,
            now=school.clock(),
        )
        return account


def test_everybody_on_the_list_is_known_before_they_ever_launched(school: School) -> None:
    launch_tells_of_the_list(school)
    assert refresher(school).deliver_due() == 1
    assert {each.sub for each in students(school)} == {each.user_id for each in school.lms.students}
    assert {each.student_number for each in students(school)} == {
        each.student_number for each in school.lms.students
    }
    assert roster(school).refreshed_at == school.clock()
    assert refresher(school).deliver_due() == 0


def in_groups(school: School) -> dict[str, set[str]]:
    """The platform's user ids of the students in each group, by its name."""
    with school.database.reading() as session:
        subs = {each.id: each.sub for each in courses.students_of(session, school.course.id)}
        return {
            each.name: {subs[one] for one in groups.members_of(session, school.course.id, each.id)}
            for each in groups.groups_of(session, school.course.id)
        }


def test_groups_come_with_the_list_and_go_with_the_offer(canvas: School) -> None:
    reading = refresher(canvas)
    launch_tells_of_the_list(canvas, groups_url=canvas.lms.addresses.groups)
    assert reading.deliver_due() == 1
    told = {each.name: {one.user_id for one in each.members} for each in groups_of(canvas.lms)}
    assert in_groups(canvas) == told
    assert len(told) == 3
    before = group_ids(canvas)
    ask_anew(canvas, reading)
    assert group_ids(canvas) == before
    launch_tells_of_the_list(canvas)
    ask_anew(canvas, reading)
    assert in_groups(canvas) == {}


def group_ids(school: School) -> list[int]:
    with school.database.reading() as session:
        return [each.id for each in groups.groups_of(session, school.course.id)]


def ask_anew(school: School, reading: RosterRefresher) -> None:
    with school.database.transaction() as session:
        rosters.ask_refresh(session, school.course.id, now=school.clock())
    assert reading.deliver_due() == 1


def test_groups_that_cannot_be_read_stay_as_they_were_and_the_list_is_taken(
    canvas: School,
) -> None:
    reading = refresher(canvas)
    launch_tells_of_the_list(canvas, groups_url=canvas.lms.addresses.groups)
    reading.deliver_due()
    before = in_groups(canvas)
    launch_tells_of_the_list(canvas, groups_url=canvas.lms.addresses.groups + "/none")
    canvas.clock.move(60)
    ask_anew(canvas, reading)
    assert in_groups(canvas) == before
    assert roster(canvas).refreshed_at == canvas.clock()


def test_who_is_gone_is_kept_apart_and_comes_back_by_list_or_launch(moodle: School) -> None:
    launch_tells_of_the_list(moodle)
    refresher(moodle).deliver_due()
    everybody = moodle.lms.students
    moodle.lms.students = everybody[2:]
    moodle.clock.move(FRESH.total_seconds())
    launch_tells_of_the_list(moodle)
    refresher(moodle).deliver_due()
    assert {each.sub for each in left(moodle)} == {each.user_id for each in everybody[:2]}
    assert len(students(moodle)) == len(everybody) - 2
    enter(moodle, everybody[0].user_id, Role.STUDENT)
    assert {each.sub for each in left(moodle)} == {everybody[1].user_id}


def test_nobody_becomes_a_teacher_and_no_teacher_a_student(moodle: School) -> None:
    """Moodle 4.5 lists a non-editing teacher as Learner, who launches as Instructor."""
    assistant = enter(moodle, moodle.lms.students[0].user_id, Role.TEACHER)
    launch_tells_of_the_list(moodle)
    refresher(moodle).deliver_due()
    assert assistant.id not in {each.id for each in students(moodle)}
    with moodle.database.reading() as session:
        assert courses.people_of(session, moodle.course.id, Role.TEACHER) == {assistant.id}


def test_who_launches_while_the_list_is_read_has_not_left(moodle: School) -> None:
    newcomer = enter(moodle, "newcomer", Role.STUDENT)
    launch_tells_of_the_list(moodle)
    refresher(moodle).deliver_due()
    assert newcomer in students(moodle)
    moodle.clock.move(FRESH.total_seconds())
    launch_tells_of_the_list(moodle)
    refresher(moodle).deliver_due()
    assert newcomer in left(moodle)


def test_a_list_is_read_again_only_when_it_is_no_longer_fresh(moodle: School) -> None:
    launch_tells_of_the_list(moodle)
    refresher(moodle).deliver_due()
    launch_tells_of_the_list(moodle)
    assert refresher(moodle).deliver_due() == 0
    with moodle.database.transaction() as session:
        assert rosters.ask_refresh(session, moodle.course.id, now=moodle.clock())
    assert refresher(moodle).deliver_due() == 1


def test_an_lms_that_is_away_is_tried_again_and_nobody_counts_as_gone(moodle: School) -> None:
    launch_tells_of_the_list(moodle)
    refresher(moodle).deliver_due()
    before = students(moodle)
    launch_tells_of_the_list(moodle, "http://127.0.0.1:9/memberships")
    with moodle.database.transaction() as session:
        rosters.ask_refresh(session, moodle.course.id, now=moodle.clock())
    assert refresher(moodle).deliver_due() == 1
    found = roster(moodle)
    assert found.problem == "unreachable"
    assert found.due_at is not None
    assert found.due_at > moodle.clock()
    assert students(moodle) == before


def test_a_refusal_waits_for_a_person(moodle: School) -> None:
    launch_tells_of_the_list(moodle, moodle.lms.addresses.memberships.replace("memberships", "no"))
    refresher(moodle).deliver_due()
    assert (roster(moodle).problem, roster(moodle).due_at) == ("bad_request", None)


def test_a_list_is_one_refreshers_at_a_time_until_the_lease_runs_out(moodle: School) -> None:
    launch_tells_of_the_list(moodle)
    with moodle.database.transaction() as session:
        assert rosters.lease_due(session, now=moodle.clock(), lease=LEASE) is not None
        assert rosters.lease_due(session, now=moodle.clock(), lease=LEASE) is None
    moodle.clock.move(LEASE / timedelta(seconds=1))
    assert Rounds(moodle.deliverer, refresher(moodle)).deliver_due() == 1


@pytest.mark.parametrize("stopping", [True, False])
def test_nothing_is_begun_once_the_process_is_to_stop(moodle: School, stopping: bool) -> None:
    launch_tells_of_the_list(moodle)
    assert refresher(moodle).deliver_due(lambda: stopping) == (0 if stopping else 1)
