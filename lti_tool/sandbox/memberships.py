"""Names and Role Provisioning Services 2.0 of a platform: who is in the course.

The registrar is no member of the course. Not here: roles at a launch (``launching``).
"""

from functools import partial
from typing import Final

from flask import Blueprint, Response, request

from lti_tool.sandbox import claims as c
from lti_tool.sandbox.gate import Demand, Reply, ServiceRefused, in_course, json_reply, served
from lti_tool.sandbox.groups import enrollments
from lti_tool.sandbox.people import Person
from lti_tool.sandbox.state import Platform

MEMBERS_TYPE: Final = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"


def add_routes(blueprint: Blueprint, platform: Platform) -> None:
    """Serve the members of the course of ``platform``."""
    rule = platform.manner.paths.memberships
    blueprint.add_url_rule(rule, "memberships", partial(list_members, platform))


def list_members(platform: Platform, course: str) -> Response:
    """GET the members, filtered by ``role`` (short or full) and paged by ``limit`` and ``from``."""
    demand = Demand(frozenset({c.MEMBERSHIP_SCOPE}), accept=platform.manner.media.members)
    return served(platform, demand, partial(_listed, platform, course))


def _listed(platform: Platform, course: str) -> Reply:
    platform = in_course(platform, course)
    _check_link(platform)
    everybody = (platform.teacher, *platform.students, platform.colleague)
    members = [each for each in everybody if _wanted(platform, each)]
    page, link = _paged(platform, members)
    rules = platform.manner.services
    roles = platform.manner.launch.roles
    body = {
        "id": platform.addresses.memberships,
        "context": c.named_course(platform.course),
        "members": [
            rules.member(person, roles[person.role]) | _grouped(platform, person) for person in page
        ],
    }
    return json_reply(body, MEMBERS_TYPE, link=link)


def _grouped(platform: Platform, person: Person) -> dict[str, object]:
    """The person's groups, where the platform has any and was asked for them (Course Groups Service
    1.0, extension of names and roles)."""
    asked = platform.manner.paths.groups and request.args.get("groups") == "true"
    return {"group_enrollments": enrollments(platform, person)} if asked else {}


def _check_link(platform: Platform) -> None:
    link = request.args.get("rlid")
    if link and link not in {activity.resource_link_id for activity in platform.activities}:
        raise ServiceRefused(404, f"Not Found: LTI link {link} doesn't exist")


def _wanted(platform: Platform, person: Person) -> bool:
    role = request.args.get("role")
    if not role:
        return True
    full = role if role.startswith("http") else c.MEMBERSHIP + role
    return full in platform.manner.launch.roles[person.role]


def _paged(platform: Platform, members: list[Person]) -> tuple[list[Person], str]:
    """One page and the ``Link`` header to the next, which both platforms write as RFC 8288 says."""
    most = platform.manner.services.member_page
    limit = request.args.get("limit", type=int) or most or len(members)
    limit = min(limit, most or limit)
    first = request.args.get("from", 0, type=int)
    rest = first + limit
    if rest >= len(members):
        return members[first:rest], ""
    kept = {name: request.args[name] for name in ("role", "rlid", "groups") if name in request.args}
    query = "&".join(f"{k}={v}" for k, v in {"limit": limit, "from": rest, **kept}.items())
    return members[first:rest], f'<{platform.addresses.memberships}?{query}>; rel="next"'
