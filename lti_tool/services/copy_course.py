"""A copied course: its activities still name the assessments of the course they come from.

A teacher starts a fresh run there with one click: the same requirements and conditions, without
dates and without anybody's work. Not here: finding out that a link was copied
(``enter_from_launch``).
"""

from dataclasses import dataclass, replace

from lti_tool.domain.assessment import Assessment
from lti_tool.domain.errors import NotFoundError
from lti_tool.persistence import assessments, briefs, courses, rubric_versions, runs
from lti_tool.persistence.courses import Course
from lti_tool.persistence.database import Session

from .standing import ensure_grade_item
from .work import Work


@dataclass(frozen=True, slots=True)
class Original:
    """An assessment and the course it belongs to."""

    assessment: Assessment
    course: Course


def show_original(session: Session, source_id: str, *, course_id: int) -> Original:
    """What a link of the course was copied from.

    Raises NotFoundError unless it is another course's of the same school and platform.
    """
    home = courses.course(session, assessments.course_of(session, source_id))
    here = courses.course(session, course_id)
    if (home.school_id, home.platform_id) != (here.school_id, here.platform_id):
        raise NotFoundError
    if home.id == here.id:
        raise NotFoundError
    return Original(assessments.assessment(session, source_id, course_id=home.id), home)


def start_fresh_run(
    work: Work, source_id: str, *, course_id: int, link_id: int | None
) -> Assessment:
    """Set the original up anew in the course, once; ``link_id`` is the link that shall open it.

    Its column is looked for under the original's id: Moodle copies columns with their resource id
    and tag, and a second one would appear beside the copy. Raises NotFoundError.
    """
    made = runs.run_in(work.session, course_id, source_id)
    if made is None:
        made = _new_run(work, source_id, course_id=course_id).id
    if link_id is not None:
        if courses.link(work.session, link_id).course_id != course_id:
            raise NotFoundError
        courses.point_link(work.session, link_id, made)
    run = assessments.assessment(work.session, made, course_id=course_id)
    ensure_grade_item(work.session, run, courses.course(work.session, course_id))
    return run


def _new_run(work: Work, source_id: str, *, course_id: int) -> Assessment:
    original = show_original(work.session, source_id, course_id=course_id).assessment
    run = replace(original, id=work.new_id(), due_at=None, seed=work.new_id())
    assessments.add_assessment(
        work.session, run, course_id=course_id, created_by=work.actor_id, now=work.now
    )
    school_id = courses.course(work.session, course_id).school_id
    newest = rubric_versions.newest_id(work.session, school_id, run.standard_id)
    rubric_versions.rate_with(work.session, run.id, newest)
    brief = briefs.brief_of(work.session, source_id)
    if brief is not None:
        briefs.keep_brief(work.session, run.id, brief)
    runs.add_run(work.session, run.id, course_id=course_id, source_id=source_id)
    work.note("copy", f"assessment:{run.id}", source_id)
    return run
