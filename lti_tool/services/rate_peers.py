"""Peer rating: the teacher plans it, students rate the example, take works and say what they see,
the teacher hides a comment that is unfit.

Nothing here touches a rating, a standing or a score. Not here: the pages' view (``show_peers``).
"""

from collections.abc import Mapping, Sequence

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import BadPeerPlanError, NotFoundError, PeerRefusedError
from lti_tool.domain.notification import NotificationKind
from lti_tool.domain.peer import (
    SHOWN,
    Judged,
    PeerPlan,
    PeerTask,
    check_given,
    check_rating,
    check_taking,
    checked_plan,
    next_work,
)
from lti_tool.domain.rubric import Rubric
from lti_tool.domain.submission import Submission
from lti_tool.persistence import assessments, merges, peer_ratings, submissions, teams
from lti_tool.persistence.teams import Team

from .notify import tell_learner
from .work import Work, rated_with


def plan_peers(work: Work, plan: PeerPlan, *, course_id: int) -> None:
    """Store how peers rate in an assessment of the course.

    Raises NotFoundError, BadPeerPlanError; field ``text``, reason ``used``, for another example
    once somebody has rated the one there is: what they compared with stays.
    """
    session = work.session
    assessment = assessments.assessment(session, plan.assessment_id, course_id=course_id)
    checked_plan(plan, assessment, _rubric(work, assessment))
    before = peer_ratings.plan_of(session, assessment.id)
    used = bool(peer_ratings.calibrations_of(session, assessment.id))
    if before is not None and used and before.example != plan.example:
        raise BadPeerPlanError("text", "used")
    peer_ratings.store_plan(session, plan)
    work.note("plan_peers", f"assessment:{assessment.id}", f"works {plan.works}")


def rate_example(work: Work, assessment: Assessment, levels: Mapping[str, int]) -> None:
    """Store the levels that the student gives the example; the first word stands.

    Raises PeerRefusedError (``closed``, also where there is no example), BadRatingError naming the
    code that is missing.
    """
    plan = _plan(work, assessment)
    if plan.example is None or not plan.is_open(work.now):
        raise PeerRefusedError("closed")
    given = {code: Judged(level) for code, level in levels.items()}
    check_given(given, assessment, _rubric(work, assessment), complete=True)
    peer_ratings.add_calibration(work.session, assessment.id, work.actor_id, levels, work.now)


def take_work(work: Work, assessment: Assessment) -> PeerTask:
    """Give the student the next work to look at.

    Raises PeerRefusedError (see :func:`check_taking`), ``no_work`` where nobody else's is to be
    had now.
    """
    session, me = work.session, work.actor_id
    plan = _plan(work, assessment)
    peer_ratings.lock_plan(session, assessment.id)
    shown = submissions.submissions_to(session, assessment.id, SHOWN)
    tasks = peer_ratings.tasks_in(session, assessment.id)
    own = submissions.attempts_of(session, assessment.id, me)
    calibrated = peer_ratings.calibration_of(session, assessment.id, me) is not None
    held = held_by(me, tasks, shown)
    check_taking(plan, own, held, calibrated=calibrated, now=work.now)
    in_teams = teams.teams_of(session, assessment.id)
    works = one_for_each_team(newest_attempts(shown), in_teams)
    mates = {*merges.ever_of(session, me), *_mates(in_teams, me)}
    found = next_work(assessment.seed, me, works, tasks, now=work.now, mates=mates)
    if found is None:
        raise PeerRefusedError("no_work")
    task = PeerTask(work.new_id(), assessment.id, me, found.id, work.now)
    peer_ratings.add_task(session, task)
    return task


def rate_work(
    work: Work, task: PeerTask, assessment: Assessment, given: Mapping[str, Judged], *, finish: bool
) -> None:
    """Keep what the student says of a work so far, or ``finish`` it; then its author is told.

    Raises NotFoundError for another's task, PeerRefusedError (see :func:`check_rating`),
    BadRatingError naming the code at fault.
    """
    if task.rater_id != work.actor_id:
        raise NotFoundError
    session = work.session
    seen = submissions.submission_of(session, task.submission_id)
    check_rating(_plan(work, assessment), task, seen, work.now)
    check_given(given, assessment, _rubric(work, assessment), complete=finish)
    peer_ratings.store_given(session, task.id, given, done_at=work.now if finish else None)
    if finish:
        authors = (
            seen.learner_id,
            *_mates(teams.teams_of(session, assessment.id), seen.learner_id),
        )
        for each in authors:
            tell_learner(work, each, NotificationKind.PEER_RATED, seen.id, assessment.id)


def hide_comment(work: Work, task: PeerTask, code: str, *, hidden: bool, course_id: int) -> None:
    """Hide a peer's comment from the author, or show it again; the level stays to be seen.

    Raises NotFoundError outside the course.
    """
    assessments.assessment(work.session, task.assessment_id, course_id=course_id)
    by = work.actor_id if hidden else None
    peer_ratings.set_hidden(work.session, task.id, code, by=by)
    action = "hide_peer_comment" if hidden else "show_peer_comment"
    work.note(action, f"submission:{task.submission_id}", f"{code} {task.id}")


def held_by(
    person_id: int, tasks: Sequence[PeerTask], shown: Sequence[Submission]
) -> Sequence[PeerTask]:
    """The works that count as taken by a student: finished, or still to be looked at. One that its
    author took back is replaced."""
    open_works = {each.id for each in shown}
    return [
        each
        for each in tasks
        if each.rater_id == person_id and (each.is_done or each.submission_id in open_works)
    ]


def newest_attempts(shown: Sequence[Submission]) -> Sequence[Submission]:
    """Each learner's newest of these."""
    newest: dict[int, Submission] = {}
    for each in sorted(shown, key=lambda one: one.attempt):
        newest[each.learner_id] = each
    return list(newest.values())


def one_for_each_team(works: Sequence[Submission], in_teams: Sequence[Team]) -> list[Submission]:
    """Works without those that are a teammate's word for word: of each team the first member's."""
    team_of = {member: team.name for team in in_teams for member in team.members}
    found: dict[str | int, Submission] = {}
    for each in sorted(works, key=lambda one: one.learner_id):
        found.setdefault(team_of.get(each.learner_id, each.learner_id), each)
    return list(found.values())


def _mates(in_teams: Sequence[Team], learner_id: int) -> tuple[int, ...]:
    team = next((each for each in in_teams if learner_id in each.members), None)
    return team.mates_of(learner_id) if team else ()


def _plan(work: Work, assessment: Assessment) -> PeerPlan:
    plan = peer_ratings.plan_of(work.session, assessment.id)
    if plan is None:
        raise NotFoundError
    return plan


def _rubric(work: Work, assessment: Assessment) -> Rubric:
    bundle = work.bundle(assessment.standard_id)
    return rated_with(work.session, bundle, assessment.id).rubric
