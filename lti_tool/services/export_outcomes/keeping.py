"""An export is kept, so that the very same can be handed out again; with who made it."""

from collections.abc import Mapping

from lti_tool.domain.errors import NothingToExportError
from lti_tool.domain.exported import ExportContent, ExportKind
from lti_tool.persistence import exports, papers
from lti_tool.persistence.exports import Export
from lti_tool.persistence.papers import Paper
from lti_tool.services.work import Work


def keep_export(
    work: Work,
    content: ExportContent,
    kind: ExportKind,
    asked: Mapping[str, str],
    *,
    school_id: int,
) -> Export:
    """Keep an export, and who made it. ``asked`` is its filter by parameters.

    Raises NothingToExportError where there is no line in it.
    """
    if not content.lines:
        raise NothingToExportError
    export = Export(
        id=work.new_id(),
        school_id=school_id,
        standard_id=content.facts.standard_id,
        kind=kind,
        asked=exports.without_standard(asked),
        lines=len(content.lines),
        digest=content.digest,
        made_by=work.actor_id,
        made_at=work.now,
    )
    exports.add_export(work.session, export, content)
    said = f"{kind.value} {export.lines} {export.digest}"
    work.note("export", f"export:{export.id}", said)
    return export


def note_taken(work: Work, export: Export, digest: str) -> bool:
    """Write down that a list's file was handed out, and the digest (SHA-256) of its first; returns
    whether it was the very same as then."""
    same = export.file_digest in (None, digest)
    exports.note_file(work.session, export.id, digest)
    work.note("take_export", f"export:{export.id}", digest if same else f"differs {digest}")
    return same


def keep_paper(
    work: Work,
    content: ExportContent,
    kind: ExportKind,
    code: str,
    *,
    school_id: int,
    signed: str = "",
) -> Export:
    """Keep a paper about one learner under its verification code; ``signed`` is the credential
    itself, empty for a transcript.

    Raises NothingToExportError where there is no level in it.
    """
    export = keep_export(work, content, kind, {}, school_id=school_id)
    papers.add_paper(
        work.session,
        Paper(
            code=code,
            export_id=export.id,
            school_id=school_id,
            learner_id=content.lines[0].holder.learner_id,
            standard_id=content.facts.standard_id,
            issued_at=work.now,
            signed=signed,
        ),
    )
    return export
