"""Two schools that are one, because an LMS has several deployments, become one.

Outcomes, lists and people of both are then seen together, under the rule of the school that stays;
decisions made before are replayed as they were. Not here: a deployment that joins before its first
launch (``approve_deployment``).
"""

from datetime import datetime

from lti_tool.domain.errors import DomainError, StaleFormError
from lti_tool.persistence import audit_log, joins, recomputations, schools
from lti_tool.persistence.database import Session


class CannotJoinError(DomainError):
    """The schools cannot be joined. ``decided`` names what the one that would go has decided for
    itself; ``twice`` counts people with an account in both. Nothing was changed."""

    def __init__(self, decided: tuple[str, ...], twice: int) -> None:
        super().__init__(f"own decisions: {', '.join(decided) or 'none'}; people in both: {twice}")
        self.decided = decided
        self.twice = twice


def join_schools(
    session: Session, school_id: int, into_id: int, *, now: datetime, asked_by: int
) -> bool:
    """Let everything of a school be the other's; returns whether nothing was left of it.

    Everybody's standing under a rule that the other school set is computed in the background, in
    the name of ``asked_by``. The school must have decided nothing of its own, so that its sign-offs
    rest on what is shipped and replay the same anywhere. Raises CannotJoinError, NotFoundError,
    StaleFormError for a school with itself.
    """
    for each in sorted({school_id, into_id}):
        schools.school(session, each)
        schools.lock_school(session, each)
    if school_id == into_id:
        raise StaleFormError
    decided = joins.decided_for_itself(session, school_id)
    twice = joins.people_in_both(session, school_id, into_id)
    if decided or twice:
        raise CannotJoinError(decided, twice)
    rated = recomputations.schools_and_standards(session)
    moved = {standard for school, standard in rated if school == school_id}
    joins.move_all(session, school_id, into_id, now=now)
    audit_log.note(
        session,
        "join_schools",
        f"school:{into_id}",
        actor_id=None,
        now=now,
        detail=f"school:{school_id}",
    )
    if joins.decided_for_itself(session, into_id):
        for standard_id in sorted(moved):
            recomputations.ask(session, into_id, standard_id, asked_by=asked_by, now=now)
    return joins.remove_if_empty(session, school_id)
