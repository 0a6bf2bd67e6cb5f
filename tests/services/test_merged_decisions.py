"""What becomes of sign-offs, revocations and papers when two accounts are merged and parted."""

from collections.abc import Sequence

import pytest

from lti_tool.domain.attainment import AttainmentState
from lti_tool.domain.exported import ExportKind, verification_code
from lti_tool.domain.mastery import MasteryState
from lti_tool.persistence.people import Account
from lti_tool.services.export_outcomes import (
    CredentialDrawn,
    Manner,
    draw_credential,
    keep_paper,
)
from lti_tool.services.merge_accounts import show_merges
from lti_tool.services.replay_decisions import Outcome
from lti_tool.services.sign_off_attainment import revoke_attainment
from lti_tool.services.verify_paper import PaperState, verify_paper
from tests.services.attaining import LEVEL, master, sign_off_now, subject
from tests.services.classroom import STANDARD, Classroom
from tests.services.merged import Twice, two_accounts


@pytest.fixture
def twice(classroom: Classroom) -> Twice:
    return two_accounts(classroom)


def drawn(twice: Twice, account: Account) -> CredentialDrawn:
    with twice.here.reading() as session:
        return draw_credential(
            session,
            twice.here.catalogue,
            STANDARD,
            LEVEL,
            Manner("zh", "Asia/Shanghai"),
            learner_id=account.id,
            school_id=twice.school_id,
        )


def credential(twice: Twice, account: Account) -> str:
    """The code of a new credential."""
    found = drawn(twice, account).content
    code = verification_code(f"paper-of-{account.id}")
    with twice.here.working() as work:
        keep_paper(work, found, ExportKind.CREDENTIAL, code, school_id=twice.school_id)
    return code


def verified(twice: Twice, codes: Sequence[str]) -> list[PaperState]:
    with twice.here.reading() as session:
        found = [verify_paper(session, each) for each in codes]
    return [each.state for each in found if each is not None]


def test_what_was_signed_off_on_ratings_of_both_is_told_once_they_are_parted(
    twice: Twice,
) -> None:
    def told() -> dict[int, list[str]]:
        with twice.here.reading() as session:
            shown = show_merges(session, twice.school_id)
        return {id_: [each.id for each in found] for id_, found in shown.doubtful.items()}

    merge_id = twice.merge()
    made = sign_off_now(twice.here, twice.first)
    assert told() == {}
    twice.part(merge_id)
    assert told() == {merge_id: [made.id]}
    with twice.here.working() as work:
        revoke_attainment(work, subject(twice.first), reason="合并有误", school_id=twice.school_id)
    assert told() == {merge_id: []}
    assert twice.replayed() == [Outcome.SAME] * 2


def test_a_credential_of_what_was_signed_off_together_says_the_same_once_they_are_parted(
    twice: Twice,
) -> None:
    merge_id = twice.merge()
    sign_off_now(twice.here, twice.first)
    before = drawn(twice, twice.first).requirements
    assert {state for _, state in before} == {MasteryState.MASTERED}
    twice.part(merge_id)
    assert drawn(twice, twice.first).requirements == before


def test_both_sign_offs_of_a_merged_learner_stand_until_both_are_revoked_at_once(
    twice: Twice,
) -> None:
    twice.there.now = twice.here.now
    for room, account, assessment in (
        (twice.here, twice.first, twice.assessments[0]),
        (twice.there, twice.second, twice.assessments[1]),
    ):
        room.now = max(twice.here.now, twice.there.now)
        master(room, account, assessment, times=1)
    twice.here.now = twice.there.now
    for each in (twice.first, twice.second):
        sign_off_now(twice.here, each)
    codes = [credential(twice, each) for each in (twice.first, twice.second)]
    merge_id = twice.merge()
    assert verified(twice, codes) == [PaperState.VALID] * 2
    with twice.here.working() as work:
        revoke_attainment(work, subject(twice.first), reason="复查", school_id=twice.school_id)
    assert verified(twice, codes) == [PaperState.REVOKED] * 2
    twice.part(merge_id)
    assert verified(twice, codes) == [PaperState.REVOKED] * 2
    assert [state for _, state in twice.states()] == [AttainmentState.REVOKED] * 2
    assert twice.replayed() == [Outcome.SAME] * 4
