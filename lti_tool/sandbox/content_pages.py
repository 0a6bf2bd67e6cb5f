"""The teacher chooses content in the tool, and the platform takes it: the deep linking pages.

Not here: checking the tool's response (``deep_linking``).
"""

from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, abort, make_response, request
from werkzeug.wrappers import Response as BaseResponse

from lti_tool.sandbox.claims import Message, Place
from lti_tool.sandbox.deep_linking import ContentRefused, add_content, content_items
from lti_tool.sandbox.launching import Start
from lti_tool.sandbox.pages import View, add_views, base, known, page, posting, to_course
from lti_tool.sandbox.people import Person, Role
from lti_tool.sandbox.state import Platform
from lti_tool.sandbox.words import language, speak, word


def add_routes(blueprint: Blueprint, platform: Platform) -> None:
    """Serve the deep linking pages of ``platform``."""
    routes: Sequence[tuple[str, str, View, str]] = (
        ("GET", "choose", choose_page, "/as/<user_id>/choose"),
        ("GET", "launch_choose", launch_choose, "/as/<user_id>/choose/launch"),
        ("POST", "content_return", take_content, platform.manner.paths.deep_link_return),
        ("POST", "save", save_content, "/as/<user_id>/content"),
    )
    add_views(blueprint, platform, routes)


def choose_page(platform: Platform, user_id: str) -> str:
    """The tool in a frame, asked for content."""
    person = known(platform, user_id, Role.TEACHER)
    source = f"{base(platform, person)}/choose/launch"
    return page("frame.html", platform, person, title=word("choose"), source=source)


def launch_choose(platform: Platform, user_id: str) -> Response:
    """Start the deep linking launch."""
    person = known(platform, user_id, Role.TEACHER)
    start = Start(person, Message.DEEP_LINKING, Place.COURSE, None, language())
    return posting(platform, start)


def take_content(platform: Platform, **_place: str) -> Response | str:
    """The tool's response arrives. Where the platform asks, the teacher must still save."""
    ticket = request.args.get("sesskey") or request.args.get("data") or ""
    visit = platform.visits.take(ticket)
    if visit is None:
        abort(403)
    speak(visit.language)
    platform = platform.at(visit.course_id) or platform
    person = known(platform, visit.user_id, Role.TEACHER)
    try:
        items = content_items(platform, request.form.get("JWT", ""))
    except ContentRefused as refused:
        text = word("refused_content", refused)
        return make_response(_message(platform, person, word("refused"), text), 400)
    return _taken(platform, person, items)


def _taken(platform: Platform, person: Person, items: Sequence[Mapping[str, object]]) -> str:
    if not items:
        text = request.form.get("msg") or word("nothing")
        return _message(platform, person, word("nothing"), text)
    if platform.manner.content.reviewed:
        draft = platform.drafts.issue(tuple(items))
        return page("review.html", platform, person, items=items, draft=draft, framed=True)
    add_content(platform, items)
    return page(
        "message.html", platform, person, title=word("added"), text="", framed=True, leave=True
    )


def _message(platform: Platform, person: Person, title: str, text: str) -> str:
    return page("message.html", platform, person, title=title, text=text, framed=True)


def save_content(platform: Platform, user_id: str) -> BaseResponse:
    """The teacher saves what the tool returned."""
    person = known(platform, user_id, Role.TEACHER)
    items = platform.drafts.take(request.form.get("draft", ""))
    if items is None:
        abort(404)
    add_content(platform, items)
    return to_course(platform, person)
