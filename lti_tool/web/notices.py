"""The door for notices that a platform sends by itself (Platform Notification Service 1.0).

Its visitors are programs, so it answers in JSON: 200 when every notice of the request was taken
or means nothing here; otherwise 400, with the place and the reason of each that was refused. The
others were taken all the same, and may come again. Not here: what makes a notice genuine
(``lti_tool.lti.notices``), what follows from it (``take_course_copy``).
"""

import structlog
from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from lti_tool.lti.errors import DeploymentWaitingError, LtiError, UnknownPlatformError
from lti_tool.lti.notices import Notice, claimed_sender, read_notice, tokens_in
from lti_tool.persistence import platforms
from lti_tool.persistence.platforms import DeploymentState, Platform
from lti_tool.services.take_course_copy import take_course_copy

from .access import open_to_all
from .wiring import wired

LARGEST_BODY = 1024 * 1024
"""A batch of a hundred notices has about two hundred kilobytes."""

log = structlog.get_logger()
blueprint = Blueprint("notices", __name__)


@blueprint.before_request
def _limit_size() -> None:
    """Refuse more before reading it."""
    request.max_content_length = LARGEST_BODY
    if (request.content_length or 0) > LARGEST_BODY:
        raise RequestEntityTooLarge


@blueprint.post("/lti/notices")
@open_to_all
def take() -> ResponseReturnValue:
    """Take the notices of a request, each by itself."""
    try:
        tokens = tokens_in(request.get_data())
    except LtiError as error:
        return _answer([_refusal(None, error)])
    refused = []
    for place, token in enumerate(tokens):
        try:
            _take(token)
        except LtiError as error:
            refused.append(_refusal(place, error))
    return _answer(refused)


def _take(token: str) -> None:
    """Raises LtiError."""
    wiring = wired()
    now = wiring.clock()
    platform = _sender(token)
    notice = read_notice(token, platform, key_sets=wiring.key_sets, now=now)
    with wiring.database.transaction() as session:
        deployment = platforms.deployment(session, platform.id, notice.deployment)
        if deployment is None or deployment.state is not DeploymentState.APPROVED:
            raise DeploymentWaitingError(platform.name, notice.deployment)
        if notice.copy is None:
            _note(notice, is_new=False)
            return
        is_new = take_course_copy(session, notice.copy, deployment, now=now)
    _note(notice, is_new=is_new)


def _note(notice: Notice, *, is_new: bool) -> None:
    log.info("notice taken", kind=notice.kind, notice=notice.id, new=is_new)


def _sender(token: str) -> Platform:
    """The platform that a token claims to come from. Raises UnknownPlatformError."""
    issuer, client_ids = claimed_sender(token)
    with wired().database.reading() as session:
        known = (platforms.platform_by(session, issuer, each) for each in client_ids)
        found = next((each for each in known if each is not None), None)
    if found is None:
        raise UnknownPlatformError("platform_unknown")
    return found


def _refusal(place: int | None, error: LtiError) -> dict[str, object]:
    log.warning("notice refused", reason=error.reason, detail=error.detail)
    return {"notice": place, "reason": error.reason, "detail": error.detail}


def _answer(refused: list[dict[str, object]]) -> ResponseReturnValue:
    return (jsonify(refused=refused), 400) if refused else (jsonify(refused=[]), 200)
