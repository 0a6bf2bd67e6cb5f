"""A small LMS that speaks real LTI 1.3 over HTTP, for the demo and for tests.

It holds two platforms in memory, one in Moodle's manner and one in Canvas's, each with a course, a
class and a gradebook. Nobody logs in, so it must never hold real people. It imports no other room.
"""

from lti_tool.sandbox.addresses import SandboxSettings
from lti_tool.sandbox.course import Activity, Grade, LineItem
from lti_tool.sandbox.people import Person, Role, colleague, registrar, students, teacher
from lti_tool.sandbox.site import Registration, create_sandbox, registrations
from lti_tool.sandbox.state import Platform, Sandbox
from lti_tool.sandbox.traffic import Fault, Received

__all__ = [
    "Activity",
    "Fault",
    "Grade",
    "LineItem",
    "Person",
    "Platform",
    "Received",
    "Registration",
    "Role",
    "Sandbox",
    "SandboxSettings",
    "colleague",
    "create_sandbox",
    "registrar",
    "registrations",
    "students",
    "teacher",
]
