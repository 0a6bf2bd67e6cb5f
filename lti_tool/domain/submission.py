"""What a learner hands in, and the ways a submission may change state.

Not here: where files are kept (``lti_tool.files``) and what a rater gives (``rating``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from .assessment import Assessment
from .errors import (
    AttemptsUsedError,
    BadEvidenceError,
    EmptySubmissionError,
    PastDueError,
    TransitionError,
)

MAX_TEXT = 20_000
MAX_LINK = 2000
MAX_EVIDENCE_TITLE = 255
MAX_EVIDENCE = 30


class SubmissionState(StrEnum):
    """Where one attempt stands."""

    DRAFT = "draft"
    """The learner is working on it; nobody else sees it."""
    SUBMITTED = "submitted"
    """Handed in and waiting to be rated."""
    RETURNED = "returned"
    """Given back for revision with a note; the learner may hand it in again."""
    RELEASED = "released"
    """Rated, and the ratings are released to the learner."""


class Action(StrEnum):
    """What people do to a submission."""

    EDIT = "edit"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    RETURN = "return"
    RELEASE = "release"


ALLOWED: Mapping[tuple[SubmissionState, Action], SubmissionState] = {
    (SubmissionState.DRAFT, Action.EDIT): SubmissionState.DRAFT,
    (SubmissionState.RETURNED, Action.EDIT): SubmissionState.RETURNED,
    (SubmissionState.DRAFT, Action.SUBMIT): SubmissionState.SUBMITTED,
    (SubmissionState.RETURNED, Action.SUBMIT): SubmissionState.SUBMITTED,
    (SubmissionState.DRAFT, Action.RELEASE): SubmissionState.RELEASED,
    (SubmissionState.SUBMITTED, Action.WITHDRAW): SubmissionState.DRAFT,
    (SubmissionState.SUBMITTED, Action.RETURN): SubmissionState.RETURNED,
    (SubmissionState.SUBMITTED, Action.RELEASE): SubmissionState.RELEASED,
    (SubmissionState.RELEASED, Action.RELEASE): SubmissionState.RELEASED,
}
"""Every transition there is. A corrected rating releases a released submission again; a draft is
released where a rater saw the work being done and rated every code, with nothing handed in."""


def after(state: SubmissionState, action: Action) -> SubmissionState:
    """The state after an action. Raises TransitionError where the action is not allowed."""
    try:
        return ALLOWED[state, action]
    except KeyError as missing:
        raise TransitionError(state.value, action.value) from missing


class EvidenceKind(StrEnum):
    """The three forms of evidence."""

    TEXT = "text"
    LINK = "link"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A piece of evidence (佐证材料) tied to the codes it is meant to show.

    A text has ``text``; a link ``url``; a file ``media_type``, ``size`` in bytes and ``sha256``.
    """

    id: str
    kind: EvidenceKind
    title: str
    codes: frozenset[str]
    created_at: datetime
    text: str = ""
    url: str = ""
    media_type: str = ""
    size: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """One attempt. ``version`` rises with every change, so that a stale form is noticed.

    ``self_ratings`` maps codes to performance levels; they never decide anything.
    ``return_note`` is what was said when it was last given back for revision; it stays when
    the work is handed in again, and is empty if it was never given back. ``removed`` is what the
    learner took out of the draft and may bring back; ``earlier`` is the evidence as it was handed
    in before the work was given back. ``shared_as`` is the same for all members of a team that
    handed in together: the id of the submission of who did; empty for work handed in alone.
    """

    id: str
    assessment_id: str
    learner_id: int
    attempt: int
    state: SubmissionState
    version: int
    created_at: datetime
    evidence: tuple[Evidence, ...] = ()
    self_ratings: Mapping[str, int] = field(default_factory=dict)
    submitted_at: datetime | None = None
    late: bool = False
    return_note: str = ""
    removed: tuple[Evidence, ...] = ()
    earlier: tuple[Evidence, ...] = ()
    shared_as: str = ""

    @property
    def superseded(self) -> tuple[Evidence, ...]:
        """What was handed in before the work was given back and is not there any more as it was."""
        return tuple(each for each in self.earlier if same_piece(self, each) is None)

    @property
    def can_edit(self) -> bool:
        """Whether the learner may change it as it stands."""
        return (self.state, Action.EDIT) in ALLOWED


