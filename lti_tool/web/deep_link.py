"""Answers a deep linking request: a page that posts the signed answer back to the LMS."""

from collections.abc import Sequence
from typing import cast

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.launch import DeepLinking
from lti_tool.lti.deep_linking import Link, LinkColumn, deep_linking_answer
from lti_tool.lti.keys import ensure_signing_key
from lti_tool.lti.urls import origin
from lti_tool.persistence import platforms
from lti_tool.persistence.database import Session
from lti_tool.persistence.line_items import GRADE_TAG
from lti_tool.services.enter_from_launch import ASSESSMENT_FIELD, HISTORY_FIELD

from .access import member
from .page import Page
from .security import allow_form_target
from .wiring import wired

REQUEST = "deep_linking"


def is_asked() -> bool:
    """Whether this session began with a deep linking request."""
    return REQUEST in member().data


def answer(assessment: Assessment) -> ResponseReturnValue:
    """Put a link to the assessment into the course. Raises NotFoundError when nobody asked."""
    link = Link(
        title=assessment.title,
        url=wired().address.launch_url,
        custom={ASSESSMENT_FIELD: assessment.id, HISTORY_FIELD: "$Context.id.history"},
        column=LinkColumn(assessment.points, assessment.title, assessment.id, GRADE_TAG),
    )
    return _page([link])


def cancel() -> ResponseReturnValue:
    """Go back to the course with nothing chosen. Raises NotFoundError when nobody asked."""
    return _page([])


def _page(links: Sequence[Link]) -> ResponseReturnValue:
    wiring = wired()
    with wiring.database.transaction() as session:
        request, platform, deployment = _request(session)
        filled = deep_linking_answer(
            request,
            links,
            platform=platform,
            deployment=deployment,
            key=ensure_signing_key(session, wiring.cipher, now=wiring.clock()),
            now=wiring.clock(),
            token=wiring.new_id,
            allow_loopback=wiring.allow_loopback,
        )
    allow_form_target(origin(filled.action))
    return render_template(
        "deep_link.html",
        page=Page(switch_language=False),
        action=filled.action,
        fields=filled.fields,
        chosen=links,
        script=url_for("static", filename="post_back.js"),
    )


def _request(session: Session) -> tuple[DeepLinking, platforms.Platform, str]:
    told = cast("dict[str, object] | None", member().data.get(REQUEST))
    if told is None:
        raise NotFoundError
    deployment = platforms.deployment_by_id(session, cast("int", told["deployment_id"]))
    if deployment is None:
        raise NotFoundError
    platform = platforms.platform(session, deployment.platform_id)
    if platform is None:
        raise NotFoundError
    request = DeepLinking(
        return_url=str(told["return_url"]),
        accept_multiple=False,
        accept_line_item=bool(told["accept_line_item"]),
        data=cast("str | None", told["data"]),
    )
    return request, platform, deployment.deployment_id
