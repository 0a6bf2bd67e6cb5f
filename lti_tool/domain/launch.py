"""What a platform tells us when a person arrives: a verified LTI 1.3 launch, as plain values.

Not here: tokens, signatures and claims by their URLs, which ``lti_tool.lti`` reads and checks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a person may do here."""

    STUDENT = "student"
    """Hands in evidence and sees the own record in one course."""
    TEACHER = "teacher"
    """Sets up assessments and rates in one course (assessor, 考评员)."""
    REGISTRAR = "registrar"
    """Reads outcomes and signs off levels in one school (教务管理员)."""
    ADMINISTRATOR = "administrator"
    """Connects platforms and watches over the service."""


class MessageType(StrEnum):
    """The LTI messages this tool answers."""

    RESOURCE_LINK = "LtiResourceLinkRequest"
    DEEP_LINKING = "LtiDeepLinkingRequest"
    SUBMISSION_REVIEW = "LtiSubmissionReviewRequest"
    """From the gradebook to one student's work."""
    DATA_PRIVACY = "DataPrivacyLaunchRequest"
    """What is kept about me?"""


@dataclass(frozen=True, slots=True)
class Person:
    """The launching person as the platform describes them. Everything but ``sub`` may be empty.

    ``student_number`` is ``lis.person_sourcedid``, the registrar's key.
    """

    sub: str
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    student_number: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody on a course's class list. ``roles`` are those in the course that mean something
    here, perhaps none (an observer); not ``active``: kept on the list, but not in the course."""

    person: Person
    roles: frozenset[Role]
    active: bool
    groups: frozenset[str] | None = None
    """The ids of the groups they are in; None where the list does not tell."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of a course, as the platform names it: those who work together, or a class of several
    in one course."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Context:
    """The course. ``id`` is unique within a deployment only."""

    id: str
    title: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class CourseCopy:
    """A notice that a course was copied: ``context`` is the copy, ``origins`` the ids of the
    courses it was copied from, empty where the platform does not tell. ``notice_id`` is the same
    however often the platform sends it."""

    notice_id: str
    context: Context
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResourceLink:
    """The link in the course that was followed."""

    id: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class GradeService:
    """The AGS claim. ``line_items`` is the container's URL, None where the platform gave none;
    ``line_item`` the link's own column, None where it has none or several."""

    line_items: str | None
    line_item: str | None
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class DeepLinking:
    """What a deep linking request allows. ``data`` is echoed only when it was sent (not None);
    ``accept_links`` is whether it takes links to tools at all."""

    return_url: str
    accept_multiple: bool
    accept_line_item: bool
    data: str | None = None
    accept_links: bool = True


@dataclass(frozen=True, slots=True)
class Launch:
    """One verified launch. ``platform_id`` and ``deployment_id`` are our own row ids."""

    platform_id: int
    deployment_id: int
    message_type: MessageType
    person: Person
    roles: frozenset[Role]
    context: Context | None
    resource_link: ResourceLink | None
    grades: GradeService | None
    deep_linking: DeepLinking | None = None
    custom: Mapping[str, str] = field(default_factory=dict)
    locale: str | None = None
    product: str = ""
    """The platform's product family code, ``moodle`` or ``canvas``; empty if not told."""
    return_url: str | None = None
    roster: str | None = None
    """Where the names and roles service lists the course; None where it is not offered."""
    groups: str | None = None
    """Where the course groups service lists the course's groups; None where it is not offered."""
    notices: str | None = None
    """Where the platform is asked for notices of copied courses; None where it sends none."""
    for_user: str | None = None
    """Whose work a submission review is about: a platform's user id, None in other messages. The
    platform does not say that the launching person may see it."""
