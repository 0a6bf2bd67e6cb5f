"""What a person was told: the list, the way to what it is about, and the count in the page head.

Not here: who is told of what (``services.notify``), and stopping mail without a session (``mail``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Flask, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.launch import Role
from lti_tool.domain.notification import NotificationKind, kinds_for
from lti_tool.persistence import mailings, notifications
from lti_tool.services.show_notifications import (
    Entry,
    Opened,
    open_notification,
    show_notifications,
)

from .access import Member, audience, forget_member, member, reading, requires, working
from .localisation import gettext, ngettext
from .page import Page, Tab
from .wiring import wired

blueprint = audience("notifications", __name__)

PEOPLE_OF_A_COURSE = (Role.STUDENT, Role.TEACHER)


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind is said for so many, and the page it leads to."""

    words: Callable[[int], str]
    page: Callable[[Opened], str]


@blueprint.get("/")
@requires(*PEOPLE_OF_A_COURSE)
def inbox() -> ResponseReturnValue:
    """What there is to look at, and what was seen."""
    who = member()
    with reading() as session:
        found = show_notifications(session, who.id, who.course_id, who.roles)
        mail = mailings.addressee(session, who.id) if wired().sends_mail else None
    return render_template(
        "notifications/inbox.html",
        page=_frame(who),
        inbox=found,
        sentence=_sentence,
        mail=mail,
        evening=Role.TEACHER in who.roles,
    )


@blueprint.get("/<int:notification_id>")
@requires(*PEOPLE_OF_A_COURSE)
def go(notification_id: int) -> ResponseReturnValue:
    """Mark it read and go to what it is about."""
    who = member()
    with working() as work:
        opened = open_notification(work, notification_id, who.course_id, who.roles)
    return redirect(KINDS[opened.kind].page(opened), 303)


@blueprint.post("/read")
@requires(*PEOPLE_OF_A_COURSE)
def read_all() -> ResponseReturnValue:
    """Mark all of this course read."""
    who = member()
    with working() as work:
        notifications.mark_read(
            work.session, who.id, who.course_id, kinds_for(who.roles), now=work.now
        )
    return redirect(url_for("notifications.inbox"), 303)


def init_notifications(app: Flask) -> None:
    """Give templates ``unread()``: how many notifications the reader has not read in this course;
    None where there is no reader or no course."""
    app.jinja_env.globals["unread"] = _unread


def seen(assessment_id: str, *kinds: NotificationKind) -> None:
    """The page under way shows what these kinds tell of an assessment: they are read."""
    who = member()
    if not who.unread:
        return
    with working() as work:
        notifications.mark_read(
            work.session,
            who.id,
            who.course_id,
            kinds_for(who.roles) & set(kinds),
            now=work.now,
            assessment_id=assessment_id,
        )
    forget_member()


def _unread() -> int | None:
    found = g.get("member")
    return found.unread if isinstance(found, Member) and found.course is not None else None


def _frame(who: Member) -> Page:
    home = gettext("Assessments") if Role.TEACHER in who.roles else gettext("My progress")
    course = who.course
    return Page(
        tabs=(
            Tab(home, url_for("preferences.home")),
            Tab(gettext("Notifications"), url_for("notifications.inbox"), current=True),
        ),
        context=((course.title or course.label),) if course else (),
    )


def _sentence(entry: Entry) -> str:
    return KINDS[entry.kind].words(entry.count)


def _submitted(count: int) -> str:
    return ngettext("Work was handed in", "%(num)s works were handed in", count)


def _returned(count: int) -> str:
    return ngettext(
        "Your work was returned for revision", "%(num)s works were returned for revision", count
    )


def _released(count: int) -> str:
    return ngettext("Your ratings are released", "Ratings of %(num)s attempts are released", count)


def _asked(count: int) -> str:
    return ngettext("A review is asked for", "%(num)s reviews are asked for", count)


def _answered(count: int) -> str:
    return ngettext("Your review is answered", "%(num)s reviews are answered", count)


def _peers_said(count: int) -> str:
    return ngettext(
        "A peer has looked at your work", "%(num)s works were looked at by peers", count
    )


def _second_waiting(count: int) -> str:
    return ngettext(
        "A work waits for its second rater", "%(num)s works wait for a second rater", count
    )


def _second_different(count: int) -> str:
    return ngettext(
        "Two raters differ on a work", "Two raters differ on each of %(num)s works", count
    )


def _second_done(count: int) -> str:
    return ngettext(
        "The second marking of a work is done: it can be released",
        "The second marking of %(num)s works is done: they can be released",
        count,
    )


def _queue(opened: Opened) -> str:
    return url_for("teacher.queue", assessment_id=opened.assessment_id)


def _work(opened: Opened) -> str:
    if not opened.alone:
        return _queue(opened)
    return url_for("teacher.rate", submission_id=opened.subject)


def _review(opened: Opened) -> str:
    if not opened.alone:
        return _queue(opened)
    return url_for("teacher.review", review_id=opened.subject)


def _second(opened: Opened) -> str:
    if not opened.alone:
        return _queue(opened)
    return url_for("teacher.second", submission_id=opened.subject)


def _assessment(opened: Opened) -> str:
    return url_for("student.assessment", assessment_id=opened.assessment_id)


def _feedback(opened: Opened) -> str:
    return url_for("student.feedback", assessment_id=opened.assessment_id)


def _peers(opened: Opened) -> str:
    return url_for("student.peers", assessment_id=opened.assessment_id)


KINDS: Mapping[NotificationKind, Kind] = {
    NotificationKind.SUBMITTED: Kind(_submitted, _work),
    NotificationKind.RETURNED: Kind(_returned, _assessment),
    NotificationKind.RELEASED: Kind(_released, _feedback),
    NotificationKind.REVIEW_ASKED: Kind(_asked, _review),
    NotificationKind.REVIEW_ANSWERED: Kind(_answered, _feedback),
    NotificationKind.PEER_RATED: Kind(_peers_said, _peers),
    NotificationKind.SECOND_WAITING: Kind(_second_waiting, _second),
    NotificationKind.SECOND_DIFFERENT: Kind(_second_different, _second),
    NotificationKind.SECOND_DONE: Kind(_second_done, _second),
}
