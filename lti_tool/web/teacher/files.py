"""The files that were handed in, as raters see them. Not here: the work around them (``rate``)."""

from flask import request
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.launch import Role
from lti_tool.domain.submission import Evidence
from lti_tool.services.show_work import evidence_to_show
from lti_tool.web.access import member, reading, requires
from lti_tool.web.evidence_files import send_evidence, send_page, send_preview

from .frame import blueprint


@blueprint.get("/evidence/<evidence_id>")
@requires(Role.TEACHER)
def evidence_file(evidence_id: str) -> ResponseReturnValue:
    """The file itself."""
    return send_evidence(*_handed_in(evidence_id))


@blueprint.get("/evidence/<evidence_id>/preview")
@requires(Role.TEACHER)
def evidence_preview(evidence_id: str) -> ResponseReturnValue:
    """The words of a text, or a PDF page by page."""
    return send_preview(*_handed_in(evidence_id), request.args.get("page", 1, type=int))


@blueprint.get("/evidence/<evidence_id>/pages/<int:number>")
@requires(Role.TEACHER)
def evidence_page(evidence_id: str, number: int) -> ResponseReturnValue:
    """The picture of a page of a PDF."""
    return send_page(*_handed_in(evidence_id), number)


def _handed_in(evidence_id: str) -> tuple[Evidence, str]:
    with reading() as session:
        piece, key = evidence_to_show(session, evidence_id, course_id=member().course_id)
    if key is None:
        raise NotFoundError
    return piece, key
