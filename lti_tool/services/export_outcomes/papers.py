"""What leaves the tool about one learner: a transcript of all levels, or one level signed off.

A transcript says how things stand on its day. A credential rests on the sign-off alone: on the
ratings it was made on, under the rule, links and waivers of that day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lti_tool.catalogue import Catalogue, StandardBundle
from lti_tool.domain.attainment import (
    Attainment,
    AttainmentState,
    Decision,
    DecisionKind,
    attainment_state,
)
from lti_tool.domain.errors import NotFoundError, NotSignedOffError
from lti_tool.domain.exported import (
    LETTERS,
    AreaLine,
    ExportContent,
    ExportLine,
    Holder,
    LevelFacts,
)
from lti_tool.domain.level_rule import LevelRule
from lti_tool.domain.mastery import Mastery, MasteryState
from lti_tool.domain.standard import Requirement, RequirementKey
from lti_tool.persistence import courses, export_sources, people, rolls
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account
from lti_tool.services.standing import last_decisions, level_rule, masteries_of, rules_then
from lti_tool.services.work import ratings_of, rubrics_of

from .facts import Manner, facts_of, named

Masteries = dict[RequirementKey, Mastery]


@dataclass(frozen=True, slots=True)
class CredentialDrawn:
    """What a credential of a level says. ``requirements`` are those the level ranges over, one
    for each class, with their state on the evidence of the sign-off; ``level_names`` are those of
    all levels, by key."""

    content: ExportContent
    level_names: Mapping[str, str]
    decision: Decision
    requirements: tuple[tuple[Requirement, MasteryState], ...]


def draw_transcript(
    session: Session,
    catalogue: Catalogue,
    standard_id: str,
    manner: Manner,
    *,
    learner_id: int,
    school_id: int,
    now: datetime,
) -> ExportContent:
    """Every level of a learner that was begun or decided on, with its work areas, as of now.

    Raises NotFoundError for anybody who is no learner of this school, UnknownStandardError.
    """
    learner = _of_school(session, learner_id, school_id)
    bundle = catalogue.find(standard_id)
    rules = level_rule(session, bundle, school_id)
    masteries = dict(masteries_of(session, bundle, rules, learner.id, now))
    last = last_decisions(session, learner.id, standard_id)
    pattern = _pattern(session, learner, now)
    lines = []
    for level in bundle.standard.levels:
        begun = any(rules.classes.class_of(r.key).key in masteries for r in level.requirements)
        decision = last.get(level.key)
        if begun or decision is not None:
            attainment = rules.evaluate(level.key, masteries)
            state = attainment_state(attainment, has_evidence=bool(masteries), last=decision)
            line = replace(pattern, level=level.key, state=state)
            lines.append(_filled(line, bundle, attainment, decision))
    return ExportContent(facts_of(session, bundle.standard, manner, school_id), tuple(lines))


def draw_credential(
    session: Session,
    catalogue: Catalogue,
    standard_id: str,
    level: str,
    manner: Manner,
    *,
    learner_id: int,
    school_id: int,
) -> CredentialDrawn:
    """The level as it was signed off.

    Raises NotFoundError for anybody who is no learner of this school, UnknownStandardError,
    NotSignedOffError where no sign-off is in force or the rule it was made under is not kept.
    """
    learner = _of_school(session, learner_id, school_id)
    bundle = catalogue.find(standard_id)
    name = bundle.standard.level(level).name.in_language(manner.language)
    decision, rules = _sign_off(session, bundle, learner, level)
    masteries = _masteries_then(session, bundle, rules, decision, school_id)
    classes = rules.classes.up_to(level)
    states = tuple(_state(masteries, each.key) for each in classes)
    requirements = tuple(bundle.standard.requirement(each.key) for each in classes)
    pattern = _pattern(session, learner, decision.decided_at)
    line = replace(
        _filled(pattern, bundle, rules.evaluate(level, masteries), decision),
        level=level,
        state=AttainmentState.ATTAINED,
        masteries="".join(LETTERS[each] for each in states),
    )
    own = LevelFacts(level, name, _objectives(bundle, manner, requirements))
    facts = facts_of(session, bundle.standard, manner, school_id)
    return CredentialDrawn(
        ExportContent(replace(facts, levels=(own,)), (line,)),
        {each.key: each.name.in_language(manner.language) for each in bundle.standard.levels},
        decision,
        tuple(zip(requirements, states, strict=True)),
    )


def _sign_off(
    session: Session, bundle: StandardBundle, learner: Account, level: str
) -> tuple[Decision, LevelRule]:
    """The sign-off in force and what it was made under. Raises NotSignedOffError."""
    decision = last_decisions(session, learner.id, bundle.standard.id).get(level)
    if decision is None or decision.kind is not DecisionKind.SIGN_OFF:
        raise NotSignedOffError
    rules = rules_then(session, bundle, learner.school_id, decision)
    if rules is None:
        raise NotSignedOffError
    return decision, rules


def _masteries_then(
    session: Session, bundle: StandardBundle, rules: LevelRule, decision: Decision, school_id: int
) -> Masteries:
    """Mastery on the very ratings that the decision rests on, as of its day."""
    learner_id, carried = decision.learner_id, decision.carried or 0
    found = ratings_of(session, bundle, [learner_id], school_id=school_id, up_to=carried, ever=True)
    ordered = sorted(found.get(learner_id, ()), key=lambda each: each.order)
    own = [each for each in ordered if each.id in decision.rating_ids]
    return rules.masteries(own, rubrics_of(session, bundle, own), now=decision.decided_at)


def _of_school(session: Session, learner_id: int, school_id: int) -> Account:
    learner = people.account(session, learner_id)
    if learner.school_id != school_id or not courses.courses_of_student(session, learner_id):
        raise NotFoundError
    return learner


def _pattern(session: Session, learner: Account, now: datetime) -> ExportLine:
    """A line with all that is the same for every level of the learner."""
    holder: Holder = export_sources.holders_of(session, learner.school_id, learner.id)[learner.id]
    number = learner.student_number
    lists = rolls.enrolments(session, learner.school_id, [number]) if number else {}
    told = next(iter(lists.get(number, ())), None)
    attended = courses.courses_of_student(session, learner.id)
    return ExportLine(
        holder=named(holder, told),
        level="",
        state=AttainmentState.NO_EVIDENCE,
        mastered=0,
        total=0,
        rule_version="",
        changed_at=now,
        courses=tuple(each.title or each.label for each in attended),
        term=told.term if told else "",
        programme=told.programme if told else "",
        class_name=told.class_name if told else "",
    )


def _filled(
    line: ExportLine, bundle: StandardBundle, attainment: Attainment, decision: Decision | None
) -> ExportLine:
    areas = (
        AreaLine(each.level, f"{each.area}", each.mastered, each.needed, each.total)
        for each in attainment.areas
    )
    return replace(
        line,
        mastered=attainment.mastered,
        total=attainment.total,
        rule_version=decision.rule_version if decision else attainment.rule_version,
        decision_id=decision.id if decision else "",
        decided_at=decision.decided_at if decision else None,
        areas=tuple(replace(each, area=_area_title(bundle, each)) for each in areas),
    )


def _area_title(bundle: StandardBundle, line: AreaLine) -> str:
    """The area's code and its title in the standard's own language."""
    areas = bundle.standard.level(line.level).areas
    title = next(each.title.zh for each in areas if each.code == line.area)
    return f"{line.area} {title}"


def _state(masteries: Masteries, key: RequirementKey) -> MasteryState:
    mastery = masteries.get(key)
    return mastery.state if mastery is not None else MasteryState.NO_EVIDENCE


def _objectives(
    bundle: StandardBundle, manner: Manner, requirements: Sequence[Requirement]
) -> tuple[str, ...]:
    """The identifiers of requirements of whatever levels; none where the manner has none."""
    if manner.objectives is None:
        return ()
    standard = bundle.standard
    known = {
        key: identifier
        for level in standard.levels
        for key, identifier in manner.objectives(standard, level)
    }
    return tuple(known[each.key] for each in requirements)
