"""The score outbox: what waits, what is claimed, what is told of an attempt."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import update

from lti_tool.domain.score import Score
from lti_tool.persistence import deliveries, scores
from lti_tool.persistence.database import Database, DatabaseError
from lti_tool.persistence.deliveries import Taken
from lti_tool.persistence.scores import Delivery, DeliveryState, ScoreRow
from tests.persistence.course_rows import (
    MINUTE,
    NOW,
    SECOND,
    make_column,
    make_course,
    make_person,
)

LEASE = timedelta(minutes=2)


@dataclass
class Outbox:
    """The outbox of one column, a transaction a call."""

    database: Database
    column_id: int
    person_ids: Sequence[int]
    platform_id: int

    def queue(
        self,
        given: int,
        comment: str = "",
        *,
        who: int = 0,
        now: datetime = NOW,
        bulk: bool = False,
    ) -> None:
        score = Score(Decimal(given), Decimal(20), comment)
        with self.database.transaction() as session:
            scores.queue_score(
                session,
                line_item_id=self.column_id,
                person_id=self.person_ids[who],
                score=score,
                now=now,
                bulk=bulk,
            )

    def lease(self, now: datetime = NOW, limit: int = 20) -> Sequence[Delivery]:
        with self.database.transaction() as session:
            return deliveries.lease_due(
                session, self.platform_id, now=now, lease=LEASE, limit=limit
            )

    def one(self, now: datetime = NOW) -> Delivery:
        (claimed,) = self.lease(now)
        return claimed

    def delivered(self, claimed: Delivery, now: datetime = NOW) -> None:
        with self.database.transaction() as session:
            deliveries.mark_delivered(session, [Taken(claimed)], now=now)

    def renew(self, claimed: Delivery, until: datetime) -> None:
        with self.database.transaction() as session:
            deliveries.renew(session, [claimed], until=until)

    def failed(self, claimed: Delivery, due_at: datetime) -> None:
        with self.database.transaction() as session:
            deliveries.mark_retry(session, claimed, due_at=due_at, reason="unreachable")

    def refused(self, claimed: Delivery, now: datetime = NOW) -> None:
        with self.database.transaction() as session:
            deliveries.mark_needs_person(session, claimed, now=now, reason="no_scope", detail="no")

    def renewed(self, claimed: Delivery, due_at: datetime, held: datetime | None = None) -> None:
        with self.database.transaction() as session:
            deliveries.mark_renewed(
                session, claimed, due_at=due_at, reason="not_newer_conflict", later_than=held
            )

    def again(self, delivery_id: int, now: datetime = NOW) -> None:
        with self.database.transaction() as session:
            scores.send_again(session, delivery_id, now=now)

    def rows(self) -> Sequence[Delivery]:
        with self.database.reading() as session:
            return scores.deliveries_of(session, self.column_id)

    def row(self) -> Delivery:
        (row,) = self.rows()
        return row


@pytest.fixture
def outbox(database: Database) -> Outbox:
    with database.transaction() as session:
        course = make_course(session)
        column = make_column(session, course)
        learners = [make_person(session, course, str(sub)).id for sub in range(4, 24)]
    return Outbox(database, column.id, learners, course.platform_id)


def test_the_newest_score_takes_the_place_of_the_one_before(outbox: Outbox) -> None:
    outbox.queue(10, "接近")
    outbox.queue(16, "达标", now=NOW + MINUTE)
    row = outbox.row()
    assert (row.given, row.comment, row.sequence) == (Decimal(16), "达标", 2)
    assert row.queued_at == NOW + MINUTE


def test_the_same_score_again_is_nothing_new(outbox: Outbox) -> None:
    outbox.queue(16, "达标")
    outbox.delivered(outbox.one())
    before = outbox.row()
    outbox.queue(16, "达标", now=NOW + MINUTE)
    assert outbox.row() == before
    assert outbox.lease(NOW + MINUTE) == []


def test_another_comment_alone_is_a_new_score(outbox: Outbox) -> None:
    outbox.queue(0, "45/49 已掌握")
    outbox.delivered(outbox.one())
    outbox.queue(0, "46/49 已掌握", now=NOW + MINUTE)
    assert outbox.one(NOW + MINUTE).comment == "46/49 已掌握"


def test_a_claimed_score_is_not_claimed_again_while_the_lease_holds(outbox: Outbox) -> None:
    outbox.queue(16)
    assert outbox.one().state is DeliveryState.LEASED
    assert outbox.lease(NOW + LEASE - SECOND) == []


def test_a_lease_that_ran_out_is_taken_over_with_the_same_timestamp(outbox: Outbox) -> None:
    outbox.queue(16)
    first = outbox.one()
    second = outbox.one(NOW + LEASE + SECOND)
    assert second.timestamp == first.timestamp
    assert second.attempts == 2


def test_whoever_lost_the_lease_has_no_say_any_more(outbox: Outbox) -> None:
    outbox.queue(16)
    first = outbox.one()
    second = outbox.one(NOW + LEASE + SECOND)
    outbox.delivered(first)
    outbox.failed(first, NOW)
    outbox.refused(first)
    outbox.renewed(first, NOW)
    assert outbox.row() == second


def test_a_lease_is_held_on_to_until_another_took_over(outbox: Outbox) -> None:
    outbox.queue(16)
    first = outbox.one()
    outbox.renew(first, NOW + 2 * LEASE)
    assert outbox.lease(NOW + LEASE + SECOND) == []
    second = outbox.one(NOW + 2 * LEASE + SECOND)
    outbox.renew(first, NOW + 9 * LEASE)
    assert outbox.row() == second


def test_a_claim_given_back_is_due_at_once_and_counts_no_attempt(outbox: Outbox) -> None:
    outbox.queue(16)
    with outbox.database.transaction() as session:
        deliveries.release(session, [outbox.one()], now=NOW)
    assert outbox.row().state is DeliveryState.WAITING
    again = outbox.one()
    assert (again.attempts, again.timestamp) == (1, NOW)


def test_the_score_due_longest_goes_first_and_no_more_than_asked(outbox: Outbox) -> None:
    for who in (2, 0, 1):
        outbox.queue(16, who=who, now=NOW + who * SECOND)
    claimed = outbox.lease(NOW + MINUTE, limit=2)
    assert [each.person_id for each in claimed] == list(outbox.person_ids[:2])


def test_nothing_is_claimed_before_it_is_due(outbox: Outbox) -> None:
    outbox.queue(16)
    outbox.failed(outbox.one(), NOW + MINUTE)
    assert outbox.lease(NOW + MINUTE - SECOND) == []
    assert outbox.one(NOW + MINUTE).attempts == 2


def test_fresh_scores_go_before_bulk_which_keeps_a_share(outbox: Outbox) -> None:
    for who in range(10):
        outbox.queue(16, who=who, bulk=True)
    for who in range(10, 20):
        outbox.queue(16, who=who, now=NOW + SECOND)
    first = outbox.lease(NOW + MINUTE, limit=8)
    assert [each.bulk for each in first] == [False] * 6 + [True] * 2
    second = outbox.lease(NOW + MINUTE, limit=8)
    assert [each.bulk for each in second] == [False] * 4 + [True] * 4


def test_a_platform_is_due_while_any_score_for_it_is(outbox: Outbox) -> None:
    outbox.queue(16)
    with outbox.database.reading() as session:
        assert deliveries.platforms_due(session, NOW - SECOND) == []
        assert deliveries.platforms_due(session, NOW) == [outbox.platform_id]
        assert deliveries.due_ids(session, NOW, 5) == [outbox.row().id]
    outbox.delivered(outbox.one())
    with outbox.database.reading() as session:
        assert deliveries.platforms_due(session, NOW + MINUTE) == []


def test_a_score_of_a_release_that_knew_no_platforms_is_sent_all_the_same(outbox: Outbox) -> None:
    outbox.queue(16)
    with outbox.database.transaction() as session:
        session.execute(update(ScoreRow).values(platform_id=None))
    with outbox.database.transaction() as session:
        assert deliveries.platforms_due(session, NOW) == [outbox.platform_id]
        deliveries.adopt(session)
    assert outbox.one().platform_id == outbox.platform_id


def test_deliverers_at_once_never_hold_the_same_score(outbox: Outbox) -> None:
    for who in range(20):
        outbox.queue(16, who=who)
    start = Barrier(4)

    def claim_all(_number: int) -> list[int]:
        start.wait()
        mine: list[int] = []
        while claimed := outbox.lease(limit=1):
            mine.extend(each.id for each in claimed)
        return mine

    with ThreadPoolExecutor(4) as pool:
        held = [delivery_id for mine in pool.map(claim_all, range(4)) for delivery_id in mine]
    assert sorted(held) == sorted(each.id for each in outbox.rows())


def test_each_new_score_has_a_time_later_by_a_second_at_least(outbox: Outbox) -> None:
    sent: list[datetime] = []
    for given in range(5):
        outbox.queue(given)
        claimed = outbox.one()
        assert claimed.timestamp is not None
        sent.append(claimed.timestamp)
        outbox.delivered(claimed)
    assert sent == [NOW + place * SECOND for place in range(5)]


def test_the_time_is_that_of_sending_not_of_rating(outbox: Outbox) -> None:
    outbox.queue(16)
    assert outbox.row().timestamp is None
    assert outbox.one(NOW + MINUTE).timestamp == NOW + MINUTE


def test_the_time_is_kept_over_retries(outbox: Outbox) -> None:
    outbox.queue(16)
    outbox.failed(outbox.one(), NOW + MINUTE)
    assert outbox.one(NOW + MINUTE).timestamp == NOW


def test_a_renewed_score_gets_a_later_time_and_counts_the_conflict(outbox: Outbox) -> None:
    outbox.queue(16)
    outbox.renewed(outbox.one(), NOW)
    claimed = outbox.one()
    assert (claimed.timestamp, claimed.conflicts) == (NOW + SECOND, 1)
    outbox.delivered(claimed)
    assert outbox.row().conflicts == 0


def test_a_renewed_score_is_later_than_what_the_lms_holds(outbox: Outbox) -> None:
    outbox.queue(16)
    outbox.renewed(outbox.one(), NOW, NOW + MINUTE)
    assert outbox.one().timestamp == NOW + MINUTE + SECOND


def test_a_score_that_comes_while_the_last_is_in_flight_waits_its_turn(outbox: Outbox) -> None:
    outbox.queue(10)
    first = outbox.one()
    outbox.queue(16)
    assert outbox.lease() == []
    outbox.delivered(first)
    second = outbox.one()
    assert second.given == 16
    assert second.timestamp == NOW + SECOND
    assert second.attempts == 1


def test_a_refusal_of_an_older_score_does_not_stop_the_newer(outbox: Outbox) -> None:
    outbox.queue(10)
    first = outbox.one()
    outbox.queue(16)
    outbox.refused(first)
    assert outbox.one().given == 16


def test_a_failure_of_an_older_score_lets_the_newer_go_out_with_a_new_time(
    outbox: Outbox,
) -> None:
    outbox.queue(10)
    first = outbox.one()
    outbox.queue(16)
    outbox.failed(first, NOW + MINUTE)
    claimed = outbox.one(NOW + MINUTE)
    assert (claimed.given, claimed.timestamp) == (Decimal(16), NOW + MINUTE)


def test_a_refused_score_waits_for_a_person_who_may_send_it_again(outbox: Outbox) -> None:
    outbox.queue(16)
    outbox.refused(outbox.one())
    row = outbox.row()
    assert (row.state, row.reason, row.detail) == (DeliveryState.NEEDS_PERSON, "no_scope", "no")
    assert outbox.lease(NOW + timedelta(days=9)) == []
    outbox.again(row.id, NOW + MINUTE)
    claimed = outbox.one(NOW + MINUTE)
    assert (claimed.attempts, claimed.reason) == (1, "")
    assert claimed.timestamp == NOW + MINUTE


def test_a_newer_score_is_tried_although_the_last_was_refused(outbox: Outbox) -> None:
    outbox.queue(10)
    outbox.refused(outbox.one())
    outbox.queue(16)
    assert outbox.one().given == 16


def test_a_score_in_flight_is_not_sent_again_by_hand(outbox: Outbox) -> None:
    outbox.queue(16)
    claimed = outbox.one()
    outbox.again(claimed.id)
    assert outbox.row() == claimed


def test_a_comment_counts_as_sent_once_it_was_delivered(outbox: Outbox) -> None:
    outbox.queue(10, "两处未达标")
    outbox.delivered(outbox.one())
    outbox.queue(12, "两处未达标")
    assert outbox.one().comment_sent
    outbox.queue(14, "一处未达标")
    assert not outbox.row().comment_sent


def test_a_comment_counts_as_sent_though_the_score_changed_in_flight(outbox: Outbox) -> None:
    outbox.queue(10, "两处未达标")
    first = outbox.one()
    outbox.queue(12, "两处未达标")
    outbox.delivered(first)
    assert outbox.one().comment_sent


def test_a_comment_of_a_score_that_failed_was_not_sent(outbox: Outbox) -> None:
    outbox.queue(10, "两处未达标")
    outbox.failed(outbox.one(), NOW)
    assert not outbox.one().comment_sent


def test_the_backlog_counts_what_is_not_delivered_and_since_when(outbox: Outbox) -> None:
    for who in range(4):
        outbox.queue(16, who=who, now=NOW + who * SECOND)
    delivered, refused, failed, _leased = outbox.lease(NOW + MINUTE)
    outbox.delivered(delivered)
    outbox.refused(refused)
    outbox.failed(failed, NOW + MINUTE)
    with outbox.database.reading() as session:
        assert scores.backlog(session) == (2, NOW + 2 * SECOND)
        assert scores.count_needing_person(session) == 1


def test_points_out_of_range_are_refused_by_the_database(outbox: Outbox) -> None:
    with pytest.raises(DatabaseError):
        outbox.queue(-1)
    assert outbox.rows() == []


def test_one_row_for_a_column_and_person_is_held_by_the_database(outbox: Outbox) -> None:
    outbox.queue(16)
    row = {"line_item_id": outbox.column_id, "person_id": outbox.person_ids[0]}
    points = {"given": Decimal(1), "maximum": Decimal(1)}
    with pytest.raises(DatabaseError), outbox.database.transaction() as session:
        session.add(ScoreRow(**row, **points, queued_at=NOW, state="waiting", due_at=NOW))


def test_a_platform_tells_when_it_last_took_a_score(outbox: Outbox) -> None:
    for who, minutes in ((0, 1), (1, 4), (2, 2)):
        outbox.queue(5, who=who)
        outbox.delivered(outbox.one(), NOW + minutes * MINUTE)
    outbox.queue(6)
    with outbox.database.reading() as session:
        assert scores.last_delivered(session) == {outbox.platform_id: NOW + 4 * MINUTE}


def test_a_platform_that_never_took_a_score_tells_nothing(outbox: Outbox) -> None:
    outbox.queue(5)
    with outbox.database.reading() as session:
        assert scores.last_delivered(session) == {}
