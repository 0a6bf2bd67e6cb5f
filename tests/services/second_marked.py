"""A work that is marked a second time, and both its raters: short ways through it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.launch import Role
from lti_tool.domain.rating import Rating
from lti_tool.domain.second_marking import Comparison, SecondMarking
from lti_tool.domain.submission import Submission
from lti_tool.persistence import second_markings, submissions
from lti_tool.persistence.people import Account
from lti_tool.services.second_mark import (
    SecondJudgement,
    Settlement,
    finish_second,
    mark_second,
    settle,
)
from tests.services.classroom import Classroom, conditions


@dataclass
class Marked:
    """A work handed in to an assessment of which every work is marked a second time."""

    classroom: Classroom
    learner: Account
    other: Account
    assessment: Assessment
    submission: Submission

    def first(self, *levels: int) -> Sequence[Rating]:
        """The teacher's ratings of the first codes."""
        return self.classroom.rate(self.submission, self.assessment, *levels)

    def mark(
        self, code: str, level: int, *, seen: str | None = None, by: Account | None = None
    ) -> Rating:
        """One rating of the second rater, the other teacher unless given."""
        with self.classroom.working(by or self.other) as work:
            given = SecondJudgement(code, level, "第二次评分", seen)
            return mark_second(work, self.submission, self.assessment, given)

    def second(self, *levels: int, by: Account | None = None) -> Sequence[Comparison]:
        """The second rater's ratings of all codes, and the comparison."""
        for code, level in zip(self.assessment.codes, levels, strict=True):
            self.mark(code, level, by=by)
        with self.classroom.working(by or self.other) as work:
            return finish_second(work, self.submission, self.assessment)

    def settle(
        self, code: str, level: int, *, reason: str = "一起听了录音", by: Account | None = None
    ) -> Rating:
        with self.classroom.working(by) as work:
            given = Settlement(code, level, "请看第二段", reason)
            return settle(work, self.submission, self.assessment, given)

    def release(self) -> Submission:
        return self.classroom.release(self.submission, self.assessment)

    @property
    def marking(self) -> SecondMarking | None:
        with self.classroom.reading() as session:
            return second_markings.marking_of(session, self.submission.id)

    @property
    def current(self) -> Submission:
        with self.classroom.reading() as session:
            return submissions.submission_of(session, self.submission.id)


def marked(classroom: Classroom, *, percent: int = 100, anonymous: bool = False) -> Marked:
    """A student's work, its teacher, and another one."""
    learner = classroom.enrol("陈思雨", number="2024030101")
    other = classroom.enrol("刘洋", Role.TEACHER)
    given = replace(conditions(), second_percent=percent, anonymous=anonymous)
    assessment = classroom.set_up(given=given)
    return Marked(classroom, learner, other, assessment, classroom.hand_in(learner, assessment))
