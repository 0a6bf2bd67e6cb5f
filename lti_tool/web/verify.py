"""Does a transcript or credential still hold? A page for whoever has its code, and what programs
need to verify a credential: issuer, keys, status.

Open to everybody: who has a code was given the paper. It says no more of the learner than lets
one tell that code and paper belong together, and search engines are asked to keep it out. Not
here: the papers themselves (the registrar's pages).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import (
    Blueprint,
    Response,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from lti_tool.domain.errors import NotFoundError
from lti_tool.domain.exported import read_code
from lti_tool.exchange.credentials import CredentialAddresses, profile, public_jwk
from lti_tool.exchange.outcomes import day, notice
from lti_tool.persistence import schools
from lti_tool.persistence.issuer_keys import issuer_key, issuer_keys
from lti_tool.services.verify_paper import PaperState, Verified, verify_paper

from .access import open_to_all, reading
from .page import Page
from .wiring import wired

blueprint = Blueprint("verify", __name__)

LONGEST_CODE = 60
KEYS_KEPT_SECONDS = 3600


@blueprint.get("/verify")
@open_to_all
def ask() -> ResponseReturnValue:
    """Ask for the code; a code that was typed leads to its page."""
    typed = request.args.get("code", "")[:LONGEST_CODE]
    if typed.strip():
        code = read_code(typed) or "unknown"
        return redirect(url_for("verify.paper", code=code), 303)
    return _page(None, PaperState.UNKNOWN, asked=False)


@blueprint.get("/verify/<code>")
@open_to_all
def paper(code: str) -> ResponseReturnValue:
    """What can be said of the paper with this code."""
    with reading() as session:
        shown = verify_paper(session, code[:LONGEST_CODE])
    if shown is None:
        return _page(None, PaperState.UNKNOWN), 404
    return _page(shown, shown.state)


@blueprint.get("/verify/<code>/status")
@open_to_all
def status(code: str) -> ResponseReturnValue:
    """The same as a 1EdTech revocation list of this one credential."""
    with reading() as session:
        shown = verify_paper(session, code[:LONGEST_CODE])
    if shown is None:
        raise NotFoundError
    addresses = _addresses()
    revoked = [{"id": addresses.verification(shown.code), "revoked": True}]
    return _json(
        {
            "id": addresses.status(shown.code),
            "issuer": addresses.issuer(shown.content.facts.school_id),
            "revokedCredential": revoked if shown.state is PaperState.REVOKED else [],
        }
    )


@blueprint.get("/credentials/issuers/<int:school_id>")
@open_to_all
def issuer(school_id: int) -> ResponseReturnValue:
    """The school as an issuer of credentials; only one that has signed."""
    with reading() as session:
        if not issuer_keys(session, school_id):
            raise NotFoundError
        school = schools.school(session, school_id)
    return _json(profile(school.id, school.name, _addresses()), seconds=KEYS_KEPT_SECONDS)


@blueprint.get("/credentials/issuers/<int:school_id>/keys")
@open_to_all
def keys(school_id: int) -> ResponseReturnValue:
    """Every public key of a school, as a JWK set."""
    with reading() as session:
        known = issuer_keys(session, school_id)
    if not known:
        raise NotFoundError
    return _json({"keys": [public_jwk(each) for each in known]}, seconds=KEYS_KEPT_SECONDS)


@blueprint.get("/credentials/keys/<kid>")
@open_to_all
def key(kid: str) -> ResponseReturnValue:
    """One public key, which the ``kid`` of a credential leads to."""
    with reading() as session:
        known = issuer_key(session, kid)
    if known is None:
        raise NotFoundError
    return _json(public_jwk(known), seconds=KEYS_KEPT_SECONDS)


def _page(shown: Verified | None, state: PaperState, *, asked: bool = True) -> Response:
    rights = notice(shown.content.facts) if shown is not None else ""
    answer = make_response(
        render_template(
            "verify.html",
            page=Page(standard_notice=rights, switch_language=False),
            shown=shown,
            on_paper=_on_paper(shown),
            state=state,
            asked=asked,
            now=wired().clock(),
        )
    )
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _on_paper(shown: Verified | None) -> Callable[[datetime | None], str]:
    """Writes a date as the paper does, with its year and in its zone, so that they compare."""
    zone = wired().zone if shown is None else ZoneInfo(shown.content.facts.zone)
    return lambda when: day(when, zone)


def _addresses() -> CredentialAddresses:
    return CredentialAddresses(wired().address.base_url.rstrip("/"))


def _json(told: Mapping[str, object] | Sequence[object], *, seconds: int = 0) -> Response:
    answer = jsonify(told)
    if seconds:
        answer.headers["Cache-Control"] = f"public, max-age={seconds}"
    return answer
