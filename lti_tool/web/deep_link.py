"""Answers a deep linking request: a page that posts the signed answer back to the LMS."""

from collections.abc import Sequence
from typing import cast

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.launch import DeepLinking
from lti_tool.lti.deep_linking import Link, LinkColumn, Reply, deep_linking_answer
from lti_tool.lti.keys import ensure_signing_key
from lti_tool.lti.urls import origin
from lti_tool.persistence import courses, platforms
from lti_tool.persistence.database import Session
from lti_tool.persistence.line_items import GRADE_TAG, LineItem
from lti_tool.services.enter_from_launch import ASSESSMENT_FIELD, HISTORY_FIELD
from lti_tool.services.standing import ensure_grade_item

from .access import member
from .localisation import gettext
from .page import Page
from .security import allow_form_target
from .wiring import wired

REQUEST = "deep_linking"


def is_asked() -> bool:
    """Whether this session began with a deep linking request."""
    return REQUEST in member().data


def takes_several() -> bool:
    """Whether more than one link may be put into the course."""
    told = cast("dict[str, object]", member().data.get(REQUEST, {}))
    return bool(told.get("accept_multiple"))


def takes_links() -> bool:
    """Whether a link to this tool is among the things that were asked for."""
    told = cast("dict[str, object]", member().data.get(REQUEST, {}))
    return bool(told.get("accept_links", True))


def answer(chosen: Sequence[Assessment]) -> ResponseReturnValue:
    """Put a link to each assessment into the course. Raises NotFoundError when nobody asked,
    DeepLinkingError for more links than the LMS takes."""
    with wired().database.transaction() as session:
        course = courses.course(session, member().course_id)
        links = [_link(each, ensure_grade_item(session, each, course)) for each in chosen]
    titles = "、".join(each.title for each in chosen)
    return _page(Reply(links, message=gettext("Inserted: %(titles)s", titles=titles)))


def cancel() -> ResponseReturnValue:
    """Go back to the course with nothing chosen. Raises NotFoundError when nobody asked."""
    return _page(Reply(log="cancelled by the teacher"))


def refuse() -> ResponseReturnValue:
    """Go back to the course: it asked for something else than links to this tool."""
    words = gettext("This tool offers activities only; the LMS asked for something else here.")
    return _page(Reply(error=words, error_log="ltiResourceLink is not among accept_types"))


def _link(assessment: Assessment, item: LineItem) -> Link:
    """A link without a column where the gradebook has the assessment's already: a second one with
    the same resource id would stay empty."""
    column = LinkColumn(assessment.points, assessment.title, item.resource_id, GRADE_TAG)
    return Link(
        title=assessment.title,
        url=wired().address.launch_url,
        custom={ASSESSMENT_FIELD: assessment.id, HISTORY_FIELD: "$Context.id.history"},
        column=column if item.url is None else None,
        due_at=assessment.due_at,
    )


def _page(reply: Reply) -> ResponseReturnValue:
    wiring = wired()
    with wiring.database.transaction() as session:
        request, platform, deployment = _request(session)
        filled = deep_linking_answer(
            request,
            reply,
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
        chosen=reply.links,
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
        accept_multiple=bool(told.get("accept_multiple")),
        accept_line_item=bool(told["accept_line_item"]),
        data=cast("str | None", told["data"]),
    )
    return request, platform, deployment.deployment_id
