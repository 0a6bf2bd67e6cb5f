"""What belongs to every session, whoever it is: the way home and the language."""

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.launch import Role
from lti_tool.persistence import people

from .access import audience, member, requires, working
from .localisation import language_of

LANGUAGE = "language"

blueprint = audience("preferences", __name__)


HOMES = (
    (Role.TEACHER, "teacher.home"),
    (Role.STUDENT, "student.progress"),
    (Role.REGISTRAR, "registrar.outcomes"),
    (Role.ADMINISTRATOR, "admin.platforms"),
)
"""Each role's first page; a person with several roles comes to the first of theirs."""


@blueprint.get("/home")
@requires(*Role)
def home() -> ResponseReturnValue:
    """Go to the first page of the person's role."""
    roles = member().roles
    return redirect(url_for(next(page for role, page in HOMES if role in roles)), 303)


@blueprint.post("/language")
@requires(*Role)
def language() -> ResponseReturnValue:
    """Show pages in the chosen language from now on, and go back to where it was chosen."""
    chosen = language_of(request.form.get("language"))
    if chosen is not None:
        session[LANGUAGE] = chosen
        with working() as work:
            people.note_language(work.session, member().id, chosen)
    return redirect(_back(), 303)


def chosen_language() -> str | None:
    """The language tag of this session: chosen here, or brought by the launch; else None."""
    found = session.get(LANGUAGE)
    return found if isinstance(found, str) else None


def _back() -> str:
    """The path the form stood on, if it belongs to this very session."""
    path = request.form.get("from", "")
    here = request.path.split("/preferences/")[0]
    return path if path.startswith(here + "/") else url_for("preferences.home")
