"""A student sends a file in parts: begins the upload, finds it again after a lost connection or in
a new session, gives it up. A complete file becomes evidence by ``draft_submission``.
"""

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import BadEvidenceError
from lti_tool.domain.submission import MAX_EVIDENCE
from lti_tool.persistence import uploads
from lti_tool.persistence.uploads import Upload

from .work import Work


def upload_under_way(work: Work, assessment: Assessment, name: str, size: int) -> Upload | None:
    """The actor's unfinished upload of a file of this name and size; None where there is none."""
    found = uploads.uploads_of(work.session, assessment.id, work.actor_id)
    return next((each for each in found if (each.name, each.size) == (name, size)), None)


def begin_upload(
    work: Work, assessment: Assessment, *, name: str, size: int, part_key: str
) -> Upload:
    """Note a file that is to come in parts, kept under ``part_key``.

    Raises BadEvidenceError ``too_many`` where more uploads than an attempt has places are under
    way already.
    """
    found = uploads.uploads_of(work.session, assessment.id, work.actor_id)
    if len(found) >= MAX_EVIDENCE:
        raise BadEvidenceError("too_many", str(MAX_EVIDENCE))
    upload = Upload(
        id=work.new_id(),
        assessment_id=assessment.id,
        learner_id=work.actor_id,
        name=name,
        size=size,
        part_key=part_key,
        begun_at=work.now,
    )
    uploads.add_upload(work.session, upload)
    return upload
