"""Every refusal as a page, in one place: what happened, and what its reader can do.

Views let domain and LTI errors pass; each class is given its status and words here, once.
A request that asks for JSON gets the same words as JSON.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from lti_tool.domain import errors as domain
from lti_tool.domain.standard_draft import BadDraftError
from lti_tool.lti.errors import DeploymentWaitingError, LtiError
from lti_tool.telemetry import measures
from lti_tool.telemetry.tracing import request_id

from .access import SignedOutError
from .limiter import TooManyRequestsError
from .page import Page
from .typed import FIELD

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Words:
    """A refusal in words: status, what happened, what to do."""

    status: int
    title: LazyString
    todo: LazyString


RELOAD = _("Go back and reload the page; what you typed is kept in the form.")
FROM_COURSE = _("Open the activity again from your course page.")
TELL_ADMINISTRATOR = _("Tell your administrator, with the reference below.")

DOMAIN: Mapping[type[domain.DomainError], Words] = {
    domain.UnknownStandardError: Words(404, _("There is no such standard."), FROM_COURSE),
    domain.UnknownRequirementError: Words(400, _("The standard has no such requirement."), RELOAD),
    domain.BadAssessmentError: Words(400, _("The assessment cannot be set up like this."), RELOAD),
    domain.TransitionError: Words(
        409,
        _("This work has moved on: what you asked for is not possible any more."),
        _("Go back and reload the page to see where it stands now."),
    ),
    domain.AttemptsUsedError: Words(
        409, _("You have used all your attempts."), _("Ask your teacher for another attempt.")
    ),
    domain.PastDueError: Words(
        409,
        _("The due time has passed and late work is not accepted."),
        _("Ask your teacher for an extension. Your draft is kept."),
    ),
    domain.EmptySubmissionError: Words(
        400,
        _("There is no evidence yet."),
        _("Add a text, a link or a file first. Your draft is kept."),
    ),
    domain.BadEvidenceError: Words(400, _("This evidence cannot be taken."), RELOAD),
    domain.NotInAssessmentError: Words(
        400, _("This requirement is not part of the assessment."), RELOAD
    ),
    domain.BadCommentError: Words(400, _("This comment cannot be kept like this."), RELOAD),
    domain.BadRatingError: Words(400, _("The rating is incomplete."), RELOAD),
    BadDraftError: Words(400, _("The draft of the standard cannot be changed like this."), RELOAD),
    domain.BadAccessTokenError: Words(400, _("A token cannot be issued like this."), RELOAD),
    domain.NothingToExportError: Words(
        409,
        _("There is nothing to export."),
        _("Go back and choose another filter. Nothing was recorded."),
    ),
    domain.ErasureRefusedError: Words(
        409,
        _("This person cannot be erased now."),
        _("Reload the page to see why. Nothing was changed."),
    ),
    domain.ReasonMissingError: Words(400, _("A reason is needed."), RELOAD),
    domain.ReviewRefusedError: Words(
        409,
        _("The review cannot be asked for or answered like this."),
        _("Reload the page to see where it stands now."),
    ),
    domain.SecondMarkingRefusedError: Words(
        409,
        _("This work is marked a second time: what you asked for is not possible now."),
        _("Reload the page to see where it stands now."),
    ),
    domain.BadPeerPlanError: Words(400, _("Peer rating cannot be set up like this."), RELOAD),
    domain.PeerRefusedError: Words(
        409,
        _("This cannot be done in peer rating now."),
        _("Go back and reload the page to see where it stands now."),
    ),
    domain.StaleRatingError: Words(
        409,
        _("Somebody else has rated this requirement meanwhile."),
        _("Reload the page to see their rating, then decide. Nothing was overwritten."),
    ),
    domain.StaleFormError: Words(
        409,
        _("This was changed in another window meanwhile."),
        _("Reload the page and try again. Nothing was overwritten."),
    ),
    domain.NotAllowedError: Words(
        403, _("Your role does not allow this."), _("Ask your teacher or administrator.")
    ),
    domain.NotFoundError: Words(404, _("There is nothing here that you may see."), FROM_COURSE),
    domain.NotMetError: Words(
        409,
        _("The rule for this level is not met, so it cannot be signed off."),
        _("Reload the page to see what is missing."),
    ),
    domain.NotSignedOffError: Words(
        409, _("No sign-off is in force."), _("Reload the page to see where it stands.")
    ),
}

LTI: Mapping[str, Words] = {
    "platform_unknown": Words(
        400,
        _("This LMS is not connected to the tool."),
        _("The administrator connects it with its issuer and client ID."),
    ),
    "platform_ambiguous": Words(
        400,
        _("The LMS did not say which of its registrations it means."),
        _("The LMS must send its client ID with the login. Tell your administrator."),
    ),
    "platform_refused": Words(
        400,
        _("The LMS did not confirm who you are."),
        _("Sign in to the LMS again, then open the activity from your course page."),
    ),
    "deployment_waiting": Words(
        403,
        _("This course's LMS is waiting for approval."),
        _("The administrator approves this deployment once; then open the activity again."),
    ),
    "state_used": Words(400, _("This launch was used already."), FROM_COURSE),
    "state_expired": Words(400, _("The launch took too long."), FROM_COURSE),
    "keys_unreachable": Words(
        424,  # no 502: a proxy would put its own page in place of this one
        _("The LMS's keys could not be read."),
        _("Try again in a minute. If it stays so, tell your administrator."),
    ),
    "target_changed": Words(400, _("The launch was changed on its way."), FROM_COURSE),
    "deployment_changed": Words(400, _("The launch was changed on its way."), FROM_COURSE),
    "token_too_large": Words(413, _("The launch cannot be trusted."), TELL_ADMINISTRATOR),
}
LOGIN_FAILED = Words(400, _("The launch from the LMS could not be completed."), FROM_COURSE)
CLAIM_WRONG = Words(400, _("The LMS sent an incomplete or invalid launch."), TELL_ADMINISTRATOR)
TOKEN_WRONG = Words(400, _("The launch cannot be trusted."), TELL_ADMINISTRATOR)

HTTP: Mapping[int, Words] = {
    400: Words(400, _("The request could not be read."), RELOAD),
    404: Words(404, _("There is no such page."), FROM_COURSE),
    405: Words(405, _("This page cannot be called like this."), FROM_COURSE),
    413: Words(413, _("This is too large."), _("Choose a smaller file and try again.")),
}
SIGNED_OUT = Words(401, _("Your session has ended."), FROM_COURSE)
SIGNED_OUT_TYPING = Words(
    401,
    SIGNED_OUT.title,
    _("Open the activity again from your course page. What you typed is kept."),
)
BROKEN = Words(
    500, _("Something went wrong on our side."), _("Nothing was lost. Try again in a minute.")
)


def init_errors(app: Flask) -> None:
    """Turn every error that a view lets pass into its page."""
    app.register_error_handler(domain.DomainError, _domain_page)
    app.register_error_handler(LtiError, _lti_page)
    app.register_error_handler(SignedOutError, _signed_out_page)
    app.register_error_handler(TooManyRequestsError, _limited_page)
    app.register_error_handler(CSRFError, _signed_out_page)
    app.register_error_handler(HTTPException, _http_page)
    app.register_error_handler(Exception, _broken_page)


def _signed_out_page(_error: Exception) -> Response:
    """A script, and a form with a mark, keep what was typed (``typed``)."""
    return _page(SIGNED_OUT_TYPING if _wants_json() or FIELD in request.form else SIGNED_OUT)


def _domain_page(error: domain.DomainError) -> Response:
    return _page(DOMAIN.get(type(error), HTTP[400]))


def _lti_page(error: LtiError) -> Response:
    words = LTI.get(error.reason)
    if words is None:
        groups = (("claim_", CLAIM_WRONG), ("message_", CLAIM_WRONG), ("token_", TOKEN_WRONG))
        found = (group for prefix, group in groups if error.reason.startswith(prefix))
        words = next(found, LOGIN_FAILED)
    detail = f"{error.reason} {error.detail}".strip()
    if isinstance(error, DeploymentWaitingError):
        detail = error.deployment_id
    log.warning("launch refused", reason=error.reason, detail=error.detail)
    measures.REFUSALS.labels(error.reason).inc()
    return _page(words, detail=detail)


def _limited_page(error: TooManyRequestsError) -> Response:
    wait = _("Wait %(seconds)s seconds, then try again. Nothing was lost.", seconds=error.seconds)
    words = Words(429, _("This was asked for too often in a short time."), wait)
    log.warning("limited", limit=error.limit.name, seconds=error.seconds)
    response = _page(words)
    response.headers["Retry-After"] = str(error.seconds)
    return response


def _http_page(error: HTTPException) -> Response:
    code = error.code or 500
    known = HTTP.get(code, HTTP[400] if code < 500 else BROKEN)
    response = _page(Words(code, known.title, known.todo))
    allowed = error.get_response().headers.get("Allow")
    if allowed:
        response.headers["Allow"] = allowed
    return response


def _broken_page(error: Exception) -> Response:
    log.error("request failed", page=request.endpoint, exc_info=error)
    return _page(BROKEN, reference=request_id() or "")


def _page(words: Words, *, detail: str = "", reference: str = "") -> Response:
    if _wants_json():
        told = {"title": str(words.title), "todo": str(words.todo), "reference": reference}
        return make_response(jsonify(told), words.status)
    body = render_template(
        "error.html",
        page=Page(switch_language=False),
        title=words.title,
        todo=words.todo,
        detail=detail,
        reference=reference,
    )
    return make_response(body, words.status)


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"
