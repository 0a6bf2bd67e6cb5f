"""In whose name the command line acts where a record must name a person. Not a command itself."""

from datetime import datetime

from lti_tool.domain.launch import Person
from lti_tool.persistence import people
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account

from .access import ISSUER
from .console import said


def command_line(session: Session, school_id: int, now: datetime) -> Account:
    """The account that stands for the command line at a school."""
    here = Person(sub=f"command-line-{school_id}", name=said("命令行", "command line"))
    return people.remember_person(session, school_id=school_id, issuer=ISSUER, person=here, now=now)
