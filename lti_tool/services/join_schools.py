"""Two schools that are one, because an LMS has several deployments, become one.

Outcomes, lists, exports and people of both are then seen together, under the rule of the school
that stays; decisions made before are replayed as they were, papers verified in the name they were
handed out in. Not here: a deployment that joins before its first launch (``approve_deployment``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain.errors import DomainError, StaleFormError
from lti_tool.persistence import audit_log, joins, recomputations, schools
from lti_tool.persistence.database import Session
from lti_tool.persistence.schools import School

GOING = ("courses", "people", "attainments", "rolls", "exports", "api_tokens")


class CannotJoinError(DomainError):
    """The schools cannot be joined. ``decided`` names what the one that would go has decided for
    itself; ``twice`` counts people with an account in both. Nothing was changed."""

    def __init__(self, decided: tuple[str, ...], twice: int) -> None:
        super().__init__(f"own decisions: {', '.join(decided) or 'none'}; people in both: {twice}")
        self.decided = decided
        self.twice = twice


@dataclass(frozen=True, slots=True)
class JoinPlan:
    """What joining would do. ``going`` counts what goes over, by table; ``staying`` the papers that
    stay in the name of the school that goes. ``decided`` and ``twice`` are as in CannotJoinError;
    with either of them the schools cannot be joined. ``own_rule``: the school that stays has
    decided something for itself, so everybody who comes is computed anew under it."""

    gone: School
    into: School
    going: Mapping[str, int]
    staying: int
    decided: tuple[str, ...]
    twice: int
    own_rule: bool

    @property
    def possible(self) -> bool:
        """Whether they can be joined."""
        return not self.decided and not self.twice


def plan_join(session: Session, school_id: int, into_id: int) -> JoinPlan:
    """What joining a school into another would do. Raises NotFoundError, StaleFormError for a
    school with itself."""
    gone, into = schools.school(session, school_id), schools.school(session, into_id)
    if school_id == into_id:
        raise StaleFormError
    return JoinPlan(
        gone=gone,
        into=into,
        going=joins.rows_of(session, school_id, *GOING),
        staying=joins.rows_of(session, school_id, "papers")["papers"],
        decided=joins.decided_for_itself(session, school_id),
        twice=joins.people_in_both(session, school_id, into_id),
        own_rule=bool(joins.decided_for_itself(session, into_id)),
    )


def join_schools(
    session: Session,
    school_id: int,
    into_id: int,
    *,
    now: datetime,
    asked_by: int,
    actor_id: int | None = None,
) -> bool:
    """Let everything of a school be the other's; returns whether nothing was left of it.

    Everybody's standing under a rule that the other school set is computed in the background, in
    the name of ``asked_by``; ``actor_id`` None: the command line. The school must have decided
    nothing of its own, so that its sign-offs rest on what is shipped and replay the same anywhere.
    Raises CannotJoinError, NotFoundError, StaleFormError for a school with itself.
    """
    for each in sorted({school_id, into_id}):
        schools.school(session, each)
        schools.lock_school(session, each)
    plan = plan_join(session, school_id, into_id)
    if not plan.possible:
        raise CannotJoinError(plan.decided, plan.twice)
    rated = recomputations.schools_and_standards(session)
    moved = {standard for school, standard in rated if school == school_id}
    joins.move_all(session, school_id, into_id, now=now)
    audit_log.note(
        session,
        "join_schools",
        f"school:{into_id}",
        actor_id=actor_id,
        now=now,
        detail=f"school:{school_id} {plan.gone.name}",
    )
    if plan.own_rule:
        for standard_id in sorted(moved):
            recomputations.ask(session, into_id, standard_id, asked_by=asked_by, now=now)
    return joins.remove_if_empty(session, school_id)
