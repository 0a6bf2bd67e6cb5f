"""Pages for the administrator: connections to platforms. No learner shows here."""

from flask import render_template
from flask.typing import ResponseReturnValue

from lti_tool.domain.launch import Role
from lti_tool.services.show_connections import show_connections

from .access import audience, reading, requires
from .page import Page

blueprint = audience("admin", __name__)


@blueprint.get("/")
@requires(Role.ADMINISTRATOR)
def platforms() -> ResponseReturnValue:
    """The connected platforms and what waits for approval."""
    with reading() as session:
        connections = show_connections(session)
    return render_template("admin/platforms.html", page=Page(), connections=connections)
