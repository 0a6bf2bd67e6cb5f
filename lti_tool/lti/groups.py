"""Course Groups Service 1.0: which groups a course has, and who is in them.

Who is in which group comes with the class list where the platform knows the extension of names
and roles for it (``groups=true``, then ``group_enrollments`` with each member). Elsewhere the
groups are asked for person by person (``user_id``). Not here: the class list (``names_roles``).
Every call may use the network: make none inside a transaction.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from lti_tool.domain.launch import Group, Member, Role
from lti_tool.persistence.platforms import Platform

from .access_tokens import AccessTokens
from .answers import Trouble
from .claims import MOST_URL, Claims, id_text
from .errors import BadClaimError
from .http import HttpAnswer, PlatformHttp
from .pages import every_page, page_at
from .service_calls import ServiceCall, ServiceCalls
from .urls import is_web_url, with_query

SERVICE: Final = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"
SCOPE: Final = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"
"""The only scope of the service."""
GROUPS_TYPE: Final = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"
MOST_PAGES = 100


class CourseGroups:
    """The groups in courses of one deployment; ``deployment`` is the platform's word for it."""

    def __init__(
        self, http: PlatformHttp, tokens: AccessTokens, *, platform: Platform, deployment: str
    ) -> None:
        self._calls = ServiceCalls(http, tokens, platform=platform, deployment=deployment)

    def groups(self, url: str, *, now: datetime, user_id: str = "") -> tuple[Group, ...] | Trouble:
        """All groups of the course, or those of one person, in the platform's order; ``url`` is
        what a launch told. All pages or trouble, never a part."""

        def get(onward: str) -> HttpAnswer | Trouble:
            call = ServiceCall(onward, SCOPE, {"Accept": GROUPS_TYPE})
            return page_at(self._calls, call, first=url, now=now)

        first = with_query(url, {"user_id": user_id} if user_id else {})
        return every_page(first, get, _groups, most=MOST_PAGES, what="groups")

    def placed(
        self, url: str, members: Sequence[Member], *, now: datetime
    ) -> tuple[tuple[Member, ...], tuple[Group, ...]] | Trouble:
        """The members with the groups they are in, and the groups. Where the class list does not
        tell, each student's are asked for, one request after the other."""
        groups = self.groups(url, now=now)
        if not isinstance(groups, tuple):
            return groups
        if not groups or any(each.groups is not None for each in members):
            return tuple(members), groups
        placed: list[Member] = []
        for each in members:
            is_student = each.active and Role.STUDENT in each.roles
            own = self.groups(url, now=now, user_id=each.person.sub) if is_student else ()
            if not isinstance(own, tuple):
                return own
            placed.append(replace(each, groups=frozenset(group.id for group in own)))
        return tuple(placed), groups


def groups_offered(claims: Claims) -> str | None:
    """Where a launch says that the course's groups are; None where they are not offered.

    A claim that cannot be read is left out rather than refused: nobody needs it to do their work.
    """
    try:
        group = claims.group(SERVICE) or Claims({})
        url, scopes = group.text("context_groups_url"), group.texts("scope") or ()
    except BadClaimError:
        return None
    usable = url is not None and is_web_url(url) and len(url) <= MOST_URL
    return url if usable and SCOPE in scopes else None


def _groups(answer: HttpAnswer) -> tuple[Group, ...] | None:
    """The groups of a page, unreadable entries left out; None when it is no list of groups."""
    try:
        body = answer.json()
    except ValueError:
        return None
    entries = body.get("groups") if isinstance(body, dict) else None
    if not isinstance(entries, list):
        return None
    found = (_group(each) for each in entries)
    return tuple(each for each in found if each is not None)


def _group(entry: Any) -> Group | None:
    if not isinstance(entry, dict):
        return None
    told = Claims({**entry, "id": id_text(entry.get("id"))})
    try:
        group_id = told.identifier("id")
        return Group(group_id, told.label("name") or group_id)
    except BadClaimError:
        return None
