"""A school's standings made again from its ratings while somebody waits and watches.

The pass is the one that ``standings`` goes on with in the background: stopped anywhere, by either,
it goes on from there. Not here: computing (``lti_tool.services``).
"""

from collections.abc import Iterator

from lti_tool.persistence import recomputations
from lti_tool.persistence.database import Database
from lti_tool.persistence.recomputations import Recomputation
from lti_tool.services.recompute import NOBODY, go_on

from .standings import Surroundings

PIECE = 50
"""Learners in one transaction; what is held in memory does not grow with the school."""


def rebuild(
    database: Database, around: Surroundings, school_id: int, standard_id: str
) -> Iterator[Recomputation]:
    """Go on with the pass under way, or begin one; yields how far it has come after each piece,
    or the same again while another process has it. Raises UnknownStandardError."""
    with database.transaction() as session:
        found = recomputations.under_way(session, school_id, standard_id)
        if found is None:
            found = recomputations.ask(
                session, school_id, standard_id, asked_by=None, now=around.clock()
            )
    while found.due_at is not None:
        yield found
        found = _piece(database, around, found)
    yield found


def _piece(database: Database, around: Surroundings, found: Recomputation) -> Recomputation:
    """The claim and the work are one transaction: whoever is killed leaves no lease behind."""
    with database.transaction() as session:
        work = around.work(session, found.asked_by or NOBODY)
        claimed = recomputations.claim(session, found.id, now=work.now)
        if claimed is None:
            return recomputations.recomputation(session, found.id)
        return go_on(work, claimed, most=PIECE)
