"""Uploads of the student's that are not complete, and how far each is. Not here: taking their parts
(``uploads``)."""

from dataclasses import dataclass

from lti_tool.domain.errors import NotFoundError
from lti_tool.files import Parts
from lti_tool.persistence import uploads
from lti_tool.persistence.uploads import Upload
from lti_tool.web.access import member, reading
from lti_tool.web.wiring import wired


@dataclass(frozen=True, slots=True)
class Arriving:
    """An upload and how many bytes of it have come."""

    upload: Upload
    received: int

    @property
    def percent(self) -> int:
        """How much has come, in whole percent."""
        return self.received * 100 // self.upload.size


def parts() -> Parts:
    """Where the parts of files lie."""
    return Parts(wired().files)


def received(upload: Upload) -> int | None:
    """How many bytes of an upload have come; None where they were swept away."""
    try:
        return parts().received(upload.part_key)
    except NotFoundError:
        return None


def arriving(assessment_id: str) -> tuple[Arriving, ...]:
    """The student's uploads to an assessment that stopped on their way."""
    with reading() as session:
        found = uploads.uploads_of(session, assessment_id, member().id)
    return tuple(Arriving(each, received(each) or 0) for each in found)
