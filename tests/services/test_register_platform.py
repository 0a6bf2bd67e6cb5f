"""What an invitation brings into the tool."""

from datetime import UTC, datetime, timedelta

import pytest

from lti_tool.domain.errors import NotFoundError
from lti_tool.persistence import audit_log, invitations, platforms, schools
from lti_tool.persistence.database import Database
from lti_tool.persistence.platforms import (
    DeploymentState,
    PlatformDetails,
    PlatformExistsError,
)
from lti_tool.services.register_platform import register_platform

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
MOODLE = PlatformDetails(
    name="学校 Moodle",
    issuer="https://moodle.example",
    client_id="abc",
    auth_login_url="https://moodle.example/auth",
    auth_token_url="https://moodle.example/token",
    key_set_url="https://moodle.example/certs",
    product="moodle",
)


def invite(database: Database, token: str, school: str | None = None) -> None:
    with database.transaction() as session:
        school_id = schools.ensure_school(session, school).id if school else None
        invitations.add_invitation(
            session, token, school_id=school_id, now=NOW, expires_at=NOW + timedelta(days=7)
        )


def register(database: Database, token: str, *, deployment_id: str | None = "2") -> int:
    with database.transaction() as session:
        made = register_platform(
            session, MOODLE, invitation=token, deployment_id=deployment_id, now=NOW
        )
        return made.id


def test_a_named_deployment_is_approved_into_the_invitations_school(database: Database) -> None:
    invite(database, "token", "某职业学院")
    made = register(database, "token")
    with database.reading() as session:
        (deployment,) = platforms.deployments(session, made)
        school = schools.school(session, deployment.school_id)
        noted = [each.action for each in audit_log.entries_about(session, f"platform:{made}")]
        used = invitations.invitation(session, "token")
    assert (deployment.state, school.name) == (DeploymentState.APPROVED, "某职业学院")
    assert noted == ["register_platform"]
    assert used is not None
    assert used.used_at == NOW


def test_without_a_school_the_deployment_is_one_of_its_own(database: Database) -> None:
    invite(database, "token")
    made = register(database, "token")
    with database.reading() as session:
        (deployment,) = platforms.deployments(session, made)
        assert schools.school(session, deployment.school_id).name == MOODLE.name


def test_without_a_named_deployment_the_first_launch_waits(database: Database) -> None:
    invite(database, "token")
    made = register(database, "token", deployment_id=None)
    with database.transaction() as session:
        assert platforms.deployments(session, made) == ()
        platform = platforms.platform(session, made)
        assert platform is not None
        seen = platforms.note_deployment(session, platform, "7", now=NOW)
    assert seen.state is DeploymentState.WAITING


def test_a_platform_that_is_there_already_leaves_the_invitation_unused(
    database: Database,
) -> None:
    invite(database, "one")
    invite(database, "two")
    register(database, "one")
    with pytest.raises(PlatformExistsError):
        register(database, "two")
    with database.reading() as session:
        left = invitations.invitation(session, "two")
    assert left is not None
    assert left.used_at is None


def test_nothing_is_registered_without_an_invitation(database: Database) -> None:
    with pytest.raises(NotFoundError):
        register(database, "unknown")
    with database.reading() as session:
        assert platforms.platforms(session) == ()
