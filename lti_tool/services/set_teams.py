"""A teacher says who hands in together, student by student or as the groups of the course are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import NotFoundError
from lti_tool.persistence import assessments, courses, groups, teams
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account

from .work import Work


@dataclass(frozen=True, slots=True)
class TeamsShown:
    """The students of the course with the teams they are in; ``from_course`` are the teams they
    would be in if the groups of the course were taken, empty where the LMS tells of none."""

    assessment: Assessment
    students: Sequence[Account]
    now: Mapping[int, str]
    from_course: Mapping[int, str]

    @property
    def count(self) -> int:
        """How many teams there are."""
        return len(set(self.now.values()))


def show_teams(session: Session, assessment_id: str, *, course_id: int) -> TeamsShown:
    """Who works with whom. Raises NotFoundError."""
    assessment = assessments.assessment(session, assessment_id, course_id=course_id)
    return TeamsShown(
        assessment=assessment,
        students=courses.students_of(session, course_id),
        now={
            learner_id: team.name
            for team in teams.teams_of(session, assessment.id)
            for learner_id in team.members
        },
        from_course=_from_course(session, course_id),
    )


def set_teams(
    work: Work, assessment: Assessment, wanted: Mapping[int, str], *, course_id: int
) -> None:
    """Let learners hand in together who have the same name here; those without one work alone. What
    was handed in before stays as it is.

    Raises NotFoundError for who is no student of the course.
    """
    inside = {each.id for each in courses.students_of(work.session, course_id)}
    if not wanted.keys() <= inside:
        raise NotFoundError
    named = {learner_id: " ".join(name.split()) for learner_id, name in wanted.items()}
    kept = {learner_id: name for learner_id, name in named.items() if name}
    teams.set_teams(work.session, assessment.id, kept)
    work.note("set_teams", f"assessment:{assessment.id}", str(len(set(kept.values()))))


def _from_course(session: Session, course_id: int) -> Mapping[int, str]:
    """The first group of each person, by name: an LMS may put one person into several."""
    found: dict[int, str] = {}
    for group in groups.groups_of(session, course_id):
        for person_id in groups.members_of(session, course_id, group.id):
            found.setdefault(person_id, group.name)
    return found
