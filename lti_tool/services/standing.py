"""What follows from ratings and decisions: mastery, attainment, and the scores to be sent.

Every use case that releases a rating or decides on a level ends here, in its own transaction,
so that standings and outbox never disagree with the ratings. Not a use case itself.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from lti_tool.catalogue import StandardBundle, rule_from
from lti_tool.domain.assessment import Assessment
from lti_tool.domain.attainment import (
    Attainment,
    AttainmentState,
    Decision,
    attainment_state,
    digest_of,
    in_scope,
    waived_in,
)
from lti_tool.domain.equivalence import links_in_force
from lti_tool.domain.level_rule import LevelRule
from lti_tool.domain.mapping import AttainmentRule, EquivalenceClasses
from lti_tool.domain.mastery import Mastery
from lti_tool.domain.rating import in_force
from lti_tool.domain.score import (
    LEVEL_WITHDRAWN,
    Score,
    assessment_comment,
    assessment_score,
    level_score,
)
from lti_tool.domain.standard import RequirementKey
from lti_tool.domain.submission import Submission
from lti_tool.persistence import (
    assessments,
    carry_decisions,
    courses,
    decisions,
    learners,
    line_items,
    link_decisions,
    people,
    ratings,
    runs,
    school_rules,
    scores,
    standings,
    submissions,
)
from lti_tool.persistence.courses import Course
from lti_tool.persistence.database import Session
from lti_tool.persistence.people import Account
from lti_tool.persistence.standings import Outcome

from .work import Work, rated_with, ratings_of, reviewed_of, rubrics_of


def masteries_of(
    session: Session,
    bundle: StandardBundle,
    rules: LevelRule,
    learner_id: int,
    now: datetime,
    *,
    answering: str = "",
) -> Mapping[RequirementKey, Mastery]:
    """A learner's mastery by class representative, computed from the ratings themselves.

    Only classes with a released rating are there; a missing one has no evidence. What is under
    review is frozen, but for the review of the id ``answering``.
    """
    school_id = people.account(session, learner_id).school_id
    found = ratings_of(session, bundle, [learner_id], school_id=school_id)
    stored = found.get(learner_id, ())
    reviewed = reviewed_of(session, bundle, [learner_id], school_id=school_id, but=answering)
    return rules.masteries(
        in_force(stored),
        rubrics_of(session, bundle, stored),
        now=now,
        reviewed=reviewed.get(learner_id, ()),
    )


def level_rule(session: Session, bundle: StandardBundle, school_id: int) -> LevelRule:
    """The attainment rule in force at a school, the school's own or the shipped one, with the
    school's equivalence classes and its waivers."""
    waived = decisions.waivers_of(session, school_id, bundle.standard.id)
    return LevelRule(
        bundle.standard,
        classes_of(session, bundle, school_id),
        rule_in_force(session, bundle, school_id),
        frozenset(each.requirement for each in waived),
    )


def classes_of(
    session: Session, bundle: StandardBundle, school_id: int, *, up_to: int | None = None
) -> EquivalenceClasses:
    """The equivalence classes of a school: the shipped ones as it decided about their links;
    ``up_to``: after so many of its decisions."""
    made = link_decisions.link_decisions_of(session, school_id, bundle.standard.id, up_to=up_to)
    if not made:
        return bundle.classes
    return EquivalenceClasses(bundle.standard, links_in_force(bundle.links, made))


def rule_in_force(session: Session, bundle: StandardBundle, school_id: int) -> AttainmentRule:
    """The rule the school set last; the shipped one where it has set none."""
    own = school_rules.rule_in_force(session, school_id, bundle.standard.id)
    return bundle.rule if own is None else rule_from(own.content, bundle.standard)


def rule_of_version(
    session: Session, bundle: StandardBundle, school_id: int, version: str
) -> AttainmentRule | None:
    """The rule a decision names; None where it is neither the shipped one nor a kept one of the
    school: a shipped rule that has been replaced since."""
    if version == bundle.rule.version:
        return bundle.rule
    kept = school_rules.rules_of(session, school_id, bundle.standard.id)
    found = (each.content for each in kept if each.version == version)
    content = next(found, None)
    return None if content is None else rule_from(content, bundle.standard)


