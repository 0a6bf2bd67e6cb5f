"""Papers about one learner: a signed credential of a level, a transcript of all levels.

Each is kept as an export under a verification code. Not here: the list of exports (``exports``),
the page that says whether a paper holds (``lti_tool.web.verify``).
"""

from flask import Response, redirect, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.exported import ExportContent, ExportKind, verification_code
from lti_tool.domain.launch import Role
from lti_tool.exchange.credentials import (
    CredentialAddresses,
    ensure_issuer_key,
    open_badge,
    signed,
)
from lti_tool.exchange.outcomes import objectives
from lti_tool.persistence.exports import Export
from lti_tool.persistence.papers import Paper, paper_of_export
from lti_tool.services.export_outcomes import (
    Manner,
    draw_credential,
    draw_transcript,
    keep_paper,
)
from lti_tool.services.show_exports import open_export
from lti_tool.web.access import member, reading, requires, working
from lti_tool.web.localisation import language
from lti_tool.web.wiring import wired

from .frame import blueprint

JWT = "application/vc+jwt"
"""W3C, Securing Verifiable Credentials using JOSE and COSE, section 6.1.1."""


@blueprint.post("/learners/<int:learner_id>/<standard_id>/<level>/credential")
@requires(Role.REGISTRAR)
def issue_credential(learner_id: int, standard_id: str, level: str) -> ResponseReturnValue:
    """Sign a credential of a level that is signed off, with the school's key."""
    wiring, school_id = wired(), member().school_id
    with reading() as session:
        drawn = draw_credential(
            session,
            wiring.catalogue,
            standard_id,
            level,
            _manner(),
            learner_id=learner_id,
            school_id=school_id,
        )
    code, addresses = verification_code(wiring.new_id()), _addresses()
    credential = open_badge(drawn, code, wiring.new_id(), addresses)
    with working() as work:
        key = ensure_issuer_key(work.session, wiring.cipher, school_id=school_id, now=work.now)
        export = keep_paper(
            work,
            drawn.content,
            ExportKind.CREDENTIAL,
            code,
            school_id=school_id,
            signed=signed(credential, key, addresses),
        )
    return redirect(url_for("registrar.export", export_id=export.id), 303)


@blueprint.post("/learners/<int:learner_id>/<standard_id>/transcript")
@requires(Role.REGISTRAR)
def issue_transcript(learner_id: int, standard_id: str) -> ResponseReturnValue:
    """Keep a transcript as things stand now."""
    wiring, school_id = wired(), member().school_id
    with reading() as session:
        content = draw_transcript(
            session,
            wiring.catalogue,
            standard_id,
            _manner(),
            learner_id=learner_id,
            school_id=school_id,
            now=wiring.clock(),
        )
    code = verification_code(wiring.new_id())
    with working() as work:
        kind = ExportKind.TRANSCRIPT
        export = keep_paper(work, content, kind, code, school_id=school_id)
    return redirect(url_for("registrar.transcript", export_id=export.id), 303)


@blueprint.get("/exports/<export_id>/credential")
@requires(Role.REGISTRAR)
def credential(export_id: str) -> ResponseReturnValue:
    """The signed credential as it was kept."""
    export, _, paper = _opened(export_id, ExportKind.CREDENTIAL)
    _note(export)
    answer = Response(paper.signed, content_type=JWT)
    answer.headers["Content-Disposition"] = f'attachment; filename="credential-{paper.code}.jwt"'
    return answer


def _opened(export_id: str, kind: ExportKind) -> tuple[Export, ExportContent, Paper]:
    """A paper of the school, its export and content. Raises NotFoundError, also for one of another
    kind."""
    with reading() as session:
        export, content = open_export(session, export_id, school_id=member().school_id)
        if export.kind is not kind:
            raise NotFoundError
        return export, content, paper_of_export(session, export.id)


def _note(export: Export) -> None:
    with working() as work:
        work.note("take_export", f"export:{export.id}")


def _manner() -> Manner:
    return Manner(language(), wired().zone.key, objectives)


def _addresses() -> CredentialAddresses:
    return CredentialAddresses(wired().address.base_url.rstrip("/"))
