"""How often somebody knocked lately, for all processes together: a bucket for each that is in
frequent use. Not here: how much is too much, and who counts as one (``lti_tool.web.limits``).
"""

from sqlalchemy import Float, String, case, delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from .database import Base


class KnockRow(Base):
    """A bucket that drips full again. ``key`` is a digest, so that nobody can be read from it;
    ``full_at`` is when nothing of it is left, in seconds since 1970."""

    __tablename__ = "knocks"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    full_at: Mapped[float] = mapped_column(Float, index=True)


def count_knocks(session: Session, key: str, *, span: float, now: float) -> float:
    """Put knocks into a bucket, given as the seconds they take to drip out, and return when it is
    full again. One statement."""
    table = Base.metadata.tables[KnockRow.__tablename__]
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert(table) if is_sqlite else postgresql.insert(table)
    from_then = case((table.c.full_at > now, table.c.full_at), else_=now)
    statement = (
        insert.values(key=key, full_at=now + span)
        .on_conflict_do_update(index_elements=["key"], set_={"full_at": from_then + span})
        .returning(table.c.full_at)
    )
    return float(session.execute(statement).scalar_one())


def any_over(session: Session, *, now: float) -> bool:
    """Whether any bucket says nothing any more."""
    return bool(session.scalar(select(exists().where(KnockRow.full_at < now))))


def forget_over(session: Session, *, now: float) -> None:
    """Drop the buckets that say nothing any more."""
    session.execute(delete(KnockRow).where(KnockRow.full_at < now))
