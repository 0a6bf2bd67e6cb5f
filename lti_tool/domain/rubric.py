"""How a requirement is judged: performance levels, criteria, descriptors, red lines.

Not here: which requirements an assessment uses (``assessment``) and what was given (``rating``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from .errors import BadRatingError
from .standard import RequirementKey, Text

BREACH = 1
"""The performance level that stands for a proven breach of a red line."""


class AssessmentMethod(StrEnum):
    """How a requirement can be made observable."""

    CHAT_ROLE_PLAY = "chat_role_play"
    """The assessor plays the customer in writing."""
    PHONE_ROLE_PLAY = "phone_role_play"
    """The assessor plays the customer on the phone."""
    TICKET_ENTRY = "ticket_entry"
    """The student records a case in a work order."""
    ORDER_OPERATION = "order_operation"
    """The student carries out steps on orders, goods or stock."""
    JUDGEMENT = "judgement"
    """The student decides a handful of cases and says why."""
    DATA_REPORT = "data_report"
    """The student computes and interprets figures."""
    COACHING_TALK = "coaching_talk"
    """The student guides a colleague."""
    ORAL_CHECK = "oral_check"
    """The assessor asks questions that have right answers."""
    COMPUTER_TASK = "computer_task"
    """The student makes something with office or shop software."""

    @property
    def words(self) -> Text:
        """Its name."""
        return METHOD_NAMES[self]


METHOD_NAMES: Mapping[AssessmentMethod, Text] = {
    AssessmentMethod.CHAT_ROLE_PLAY: Text("在线会话角色扮演", "Role-play in chat"),
    AssessmentMethod.PHONE_ROLE_PLAY: Text("电话角色扮演", "Role-play on the phone"),
    AssessmentMethod.TICKET_ENTRY: Text("工单录入", "Ticket entry"),
    AssessmentMethod.ORDER_OPERATION: Text("订单操作", "Order handling"),
    AssessmentMethod.JUDGEMENT: Text("案例判断", "Judging cases"),
    AssessmentMethod.DATA_REPORT: Text("数据报告", "Data report"),
    AssessmentMethod.COACHING_TALK: Text("辅导谈话", "Coaching talk"),
    AssessmentMethod.ORAL_CHECK: Text("口头问答", "Oral check"),
    AssessmentMethod.COMPUTER_TASK: Text("上机任务", "Task at the computer"),
}


@dataclass(frozen=True, slots=True)
class PerformanceLevel:
    """A 表现水平: ``number`` 1 is the lowest; ``percent`` (0 to 100) is its share of the points."""

    number: int
    name: Text
    percent: int


@dataclass(frozen=True, slots=True)
class Criterion:
    """How one requirement is judged.

    ``descriptors`` maps a performance level's number to observable words; None means that
    nobody has written them yet and the level names stand in. A red line (一票否决项) is judged
    on two performance levels only, breach and the one at the cut.
    """

    requirement: RequirementKey
    red_line: bool = False
    descriptors: Mapping[int, Text] | None = None
    evidence: Text | None = None
    """Suggested evidence; None where there is no suggestion."""
    method: AssessmentMethod | None = None
    """A way to assess it; None where there is no suggestion."""
    weight: int = 1
    """What it weighs in a new assessment unless the teacher says otherwise."""


@dataclass(frozen=True, slots=True)
class Rubric:
    """The performance levels (lowest first), the cut, and one criterion per requirement."""

    standard_id: str
    performance_levels: tuple[PerformanceLevel, ...]
    cut: int
    """The lowest performance level number that counts as mastered (合格线)."""
    criteria: Mapping[RequirementKey, Criterion]

    def criterion(self, key: RequirementKey) -> Criterion:
        """The criterion of a requirement; one without descriptors where none is written."""
        return self.criteria.get(key) or Criterion(key)

    def choices(self, key: RequirementKey) -> tuple[PerformanceLevel, ...]:
        """The performance levels a rater may give: all, or two for a red line."""
        if not self.criterion(key).red_line:
            return self.performance_levels
        return tuple(each for each in self.performance_levels if each.number in (BREACH, self.cut))

    def percent(self, number: int) -> int:
        """The share of the points (0 to 100) a performance level earns."""
        return next(each.percent for each in self.performance_levels if each.number == number)

    def check(self, key: RequirementKey, number: int, comment: str) -> None:
        """Raise BadRatingError unless this performance level may be given with this comment.

        A proven breach of a red line needs a reason: it fails the learner whatever the points.
        """
        if number not in {each.number for each in self.choices(key)}:
            raise BadRatingError(key.code, "performance_level")
        if self.is_breach(key, number) and not comment.strip():
            raise BadRatingError(key.code, "reason_missing")

    def is_breach(self, key: RequirementKey, number: int) -> bool:
        """Whether this performance level proves a breach of a red line."""
        return self.criterion(key).red_line and number == BREACH

    def of(self, _assessment_id: str, /) -> "Rubric":
        """Itself: where there is one rubric only, every assessment is rated with it."""
        return self


class Rubrics(Protocol):
    """Says which rubric an assessment's ratings were given with."""

    def of(self, assessment_id: str, /) -> Rubric:
        """The rubric an assessment was set up with."""


@dataclass(frozen=True, slots=True)
class RubricShelf:
    """Rubrics of several assessments; ``otherwise`` is that of all which are not named."""

    otherwise: Rubric
    by_assessment: Mapping[str, Rubric]

    def of(self, assessment_id: str, /) -> Rubric:
        """The rubric an assessment was set up with."""
        return self.by_assessment.get(assessment_id, self.otherwise)
