"""Pages for the registrar: which level who attained, and why."""

from flask import render_template
from flask.typing import ResponseReturnValue

from lti_tool.domain.launch import Role

from .access import audience, requires
from .page import Page

blueprint = audience("registrar", __name__)


@blueprint.get("/")
@requires(Role.REGISTRAR)
def outcomes() -> ResponseReturnValue:
    """The outcomes of the whole school."""
    return render_template("registrar/outcomes.html", page=Page())
