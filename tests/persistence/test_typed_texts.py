"""What people typed and have not stored yet: how much is kept of it, and for how long."""

from datetime import timedelta

from lti_tool.domain.launch import Role
from lti_tool.persistence import typed_texts
from lti_tool.persistence.database import Database
from tests.services.classroom import START, enrol, open_course

WORDS = "第二段里我确认过订单号。"


def test_only_so_many_forms_are_kept_and_each_for_a_month(database: Database) -> None:
    learner = enrol(database, open_course(database), "陈思雨", Role.STUDENT)
    with database.transaction() as session:
        for number in range(typed_texts.MOST + 1):
            at = START + timedelta(seconds=number)
            typed_texts.keep_text(session, learner.id, f"{number}", WORDS, now=at)
        kept = typed_texts.texts_of(session, learner.id)
        assert len(kept) == typed_texts.MOST
        assert "0" not in kept

        later = START + timedelta(days=31)
        for words in (WORDS, "新的"):
            typed_texts.keep_text(session, learner.id, "new", words, now=later)
        assert typed_texts.texts_of(session, learner.id) == {"new": "新的"}
