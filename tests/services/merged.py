"""One learner with two accounts, for the tests of merging them. Not here: the tests."""

from dataclasses import dataclass, replace

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.attainment import AttainmentState
from lti_tool.domain.launch import Role
from lti_tool.persistence import line_items, scores
from lti_tool.persistence.people import Account
from lti_tool.services.merge_accounts import merge_accounts, undo_merge
from lti_tool.services.replay_decisions import Outcome, replay_decisions
from lti_tool.services.show_outcomes import OutcomeFilter, Outcomes, show_outcomes
from lti_tool.services.show_progress import show_progress
from tests.services.attaining import master, whole_level
from tests.services.classroom import STANDARD, Classroom, enrol, open_course


@dataclass
class Twice:
    """One learner with an account in each of two courses, both of which assess the whole level;
    each account has one rating of every code, and the rule asks for two."""

    here: Classroom
    there: Classroom
    first: Account
    second: Account
    assessments: tuple[Assessment, Assessment]

    @property
    def school_id(self) -> int:
        return self.here.course.school_id

    def merge(self) -> int:
        with self.here.working() as work:
            return merge_accounts(
                work, self.first.id, self.second.id, reason="同一人", school_id=self.school_id
            )

    def part(self, merge_id: int, reason: str = "弄错了") -> None:
        with self.here.working() as work:
            undo_merge(work, merge_id, reason=reason, school_id=self.school_id)

    def outcomes(self, course_id: int | None = None) -> Outcomes:
        with self.here.reading() as session:
            wanted = OutcomeFilter(course_id=course_id)
            return show_outcomes(session, self.here.catalogue, wanted, school_id=self.school_id)

    def states(self) -> list[tuple[int, AttainmentState]]:
        return [(each.learner.id, each.state) for each in self.outcomes().rows]

    def told(self) -> list[tuple[int, int, str]]:
        """What each course's column of the level was told last: course, points, comment."""
        found = []
        with self.here.reading() as session:
            for course in (self.here.course, self.there.course):
                for item in line_items.line_items_of(session, course.id):
                    if item.tag == line_items.ATTAINMENT_TAG:
                        each = scores.deliveries_of(session, item.id)[-1]
                        found.append((course.id, int(each.given), each.comment))
        return found

    def replayed(self) -> list[Outcome]:
        with self.here.reading() as session:
            return [each.outcome for each in replay_decisions(session, self.here.catalogue)]

    def progress(self, account: Account) -> int:
        """How much of the level the learner sees as mastered on the page of this account."""
        with self.here.reading() as session:
            shown = show_progress(
                session,
                self.here.catalogue,
                STANDARD,
                learner_id=account.id,
                course_id=self.here.course.id,
                now=self.here.now,
            )
        return shown.levels[0].attainment.mastered


def two_accounts(classroom: Classroom) -> Twice:
    """The learner of ``Twice``, not merged yet."""
    course = open_course(classroom.database, "course-2")
    teacher = enrol(classroom.database, course, "周敏", Role.TEACHER)
    there = replace(classroom, course=course, teacher=teacher)
    first = classroom.enrol("黄嘉怡", number="2024030107")
    second = enrol(classroom.database, course, "黄嘉怡 2", Role.STUDENT, number="2024030107")
    made = whole_level(classroom), whole_level(there)
    for room, account, assessment in ((classroom, first, made[0]), (there, second, made[1])):
        room.now = max(classroom.now, there.now)
        master(room, account, assessment, times=1)
    classroom.now = there.now
    return Twice(classroom, there, first, second, made)