def take_effect(work: Work, submission: Submission, assessment: Assessment) -> bool:
    """Let the released ratings of a submission count: queue the grade, update the standing.

    Returns whether every code is rated and released; before that no grade is sent.
    """
    bundle = work.bundle(assessment.standard_id)
    standings.lock_learner(work.session, submission.learner_id)
    complete = _queue_grade(work, submission, assessment)
    learner = people.account(work.session, submission.learner_id)
    rules = level_rule(work.session, bundle, learner.school_id)
    update_standing(work, bundle, learner, rules)
    return complete


def update_standing(work: Work, bundle: StandardBundle, learner: Account, rules: LevelRule) -> None:
    """Compute a learner's mastery and attainment anew, store both, queue the levels' scores; for
    the versions of the standard, too, that the school carries this evidence to."""
    _update(work, bundle, learner, rules)
    newer = carry_decisions.newer_versions(work.session, learner.school_id, bundle.standard.id)
    for each in newer:
        other = work.catalogue.installed(each)
        if other is not None:
            _update(work, other, learner, level_rule(work.session, other, learner.school_id))


def _update(work: Work, bundle: StandardBundle, learner: Account, rules: LevelRule) -> None:
    learner = _locked(work, learner)
    accounts = learners.accounts_of(work.session, [learner.id])[learner.id]
    masteries = masteries_of(work.session, bundle, rules, learner.id, work.now)
    for each in accounts:
        standings.store_masteries(work.session, each, bundle.standard.id, masteries.values())
    last = last_decisions(work.session, learner.id, bundle.standard.id)
    told: dict[str, Score] = {}
    outcomes: list[Outcome] = []
    for level in bundle.standard.levels:
        attainment = rules.evaluate(level.key, masteries)
        evidence = bool(in_scope(rules.scope(level.key), masteries))
        decision = last.get(level.key)
        state = attainment_state(attainment, has_evidence=evidence, last=decision)
        if state is not AttainmentState.NO_EVIDENCE:
            begun = any(key.level == level.key for key in masteries)
            made = _outcome(work, bundle, learner, attainment, state)
            last_id = decision.id if decision is not None else None
            outcomes.append(replace(made, begun=begun, decision_id=last_id))
        score = level_score(
            attainment,
            state,
            standard=bundle.standard,
            last=decision,
            decided_on=work.day(decision.decided_at) if decision else None,
        )
        if score is not None:
            told[level.key] = score
    standings.store_outcomes(work.session, learner, bundle.standard.id, outcomes, now=work.now)
    for each in accounts:
        _queue_levels(work, bundle, each, told)


def _locked(work: Work, account: Account) -> Account:
    """The learner whose account this is, for nobody else to compute until this transaction ends;
    somebody may have merged the account while the lock was waited for."""
    standings.lock_learner(work.session, account.id)
    learner_id = learners.learner_of(work.session, account.id)
    if learner_id == account.id:
        return account
    standings.lock_learner(work.session, learner_id)
    return people.account(work.session, learner_id)


def evidence_digest(
    rules: LevelRule,
    learner_id: int,
    level: str,
    masteries: Mapping[RequirementKey, Mastery],
) -> str:
    """The digest of what a decision on this level would rest on now."""
    classes = rules.scope(level)
    return digest_of(
        learner_id=learner_id,
        level=level,
        rule=rules.rule,
        masteries=in_scope(classes, masteries),
        waived=waived_in(classes, rules.waived),
    )


def rules_then(
    session: Session, bundle: StandardBundle, school_id: int, decision: Decision
) -> LevelRule | None:
    """The rule, the classes and the waivers a decision was made under; None where that rule is
    not kept."""
    rule = rule_of_version(session, bundle, school_id, decision.rule_version)
    if rule is None:
        return None
    now = level_rule(session, bundle, school_id)
    return replace(
        now,
        rule=rule,
        classes=classes_of(session, bundle, school_id, up_to=decision.links or 0),
        waived=now.waived if decision.waived is None else decision.waived,
    )


