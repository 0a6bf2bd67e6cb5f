"""What a launch's roles allow here (LTI 1.3 core, section 5.3.7 and appendix A.2).

Only roles in the course make a teacher: an institution's Instructor who is switched to the
student role in Moodle launches as Learner and stays a student. Unknown roles, and none at all,
are a student's: the least that still lets a launch in.
"""

from collections.abc import Collection

from lti_tool.domain.launch import Role

CONTEXT = "http://purl.imsglobal.org/vocab/lis/v2/membership"
CONTEXT_OLD = "urn:lti:role:ims/lis/"
TEACHING = frozenset({"Instructor", "Administrator"})
"""Principal roles. A sub-role such as ``membership/Instructor#TeachingAssistant`` counts as its
principal role, which the platform sends along anyway."""
LEARNING = frozenset({"Learner"})


def roles_here(roles: Collection[str], registrar_roles: Collection[str]) -> frozenset[Role]:
    """The roles of a launch; never empty, never administrator.

    ``registrar_roles`` are the role URNs that the administrator mapped for this platform; they
    match exactly.
    """
    principal = {_principal(role) for role in roles}
    found: set[Role] = set()
    if principal & TEACHING:
        found.add(Role.TEACHER)
    if not set(roles).isdisjoint(registrar_roles):
        found.add(Role.REGISTRAR)
    if principal & LEARNING or not found:
        found.add(Role.STUDENT)
    return frozenset(found)


def course_roles(roles: Collection[str]) -> frozenset[Role]:
    """What a class list says somebody is in the course: a teacher, a student, both, or neither.
    Unlike at a launch an unknown role means nothing: an observer is no student to be assessed."""
    principal = {_principal(role) for role in roles}
    told = ((Role.TEACHER, TEACHING), (Role.STUDENT, LEARNING))
    return frozenset(role for role, names in told if principal & names)


def _principal(role: str) -> str:
    """The principal role in the course, empty for anything else.

    ``…membership#Instructor``, ``…membership/Instructor#Grader``, ``urn:lti:role:ims/lis/…`` and
    the short name, which the specification allows for course roles only.
    """
    if role.startswith(CONTEXT + "#"):
        return role[len(CONTEXT) + 1 :]
    if role.startswith(CONTEXT + "/"):
        return role[len(CONTEXT) + 1 :].partition("#")[0]
    if role.startswith(CONTEXT_OLD):
        return role[len(CONTEXT_OLD) :].partition("/")[0]
    return role if role.isalpha() else ""
