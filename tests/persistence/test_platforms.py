"""Platforms and deployments as stored."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier

import pytest

from lti_tool.persistence.courses import CourseRow
from lti_tool.persistence.database import Database
from lti_tool.persistence.platforms import (
    DeploymentState,
    Platform,
    PlatformDetails,
    PlatformExistsError,
    PlatformInUseError,
    add_platform,
    approve_deployment,
    deployment,
    deployment_by_id,
    deployments,
    frame_origins,
    note_deployment,
    note_product,
    platform,
    platform_by,
    platforms,
    platforms_of_issuer,
    remove_platform,
    set_registrar_roles,
)

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


def canvas(client_id: str = "10000000000001") -> PlatformDetails:
    return PlatformDetails(
        name="Canvas of one school",
        issuer="https://canvas.instructure.com",
        client_id=client_id,
        auth_login_url="https://sso.canvaslms.com/api/lti/authorize_redirect",
        auth_token_url="https://sso.canvaslms.com/login/oauth2/token",
        key_set_url="https://sso.canvaslms.com/api/lti/security/jwks",
        frame_origins=("https://school.instructure.com",),
    )


def added(database: Database, details: PlatformDetails) -> Platform:
    with database.transaction() as session:
        return add_platform(session, details, now=NOW)


def test_a_platform_is_found_by_issuer_and_client_id(database: Database) -> None:
    made = added(
        database, replace(canvas(), token_audience="https://aud", registrar_roles=("urn:r",))
    )
    with database.transaction() as session:
        assert platform_by(session, made.issuer, made.client_id) == made
        assert platform(session, made.id) == made
        assert platforms(session) == (made,)
        assert platform_by(session, made.issuer, "another") is None
        assert platform(session, made.id + 1) is None


def test_schools_may_share_an_issuer(database: Database) -> None:
    one, two = added(database, canvas()), added(database, canvas("10000000000002"))
    with database.transaction() as session:
        assert platforms_of_issuer(session, one.issuer) == (one, two)
        assert platforms_of_issuer(session, "https://elsewhere.example") == ()


def test_the_same_issuer_and_client_id_twice_are_refused(database: Database) -> None:
    added(database, canvas())
    with pytest.raises(PlatformExistsError):
        added(database, canvas())


def test_a_platform_frames_us_from_its_issuer_its_login_and_where_it_was_told(
    database: Database,
) -> None:
    added(database, canvas())
    added(database, replace(canvas(), issuer="urn:no:url", frame_origins=()))
    with database.transaction() as session:
        assert frame_origins(session) == (
            "https://canvas.instructure.com",
            "https://school.instructure.com",
            "https://sso.canvaslms.com",
        )


def test_an_unseen_deployment_waits_with_a_school_of_its_own(database: Database) -> None:
    made = added(database, canvas())
    with database.transaction() as session:
        one = note_deployment(session, made, "1:abc", now=NOW)
        two = note_deployment(session, made, "2:def", now=NOW)
        again = note_deployment(session, made, "1:abc", now=NOW)
    assert one.state is DeploymentState.WAITING
    assert one.school_id != two.school_id
    assert again == one
    with database.transaction() as session:
        assert deployments(session, made.id) == (one, two)
        assert deployments(session) == (one, two)
        assert deployment_by_id(session, one.id) == one
        assert deployment(session, made.id, "3:ghi") is None


def test_a_deployment_may_be_approved_before_it_is_seen(database: Database) -> None:
    made = added(database, canvas())
    with database.transaction() as session:
        approve_deployment(session, made, "1:abc", now=NOW)
    with database.transaction() as session:
        seen = note_deployment(session, made, "1:abc", now=NOW)
    assert seen.state is DeploymentState.APPROVED


def test_two_launches_of_a_new_deployment_at_once_make_one(database: Database) -> None:
    made = added(database, canvas())
    start = Barrier(4)

    def note(_number: int) -> int:
        start.wait()
        with database.transaction() as session:
            return note_deployment(session, made, "1:abc", now=NOW).id

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(note, range(4)))) == 1


def test_the_product_is_kept_and_never_emptied(database: Database) -> None:
    made = added(database, canvas())
    with database.transaction() as session:
        note_product(session, made.id, "canvas")
        note_product(session, made.id, "")
    with database.transaction() as session:
        found = platform(session, made.id)
    assert found is not None
    assert found.product == "canvas"


def test_a_platform_without_courses_can_be_removed(database: Database) -> None:
    made, other = added(database, canvas()), added(database, canvas("2"))
    with database.transaction() as session:
        approve_deployment(session, made, "1:abc", now=NOW)
        remove_platform(session, made.id)
        remove_platform(session, made.id)
    with database.transaction() as session:
        assert platforms(session) == (other,)
        assert deployments(session) == ()


def test_a_platform_with_courses_is_kept_whole(database: Database) -> None:
    made = added(database, canvas())
    with database.transaction() as session:
        row = approve_deployment(session, made, "1:abc", now=NOW)
        course = CourseRow(
            school_id=row.school_id,
            platform_id=made.id,
            deployment_id=row.id,
            context_id="c-1",
            created_at=NOW,
        )
        session.add(course)
    with pytest.raises(PlatformInUseError), database.transaction() as session:
        remove_platform(session, made.id)
    with database.transaction() as session:
        assert platforms(session) == (made,)
        assert deployments(session) == (row,)


def test_roles_that_make_a_registrar_are_set_as_a_whole(database: Database) -> None:
    made = added(database, replace(canvas(), registrar_roles=("urn:old",)))
    with database.transaction() as session:
        set_registrar_roles(session, made.id, ["urn:a", "urn:b"])
        set_registrar_roles(session, made.id + 1, ["urn:c"])
    with database.reading() as session:
        assert platforms(session) == (replace(made, registrar_roles=("urn:a", "urn:b")),)


@pytest.mark.parametrize("issuer", ["https://[", "https://a;script-src *", "urn:lms"])
def test_an_issuer_that_is_no_address_frames_nothing_and_breaks_nothing(
    database: Database, issuer: str
) -> None:
    added(database, replace(canvas(), issuer=issuer))
    with database.reading() as session:
        framing = frame_origins(session)
    assert framing
    assert not [each for each in framing if "script-src" in each or "[" in each or "urn" in each]
