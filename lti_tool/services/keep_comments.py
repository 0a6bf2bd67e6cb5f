"""A teacher keeps comments to use again: adds, changes, shares, removes and brings back.

Not here: rating with them (``rate_submission``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.comment_bank import BankComment, checked, in_order
from lti_tool.domain.errors import NotFoundError
from lti_tool.persistence import comment_bank, people
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account

from .work import Work


@dataclass(frozen=True, slots=True)
class Bank:
    """What a teacher may take in an assessment: sentences by code, in order, and whose they are."""

    by_code: Mapping[str, Sequence[BankComment]]
    owners: Mapping[int, Account]

    def of(self, code: str) -> Sequence[BankComment]:
        """The sentences for a code, the reader's own first."""
        return self.by_code.get(code, ())


def show_bank(session: Session, assessment: Assessment, *, viewer_id: int, course_id: int) -> Bank:
    """The bank as a teacher of the course sees it in an assessment, in two queries."""
    found = comment_bank.bank_of(
        session,
        viewer_id=viewer_id,
        course_id=course_id,
        standard_id=assessment.standard_id,
        level=assessment.level,
    )
    codes = set(assessment.codes)
    kept = {code: in_order(group, viewer_id) for code, group in found.items() if code in codes}
    owners = {each.owner_id for group in kept.values() for each in group}
    return Bank(kept, people.accounts(session, owners))


def keep_comment(
    work: Work, assessment: Assessment, code: str, text: str, *, shared: bool, course_id: int
) -> BankComment:
    """Keep a sentence for a code, in the actor's name.

    Raises NotInAssessmentError, BadCommentError.
    """
    key = assessment.key(code)
    others = _beside(work, assessment, code, course_id)
    kept = BankComment(
        id=work.new_id(),
        owner_id=work.actor_id,
        course_id=course_id,
        standard_id=assessment.standard_id,
        requirement=key,
        text=checked(text, others, owner_id=work.actor_id),
        shared=shared,
        created_at=work.now,
    )
    comment_bank.keep(work.session, kept)
    return kept


def change_comment(
    work: Work,
    assessment: Assessment,
    comment_id: str,
    text: str,
    *,
    shared: bool,
    course_id: int,
) -> BankComment:
    """Give an own sentence other words, share it with this course or share it no more. One that
    is shared in another course stays shared there.

    Raises NotFoundError for somebody else's or a removed one, BadCommentError.
    """
    kept = _own(work, comment_id)
    if kept.removed_at is not None:
        raise NotFoundError
    others = _beside(work, assessment, kept.requirement.code, course_id)
    clean = checked(
        text, [each for each in others if each.id != comment_id], owner_id=work.actor_id
    )
    lent_to = kept.course_id if kept.shared and shared else course_id
    comment_bank.change(
        work.session, comment_id, text=clean, shared=shared, course_id=lent_to, removed_at=None
    )
    return comment_bank.bank_comment(work.session, comment_id)


def remove_comment(work: Work, comment_id: str) -> BankComment:
    """Take an own sentence out of the bank; ratings that used it stay. Raises NotFoundError."""
    return _set_removed(work, comment_id, removed=True)


def restore_comment(work: Work, comment_id: str) -> BankComment:
    """Bring a removed sentence back as it was. Raises NotFoundError."""
    return _set_removed(work, comment_id, removed=False)


def _set_removed(work: Work, comment_id: str, *, removed: bool) -> BankComment:
    kept = _own(work, comment_id)
    comment_bank.change(
        work.session,
        comment_id,
        text=kept.text,
        shared=kept.shared,
        course_id=kept.course_id,
        removed_at=work.now if removed else None,
    )
    return kept


def _own(work: Work, comment_id: str) -> BankComment:
    kept = comment_bank.bank_comment(work.session, comment_id)
    if kept.owner_id != work.actor_id:
        raise NotFoundError
    return kept


def _beside(work: Work, assessment: Assessment, code: str, course_id: int) -> Sequence[BankComment]:
    bank = show_bank(work.session, assessment, viewer_id=work.actor_id, course_id=course_id)
    return bank.of(code)
