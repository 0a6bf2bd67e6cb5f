"""The front doors: login and launch from an LMS, access links, our key set.

Here a verified launch becomes a session and a redirect to the page it is about. Not here: what
makes a launch genuine (``lti_tool.lti``), whose browser it came with (``launch_browser``).
"""

import secrets
from datetime import datetime, timedelta

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from lti_tool.domain.errors import NotAllowedError
from lti_tool.domain.launch import Launch, MessageType, Role
from lti_tool.lti.errors import DeploymentWaitingError
from lti_tool.lti.keys import ensure_signing_key, key_set, published_keys
from lti_tool.lti.launch import (
    VerifiedLaunch,
    admit_launch,
    note_launch,
    open_launch,
    verify_launch,
)
from lti_tool.lti.login import begin_login
from lti_tool.lti.profiles import without_stand_in
from lti_tool.persistence import access_links, people, sessions
from lti_tool.persistence.database import Session
from lti_tool.persistence.known_entries import NewSession
from lti_tool.persistence.platforms import DeploymentState
from lti_tool.persistence.sessions import SignedIn
from lti_tool.services.enter_from_launch import Entry, enter_again, enter_from_launch
from lti_tool.services.find_review import submission_to_review

from .access import SignedOutError, open_to_all
from .launch_browser import confirm_page, fetch_page, proof_of, send_on
from .launch_nameless import is_nameless, nameless_page
from .limits import count_launch, count_login
from .page import Page
from .preferences import LANGUAGE
from .wiring import wired

LARGEST_FORM = 128 * 1024
SESSION_HOURS = timedelta(hours=8)

blueprint = Blueprint("launch", __name__)


@blueprint.before_request
def _limit_size() -> None:
    """An LTI message is a few kilobytes; refuse more before reading it."""
    request.max_content_length = LARGEST_FORM
    if (request.content_length or 0) > LARGEST_FORM:
        raise RequestEntityTooLarge


@blueprint.route("/lti/login", methods=["GET", "POST"])
@open_to_all
def login() -> ResponseReturnValue:
    """Start a launch: keep its state, send the browser on to the LMS."""
    wiring = wired()
    secret = secrets.token_urlsafe(32)
    parameters = request.values.to_dict()
    count_login(parameters)
    onward = begin_login(
        wiring.database.at_once,
        parameters,
        address=wiring.address,
        now=wiring.clock(),
        token=lambda: secrets.token_urlsafe(32),
        browser=secret,
    )
    return send_on(onward, secret, parameters)


@blueprint.post("/lti/launch")
@open_to_all
def launch() -> ResponseReturnValue:
    """Finish a launch: verify it, and that its browser began it; note who came, open a session,
    show the page."""
    wiring = wired()
    now = wiring.clock()
    form = request.form.to_dict()
    proof = proof_of(form)
    arrival = open_launch(
        wiring.database.at_once,
        form,
        browser=proof.secret,
        confirmed=proof.seen is not None,
        now=now,
    )
    verified = verify_launch(
        arrival,
        key_sets=wiring.key_sets,
        now=proof.seen or now,
        nameless_allowed=wiring.allow_nameless,
    )
    if is_nameless(verified):
        return nameless_page(verified)
    if not arrival.browser_proven:
        return confirm_page(verified, form, now) if proof.asked else fetch_page(arrival, form)
    count_launch(verified.platform.id, verified.launch.person.sub)
    return _entered_again(verified, now) or _entered_anew(verified, now)


def _entered_again(verified: VerifiedLaunch, now: datetime) -> ResponseReturnValue | None:
    """The first page of somebody who comes back with nothing new; None for everybody else."""
    message = without_stand_in(verified.launch)
    token = secrets.token_urlsafe(32)
    opening = NewSession(token, message.roles, _kept(message), now, now + SESSION_HOURS)
    at_once = wired().database.at_once
    known = enter_again(at_once, message, verified.platform, verified.deployment, opening)
    if known is None:
        return None
    return redirect(_first_page(message, token, known.assessment_id, in_link=True), 303)


def _entered_anew(verified: VerifiedLaunch, now: datetime) -> ResponseReturnValue:
    """Note who came from where, and show their first page. Raises DeploymentWaitingError."""
    with wired().database.transaction() as session:
        deployment = note_launch(session, verified, now=now)
        approved = deployment.state is DeploymentState.APPROVED
        page = _entered(session, admit_launch(verified, deployment), now) if approved else None
    if page is None:
        raise DeploymentWaitingError(verified.platform.name, verified.deployment)
    return page


