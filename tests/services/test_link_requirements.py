"""A school accepts, rejects and undoes links; standings follow, decisions on levels stay."""

import shutil
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lti_tool.catalogue import Catalogue, load_catalogue
from lti_tool.domain.attainment import Decision
from lti_tool.domain.equivalence import (
    ConflictKind,
    LinksRefusedError,
    Verdict,
    links_in_force,
)
from lti_tool.domain.errors import NotFoundError, ReasonMissingError, StaleFormError
from lti_tool.domain.mapping import EquivalenceClasses, LinkTag
from lti_tool.domain.standard import RequirementKey
from lti_tool.persistence import decisions, standings
from lti_tool.persistence.people import Account
from lti_tool.persistence.recomputations import Recomputation
from lti_tool.services.link_requirements import Judgement, decide_link
from lti_tool.services.replay_decisions import Outcome, replay_decisions
from lti_tool.services.show_class import ClassView, show_class
from lti_tool.services.show_history import show_history
from lti_tool.services.show_links import Links, school_links_yaml, show_links
from tests.services.attaining import master, sign_off_now, whole_level
from tests.services.classroom import STANDARD, Classroom


def key(name: str) -> RequirementKey:
    return RequirementKey.parse(name)


ROOT = Path(__file__).parent.parent.parent
ZONE = ZoneInfo("Asia/Shanghai")
LOW, MID = key("elementary/2.1.2"), key("intermediate/2.1.2")
"""Linked as shipped: the same text."""


def decide(
    classroom: Classroom,
    lower: RequirementKey = LOW,
    higher: RequirementKey = MID,
    verdict: Verdict = Verdict.REJECT,
    *,
    tag: LinkTag | None = None,
    reason: str = "教研组讨论",
    seen: int = 0,
) -> Recomputation:
    judgement = Judgement((lower, higher), verdict, reason, seen, tag)
    with classroom.working() as work:
        return decide_link(work, STANDARD, judgement, school_id=classroom.course.school_id)


def links(classroom: Classroom) -> Links:
    school_id = classroom.course.school_id
    with classroom.reading() as session:
        return show_links(session, classroom.catalogue, STANDARD, school_id=school_id)


def mastered(classroom: Classroom, learner: Account) -> set[str]:
    with classroom.reading() as session:
        held = standings.standings_of(session, {learner.id}, STANDARD)[learner.id]
    return {str(each) for each, standing in held.items() if standing.state == "mastered"}


@pytest.fixture
def learner(classroom: Classroom) -> Account:
    """A learner with every requirement of one intermediate task mastered."""
    account = classroom.enrol("黄嘉怡", number="20260001")
    master(classroom, account, classroom.set_up("2.1.2", "2.1.3", level="intermediate"))
    return account


def test_rejecting_a_shipped_link_parts_the_evidence_of_the_whole_school(
    classroom: Classroom, learner: Account
) -> None:
    assert mastered(classroom, learner) == {"elementary/2.1.2", "elementary/2.1.3"}
    recomputed = decide(classroom)
    assert (recomputed.total, recomputed.due_at) == (1, None)
    assert mastered(classroom, learner) == {"intermediate/2.1.2", "elementary/2.1.3"}


def test_undoing_brings_the_shipped_link_back(classroom: Classroom, learner: Account) -> None:
    decide(classroom)
    decide(classroom, verdict=Verdict.UNDO, seen=1)
    assert mastered(classroom, learner) == {"elementary/2.1.2", "elementary/2.1.3"}
    shown = links(classroom)
    assert [each.verdict for each in shown.made] == [Verdict.UNDO, Verdict.REJECT]
    assert shown.in_force == {}
    with pytest.raises(NotFoundError):
        decide(classroom, verdict=Verdict.UNDO, seen=2)


def test_who_decided_why_and_when_is_kept(classroom: Classroom) -> None:
    decide(classroom, reason=" 情境不同 ")
    (made,) = links(classroom).made
    assert (made.number, made.pair, made.reason) == (1, (LOW, MID), "情境不同")
    assert (made.by, made.decided_at) == (classroom.teacher.label, classroom.now)


def test_another_schools_links_are_not_touched(classroom: Classroom) -> None:
    decide(classroom)
    other = classroom.course.school_id + 1
    bundle = classroom.catalogue.find(STANDARD)
    with classroom.reading() as session:
        text = school_links_yaml(session, bundle, school_id=other, zone=ZONE)
    assert "lower: elementary/2.1.2\n  higher: intermediate/2.1.2" in text


def test_an_accepted_pair_shares_its_evidence(classroom: Classroom, learner: Account) -> None:
    decide(classroom)
    decide(classroom, verdict=Verdict.ACCEPT, tag=LinkTag.SAME, seen=1)
    assert mastered(classroom, learner) == {"elementary/2.1.2", "elementary/2.1.3"}


def test_a_link_that_unites_two_requirements_of_one_level_is_refused(
    classroom: Classroom,
) -> None:
    with pytest.raises(LinksRefusedError) as refused:
        decide(
            classroom,
            key("elementary/2.1.3"),
            MID,
            Verdict.ACCEPT,
            tag=LinkTag.DIFF,
        )
    kinds = {each.kind for each in refused.value.conflicts}
    assert kinds == {ConflictKind.ONE_LEVEL}
    words = refused.value.conflicts[0].words(links(classroom).bundle.standard).zh
    assert "初级 2.1.2 与 初级 2.1.3" in words
    assert links(classroom).made == ()


