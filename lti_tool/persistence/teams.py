"""Teams of an assessment: who hands in together. Not here: the groups of the course, which a
teacher may take as teams (``groups``)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .database import Base


class TeamMemberRow(Base):
    """A learner in the team of this name; a learner is in one team of an assessment at most."""

    __tablename__ = "team_members"

    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"), primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    team: Mapped[str] = mapped_column(String(100))


@dataclass(frozen=True, slots=True)
class Team:
    """A team and its members by id, in ascending order."""

    name: str
    members: tuple[int, ...]

    def mates_of(self, learner_id: int) -> tuple[int, ...]:
        """The other members."""
        return tuple(each for each in self.members if each != learner_id)


def set_teams(session: Session, assessment_id: str, teams: Mapping[int, str]) -> None:
    """Let these be the teams: names by the ids of learners. Who is missing works alone."""
    session.execute(delete(TeamMemberRow).filter_by(assessment_id=assessment_id))
    for learner_id, name in sorted(teams.items()):
        row = TeamMemberRow(assessment_id=assessment_id, learner_id=learner_id, team=name)
        session.add(row)
    session.flush()


def teams_of(session: Session, assessment_id: str) -> Sequence[Team]:
    """The teams of an assessment by name; empty where everybody works alone."""
    found: dict[str, list[int]] = {}
    query = select(TeamMemberRow.team, TeamMemberRow.learner_id).filter_by(
        assessment_id=assessment_id
    )
    for name, learner_id in session.execute(query.order_by(TeamMemberRow.learner_id)):
        found.setdefault(name, []).append(learner_id)
    return [Team(name, tuple(found[name])) for name in sorted(found)]


def team_of(session: Session, assessment_id: str, learner_id: int) -> Team | None:
    """The team a learner is in; None for who works alone."""
    row = session.get(TeamMemberRow, (assessment_id, learner_id))
    if row is None:
        return None
    query = select(TeamMemberRow.learner_id).filter_by(assessment_id=assessment_id, team=row.team)
    return Team(row.team, tuple(session.scalars(query.order_by(TeamMemberRow.learner_id))))
