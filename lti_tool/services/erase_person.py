"""A person is forgotten: what is theirs alone goes, what levels and the school's records rest on
stays under a number. A person confirms it, having seen what stays and why.

Not here: what lies where (``lti_tool.persistence.personal_data``), and removing files, which is
done after the commit (``finish_erasure``).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lti_tool.domain.errors import ErasureRefusedError, NotFoundError
from lti_tool.domain.personal_data import Erasure, Held, Occasion, Refusal
from lti_tool.persistence import (
    audit_log,
    erasures,
    exports,
    learners,
    people,
    personal_data,
    schools,
    scores,
    standings,
)
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account

YEAR = timedelta(days=365.2425)
LONGEST_REASON = 500
AT_A_TIME = 200
"""Learners proposed in one transaction."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an erasure would do. ``files`` counts the files that would go; ``refusal`` says why it
    cannot be done, None: it can; ``done`` is the erasure of a person who is erased already.
    ``others`` are accounts merged with this one: counted in, and erased with it."""

    person: Account
    held: tuple[Held, ...]
    files: int
    refusal: Refusal | None
    done: Erasure | None
    others: tuple[Account, ...]


def plan_erasure(session: Session, person_id: int, *, school_id: int | None) -> Plan:
    """What is held of a person and what would become of it. Raises NotFoundError for somebody of
    another school; ``school_id`` None: of any."""
    person = _person(session, person_id, school_id)
    accounts = learners.accounts_of(session, [person_id])[person_id]
    keys = [personal_data.file_keys(session, each) for each in accounts]
    return Plan(
        person=person,
        held=tuple(personal_data.held_of(session, accounts)),
        files=sum(len(kept) + len(coming) for kept, coming in keys),
        refusal=_refusal(session, person_id, accounts),
        done=erasures.erasure_of(session, person_id),
        others=tuple(people.account(session, each) for each in accounts if each != person_id),
    )


def erase_person(
    session: Session,
    person_id: int,
    *,
    school_id: int | None,
    occasion: Occasion,
    by: int | None,
    now: datetime,
) -> tuple[Erasure, ...]:
    """Forget a person with every account that is merged with theirs, each with an erasure of its
    own; ``by`` None: the command line. The files go after the commit.

    Raises NotFoundError as ``plan_erasure``, ErasureRefusedError; nothing is changed then.
    """
    schools.lock_school(session, _person(session, person_id, school_id).school_id)
    accounts = learners.accounts_of(session, [person_id])[person_id]
    for each in sorted(accounts):
        standings.lock_learner(session, each)
    refusal = _refusal(session, person_id, accounts)
    if refusal is not None:
        raise ErasureRefusedError(refusal.value)
    left = [each for each in accounts if erasures.erasure_of(session, each) is None]
    return tuple(_erase(session, each, occasion, by=by, now=now) for each in left)


def _erase(
    session: Session, account_id: int, occasion: Occasion, *, by: int | None, now: datetime
) -> Erasure:
    files, parts = personal_data.file_keys(session, account_id)
    account = people.account(session, account_id)
    begun = erasures.begin_erasure(
        session, account, occasion, asked_by=by, now=now, files=files, parts=parts
    )
    exports.forget_searches(session, account_id)
    personal_data.erase(session, account_id, now=now)
    audit_log.note(
        session, "erase", f"learner:{account_id}", actor_id=by, now=now, detail=occasion.value
    )
    return begun


def finish_erasure(
    session: Session,
    erasure: Erasure,
    *,
    now: datetime,
    discard: Callable[[str], None],
    drop: Callable[[str], None],
) -> None:
    """Remove the files of an erasure, but for those that others' evidence names, too; ``discard``
    removes one that was kept, ``drop`` one that was on its way. Doing it twice does no harm."""
    shared = personal_data.still_used(session, erasure.files)
    for key in erasure.files:
        if key not in shared:
            discard(key)
    for key in erasure.parts:
        drop(key)
    erasures.finish_erasure(session, erasure.id, now=now)


def propose_due(session: Session, years: int, *, now: datetime) -> int:
    """Propose for erasure the learners nothing was heard of for so many years; takes back proposals
    that time has overtaken. Returns how many were proposed or taken back."""
    cutoff = now - years * YEAR
    withdrawn = erasures.withdraw_outdated(session, cutoff, now=now)
    found = erasures.silent_since(session, cutoff, most=AT_A_TIME)
    for each in found:
        erasures.propose(session, each, now=now)
    return withdrawn + len(found)


def keep_longer(
    session: Session,
    person_id: int,
    *,
    school_id: int | None,
    until: datetime,
    reason: str,
    by: int | None,
    now: datetime,
) -> None:
    """Let the data of somebody who was proposed stay until a time, for a reason. Raises
    NotFoundError for somebody of another school, or who is not proposed."""
    _person(session, person_id, school_id)
    if not erasures.keep_longer(session, person_id, until=until, by=by, reason=reason):
        raise NotFoundError
    audit_log.note(
        session,
        "keep_longer",
        f"learner:{person_id}",
        actor_id=by,
        now=now,
        detail=f"{until:%Y-%m-%d}",
    )


def find_people(
    session: Session, search: str, *, school_id: int | None, most: int
) -> Sequence[Account]:
    """People by a part of their name, or by their student number, user id or number here."""
    wanted = search.strip()
    return erasures.find_people(session, wanted, school_id, most=most) if wanted else ()


def _person(session: Session, person_id: int, school_id: int | None) -> Account:
    found = people.account(session, person_id)
    if school_id is not None and found.school_id != school_id:
        raise NotFoundError
    return found


def _refusal(session: Session, person_id: int, accounts: Iterable[int]) -> Refusal | None:
    if erasures.erasure_of(session, person_id) is not None:
        return Refusal.ERASED
    if any(personal_data.acts_for_the_school(session, each) for each in accounts):
        return Refusal.STAFF
    sending = any(scores.is_being_sent(session, each) for each in accounts)
    return Refusal.SENDING if sending else None