def test_a_pair_marked_never_shared_is_not_united_by_another_link(classroom: Classroom) -> None:
    with pytest.raises(LinksRefusedError) as refused:
        decide(
            classroom,
            key("intermediate/2.2.3"),
            key("advanced/1.1.2"),
            Verdict.ACCEPT,
            tag=LinkTag.SAME,
        )
    (conflict,) = refused.value.conflicts
    assert conflict.kind is ConflictKind.KEPT_APART
    assert conflict.pair == (key("elementary/2.2.3"), key("advanced/1.1.2"))


def test_a_tag_that_the_texts_deny_is_refused(classroom: Classroom) -> None:
    with pytest.raises(LinksRefusedError) as refused:
        decide(classroom, LOW, key("intermediate/6.1.1"), Verdict.ACCEPT, tag=LinkTag.SAME)
    assert refused.value.faults


def test_without_a_reason_nothing_is_decided(classroom: Classroom) -> None:
    with pytest.raises(ReasonMissingError):
        decide(classroom, reason="  ")


def test_of_two_who_decide_at_once_the_second_looks_again(classroom: Classroom) -> None:
    decide(classroom)
    with pytest.raises(StaleFormError):
        decide(classroom, key("elementary/2.1.3"), key("intermediate/2.1.3"))


def test_a_signed_off_level_stays_and_is_computed_again_by_the_links_of_its_day(
    classroom: Classroom,
) -> None:
    learner = classroom.enrol("黄嘉怡", number="20260001")
    master(classroom, learner, whole_level(classroom))
    sign_off_now(classroom, learner)
    decide(classroom)
    decision = sign_off_of(classroom, learner)
    assert decision.links == 0
    with classroom.reading() as session:
        outcomes = [each.outcome for each in replay_decisions(session, classroom.catalogue)]
    assert outcomes == [Outcome.SAME]


def sign_off_of(classroom: Classroom, learner: Account) -> Decision:
    with classroom.reading() as session:
        (found,) = decisions.decisions_of(session, learner.id, STANDARD)
    return found


def test_a_decision_made_under_the_schools_links_is_computed_again_under_them(
    classroom: Classroom,
) -> None:
    learner = classroom.enrol("黄嘉怡", number="20260001")
    decide(classroom)
    master(classroom, learner, whole_level(classroom))
    sign_off_now(classroom, learner)
    assert sign_off_of(classroom, learner).links == 1
    decide(classroom, verdict=Verdict.UNDO, seen=1)
    with classroom.reading() as session:
        outcomes = [each.outcome for each in replay_decisions(session, classroom.catalogue)]
    assert outcomes == [Outcome.SAME]


def test_pages_show_the_classes_of_the_school(classroom: Classroom, learner: Account) -> None:
    decide(classroom)
    with classroom.reading() as session:
        history = show_history(
            session,
            classroom.catalogue,
            STANDARD,
            LOW,
            learner_id=learner.id,
            course_id=classroom.course.id,
            now=classroom.now,
        )
        view = ClassView(standard_id=STANDARD, level="intermediate")
        shown = show_class(session, classroom.catalogue, view, course_id=classroom.course.id)
    assert history.ratings == ()
    keys = {str(each.key) for each in shown.columns}
    assert "intermediate/2.1.2" in keys
    assert "intermediate/2.1.3" not in keys


def test_a_rejected_link_is_proposed_no_more(classroom: Classroom) -> None:
    assert links(classroom).proposals == ()
    decide(classroom)
    assert links(classroom).proposals == ()


def test_without_shipped_links_every_equal_text_is_proposed_and_nothing_is_linked(
    classroom: Classroom,
) -> None:
    bundle = classroom.catalogue.find(STANDARD)
    bare = replace(bundle, links=(), classes=EquivalenceClasses(bundle.standard, ()))
    classroom.catalogue = Catalogue((bare,))
    shown = links(classroom)
    assert len(shown.proposals) == 64
    assert shown.links == ()
    decide(classroom, verdict=Verdict.ACCEPT, tag=LinkTag.SAME)
    assert (len(links(classroom).proposals), links(classroom).sharing) == (63, 1)


def test_the_links_come_out_as_a_file_that_the_catalogue_takes(
    classroom: Classroom, tmp_path: Path
) -> None:
    decide(classroom, reason="情境不同：先核对，后答复")
    decide(classroom, verdict=Verdict.ACCEPT, tag=LinkTag.PROGRESS, reason="中级更难", seen=1)
    bundle = classroom.catalogue.find(STANDARD)
    with classroom.reading() as session:
        text = school_links_yaml(session, bundle, school_id=classroom.course.school_id, zone=ZONE)
    for folder in ("rubrics", "mappings"):
        shutil.copytree(ROOT / folder / STANDARD, tmp_path / folder / STANDARD)
    (tmp_path / "mappings" / STANDARD / "equivalence.yaml").write_text(text, encoding="utf-8")
    (read,) = load_catalogue(tmp_path / "rubrics", tmp_path / "mappings").standards
    assert read.links == links_in_force(bundle.links, links(classroom).made[::-1])
