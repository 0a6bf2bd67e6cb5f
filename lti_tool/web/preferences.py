"""What people choose for their session: the language."""

from flask import redirect, request, session
from flask.typing import ResponseReturnValue

from lti_tool.domain.launch import Role

from .access import audience, requires
from .localisation import language_of

LANGUAGE = "language"

blueprint = audience("preferences", __name__)


@blueprint.post("/language")
@requires(*Role)
def language() -> ResponseReturnValue:
    """Show pages in the chosen language from now on, and go back to where it was chosen."""
    chosen = language_of(request.form.get("language"))
    if chosen is not None:
        session[LANGUAGE] = chosen
    return redirect(_back(), 303)


def chosen_language() -> str | None:
    """The language tag of this session: chosen here, or brought by the launch; else None."""
    found = session.get(LANGUAGE)
    return found if isinstance(found, str) else None


def _back() -> str:
    """The path the form stood on, if it belongs to this very session."""
    path = request.form.get("from", "")
    here = request.path.split("/preferences/")[0]
    return path if path.startswith(here + "/") else here + "/preferences/home"