def last_decisions(session: Session, learner_id: int, standard_id: str) -> Mapping[str, Decision]:
    """The newest decision on each level that has one, by level key."""
    return {each.level: each for each in decisions.decisions_of(session, learner_id, standard_id)}


def _outcome(
    work: Work,
    bundle: StandardBundle,
    learner: Account,
    attainment: Attainment,
    state: AttainmentState,
) -> Outcome:
    return Outcome(
        learner=learner,
        standard_id=bundle.standard.id,
        level=attainment.level,
        state=state,
        met=attainment.met,
        mastered=attainment.mastered,
        total=attainment.total,
        steps=attainment.steps,
        rule_version=attainment.rule_version,
        changed_at=work.now,
    )


def _queue_levels(
    work: Work, bundle: StandardBundle, account_id: int, told: Mapping[str, Score]
) -> None:
    """Queue each level's score for every course of an account that assesses the level.

    A course they have left is passed over: its LMS takes no score for them. The column is the
    tool's own, with no resource link: deleting an activity leaves it. What rests on no rating any
    more, since two accounts are no longer one learner's, is taken back where it was told.
    """
    session, standard = work.session, bundle.standard
    for course in courses.courses_of_student(session, account_id, present=True):
        if course.line_items_url is None:
            continue
        for level in assessments.levels_assessed(session, course.id, standard.id):
            place = f"{standard.id}/{level}"
            if level in told or scores.was_told(session, course.id, place, account_id):
                item = line_items.ensure_line_item(
                    session,
                    course_id=course.id,
                    resource_id=place,
                    tag=line_items.ATTAINMENT_TAG,
                    label=_level_label(bundle, level),
                    maximum=Decimal(1),
                )
                scores.queue_score(
                    session,
                    line_item_id=item.id,
                    person_id=account_id,
                    score=told.get(level, LEVEL_WITHDRAWN),
                    now=work.now,
                    bulk=work.bulk,
                )


def _level_label(bundle: StandardBundle, level: str) -> str:
    standard = bundle.standard
    return f"{standard.title.zh}（{standard.level(level).name.zh}）等级达成"


def _queue_grade(work: Work, submission: Submission, assessment: Assessment) -> bool:
    """Queue the learner's grade; returns whether this submission has one.

    With several attempts the newest completely rated one is the grade: correcting an older one
    leaves it.
    """
    course_id = assessments.course_of(work.session, assessment.id)
    course = courses.course(work.session, course_id)
    grades = _grades(work, submission.learner_id, assessment)
    if grades and course.line_items_url is not None:
        item = ensure_grade_item(work.session, assessment, course)
        scores.queue_score(
            work.session,
            line_item_id=item.id,
            person_id=submission.learner_id,
            score=list(grades.values())[-1],
            now=work.now,
            bulk=work.bulk,
        )
    return submission.id in grades


def _grades(work: Work, learner_id: int, assessment: Assessment) -> Mapping[str, Score]:
    """The grades of a learner's attempts by submission id, first attempt first; only attempts
    whose every code is rated and released have one."""
    bundle = work.bundle(assessment.standard_id)
    rubric = rated_with(work.session, bundle, assessment.id).rubric
    found: dict[str, Score] = {}
    for attempt in submissions.attempts_of(work.session, assessment.id, learner_id):
        stored = ratings.ratings_of_submission(work.session, attempt.id)
        given = {each.requirement.code: each for each in in_force(stored)}
        points = assessment_score(assessment, rubric, given)
        if points is not None:
            comment = assessment_comment(rubric, given)
            found[attempt.id] = Score(points, assessment.points, comment)
    return found


def ensure_grade_item(
    session: Session, assessment: Assessment, course: Course
) -> line_items.LineItem:
    """The assessment's column: the link's own where the platform told it, else one to be made. A
    fresh run keeps the resource id of its original, which the copied column has."""
    return line_items.ensure_line_item(
        session,
        course_id=course.id,
        resource_id=runs.source_of(session, assessment.id) or assessment.id,
        tag=line_items.GRADE_TAG,
        label=assessment.title,
        maximum=assessment.points,
        url=courses.line_item_url_of(session, assessment.id),
    )
