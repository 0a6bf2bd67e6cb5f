"""Short ways to a learner who meets the rule of a level: ratings of a whole level at once, without
playing through every one of them. Not here: how ratings come about (``classroom``).
"""

from collections.abc import Mapping

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.attainment import Decision
from lti_tool.domain.rating import Rating
from lti_tool.domain.submission import Submission
from lti_tool.persistence import ratings
from lti_tool.persistence.people import Account
from lti_tool.services.explain_decision import explain_decision
from lti_tool.services.sign_off_attainment import LevelOf, sign_off_attainment
from lti_tool.services.standing import level_rule, update_standing
from tests.services.classroom import STANDARD, Classroom, conditions

LEVEL = "elementary"


def whole_level(classroom: Classroom, level: str = LEVEL, *, but: str = "") -> Assessment:
    """An assessment of every requirement of a level that has a text, but the one of this code."""
    standard = classroom.catalogue.find(STANDARD).standard
    asked = (each for each in standard.level(level).requirements if each.text is not None)
    codes = [each.code for each in asked if each.code != but]
    return classroom.set_up(*codes, level=level, given=conditions(f"综合考核 {level}"))


def give(
    classroom: Classroom,
    learner: Account,
    submission: Submission,
    assessment: Assessment,
    given: Mapping[str, int],
) -> None:
    """Released ratings of these codes at once, with what follows from them."""
    with classroom.working() as work:
        ratings.add_ratings(
            work.session,
            [
                Rating(
                    id=work.new_id(),
                    learner_id=learner.id,
                    standard_id=STANDARD,
                    requirement=each.key,
                    performance_level=given[each.code],
                    rater_id=work.actor_id,
                    performed_at=work.now,
                    rated_at=work.now,
                    assessment_id=assessment.id,
                    submission_id=submission.id,
                    comment=f"观察记录 {each.code}",
                    released_at=work.now,
                )
                for each in assessment.requirements
                if each.code in given
            ],
        )
        bundle = work.bundle(STANDARD)
        rules = level_rule(work.session, bundle, learner.school_id)
        update_standing(work, bundle, learner, rules)


def master(
    classroom: Classroom,
    learner: Account,
    assessment: Assessment,
    *,
    times: int = 2,
    but: Mapping[str, int] | None = None,
) -> None:
    """The learner reaches the cut (3) in every code, ``times`` times over; ``but`` names codes
    with another performance level."""
    given = dict.fromkeys(assessment.codes, 3) | dict(but or {})
    for _ in range(times):
        submission = classroom.hand_in(learner, assessment)
        give(classroom, learner, submission, assessment, given)
        classroom.release(submission, assessment)


def rate_once_more(classroom: Classroom, learner: Account, given: Mapping[str, int]) -> None:
    """Another assessment of these codes, rated and released."""
    assessment = classroom.set_up(*given, given=conditions("补充考核"))
    master(classroom, learner, assessment, times=1, but=given)


def subject(learner: Account, level: str = LEVEL) -> LevelOf:
    return LevelOf(learner.id, STANDARD, level)


def sign_off_now(classroom: Classroom, learner: Account, level: str = LEVEL) -> Decision:
    """Sign the level off on the evidence as a registrar would see it now."""
    school_id = classroom.course.school_id
    with classroom.working() as work:
        seen = explain_decision(
            work.session,
            work.catalogue,
            STANDARD,
            level,
            learner_id=learner.id,
            school_id=school_id,
            now=work.now,
        )
        return sign_off_attainment(
            work, subject(learner, level), seen_digest=seen.digest, school_id=school_id
        )
