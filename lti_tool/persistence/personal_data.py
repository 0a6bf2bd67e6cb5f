"""Where personal data of learners lie: every table that has any, how a row is known to be theirs,
and what an erasure does to it. A table that is not named here fails a test.

Records that nobody may change have a trigger each; it lets a text be emptied while an erasure of
its learner is under way (``erasures``), and nothing else. Not here: whether somebody may be
erased (``lti_tool.services.erase_person``). It is known by the names of tables, so that
``tables`` must have been imported.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    String,
    Table,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from lti_tool.domain.personal_data import Fate, Ground, Held

from .database import Base

PEOPLE, AUDIT, ROLLS = "people", "audit_log", "roll_entries"


@dataclass(frozen=True, slots=True)
class Place:
    """A table with personal data. ``owner`` is the column with the person's id or, with
    ``through``, with the key of a row of that table which is theirs. ``emptied``: the columns
    that an erasure empties. ``hidden``: columns that no export shows, being secrets or about
    others; with ``told`` false it shows none of them."""

    table: str
    owner: str
    fate: Fate
    ground: Ground | None = None
    emptied: tuple[str, ...] = ()
    through: str = ""
    hidden: tuple[str, ...] = ()
    told: bool = True


def _removed(table: str, owner: str, **more: Any) -> Place:
    return Place(table, owner, Fate.REMOVED, **more)


def _emptied(table: str, owner: str, ground: Ground, *columns: str, **more: Any) -> Place:
    return Place(table, owner, Fate.EMPTIED, ground, columns, **more)


def _kept(table: str, owner: str, ground: Ground, **more: Any) -> Place:
    return Place(table, owner, Fate.KEPT, ground, **more)


WORK = {"through": "submissions"}
SECRET = {"hidden": ("token_hash",)}
PLACES = (
    _removed("sessions", "person_id", told=False),
    _removed("access_links", "person_id", **SECRET),
    _removed("saved_views", "person_id"),
    _removed("typed_texts", "person_id"),
    _removed("bank_comments", "owner_id"),
    _removed("notifications", "person_id"),
    _removed("mailings", "person_id", hidden=("token",)),
    _removed("group_members", "person_id"),
    _removed("peer_calibrations", "person_id"),
    _removed("peer_ratings", "task_id", through="peer_tasks", hidden=("rater_id", "hidden_by")),
    _removed("peer_ratings", "rater_id", hidden=("hidden_by",)),
    _removed("peer_tasks", "submission_id", **WORK, hidden=("rater_id", "assigned_at")),
    _removed("peer_tasks", "rater_id"),
    _removed("scores", "person_id"),
    _removed("uploads", "learner_id"),
    _removed("extensions", "learner_id"),
    _removed("team_members", "learner_id"),
    _removed("evidence", "submission_id", **WORK),
    _removed("retention_proposals", "person_id"),
    _removed(ROLLS, "student_number"),
    _emptied("exported_people", "learner_id", Ground.LEVEL, "student_number", "name", "latin_name"),
    _emptied("submissions", "learner_id", Ground.LEVEL, "self_ratings", "return_note"),
    _emptied("ratings", "learner_id", Ground.LEVEL, "comment"),
    _emptied("reviews", "learner_id", Ground.LEVEL, "reason"),
    _emptied("review_answers", "review_id", Ground.LEVEL, "comment", through="reviews"),
    _emptied("second_ratings", "submission_id", Ground.LEVEL, "comment", **WORK, told=False),
    _emptied("second_resolutions", "submission_id", Ground.LEVEL, "reason", **WORK),
    _emptied("decisions", "learner_id", Ground.LEVEL, "reason"),
    _kept("rating_releases", "rating_id", Ground.LEVEL, through="ratings"),
    _kept("second_markings", "submission_id", Ground.LEVEL, **WORK, told=False),
    _kept("second_marking_readers", "submission_id", Ground.LEVEL, **WORK, told=False),
    _kept("second_comparisons", "submission_id", Ground.LEVEL, **WORK, told=False),
    _emptied("merges", "merged_id", Ground.LEVEL, "reason", "undone_reason"),
    _emptied("merges", "kept_id", Ground.LEVEL, "reason", "undone_reason"),
    _kept("merged_accounts", "account_id", Ground.LEVEL),
    _kept("merged_accounts", "learner_id", Ground.LEVEL),
    _kept("papers", "learner_id", Ground.LEVEL),
    _kept("masteries", "learner_id", Ground.LEVEL),
    _kept("attainments", "learner_id", Ground.LEVEL),
    _kept("memberships", "person_id", Ground.COURSE),
    _kept("reconciliation_findings", "person_id", Ground.RECORD),
    _kept(AUDIT, "actor_id", Ground.RECORD),
    _kept("erasures", "person_id", Ground.RECORD, hidden=("files", "parts")),
    _emptied(PEOPLE, "id", Ground.LEVEL),
)
"""In the order in which an erasure goes through them: the account itself comes last."""

ACTING = (
    ("api_tokens", "owner_id"),
    ("api_tokens", "revoked_by"),
    ("assessments", "created_by"),
    ("carry_decisions", "decided_by"),
    ("decisions", "decided_by"),
    ("draft_corrections", "made_by"),
    ("erasures", "asked_by"),
    ("exports", "made_by"),
    ("extensions", "granted_by"),
    ("link_decisions", "decided_by"),
    ("merges", "merged_by"),
    ("merges", "undone_by"),
    ("peer_ratings", "hidden_by"),
    ("ratings", "rater_id"),
    ("rating_releases", "released_by"),
    ("recomputations", "asked_by"),
    ("reconciliations", "asked_by"),
    ("retention_proposals", "kept_by"),
    ("review_answers", "answered_by"),
    ("rolls", "brought_by"),
    ("rolls", "undone_by"),
    ("rubric_drafts", "changed_by"),
    ("rubric_versions", "created_by"),
    ("rules", "set_by"),
    ("second_comparisons", "first_rater_id"),
    ("second_comparisons", "second_rater_id"),
    ("second_marking_readers", "person_id"),
    ("second_markings", "rater_id"),
    ("second_resolutions", "resolved_by"),
    ("standard_imports", "given_by"),
    ("waivers", "waived_by"),
)
"""Columns with whoever acted for the school: others' data, and the school's, rest on them."""

NOT_PERSONAL = frozenset(
    {
        *("audit_seals", "engines", "platforms", "schools", "signing_keys"),
        *("deployments", "invitations", "login_states", "notices", "platform_paces", "api_tokens"),
        *("carry_decisions", "course_origins", "courses", "exports", "link_decisions", "rolls"),
        *("notice_handlers", "recomputations", "rubric_drafts", "rubric_versions", "rules"),
        *("standard_imports", "waivers", "assessments", "course_groups", "draft_corrections"),
        *("peer_plans", "issuer_keys", "knocks"),
        *("line_items", "reconciliations", "rosters", "standard_documents", "briefs", "runs"),
        *("assessed_requirements", "assessment_rubrics", "column_errands", "resource_links"),
    }
)
"""Tables in which nothing of a learner stands."""


def held_of(session: Session, account_ids: Collection[int]) -> Sequence[Held]:
    """How much there is of each kind of data of a person's accounts, what there is nothing of left
    out; a row that is of several of them counts once."""
    kinds: dict[tuple[str, Fate, Ground | None], list[ColumnElement[bool]]] = {}
    for each in PLACES:
        theirs = kinds.setdefault((each.table, each.fate, each.ground), [])
        theirs += (_theirs(each, account_id) for account_id in account_ids)
    found = (
        Held(table, session.scalar(select(func.count()).where(or_(*theirs))) or 0, fate, ground)
        for (table, fate, ground), theirs in kinds.items()
    )
    return [each for each in found if each.count]


def told_of(session: Session, person_id: int) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
    """Everything that is kept about a person, table by table, as rows of values by column. A table
    comes twice where rows are theirs in two ways.

    Left out is what is not theirs to know yet or at all: ratings that are not released, what a
    second rater is at, secrets of sessions.
    """
    for place in PLACES:
        if not place.told:
            continue
        table = _table(place.table)
        columns = [each for each in table.columns if each.name not in place.hidden]
        query = select(*columns).where(_theirs(place, person_id), *_released(place.table))
        rows = session.execute(query.order_by(*table.primary_key.columns)).mappings()
        found = [dict(row) for row in rows]
        if found:
            yield place.table, found


def acts_for_the_school(session: Session, person_id: int) -> bool:
    """Whether a person ever rated, decided, or set anything up."""
    return bool(session.scalar(select(or_(*_acts(person_id)))))


def acting(person: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """The same as a condition on a column with the person's id."""
    return or_(*_acts(person))


