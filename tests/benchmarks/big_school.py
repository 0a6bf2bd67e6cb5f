"""A school of any size, made by the database itself: learners, courses, hand-ins, ratings.

A learner has five hand-ins of ten codes, each code rated twice; a fifth of them are signed off at
the elementary level. Everything is inserted from what is there already, so that a million ratings
take seconds. Standings are only about right: a rebuild computes them. Not here: measuring.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    select,
    text,
)

from lti_tool.catalogue import StandardBundle
from lti_tool.persistence import tables
from lti_tool.persistence.database import Base, Database, UtcDateTime

RATINGS_EACH = 50
ASSESSMENTS, CODES = 5, 10
CLASS_SIZE = 40
AT = datetime(2026, 9, 1, tzinfo=UTC)
ISSUER = "https://lms.example"
TEACHER = 1
SIGNED_OFF_EVERY = 5
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈", "伟芳娜敏静丽强磊军洋"

assert tables.metadata is Base.metadata
TABLE = Base.metadata.tables


def fill(database: Database, bundle: StandardBundle, learners: int) -> int:
    """Fill an empty database with a school of so many learners; the school's id."""
    with database.transaction() as session:
        connection = session.connection()
        _school(connection)
        _people(connection, learners)
        _courses(connection, learners)
        _assessments(connection, bundle, learners)
        _hand_ins(connection)
        _ratings(connection)
        _decisions(connection, bundle)
        _standings(connection, bundle)
    with database.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    return 1


def fill_class(database: Database, bundle: StandardBundle, size: int) -> tuple[int, int]:
    """Another course, of the first learners, each with evidence for every requirement of the
    standard; the course's id and how many requirements those are."""
    keys = [each.key for each in bundle.classes.up_to(bundle.standard.levels[-1].key)]
    learners = range(TEACHER + 1, TEACHER + 1 + size)
    with database.transaction() as session:
        connection = session.connection()
        course = _course(f"class-of-{size}", f"{size} 人班")
        course_id = connection.execute(
            insert(TABLE["courses"]).values(course).returning(TABLE["courses"].c.id)
        ).scalar_one()
        joined = {"course_id": course_id, "role": "student", "last_seen_at": AT}
        _add(connection, "memberships", [joined | {"person_id": each} for each in learners])
        held = TABLE["masteries"]
        connection.execute(delete(held).where(held.c.learner_id <= TEACHER + size))
        made = {"standard_id": bundle.standard.id, "state": "mastered", "newest": 3, "ratings": 2}
        rows = [
            made | {"learner_id": each, "level": key.level, "code": key.code}
            for each in learners
            for key in keys
        ]
        _add(connection, "masteries", rows)
    return course_id, len(keys)


def _school(connection: Connection) -> None:
    _add(connection, "schools", [{"name": "示例职业学院"}])
    platform = {
        "name": "LMS",
        "issuer": ISSUER,
        "client_id": "bench",
        "auth_login_url": f"{ISSUER}/auth",
        "auth_token_url": f"{ISSUER}/token",
        "key_set_url": f"{ISSUER}/keys",
        "frame_origins": [],
        "registrar_roles": [],
        "product": "",
        "created_at": AT,
    }
    _add(connection, "platforms", [platform])
    deployment = {"platform_id": 1, "deployment_id": "1", "state": "approved", "school_id": 1}
    _add(connection, "deployments", [deployment | {"created_at": AT}])


def _people(connection: Connection, learners: int) -> None:
    """The teacher, then the learners, with numbers from 1."""
    rows = [
        {
            "school_id": 1,
            "issuer": ISSUER,
            "sub": f"user-{number}",
            "name": _name(number),
            "student_number": f"2026{number:08}" if number else "",
            "created_at": AT,
            "last_seen_at": AT,
        }
        for number in range(learners + 1)
    ]
    _add(connection, "people", rows)


