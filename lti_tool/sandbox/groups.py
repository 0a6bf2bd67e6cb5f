"""Course Groups Service 1.0 of a platform: the groups of a course, and whose they are.

Neither Moodle 4.5 nor Canvas offers it; the sandbox's Canvas manner does, so that it can be tried.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from flask import Blueprint, Response, request

from lti_tool.sandbox import claims as c
from lti_tool.sandbox.gate import Demand, Reply, in_course, json_reply, served
from lti_tool.sandbox.people import Person
from lti_tool.sandbox.state import Platform

GROUPS_TYPE: Final = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"
NAMES: Final = ("客服一组", "客服二组", "客服三组")
PAGE: Final = 2


@dataclass(frozen=True)
class Group:
    """A group of a course, with the students in it."""

    id: str
    name: str
    members: Sequence[Person]


def groups_of(platform: Platform) -> tuple[Group, ...]:
    """The class dealt out over three groups by student number; the last student is in none."""
    dealt = platform.students[:-1]
    return tuple(
        Group(f"{platform.course.id}-{place + 1}", name, dealt[place :: len(NAMES)])
        for place, name in enumerate(NAMES)
    )


def enrollments(platform: Platform, person: Person) -> list[dict[str, str]]:
    """What the class list says of somebody's groups (extension of names and roles)."""
    return [{"group_id": each.id} for each in groups_of(platform) if person in each.members]


def add_routes(blueprint: Blueprint, platform: Platform) -> None:
    """Serve the groups of ``platform``, if it offers them."""
    rule = platform.manner.paths.groups
    if rule:
        blueprint.add_url_rule(rule, "groups", partial(list_groups, platform))


def list_groups(platform: Platform, course: str) -> Response:
    """GET the groups, of one person with ``user_id``; ``from`` is the first of a page."""
    demand = Demand(frozenset({c.GROUP_SCOPE}))
    return served(platform, demand, partial(_listed, platform, course))


def _listed(platform: Platform, course: str) -> Reply:
    platform = in_course(platform, course)
    wanted, first = request.args.get("user_id"), request.args.get("from", 0, type=int)
    found = [
        each
        for each in groups_of(platform)
        if wanted is None or wanted in {person.user_id for person in each.members}
    ]
    shown = [{"id": each.id, "name": each.name} for each in found[first : first + PAGE]]
    url, rest = platform.addresses.groups, first + PAGE
    kept = f"&user_id={wanted}" if wanted else ""
    link = f'<{url}?from={rest}{kept}>; rel="next"' if rest < len(found) else ""
    return json_reply({"id": url, "groups": shown}, GROUPS_TYPE, link=link)