def next_attempt(assessment: Assessment, attempts: Sequence[Submission]) -> int:
    """The number of the attempt a learner may begin now, from 1. ``attempts`` in any order.

    Raises AttemptsUsedError when all are used, TransitionError while one is open.
    """
    for each in attempts:
        if each.state is not SubmissionState.RELEASED:
            raise TransitionError(each.state.value, "begin another attempt after")
    used = max((each.attempt for each in attempts), default=0)
    if assessment.attempts is not None and used >= assessment.attempts:
        raise AttemptsUsedError(assessment.attempts)
    return used + 1


def check_submit(assessment: Assessment, submission: Submission, at: datetime) -> None:
    """Raise unless the submission may be handed in now.

    Raises TransitionError, EmptySubmissionError, or PastDueError where late work is not taken.
    A returned submission may come back after the due time: the teacher asked for it.
    """
    after(submission.state, Action.SUBMIT)
    if not submission.evidence:
        raise EmptySubmissionError
    if not _in_time(assessment, submission, at):
        raise PastDueError


def check_withdraw(assessment: Assessment, submission: Submission, at: datetime) -> None:
    """Raise unless the learner may take the submission back now, to change it.

    Raises TransitionError, or PastDueError where it could not be handed in again: taking it
    back would then lose the work.
    """
    after(submission.state, Action.WITHDRAW)
    if not _in_time(assessment, submission, at):
        raise PastDueError


def _in_time(assessment: Assessment, submission: Submission, at: datetime) -> bool:
    returned = submission.state is SubmissionState.RETURNED or submission.return_note != ""
    return returned or assessment.accepts_late or not assessment.is_late(at)


def check_codes(assessment: Assessment, codes: frozenset[str]) -> None:
    """Raise NotInAssessmentError for the first code the assessment does not cover."""
    for code in sorted(codes):
        assessment.key(code)


def missing_evidence(assessment: Assessment, submission: Submission) -> tuple[str, ...]:
    """The codes no piece of evidence is tied to, in the order of the assessment."""
    shown = frozenset(code for each in submission.evidence for code in each.codes)
    return tuple(code for code in assessment.codes if code not in shown)


def missing_self_ratings(assessment: Assessment, submission: Submission) -> tuple[str, ...]:
    """The codes without a self-rating, in the order of the assessment."""
    return tuple(code for code in assessment.codes if code not in submission.self_ratings)


def checked_evidence(evidence: Evidence) -> Evidence:
    """The evidence itself if its text, link or title is acceptable. Raises BadEvidenceError."""
    if evidence.kind is EvidenceKind.TEXT and not evidence.text.strip():
        raise BadEvidenceError("text_missing")
    if len(evidence.text) > MAX_TEXT:
        raise BadEvidenceError("text_too_long", str(len(evidence.text)))
    if len(evidence.title) > MAX_EVIDENCE_TITLE:
        raise BadEvidenceError("title_too_long", str(len(evidence.title)))
    if len(evidence.url) > MAX_LINK:
        raise BadEvidenceError("link_too_long", str(len(evidence.url)))
    if evidence.kind is EvidenceKind.LINK and not _is_web_address(evidence.url):
        raise BadEvidenceError("link_not_web", evidence.url[:100])
    return evidence


def same_piece(submission: Submission, evidence: Evidence) -> Evidence | None:
    """The piece of an attempt that says the same, word for word or byte for byte; None where there
    is none. A form that is sent twice brings one piece."""

    def content(piece: Evidence) -> tuple[object, ...]:
        name = piece.title if piece.kind is EvidenceKind.FILE else ""
        return piece.kind, name, piece.text, piece.url, piece.sha256

    found = (each for each in submission.evidence if content(each) == content(evidence))
    return next(found, None)


def _is_web_address(url: str) -> bool:
    """Whether a browser would open this as a page of some host, and as nothing else."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    has_host = bool(parts.hostname) and " " not in parts.netloc
    return parts.scheme in {"http", "https"} and has_host and url.isprintable()
