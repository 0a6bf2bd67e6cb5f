"""The pages of the sandbox: choose a person, see the course, open the tool, read the gradebook.

Nobody logs in: the address says who the person is. Not here: choosing content (``content_pages``),
the tool's own pages, which appear in the frame.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Final

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from lti_tool.sandbox.claims import Message, Place
from lti_tool.sandbox.course import Activity, Grade, LineItem, plain
from lti_tool.sandbox.launching import Start, initiation
from lti_tool.sandbox.notices import tell_of_copy
from lti_tool.sandbox.people import Person, Role
from lti_tool.sandbox.state import Platform
from lti_tool.sandbox.words import here, language, speak, word

PERSON: Final = "/as/<user_id>"
CHINA: Final = timezone(timedelta(hours=8))
View = Callable[..., BaseResponse | str]


@dataclass(frozen=True)
class Row:
    """An activity on the course page, with its own column's maximum if it has one."""

    activity: Activity
    points: float | int | None


@dataclass(frozen=True)
class Cell:
    """One cell of the gradebook page. ``score`` None: no grade."""

    score: float | int | None
    maximum: float | int
    comments: tuple[str, ...]
    time: str


def add_routes(blueprint: Blueprint, platform: Platform) -> None:
    """Serve the pages of ``platform``."""
    routes: Sequence[tuple[str, str, View, str]] = (
        ("GET", "course", course_page, "/as/<user_id>/course"),
        ("POST", "add_activity", add_plain_activity, "/as/<user_id>/activities"),
        ("GET", "activity", activity_page, "/as/<user_id>/activities/<int:number>"),
        ("GET", "launch", launch_activity, "/as/<user_id>/activities/<int:number>/launch"),
        ("POST", "copy", copy_activity, "/as/<user_id>/activities/<int:number>/copy"),
        ("POST", "copy_course", copy_course, "/as/<user_id>/copies"),
        ("GET", "navigation", navigation_page, "/as/<user_id>/navigation"),
        ("GET", "launch_navigation", launch_navigation, "/as/<user_id>/navigation/launch"),
        ("POST", "publish", publish_activity, "/as/<user_id>/activities/<int:number>/publish"),
        ("GET", "institution", institution_page, "/as/<user_id>/institution"),
        ("GET", "launch_institution", launch_institution, "/as/<user_id>/institution/launch"),
        ("GET", "gradebook", gradebook_page, "/as/<user_id>/gradebook"),
        ("GET", "returned", returned_page, platform.manner.paths.launch_return),
    )
    add_views(blueprint, platform, routes)


def add_views(
    blueprint: Blueprint, platform: Platform, routes: Sequence[tuple[str, str, View, str]]
) -> None:
    """Serve views by method, endpoint and rule; a person's page stands in every copied course,
    too, under ``in/<course_id>``."""
    for method, endpoint, view, rule in routes:
        answer = partial(_in_course, platform, view)
        blueprint.add_url_rule(rule, endpoint, answer, methods=[method])
        if rule.startswith(PERSON):
            inside = f"{PERSON}/in/<course_id>{rule.removeprefix(PERSON)}"
            blueprint.add_url_rule(inside, f"{endpoint}_inside", answer, methods=[method])


def _in_course(
    platform: Platform, view: View, *, course_id: str | None = None, **values: object
) -> BaseResponse | str:
    found = platform if course_id is None else platform.at(course_id)
    if found is None:
        abort(404)
    return view(found, **values)


def known(platform: Platform, user_id: str, *roles: Role) -> Person:
    """The person of this address. Aborts with 404 if nobody, 403 if not one of ``roles``."""
    person = platform.person(user_id)
    if person is None:
        abort(404)
    if roles and person.role not in roles:
        abort(403)
    return person


def base(platform: Platform, person: Person) -> str:
    """The path under which this person's pages stand."""
    inside = f"/in/{platform.course.id}" if platform.course.history else ""
    return f"/{platform.manner.name}/as/{person.user_id}{inside}"


def page(template: str, platform: Platform, person: Person, **values: object) -> str:
    """A page with the platform's head and the person's links."""
    return render_template(
        template,
        platform=platform,
        manner=platform.manner,
        person=person,
        base=base(platform, person),
        **values,
    )


def to_course(platform: Platform, person: Person) -> BaseResponse:
    """Back to the course page, with GET."""
    return redirect(here(f"{base(platform, person)}/course"), code=303)


def posting(platform: Platform, start: Start) -> Response:
    """A page whose form sends the browser to the tool's login at once."""
    begun = initiation(platform, start)
    form = render_template("post.html", url=begun.url, method=begun.method, fields=begun.parameters)
    response = make_response(form)
    response.headers["Cache-Control"] = "no-store"
    return response


# --- the course ---


def course_page(platform: Platform, user_id: str) -> str:
    """The activities a person may see; the teacher can add more."""
    person = known(platform, user_id)
    rows = [_row(platform, a) for a in platform.activities if _visible(person, a)]
    return page("course.html", platform, person, rows=rows, courses=_courses(platform, person))


def _courses(platform: Platform, person: Person) -> list[tuple[str, str]]:
    """Where the platform's other courses are, and their titles."""
    others = (each for each in platform.courses if each.course != platform.course)
    return [(f"{base(each, person)}/course", each.course.title) for each in others]


def copy_course(platform: Platform, user_id: str) -> BaseResponse:
    """Copy the course, as for a new term, and go there."""
    person = known(platform, user_id, Role.TEACHER)
    copied = platform.copy_course()
    tell_of_copy(copied)
    return to_course(copied, person)


