"""The administrator's pages in the real application: connecting platforms, and health."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.domain.launch import Role
from lti_tool.domain.score import Score
from lti_tool.persistence import (
    audit_log,
    deliveries,
    engines,
    invitations,
    line_items,
    platforms,
    schools,
    scores,
)
from lti_tool.persistence.database import Session
from lti_tool.persistence.deliveries import Taken
from lti_tool.persistence.platforms import Deployment, DeploymentState, Platform
from tests.claims import claimed
from tests.services.classroom import START, Classroom
from tests.web.conftest import SignIn

FORM = {
    "name": "职校 Moodle",
    "issuer": "https://moodle.school.example",
    "client_id": "abc",
    "auth_login_url": "https://moodle.school.example/mod/lti/auth.php",
    "auth_token_url": "https://moodle.school.example/mod/lti/token.php",
    "key_set_url": "https://moodle.school.example/mod/lti/certs.php",
}
STAFF = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Staff"


@dataclass
class Administrator:
    """An administrator at work."""

    classroom: Classroom
    client: FlaskClient
    home: str
    again: Callable[[], str]
    """Comes in once more, after the session has ended."""

    def get(self, page: str = "") -> TestResponse:
        return self.client.get(f"{self.home}/admin/{page}")

    def post(self, page: str, **form: object) -> TestResponse:
        return self.client.post(f"{self.home}/admin/{page}", data=form)

    def platforms(self) -> tuple[Platform, ...]:
        with self.classroom.reading() as session:
            return platforms.platforms(session)

    def deployments(self) -> tuple[Deployment, ...]:
        with self.classroom.reading() as session:
            return platforms.deployments(session)

    def see_deployment(self, name: str) -> Deployment:
        """A launch brings the news of a deployment."""
        with self.classroom.database.transaction() as session:
            platform = platforms.platforms(session)[0]
            return platforms.note_deployment(session, platform, name, now=START)


@pytest.fixture
def admin(classroom: Classroom, client: FlaskClient, sign_in: SignIn) -> Administrator:
    person = classroom.enrol("孙工", Role.TEACHER)

    def enter() -> str:
        return sign_in(person, Role.ADMINISTRATOR, course=False, data={"language": "en"})

    return Administrator(classroom, client, enter(), enter)


def actions(session: Session, subject: str) -> list[str]:
    return [each.action for each in audit_log.entries_about(session, subject)]


def test_the_page_gives_every_value_that_an_lms_asks_for(admin: Administrator) -> None:
    page = admin.get()
    assert page.status_code == 200
    for value in ("/lti/login", "/lti/launch", "/lti/jwks"):
        assert f'value="https://tool.example{value}"' in page.text


def test_a_learner_shows_nowhere(admin: Administrator) -> None:
    admin.classroom.enrol("黄嘉怡", number="2024030107")
    for page in (admin.get(), admin.get("health"), admin.get("platforms/new")):
        assert "黄嘉怡" not in page.text


@pytest.mark.parametrize("role", [Role.STUDENT, Role.TEACHER, Role.REGISTRAR])
def test_other_roles_are_refused(admin: Administrator, sign_in: SignIn, role: Role) -> None:
    admin.home = sign_in(admin.classroom.teacher, role)
    for page in ("", "health", "platforms/new"):
        assert admin.get(page).status_code == 403
    for action in ("platforms/new", "platforms/1/remove", "platforms/1/registrars"):
        assert admin.post(action, **FORM).status_code == 403
    assert admin.post("deployments/1/approve").status_code == 403


def test_an_administrator_reads_no_outcomes(admin: Administrator) -> None:
    assert admin.client.get(f"{admin.home}/registrar/").status_code == 403


def test_a_platform_is_connected_with_its_deployments_approved(admin: Administrator) -> None:
    form = FORM | {"deployment_ids": "7\r\n8\r\n", "frame_origins": "https://Frame.example/x"}
    assert admin.post("platforms/new", **form).status_code == 303
    made = admin.platforms()[-1]
    assert (made.name, made.client_id) == ("职校 Moodle", "abc")
    assert made.frame_origins == ("https://frame.example",)
    own = [each for each in admin.deployments() if each.platform_id == made.id]
    assert [(each.deployment_id, each.state) for each in own] == [
        ("7", DeploymentState.APPROVED),
        ("8", DeploymentState.APPROVED),
    ]
    with admin.classroom.reading() as session:
        assert actions(session, f"platform:{made.id}") == ["add_platform"]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", " "),
        ("issuer", ""),
        ("client_id", "x" * 256),
        ("auth_login_url", "http://plain.example/auth"),
        ("auth_token_url", "javascript:alert(1)"),
        ("key_set_url", "https://"),
        ("frame_origins", "https://good.example\nfile:///etc/passwd"),
        ("deployment_ids", "7\n" + "8" * 256),
    ],
)
def test_a_wrong_field_is_named_and_nothing_typed_is_lost(
    admin: Administrator, field: str, typed: str
) -> None:
    before = admin.platforms()
    page = admin.post("platforms/new", **(FORM | {field: typed}))
    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text
    kept = "client_id" if field == "issuer" else "issuer"
    assert f'value="{FORM[kept]}"' in page.text or typed in page.text
    assert admin.platforms() == before


def test_a_platform_is_not_connected_twice(admin: Administrator) -> None:
    admin.post("platforms/new", **FORM)
    page = admin.post("platforms/new", **(FORM | {"name": "noch einmal"}))
    assert page.status_code == 409
    assert "connected already" in page.text
    assert len(admin.platforms()) == 2


def test_the_form_knows_where_a_moodle_answers(admin: Administrator) -> None:
    page = admin.get("platforms/new?product=moodle&site=https://moodle.school.example/")
    for value in list(FORM.values())[3:]:
        assert f'value="{value}"' in page.text


def test_the_form_knows_hosted_canvas(admin: Administrator) -> None:
    page = admin.get("platforms/new?product=canvas&site=https://school.instructure.com/x")
    assert 'value="https://canvas.instructure.com"' in page.text
    assert "https://school.instructure.com</textarea>" in page.text


@pytest.mark.parametrize("query", ["product=moodle&site=javascript:1", "product=other", "site=x"])
def test_an_address_that_is_none_fills_in_nothing(admin: Administrator, query: str) -> None:
    page = admin.get(f"platforms/new?{query}")
    assert page.status_code == 200
    assert "auth.php" not in page.text


def test_a_waiting_deployment_is_approved_as_a_school_of_its_own(admin: Administrator) -> None:
    seen = admin.see_deployment("9")
    assert "2 deployments wait for your approval" in admin.get().text
    assert admin.post(f"deployments/{seen.id}/approve", school="").status_code == 303
    approved = next(each for each in admin.deployments() if each.id == seen.id)
    assert approved.state is DeploymentState.APPROVED
    assert approved.school_id == seen.school_id


def test_a_waiting_deployment_joins_another_school(admin: Administrator) -> None:
    seen = admin.see_deployment("9")
    with admin.classroom.database.transaction() as session:
        other = schools.ensure_school(session, "江南商贸职业学校")
    assert admin.post(f"deployments/{seen.id}/approve", school=str(other.id)).status_code == 303
    approved = next(each for each in admin.deployments() if each.id == seen.id)
    assert approved.school_id == other.id


@pytest.mark.parametrize(("school", "status"), [("x", 422), ("0", 422), ("99999", 404)])
def test_a_school_that_does_not_exist_approves_nothing(
    admin: Administrator, school: str, status: int
) -> None:
    seen = admin.see_deployment("9")
    assert admin.post(f"deployments/{seen.id}/approve", school=school).status_code == status
    unchanged = next(each for each in admin.deployments() if each.id == seen.id)
    assert unchanged == seen


def test_an_approved_deployment_is_not_moved_by_an_old_form(admin: Administrator) -> None:
    seen = admin.see_deployment("9")
    admin.post(f"deployments/{seen.id}/approve")
    again = admin.post(f"deployments/{seen.id}/approve", school="1")
    assert again.status_code == 409
    assert admin.post("deployments/4711/approve").status_code == 404


def test_roles_are_mapped_to_registrars_and_taken_away(admin: Administrator) -> None:
    platform = admin.platforms()[0]
    admin.post(f"platforms/{platform.id}/registrars", role=[STAFF, STAFF])
    assert admin.platforms()[0].registrar_roles == (STAFF,)
    assert "checked" in admin.get().text
    admin.post(f"platforms/{platform.id}/registrars")
    assert admin.platforms()[0].registrar_roles == ()
    assert admin.post("platforms/4711/registrars", role=STAFF).status_code == 404


def test_an_unused_platform_is_removed(admin: Administrator) -> None:
    admin.post("platforms/new", **FORM)
    made = admin.platforms()[-1]
    assert admin.post(f"platforms/{made.id}/remove").status_code == 303
    assert made not in admin.platforms()
    assert admin.post(f"platforms/{made.id}/remove").status_code == 404


def test_a_platform_with_courses_stays(admin: Administrator) -> None:
    used = admin.platforms()[0]
    page = admin.post(f"platforms/{used.id}/remove")
    assert page.status_code == 409
    assert "so it stays" in page.text
    assert used in admin.platforms()


def test_what_an_lms_is_called_is_never_markup(admin: Administrator) -> None:
    admin.post("platforms/new", **(FORM | {"name": "<i>Schule</i>"}))
    for page in (admin.get(), admin.get("health")):
        assert "<i>Schule</i>" not in page.text
        assert "&lt;i&gt;Schule" in page.text


def see_engine(admin: Administrator) -> None:
    """A process that delivers leaves a sign of life."""
    with admin.classroom.database.transaction() as session:
        engines.note_sign(session, "here:1", now=admin.classroom.now)


def test_health_says_when_nobody_delivers(admin: Administrator) -> None:
    assert "none seen since yesterday" in admin.get("health").text
    see_engine(admin)
    assert "at work" in admin.get("health").text
    admin.classroom.now += timedelta(minutes=3)
    page = admin.get("health").text
    assert "silent since" in page
    assert "start lti-tool serve" in page


def test_health_misses_a_backup_after_two_days(admin: Administrator) -> None:
    reminder = "Run lti-tool backup FILE every day"
    assert reminder in admin.get("health").text
    with admin.classroom.database.transaction() as session:
        audit_log.note(session, "backup", "backup", actor_id=None, now=admin.classroom.now)
    assert reminder not in admin.get("health").text
    admin.classroom.now += timedelta(days=3)
    admin.home = admin.again()
    assert reminder in admin.get("health").text


def test_health_counts_what_waits_and_what_was_refused(admin: Administrator) -> None:
    see_engine(admin)
    assert "All scores have arrived" in admin.get("health").text
    item, learner = score_waiting(admin)
    assert "1 score is on its way" in admin.get("health").text
    with admin.classroom.database.transaction() as session:
        leased = claimed(session, now=START)[0]
        deliveries.mark_needs_person(session, leased, now=START, reason="not_enrolled")
    page = admin.get("health")
    assert "1 score needs a person" in page.text
    assert (item, learner) == (leased.line_item_id, leased.person_id)


def test_health_tells_when_each_platform_last_took_a_score(admin: Administrator) -> None:
    assert "none yet" in admin.get("health").text
    score_waiting(admin)
    with admin.classroom.database.transaction() as session:
        leased = claimed(session, now=START)[0]
        deliveries.mark_delivered(session, [Taken(leased)], now=START)
    page = admin.get("health")
    assert "none yet" not in page.text
    assert "1 Sep, 08:00" in page.text


def test_health_names_version_and_database(admin: Administrator) -> None:
    page = admin.get("health")
    assert "sqlite" in page.text
    assert "0.1.0" in page.text


def score_waiting(admin: Administrator) -> tuple[int, int]:
    learner = admin.classroom.enrol("黄嘉怡")
    with admin.classroom.database.transaction() as session:
        item = line_items.ensure_line_item(
            session,
            course_id=admin.classroom.course.id,
            resource_id="a",
            tag=line_items.GRADE_TAG,
            label="A",
            maximum=Decimal(10),
        )
        score = Score(Decimal(5), Decimal(10), "")
        scores.queue_score(
            session, line_item_id=item.id, person_id=learner.id, score=score, now=START
        )
    return item.id, learner.id


def test_hosted_schools_of_one_issuer_are_told_apart_by_client_id(admin: Administrator) -> None:
    admin.post("platforms/new", **FORM)
    assert admin.post("platforms/new", **(FORM | {"client_id": "def"})).status_code == 303
    assert [each.client_id for each in admin.platforms()][-2:] == ["abc", "def"]


def test_an_invitation_is_shown_once_and_opens_the_registration_page(admin: Administrator) -> None:
    page = admin.post("platforms/invite", school="")
    found = re.search(r'value="https://tool.example(/lti/register/[^"]+)"', page.text)
    assert found is not None
    assert found[1] not in admin.get().text
    assert admin.client.get(found[1]).status_code == 200


def test_an_invitation_into_a_school_that_does_not_exist_is_refused(admin: Administrator) -> None:
    assert admin.post("platforms/invite", school="4711").status_code == 404
    assert admin.post("platforms/invite", school="x").status_code == 422


def test_only_an_administrator_makes_invitations(admin: Administrator, sign_in: SignIn) -> None:
    other = admin.classroom.enrol("周敏二", Role.TEACHER)
    prefix = sign_in(other, Role.REGISTRAR, course=False)
    assert admin.client.post(f"{prefix}/admin/platforms/invite").status_code == 403


def test_a_school_that_an_lms_was_invited_into_can_be_joined_by_its_deployments(
    admin: Administrator,
) -> None:
    admin.post("platforms/new", **FORM)
    with admin.classroom.database.transaction() as session:
        invited = schools.ensure_school(session, "受邀学校")
        invitations.add_invitation(
            session, "token", school_id=invited.id, now=START, expires_at=START
        )
    admin.see_deployment("d2")
    assert f'value="{invited.id}"' in admin.get().text