def _acts(
    person: ColumnElement[int] | InstrumentedAttribute[int] | int,
) -> Iterator[ColumnElement[bool]]:
    for name, column in ACTING:
        table = _table(name)
        yield select(table.c[column]).where(table.c[column] == person).exists()


def file_keys(session: Session, person_id: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The keys of a person's files: of evidence, and of uploads under way."""
    evidence, uploads = _table("evidence"), _table("uploads")
    kept = select(evidence.c.storage_key).where(
        evidence.c.storage_key.is_not(None), _theirs(_place("evidence"), person_id)
    )
    coming = select(uploads.c.part_key).where(uploads.c.learner_id == person_id)
    return tuple(session.scalars(kept)), tuple(session.scalars(coming))


def names_of_files(session: Session, person_id: int) -> Mapping[str, str]:
    """The names of a person's files by the key of their content."""
    evidence = _table("evidence")
    query = select(evidence.c.storage_key, evidence.c.title).where(
        evidence.c.storage_key.is_not(None), _theirs(_place("evidence"), person_id)
    )
    return dict(session.execute(query).all())


def still_used(session: Session, storage_keys: Sequence[str]) -> frozenset[str]:
    """Those of these keys that evidence of anybody names."""
    column = _table("evidence").c.storage_key
    return frozenset(session.scalars(select(column).where(column.in_(storage_keys))))


def erase(session: Session, person_id: int, *, now: datetime) -> None:
    """Remove and empty what is a person's. An erasure must be under way for them, or the database
    refuses to empty records."""
    for place in PLACES:
        if place.fate is Fate.REMOVED:
            session.execute(delete(_table(place.table)).where(_theirs(place, person_id)))
        elif place.fate is Fate.EMPTIED and place.table != PEOPLE:
            _empty(session, place, person_id)
    _leave_courses(session, person_id, now)
    _forget_account(session, person_id)
    session.expire_all()


def _empty(session: Session, place: Place, person_id: int) -> None:
    table = _table(place.table)
    nothing = {name: _nothing(table.c[name]) for name in place.emptied}
    session.execute(update(table).where(_theirs(place, person_id)).values(nothing))


def _nothing(column: Column[Any]) -> object:
    return {} if isinstance(column.type, JSON) else ""


def _leave_courses(session: Session, person_id: int, now: datetime) -> None:
    table = _table("memberships")
    session.execute(
        update(table)
        .where(table.c.person_id == person_id, table.c.left_at.is_(None))
        .values(left_at=now)
    )


def _forget_account(session: Session, person_id: int) -> None:
    """The account stays as a number. Its user id at the LMS goes, too: who comes again is new."""
    table = _table(PEOPLE)
    nothing: dict[str, object] = {each.name: None for each in table.columns if each.nullable}
    texts = (each for each in table.columns if isinstance(each.type, String))
    nothing |= {each.name: "" for each in texts if not each.nullable and each.name != "issuer"}
    nothing["sub"] = f"erased-{person_id}"
    session.execute(update(table).where(table.c.id == person_id).values(nothing))


def _theirs(place: Place, person_id: int) -> ColumnElement[bool]:
    table = _table(place.table)
    column = table.c[place.owner]
    if place.table == ROLLS:
        return _on_rolls(table, person_id)
    if place.table == AUDIT:
        return or_(column == person_id, _about(table, person_id))
    if not place.through:
        return column == person_id
    parent = _place(place.through)
    theirs = _table(parent.table)
    key = theirs.c.id
    return column.in_(select(key).where(_theirs(parent, person_id)))


def _on_rolls(table: Table, person_id: int) -> ColumnElement[bool]:
    """Lists know people by their student number."""
    person = _table(PEOPLE)
    known = (
        select(person.c.id)
        .where(
            person.c.id == person_id,
            person.c.school_id == table.c.school_id,
            person.c.student_number == table.c.student_number,
            person.c.student_number != "",
        )
        .correlate(table)
    )
    return known.exists()


def _about(table: Table, person_id: int) -> ColumnElement[bool]:
    """Entries of the log about the learner, their levels and their work."""
    work = _table("submissions")
    theirs = select("submission:" + work.c.id).where(work.c.learner_id == person_id)
    return or_(
        table.c.subject.in_((f"learner:{person_id}", f"person:{person_id}")),
        table.c.subject.startswith(f"attainment:{person_id}/"),
        table.c.subject.in_(theirs),
    )


def _released(table: str) -> Iterator[ColumnElement[bool]]:
    """Ratings are the learner's to read once they are released."""
    if table == "ratings":
        released = _table("rating_releases").c.rating_id
        yield _table(table).c.id.in_(select(released))


def _place(table: str) -> Place:
    return next(each for each in PLACES if each.table == table)


def _table(name: str) -> Table:
    return Base.metadata.tables[name]
