"""The one learner behind several accounts, as a person of the school has merged them.

Ratings, decisions and scores stay with the account they were made for. A learner is called by the
id of one of the accounts; an account that nobody merged is a learner by itself. Not here: who
merged them and why (``merges``).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement, ForeignKey, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, aliased, mapped_column

from .database import Base
from .people import PersonRow, called

T = TypeVar("T")
Accounts = Mapping[int, tuple[int, ...]]
"""By the id that was asked for: all accounts of that learner, the learner's own id first."""


class MergedAccountRow(Base):
    """An account that is another one's learner today."""

    __tablename__ = "merged_accounts"

    account_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)


def learner_of(session: Session, account_id: int) -> int:
    """The id of the learner whose account this is."""
    row = session.get(MergedAccountRow, account_id)
    return row.learner_id if row is not None else account_id


def accounts_of(session: Session, account_ids: Collection[int]) -> Accounts:
    """All accounts of the learners whose accounts these are, by the id asked for, in one query."""
    asked = select(MergedAccountRow.learner_id).where(MergedAccountRow.account_id.in_(account_ids))
    query = select(MergedAccountRow.account_id, MergedAccountRow.learner_id).where(
        or_(
            MergedAccountRow.learner_id.in_(account_ids),
            MergedAccountRow.learner_id.in_(asked),
        )
    )
    learners = {row.account_id: row.learner_id for row in session.execute(query)}
    groups: dict[int, list[int]] = {}
    for account, learner in sorted(learners.items()):
        groups.setdefault(learner, []).append(account)
    found: dict[int, tuple[int, ...]] = {}
    for each in account_ids:
        learner = learners.get(each, each)
        found[each] = (learner, *groups.get(learner, ()))
    return found


def gathered(accounts: Accounts, of_accounts: Mapping[int, Sequence[T]]) -> Mapping[int, list[T]]:
    """What there is of any of a learner's accounts, by learner; one without any is missing."""
    found = {
        learner_id: [one for each in own for one in of_accounts.get(each, ())]
        for learner_id, own in accounts.items()
    }
    return {learner_id: given for learner_id, given in found.items() if given}


def is_merged(account_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """The condition on a column of account ids that the account is another one's learner."""
    return exists().where(MergedAccountRow.account_id == account_id)


def of_learner(account_id: InstrumentedAttribute[int]) -> ColumnElement[int]:
    """The id of the learner whose account a column names, as a statement says it."""
    merged = select(MergedAccountRow.learner_id).where(MergedAccountRow.account_id == account_id)
    return func.coalesce(merged.correlate(account_id.class_).scalar_subquery(), account_id)


def learner_called(words: str) -> ColumnElement[bool]:
    """The condition on a person that the learner, or an account merged into them, has these words
    in name or student number: whoever searches may know the old account only."""
    other = aliased(PersonRow)
    merged = (
        select(MergedAccountRow.learner_id)
        .join(other, other.id == MergedAccountRow.account_id)
        .where(called(words, other))
    )
    return or_(called(words), PersonRow.id.in_(merged))


def numbered(student_number: str) -> ColumnElement[bool]:
    """The condition on a person that the learner, or an account merged into them, has this student
    number."""
    other = aliased(PersonRow)
    merged = (
        select(MergedAccountRow.learner_id)
        .join(other, other.id == MergedAccountRow.account_id)
        .where(other.student_number == student_number)
    )
    return or_(PersonRow.student_number == student_number, PersonRow.id.in_(merged))


def point(session: Session, learners: Mapping[int, int]) -> None:
    """Let these accounts be these learners' from now on, by account id."""
    for account_id, learner_id in learners.items():
        row = session.get(MergedAccountRow, account_id)
        if learner_id == account_id:
            if row is not None:
                session.delete(row)
        elif row is None:
            session.add(MergedAccountRow(account_id=account_id, learner_id=learner_id))
        else:
            row.learner_id = learner_id
    session.flush()
