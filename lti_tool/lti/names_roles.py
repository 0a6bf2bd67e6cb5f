"""Names and Role Provisioning Services 2.0: who is in a course.

PyLTI1p3 does not page and reads no status, so these calls are ours. Only ``user_id`` and ``roles``
are guaranteed (section 2.3). The whole list is read each time, never ``differences``: neither
Moodle nor Canvas offers that link, and who left is known from the whole list alone.

Not here: what becomes of the list (``lti_tool.services.refresh_roster``). Every call may use the
network: make none inside a transaction.
"""

from datetime import datetime
from typing import Any, Final

from lti_tool.domain.launch import Member, Person
from lti_tool.persistence.platforms import Platform

from .access_tokens import AccessTokens
from .answers import Trouble
from .claims import Claims, id_text
from .errors import BadClaimError
from .http import HttpAnswer, PlatformHttp
from .pages import every_page, page_at
from .roles import course_roles
from .service_calls import ServiceCall, ServiceCalls
from .urls import with_query

SCOPE: Final = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
"""The only scope of the service."""
MEMBERS_TYPE: Final = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
"""Moodle 4.5 answers only to exactly this."""
MOST_PAGES = 400
"""Canvas gives at most fifty people a page."""


class ClassList:
    """The class lists of one deployment; ``deployment`` is the platform's word for it."""

    def __init__(
        self, http: PlatformHttp, tokens: AccessTokens, *, platform: Platform, deployment: str
    ) -> None:
        self._calls = ServiceCalls(http, tokens, platform=platform, deployment=deployment)

    def members(
        self, url: str, *, now: datetime, role: str | None = None, with_groups: bool = False
    ) -> tuple[Member, ...] | Trouble:
        """Everybody in the course, in the platform's order; ``url`` is what a launch told.

        ``role`` asks the platform for people of one role only (section 2.4.1). All pages or
        trouble, never a part: who is missing would count as gone. ``with_groups`` asks which groups
        each is in (Course Groups Service 1.0, extension of names and roles).
        """
        asked = {"role": role or "", "groups": "true" if with_groups else ""}

        def get(onward: str) -> HttpAnswer | Trouble:
            call = ServiceCall(onward, SCOPE, {"Accept": MEMBERS_TYPE})
            return page_at(self._calls, call, first=url, now=now)

        first = with_query(url, {name: each for name, each in asked.items() if each})
        return every_page(first, get, _members, most=MOST_PAGES, what="people")


def _members(answer: HttpAnswer) -> tuple[Member, ...] | None:
    """The people of a page, unreadable entries left out; None when it is no list of people."""
    try:
        body = answer.json()
    except ValueError:
        return None
    entries = body.get("members") if isinstance(body, dict) else None
    if not isinstance(entries, list):
        return None
    found = (_member(each) for each in entries)
    return tuple(each for each in found if each is not None)


def _member(entry: Any) -> Member | None:
    if not isinstance(entry, dict):
        return None
    told = Claims({name: id_text(value) for name, value in entry.items()})
    try:
        return Member(
            person=_person(told),
            roles=course_roles(told.texts("roles") or ()),
            active=(told.text("status") or "Active") == "Active",
            groups=_groups(entry.get("group_enrollments")),
        )
    except BadClaimError:
        return None


def _groups(enrollments: object) -> frozenset[str] | None:
    """The ids of the groups somebody is in, unreadable ones left out."""
    if not isinstance(enrollments, list):
        return None
    told = (id_text(each.get("group_id")) for each in enrollments if isinstance(each, dict))
    return frozenset(each for each in told if isinstance(each, str) and each)


def _person(told: Claims) -> Person:
    return Person(
        sub=told.identifier("user_id"),
        name=told.label("name"),
        given_name=told.label("given_name"),
        family_name=told.label("family_name"),
        email=told.label("email"),
        student_number=told.label("lis_person_sourcedid"),
    )