def _name(number: int) -> str:
    """One of a thousand names."""
    given = GIVEN[number // 10 % 10] + GIVEN[number // 100 % 10]
    return SURNAMES[number % 10] + given


def _courses(connection: Connection, learners: int) -> None:
    count = -(-learners // CLASS_SIZE)
    rows = [_course(f"course-{each}", f"{each} 班") for each in range(1, count + 1)]
    _add(connection, "courses", rows)
    people = TABLE["people"].c
    course = (people.id - TEACHER - 1) // CLASS_SIZE + 1
    attending = select(course, people.id, literal("student"), _time()).where(people.id > TEACHER)
    _copy(connection, "memberships", ["course_id", "person_id", "role", "last_seen_at"], attending)


def _course(context_id: str, name: str) -> dict[str, object]:
    return {
        "school_id": 1,
        "platform_id": 1,
        "deployment_id": 1,
        "context_id": context_id,
        "title": f"电子商务客服实训 {name}",
        "label": name,
        "line_items_url": f"{ISSUER}/{context_id}/lineitems",
        "grade_scopes": ["score"],
        "created_at": AT,
    }


def _assessments(connection: Connection, bundle: StandardBundle, learners: int) -> None:
    """Five of ten codes for each course, so that each code of the lowest levels comes twice."""
    level = bundle.standard.levels[0]
    codes = [each.code for each in level.requirements][: ASSESSMENTS * CODES // 2]
    places = [
        (f"a{course:05}-{number}", course, number)
        for course in range(1, -(-learners // CLASS_SIZE) + 1)
        for number in range(ASSESSMENTS)
    ]
    rows = [
        {
            "id": id_,
            "course_id": course,
            "standard_id": bundle.standard.id,
            "level": level.key,
            "title": f"考核 {number + 1}",
            "points": Decimal(100),
            "accepts_late": True,
            "release": "held",
            "created_by": TEACHER,
            "created_at": AT,
        }
        for id_, course, number in places
    ]
    _add(connection, "assessments", rows)
    asked = [
        {
            "assessment_id": id_,
            "code": codes[(number * CODES + place) % len(codes)],
            "position": place,
            "weight": 1,
        }
        for id_, _course, number in places
        for place in range(CODES)
    ]
    _add(connection, "assessed_requirements", asked)


def _hand_ins(connection: Connection) -> None:
    """Each learner's attempt in each assessment of the course."""
    asked, member = TABLE["assessments"].c, TABLE["memberships"].c
    found = select(
        asked.id + "-" + _text(member.person_id),
        asked.id,
        member.person_id,
        literal(1),
        literal("released"),
        literal(2),
        _time(),
        _time(),
    ).join_from(TABLE["assessments"], TABLE["memberships"], asked.course_id == member.course_id)
    columns = ["id", "assessment_id", "learner_id", "attempt", "state", "version"]
    _copy(connection, "submissions", [*columns, "created_at", "submitted_at"], found)


def _ratings(connection: Connection) -> None:
    """One released rating for each code of each hand-in; three in four at or above the cut."""
    handed, asked = TABLE["submissions"].c, TABLE["assessments"].c
    code = TABLE["assessed_requirements"].c
    draw = (handed.learner_id * 7 + code.position * 5) % 12
    found = (
        select(
            handed.id + "-" + code.code,
            handed.learner_id,
            asked.standard_id,
            asked.level,
            code.code,
            case((draw < 1, 1), (draw < 3, 2), (draw < 9, 3), else_=4),
            literal(TEACHER),
            _time(),
            _time(),
            asked.id,
            handed.id,
            literal("操作规范，记录完整。"),
        )
        .join_from(TABLE["submissions"], TABLE["assessments"], handed.assessment_id == asked.id)
        .join(TABLE["assessed_requirements"], code.assessment_id == asked.id)
        .order_by(handed.learner_id, handed.id)
    )
    columns = ["id", "learner_id", "standard_id", "level", "code", "performance_level", "rater_id"]
    columns += ["performed_at", "rated_at", "assessment_id", "submission_id", "comment"]
    _copy(connection, "ratings", columns, found)
    released = select(TABLE["ratings"].c.id, _time(), literal(TEACHER))
    _copy(connection, "rating_releases", ["rating_id", "released_at", "released_by"], released)


def _standings(connection: Connection, bundle: StandardBundle) -> None:
    given = TABLE["ratings"].c
    held = select(
        given.learner_id,
        given.standard_id,
        given.level,
        given.code,
        literal("mastered"),
        func.max(given.performance_level),
        func.count(),
    ).group_by(given.learner_id, given.standard_id, given.level, given.code)
    columns = ["learner_id", "standard_id", "level", "code", "state", "newest", "ratings"]
    _copy(connection, "masteries", columns, held)
    attained = case((_is_signed_off(), "attained"), else_="not_met")
    for level in bundle.standard.levels:
        lowest = level is bundle.standard.levels[0]
        known = select(
            TABLE["people"].c.id,
            literal(bundle.standard.id),
            literal(level.key),
            literal(1),
            attained if lowest else literal("not_met"),
            literal(False),
            literal(20),
            literal(49),
            literal(29),
            literal(bundle.rule.version),
            literal(lowest),
            _time(),
            case((_is_signed_off(), _decision_id())) if lowest else null(),
        ).where(TABLE["people"].c.id > TEACHER)
        columns = ["learner_id", "standard_id", "level", "school_id", "state", "met", "mastered"]
        columns += ["total", "steps", "rule_version", "begun", "changed_at", "decision_id"]
        _copy(connection, "attainments", columns, known)


def _decisions(connection: Connection, bundle: StandardBundle) -> None:
    people = TABLE["people"].c
    made = select(
        _decision_id(),
        people.id,
        literal(bundle.standard.id),
        literal(bundle.standard.levels[0].key),
        literal("sign_off"),
        literal(bundle.rule.version),
        literal(49),
        literal(49),
        literal([], TABLE["decisions"].c.rating_ids.type),
        literal("0" * 64),
        literal(TEACHER),
        _time(),
    ).where(_is_signed_off(), people.id > TEACHER)
    columns = ["id", "learner_id", "standard_id", "level", "kind", "rule_version", "mastered"]
    columns += ["total", "rating_ids", "digest", "decided_by", "decided_at"]
    _copy(connection, "decisions", columns, made)


def _decision_id() -> ColumnElement[str]:
    return literal("d-") + _text(TABLE["people"].c.id)


def _is_signed_off() -> ColumnElement[bool]:
    return TABLE["people"].c.id % SIGNED_OFF_EVERY == 0


def _add(connection: Connection, table: str, rows: Sequence[Mapping[str, object]]) -> None:
    connection.execute(insert(TABLE[table]), rows)


def _copy(connection: Connection, table: str, columns: list[str], found: Select[Any]) -> None:
    connection.execute(insert(TABLE[table]).from_select(columns, found))


def _text(value: ColumnElement[int]) -> ColumnElement[str]:
    return cast(value, String)


def _time() -> ColumnElement[datetime]:
    return literal(AT, UtcDateTime())