def _entered(session: Session, message: Launch, now: datetime) -> ResponseReturnValue:
    """Open the session of a launch that is let in, and show its first page."""
    if message.message_type is MessageType.DEEP_LINKING and Role.TEACHER not in message.roles:
        raise NotAllowedError
    if message.message_type is MessageType.DATA_PRIVACY:
        return _notice("privacy")
    if message.context is None and Role.REGISTRAR not in message.roles:
        return _notice("no_course")
    token = secrets.token_urlsafe(32)
    message = without_stand_in(message)
    entry = enter_from_launch(session, message, now=now, new_id=wired().new_id)
    reviewed = _reviewed(session, message, entry)
    sessions.open_session(
        session,
        token,
        _signed_in(message, entry),
        now=now,
        expires_at=now + SESSION_HOURS,
    )
    if reviewed is not None:
        return redirect(_review_page(message, entry, reviewed, token), 303)
    in_link = entry.link is not None
    return redirect(_first_page(message, token, entry.assessment_id, in_link=in_link), 303)


@blueprint.get("/lti/launch")
@open_to_all
def launch_by_hand() -> ResponseReturnValue:
    """Somebody opened the launch address itself: say where to open the tool from."""
    return _notice("by_hand")


@blueprint.get("/lti/jwks")
@open_to_all
def jwks() -> ResponseReturnValue:
    """Our public keys, for platforms to verify what we sign."""
    wiring = wired()
    with wiring.database.transaction() as session:
        now = wiring.clock()
        ensure_signing_key(session, wiring.cipher, now=now)
        keys = key_set(published_keys(session, wiring.cipher, now=now))
    response = jsonify(keys)
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@blueprint.get("/enter/<token>")
@open_to_all
def enter(token: str) -> ResponseReturnValue:
    """Let a registrar or an administrator in by the link they were given."""
    wiring = wired()
    now = wiring.clock()
    fresh = secrets.token_urlsafe(32)
    with wiring.database.transaction() as session:
        link = access_links.access_link(session, token, now=now)
        if link is None:
            raise SignedOutError
        person = people.account(session, link.person_id)
        sessions.open_session(
            session,
            fresh,
            SignedIn(person.id, person.school_id, None, frozenset({link.role}), {}),
            now=now,
            expires_at=now + SESSION_HOURS,
        )
    page = "registrar.outcomes" if link.role is Role.REGISTRAR else "admin.platforms"
    return redirect(url_for(page, session_token=fresh), 303)


def _notice(kind: str) -> str:
    """A page without a session. A launch without a course is a good one (LTI 1.3 core, 5.4.1),
    only there is nothing to assess in it."""
    return render_template("notice.html", page=Page(switch_language=False), kind=kind)


def _kept(message: Launch) -> dict[str, object]:
    """What pages keep of every launch."""
    data: dict[str, object] = {"platform_id": message.platform_id}
    if message.locale is not None:
        data[LANGUAGE] = message.locale
    return data


def _signed_in(message: Launch, entry: Entry) -> SignedIn:
    data = _kept(message)
    if entry.link is not None:
        data["link_id"] = entry.link.id
    if entry.copy_of is not None:
        data["copy_of"] = entry.copy_of
    if message.deep_linking is not None:
        data["deep_linking"] = {
            "return_url": message.deep_linking.return_url,
            "accept_line_item": message.deep_linking.accept_line_item,
            "accept_multiple": message.deep_linking.accept_multiple,
            "accept_links": message.deep_linking.accept_links,
            "data": message.deep_linking.data,
            "deployment_id": message.deployment_id,
        }
    course_id = entry.course.id if entry.course is not None else None
    return SignedIn(entry.account.id, entry.school_id, course_id, message.roles, data)


def _reviewed(session: Session, message: Launch, entry: Entry) -> str | None:
    """The work that a submission review is about; None in other launches and where there is none.

    Raises NotAllowedError for a student who asks for another's.
    """
    if message.for_user is None or entry.course is None or entry.assessment_id is None:
        return None
    return submission_to_review(
        session,
        entry.assessment_id,
        course=entry.course,
        viewer=entry.account,
        roles=message.roles,
        for_user=message.for_user,
    )


def _review_page(message: Launch, entry: Entry, submission_id: str, token: str) -> str:
    if Role.TEACHER in message.roles:
        return url_for("teacher.rate", submission_id=submission_id, session_token=token)
    return url_for("student.feedback", assessment_id=entry.assessment_id, session_token=token)


def _first_page(message: Launch, token: str, assessment_id: str | None, *, in_link: bool) -> str:
    """What this person came for: teachers work, students the assessment, registrars outcomes."""
    if Role.REGISTRAR in message.roles and assessment_id is None:
        # Moodle 4.5 calls its administrators Instructor, too: what they follow decides.
        return url_for("registrar.outcomes", session_token=token)
    if Role.TEACHER in message.roles:
        return _teachers_page(message, token, assessment_id, in_link=in_link)
    if assessment_id is not None:
        return url_for("student.assessment", assessment_id=assessment_id, session_token=token)
    return url_for("student.not_set_up" if in_link else "student.progress", session_token=token)


def _teachers_page(message: Launch, token: str, assessment_id: str | None, *, in_link: bool) -> str:
    if assessment_id is not None:
        return url_for("teacher.queue", assessment_id=assessment_id, session_token=token)
    choosing = in_link or message.message_type is MessageType.DEEP_LINKING
    return url_for("teacher.choose" if choosing else "teacher.home", session_token=token)
