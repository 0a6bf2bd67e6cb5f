"""A person is forgotten, for the tests of what that leaves behind."""

from datetime import timedelta

from lti_tool.domain.personal_data import Erasure, Occasion
from lti_tool.persistence.people import Account
from lti_tool.services.erase_person import erase_person
from tests.services.classroom import Classroom


def erase(classroom: Classroom, person: Account) -> tuple[Erasure, ...]:
    """Everything but the files, a minute later, as the person asked and the teacher confirmed."""
    classroom.now += timedelta(minutes=1)
    with classroom.database.transaction() as session:
        return erase_person(
            session,
            person.id,
            school_id=classroom.course.school_id,
            occasion=Occasion.ASKED,
            by=classroom.teacher.id,
            now=classroom.now,
        )