def _row(platform: Platform, activity: Activity) -> Row:
    column = platform.own_column(activity.id)
    return Row(activity, plain(column.maximum) if column else None)


def _visible(person: Person, activity: Activity) -> bool:
    return activity.published or person.role is not Role.STUDENT


def add_plain_activity(platform: Platform, user_id: str) -> BaseResponse:
    """Make a link by pasting the launch URL: nothing says yet what it assesses."""
    person = known(platform, user_id, Role.TEACHER)
    title = request.form.get("title", "").strip() or word("default_title")
    url = request.form.get("url", "").strip()
    if url and not url.startswith(platform.addresses.settings.tool_base_url + "/"):
        abort(400)
    platform.add_activity(title, url=url)
    return to_course(platform, person)


def copy_activity(platform: Platform, user_id: str, number: int) -> BaseResponse:
    """Duplicate an activity."""
    person = known(platform, user_id, Role.TEACHER)
    if platform.duplicate_activity(number) is None:
        abort(404)
    return to_course(platform, person)


def publish_activity(platform: Platform, user_id: str, number: int) -> BaseResponse:
    """Show an activity to students."""
    person = known(platform, user_id, Role.TEACHER)
    platform.publish(number)
    return to_course(platform, person)


# --- the tool in its frame ---


def activity_page(platform: Platform, user_id: str, number: int) -> str:
    """The tool in a frame on the activity's page."""
    person = known(platform, user_id)
    activity = _seen_activity(platform, person, number)
    source = f"{base(platform, person)}/activities/{number}/launch"
    return page("frame.html", platform, person, title=activity.title, source=source)


def launch_activity(platform: Platform, user_id: str, number: int) -> Response:
    """Start the launch of an activity; ``?target=window`` for one outside the frame."""
    person = known(platform, user_id)
    activity = _seen_activity(platform, person, number)
    target = "window" if request.args.get("target") == "window" else "iframe"
    start = Start(person, Message.RESOURCE_LINK, Place.COURSE, activity, language(), target)
    return posting(platform, start)


def navigation_page(platform: Platform, user_id: str) -> str:
    """The tool in a frame, opened from the course's menu."""
    person = known(platform, user_id)
    source = f"{base(platform, person)}/navigation/launch"
    return page("frame.html", platform, person, title=word("navigation"), source=source)


def launch_navigation(platform: Platform, user_id: str) -> Response:
    """Start a launch from the course's menu, which is no link of the course."""
    person = known(platform, user_id)
    if not platform.manner.launch.course_navigation:
        abort(404)
    start = Start(person, Message.RESOURCE_LINK, Place.NAVIGATION, None, language())
    return posting(platform, start)


def institution_page(platform: Platform, user_id: str) -> str:
    """The tool in a frame, opened by the registrar outside any course."""
    person = known(platform, user_id, Role.REGISTRAR)
    source = f"{base(platform, person)}/institution/launch"
    title = word("institution_link")
    return page("frame.html", platform, person, title=title, source=source)


def launch_institution(platform: Platform, user_id: str) -> Response:
    """Start the registrar's launch."""
    person = known(platform, user_id, Role.REGISTRAR)
    target = "window" if request.args.get("target") == "window" else "iframe"
    start = Start(person, Message.RESOURCE_LINK, Place.INSTITUTION, None, language(), target)
    return posting(platform, start)


def _seen_activity(platform: Platform, person: Person, number: int) -> Activity:
    activity = platform.activity(number)
    if activity is None or not _visible(person, activity):
        abort(404)
    return activity


def returned_page(platform: Platform, **_place: str) -> str:
    """Where the tool sends a person when done; shows the message it brings along."""
    ticket = request.args.get("sesskey") or request.args.get("ticket") or ""
    visit = platform.visits.read(ticket)
    if visit is None:
        abort(404)
    speak(visit.language)
    platform = platform.at(visit.course_id) or platform
    person = known(platform, visit.user_id)
    message = request.args.get("lti_errormsg") or request.args.get("lti_msg") or ""
    return page("message.html", platform, person, title=word("returned"), text=message)


# --- the gradebook ---


def gradebook_page(platform: Platform, user_id: str) -> str:
    """Every student's grades for staff, the own ones for a student.

    Columns that the tool made by itself come first, where a newcomer sees a level arrive without
    scrolling past all activities.
    """
    person = known(platform, user_id)
    shown = (item for item in platform.line_items if item.in_gradebook)
    columns = sorted(shown, key=lambda item: item.activity_id is not None)
    own = person.role is Role.STUDENT
    people = [person] if own else list(platform.students)
    rows = [(student, [_cell(platform, item, student) for item in columns]) for student in people]
    template = "own_grades.html" if own else "gradebook.html"
    return page(template, platform, person, columns=columns, rows=rows)


def _cell(platform: Platform, item: LineItem, student: Person) -> Cell:
    grade = platform.grade(item.id, student.user_id)
    if grade is None or grade.score is None:
        comments = grade.comments if grade else ()
        return Cell(None, plain(item.maximum), comments, "")
    score = plain(round(grade.score, 2))
    return Cell(score, plain(item.maximum), grade.comments, _shown_time(grade))


def _shown_time(grade: Grade) -> str:
    time: datetime = grade.received.astimezone(CHINA)
    return time.strftime("%Y-%m-%d %H:%M")
