"""Files in parts, for a script: begin, send a part, ask how far it is, complete, give up.

A connection may be lost at any point, a page reloaded, a session ended: whoever begins an upload of
a file of the same name and size goes on where it stopped. Without a script a file comes as one form
(``drafting``).

Not here: what lies where until then (``lti_tool.files.parts``).
"""

from flask import Response, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import (
    AttemptsUsedError,
    BadEvidenceError,
    NotFoundError,
    StaleFormError,
    TransitionError,
)
from lti_tool.domain.launch import Role
from lti_tool.files import KeptFile
from lti_tool.files.names import clean_name
from lti_tool.persistence import assessments, submissions, uploads
from lti_tool.persistence.uploads import Upload
from lti_tool.services.draft_submission import begin_attempt
from lti_tool.services.upload_file import begin_upload, upload_under_way
from lti_tool.services.work import Work
from lti_tool.web.access import member, reading, requires, working
from lti_tool.web.forms import FormError, text, whole_number
from lti_tool.web.wiring import wired

from .arriving import parts, received
from .assessment import PAGE, Problem, asked, assessment_page
from .drafting import add_file, back, saved
from .frame import blueprint
from .words import refused_evidence, sentence

PART = 4 * 1024 * 1024
"""The most that one part may hold; the script sends less."""
LARGEST = 2**53
MAX_NAME = 1000


@blueprint.post("/assessments/<assessment_id>/uploads")
@requires(Role.STUDENT)
def begin_file(assessment_id: str) -> ResponseReturnValue:
    """Where to send the parts of a file, and from which byte on."""
    name = request.form.get("name", "")
    try:
        text("name", MAX_NAME, required=True)
        size = whole_number("size", least=0, most=LARGEST) or 0
        with working() as work:
            upload = _begun(work, assessment_id, name, size)
    except BadEvidenceError as error:
        return jsonify(title=refused_evidence(error, name), todo=""), 422
    except FormError as error:
        return jsonify(title=error.message, todo=""), 422
    except (TransitionError, AttemptsUsedError) as closed:
        return jsonify(title=sentence(closed), todo=""), 409
    return _told(upload), 201


@blueprint.get("/uploads/<upload_id>")
@requires(Role.STUDENT)
def file_so_far(upload_id: str) -> ResponseReturnValue:
    """From which byte on the file is still to come."""
    return _told(_own(upload_id))


@blueprint.post("/uploads/<upload_id>/parts")
@requires(Role.STUDENT)
def file_part(upload_id: str) -> ResponseReturnValue:
    """Take a part that belongs at ``offset``, and say from which byte on the next one is due."""
    request.max_content_length = PART
    upload = _own(upload_id)
    offset = request.args.get("offset", -1, type=int)
    try:
        parts().write(upload.part_key, offset, request.stream, most=upload.size)
    except BadEvidenceError as error:
        return jsonify(title=refused_evidence(error, upload.name), todo=""), 422
    return _told(upload)


@blueprint.post("/uploads/<upload_id>/complete")
@requires(Role.STUDENT)
def complete_file(upload_id: str) -> ResponseReturnValue:
    """Make evidence of a file of which everything has come; twice is once."""
    try:
        upload = _own(upload_id)
        kept = _completed(upload)
    except NotFoundError:
        return back(_assessment_of_piece(upload_id), upload_id)
    except BadEvidenceError as error:
        return _refused(upload, error)
    try:
        saved(lambda work: _add(work, upload, kept))
    except BadEvidenceError as error:
        wired().files.discard(kept.storage_key)
        return _refused(upload, error)
    except (TransitionError, AttemptsUsedError, StaleFormError) as closed:
        wired().files.discard(kept.storage_key)
        return assessment_page(upload.assessment_id, Problem("main", sentence(closed)), status=409)
    return back(upload.assessment_id, upload.id)


@blueprint.post("/uploads/<upload_id>/discard")
@requires(Role.STUDENT)
def discard_file(upload_id: str) -> ResponseReturnValue:
    """Give an upload up."""
    upload = _own(upload_id)
    _forget(upload)
    return redirect(url_for(PAGE, assessment_id=upload.assessment_id, _anchor="evidence"), 303)


def _begun(work: Work, assessment_id: str, name: str, size: int) -> Upload:
    """The upload of this file that was begun before, or a new one."""
    assessment = asked(work, assessment_id)
    begin_attempt(work, assessment)
    before = upload_under_way(work, assessment, clean_name(name), size)
    if before is not None and received(before) is not None:
        return before
    if before is not None:
        uploads.remove_upload(work.session, before.id)
    key, shown = parts().begin(name, size)
    return begin_upload(work, assessment, name=shown, size=size, part_key=key)


def _completed(upload: Upload) -> KeptFile:
    """The file, checked and kept. Raises BadEvidenceError ``incomplete`` while parts are missing;
    NotFoundError when it was completed already."""
    if parts().received(upload.part_key) != upload.size:
        raise BadEvidenceError("incomplete")
    return parts().complete(upload.part_key, upload.name)


def _add(work: Work, upload: Upload, kept: KeptFile) -> str:
    added = add_file(work, asked(work, upload.assessment_id), kept, piece_id=upload.id)
    uploads.remove_upload(work.session, upload.id)
    return added


def _refused(upload: Upload, error: BadEvidenceError) -> ResponseReturnValue:
    """What is refused for its content is not worth keeping; what is incomplete is."""
    if error.reason != "incomplete":
        _forget(upload)
    problem = Problem("files", refused_evidence(error, upload.name))
    return assessment_page(upload.assessment_id, problem, status=422)


def _forget(upload: Upload) -> None:
    with working() as work:
        uploads.remove_upload(work.session, upload.id)
    parts().drop(upload.part_key)


def _own(upload_id: str) -> Upload:
    """The student's own upload. Raises NotFoundError."""
    with reading() as session:
        upload = uploads.upload_of(session, upload_id, learner_id=member().id)
        assessments.assessment(session, upload.assessment_id, course_id=member().course_id)
    return upload


def _assessment_of_piece(evidence_id: str) -> str:
    """The assessment that a completed upload is evidence in. Raises NotFoundError."""
    with reading() as session:
        submission = submissions.submission_with(session, evidence_id)
    if submission.learner_id != member().id:
        raise NotFoundError
    return submission.assessment_id


def _told(upload: Upload) -> Response:
    where = {
        each: url_for(f"student.{name}", upload_id=upload.id)
        for each, name in (
            ("self", "file_so_far"),
            ("parts", "file_part"),
            ("complete", "complete_file"),
            ("discard", "discard_file"),
        )
    }
    return jsonify({**where, "offset": received(upload) or 0})
