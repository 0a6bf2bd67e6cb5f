"""Two accounts of one learner are merged by a person, with a reason, and parted again.

Ratings, decisions and scores stay where they are: from then on those of both count for the one
learner, and the columns of both accounts' courses are told the same levels. Not here: what counts
(``lti_tool.persistence.learners``).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from lti_tool.domain.attainment import Decision, sign_offs_in_force
from lti_tool.domain.errors import NotFoundError, ReasonMissingError, StaleFormError
from lti_tool.persistence import (
    courses,
    decisions,
    erasures,
    learners,
    merges,
    people,
    ratings,
    schools,
    standings,
)
from lti_tool.persistence.courses import Course
from lti_tool.persistence.database import Session
from lti_tool.persistence.merges import Merge
from lti_tool.persistence.people import Account

from .standing import level_rule, update_standing
from .work import Work


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account that may be one learner's with another: its courses and how many ratings there
    are for it. ``others`` are the accounts that are this learner's already."""

    account: Account
    courses: tuple[Course, ...]
    ratings: int
    others: tuple[Account, ...]


@dataclass(frozen=True, slots=True)
class MergesShown:
    """The page: groups with the same student number, what a search found, and every merge, the
    newest first, with the people in it by id. ``doubtful``, by a merge that was undone: sign-offs
    that still stand and rest on ratings of the other account."""

    alike: tuple[tuple[Candidate, ...], ...]
    found: tuple[Candidate, ...]
    merges: Sequence[Merge]
    people: Mapping[int, Account]
    doubtful: Mapping[int, Sequence[Decision]]


def merge_accounts(work: Work, kept_id: int, merged_id: int, *, reason: str, school_id: int) -> int:
    """Let one account be the other's learner from now on; returns the id of the merge.

    Raises NotFoundError for an account of another school or one that was erased, StaleFormError
    where they are one learner's already, ReasonMissingError for an empty reason.
    """
    schools.lock_school(work.session, school_id)
    for each in sorted({kept_id, merged_id}):
        _of_school(work.session, each, school_id)
        standings.lock_learner(work.session, each)
    kept, merged = (learners.learner_of(work.session, each) for each in (kept_id, merged_id))
    if kept == merged:
        raise StaleFormError
    if not reason.strip():
        raise ReasonMissingError
    made = merges.add_merge(
        work.session,
        kept,
        merged,
        school_id=school_id,
        reason=reason.strip(),
        by=work.actor_id,
        now=work.now,
    )
    work.note("merge_accounts", f"person:{kept}", f"merge:{made} person:{merged}")
    _compute_anew(work, [kept, merged])
    return made


def undo_merge(work: Work, merge_id: int, *, reason: str, school_id: int) -> None:
    """Let both accounts be learners by themselves again; a decision made meanwhile stays with the
    account it was made on, and ``show_merges`` tells which ones a person should look at.

    Raises NotFoundError for another school's, StaleFormError for one taken back already,
    ReasonMissingError for an empty reason.
    """
    schools.lock_school(work.session, school_id)
    merge = merges.merge_of(work.session, merge_id, school_id)
    if merge.undone_at is not None:
        raise StaleFormError
    if not reason.strip():
        raise ReasonMissingError
    standings.lock_learner(work.session, merge.kept_id)
    merges.undo_merge(work.session, merge_id, reason=reason.strip(), by=work.actor_id, now=work.now)
    work.note("undo_merge", f"person:{merge.kept_id}", f"merge:{merge_id} person:{merge.merged_id}")
    _compute_anew(work, sorted(merges.ever_of(work.session, merge.kept_id)))


def show_merges(session: Session, school_id: int, *, search: str = "") -> MergesShown:
    """What may be merged, and what was; ``search`` is part of a name or of a student number."""
    alike = merges.likely_same(session, school_id)
    found = merges.students_named(session, school_id, search) if search.strip() else ()
    made = merges.merges_of(session, school_id)
    named = {
        id_
        for each in made
        for id_ in (each.kept_id, each.merged_id, each.merged_by, each.undone_by)
        if id_ is not None
    }
    seen = [*found, *(each for group in alike for each in group)]
    candidates = _candidates(session, school_id, seen)
    return MergesShown(
        alike=tuple(tuple(candidates[each.id] for each in group) for group in alike),
        found=tuple(candidates[each.id] for each in found),
        merges=made,
        people=people.accounts(session, named),
        doubtful={each.id: _doubtful(session, each) for each in made if each.undone_at},
    )


def _doubtful(session: Session, merge: Merge) -> Sequence[Decision]:
    found = []
    for account_id in (merge.kept_id, merge.merged_id):
        own = learners.accounts_of(session, [account_id])[account_id]
        for standard_id in decisions.standards_decided(session, own):
            made = decisions.decisions_of(session, account_id, standard_id)
            signed = chain.from_iterable(sign_offs_in_force(made).values())
            found += [
                each
                for each in signed
                if not ratings.learners_of(session, each.rating_ids).issubset(own)
            ]
    return tuple({each.id: each for each in found}.values())


def _candidates(
    session: Session, school_id: int, seen: Collection[Account]
) -> Mapping[int, Candidate]:
    ids = {each.id for each in seen}
    accounts = learners.accounts_of(session, ids)
    known = {each.id: each for each in courses.courses_of_school(session, school_id)}
    attended = courses.courses_by_student(session, school_id, ids)
    counts = ratings.count_by_account(session, {one for own in accounts.values() for one in own})
    everybody = people.accounts(session, {one for own in accounts.values() for one in own})
    return {
        each.id: Candidate(
            each,
            tuple(known[one] for one in attended.get(each.id, ())),
            sum(counts.get(one, 0) for one in accounts[each.id]),
            tuple(everybody[one] for one in accounts[each.id] if one != each.id),
        )
        for each in seen
    }


def _of_school(session: Session, account_id: int, school_id: int) -> None:
    """What is left of an erased person leads to nobody, and shall not."""
    gone = erasures.erasure_of(session, account_id) is not None
    if gone or people.account(session, account_id).school_id != school_id:
        raise NotFoundError


def _compute_anew(work: Work, account_ids: Sequence[int]) -> None:
    """The standing of these accounts' learners under every standard that any of them has a rating
    of; what is stored of an account that is another's learner now goes."""
    own = [each for each in account_ids if learners.learner_of(work.session, each) == each]
    for each in set(account_ids).difference(own):
        standings.forget_outcomes(work.session, each, now=work.now)
    for standard_id in ratings.standards_of(work.session, account_ids):
        bundle = work.catalogue.installed(standard_id)
        if bundle is not None:
            for each in own:
                account = people.account(work.session, each)
                rules = level_rule(work.session, bundle, account.school_id)
                update_standing(work, bundle, account, rules)
