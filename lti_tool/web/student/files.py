"""The files a student handed in or drafted, as their student sees them. Not here: adding them
(``drafting``)."""

from flask import request
from flask.typing import ResponseReturnValue

from lti_tool.domain.launch import Role
from lti_tool.domain.submission import Evidence
from lti_tool.services.show_assessment import own_file
from lti_tool.web.access import member, reading, requires
from lti_tool.web.evidence_files import send_evidence, send_page, send_preview

from .frame import blueprint


@blueprint.get("/evidence/<evidence_id>")
@requires(Role.STUDENT)
def evidence(evidence_id: str) -> ResponseReturnValue:
    """The file itself."""
    return send_evidence(*_own(evidence_id))


@blueprint.get("/evidence/<evidence_id>/preview")
@requires(Role.STUDENT)
def evidence_preview(evidence_id: str) -> ResponseReturnValue:
    """The words of a text, or a PDF page by page."""
    return send_preview(*_own(evidence_id), request.args.get("page", 1, type=int))


@blueprint.get("/evidence/<evidence_id>/pages/<int:number>")
@requires(Role.STUDENT)
def evidence_page(evidence_id: str, number: int) -> ResponseReturnValue:
    """The picture of a page of a PDF."""
    return send_page(*_own(evidence_id), number)


def _own(evidence_id: str) -> tuple[Evidence, str]:
    with reading() as session:
        return own_file(session, evidence_id, learner_id=member().id, course_id=member().course_id)
