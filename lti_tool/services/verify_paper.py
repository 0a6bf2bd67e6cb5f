"""Whether what a transcript or a credential says still holds, for anybody who has its code.

Says as little of the learner as is needed to compare with the paper: never the whole name, no
student number. Not here: making papers (``export_outcomes``).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lti_tool.domain.attainment import AttainmentState, sign_offs_in_force
from lti_tool.domain.exported import ExportContent, ExportKind, ExportLine, read_code
from lti_tool.persistence import decisions, exports, papers
from lti_tool.persistence.database import Session

HIDDEN = "＊"


class PaperState(StrEnum):
    """What can be said of a code."""

    VALID = "valid"
    """Everything that the paper says was signed off still is."""
    REVOKED = "revoked"
    """A sign-off that the paper rests on was revoked, or is another learner's now."""
    UNKNOWN = "unknown"
    """No paper has this code."""


@dataclass(frozen=True, slots=True)
class LevelVerified:
    """A level that the paper speaks of, and whether it still holds what the paper says."""

    line: ExportLine
    name: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Verified:
    """A paper and what can be said of it. ``name`` is the learner's first letter with the others
    hidden; empty where the learner was erased."""

    code: str
    state: PaperState
    kind: ExportKind
    issued_at: datetime
    name: str
    content: ExportContent
    levels: tuple[LevelVerified, ...]


def verify_paper(session: Session, typed: str) -> Verified | None:
    """The paper of a code as it was typed; None where there is none."""
    paper = papers.paper_by_code(session, read_code(typed))
    if paper is None:
        return None
    content = exports.content_of(session, paper.export_id)
    kind = exports.kind_of(session, paper.export_id)
    made = decisions.decisions_of(session, paper.learner_id, paper.standard_id)
    in_force = {each.id for signed in sign_offs_in_force(made).values() for each in signed}
    levels = tuple(
        LevelVerified(
            each,
            content.facts.level(each.level).name,
            each.state is not AttainmentState.ATTAINED or each.decision_id in in_force,
        )
        for each in content.lines
    )
    return Verified(
        code=paper.code,
        state=PaperState.VALID if all(each.holds for each in levels) else PaperState.REVOKED,
        kind=kind,
        issued_at=paper.issued_at,
        name=_masked(content.lines[0].holder.name),
        content=content,
        levels=levels,
    )


def _masked(name: str) -> str:
    return name[:1] + HIDDEN * (min(len(name), 4) - 1) if name else ""
