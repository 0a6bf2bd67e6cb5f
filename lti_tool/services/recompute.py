"""Everybody's standing computed anew after something that concerns a whole school has changed.

A small school at once, a large one by the work in the background. Shared by use cases.
"""

from dataclasses import replace

from lti_tool.persistence import people, recomputations
from lti_tool.persistence.recomputations import Recomputation

from .standing import level_rule, update_standing
from .work import Work

AT_ONCE = 100
"""So many learners are computed within the request; about a second of work."""

NOBODY = 0
"""Who acts in a pass that no account asked for: nothing of it is written in anybody's name."""


def recompute_school(work: Work, standard_id: str, school_id: int) -> Recomputation:
    """Compute the school's standings anew, or have it done; see ``Recomputation.due_at``."""
    asked = recomputations.ask(
        work.session, school_id, standard_id, asked_by=work.actor_id, now=work.now
    )
    if asked.total <= AT_ONCE:
        return go_on(work, asked, most=AT_ONCE)
    return asked


def go_on(work: Work, found: Recomputation, *, most: int) -> Recomputation:
    """Compute the next learners of a pass, ``most`` of them, and note how far it has come."""
    work = replace(work, bulk=True)
    bundle = work.bundle(found.standard_id)
    rules = level_rule(work.session, bundle, found.school_id)
    learners = recomputations.next_learners(
        work.session, found.school_id, found.standard_id, after_id=found.after_id, most=most
    )
    for learner_id in learners:
        update_standing(work, bundle, people.account(work.session, learner_id), rules)
    through = len(learners) < most or found.done + len(learners) >= found.total
    recomputations.note_progress(
        work.session,
        found.id,
        after_id=learners[-1] if learners else found.after_id,
        done=len(learners),
        due_at=None if through else work.now,
    )
    return recomputations.recomputation(work.session, found.id)
