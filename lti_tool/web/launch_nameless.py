"""A launch whose LMS does not say who it is (LTI 1.3 core, 5.3.6): the task to read, where the
administrator allows it.

No account and no session come of it, nothing is stored but a deployment that waits for approval:
what nobody handed in could be rated for nobody. Not here: deep linking without a name, which is a
teacher's and works like any other.
"""

from flask import render_template
from flask.typing import ResponseReturnValue

from lti_tool.domain.launch import MessageType
from lti_tool.lti.launch import VerifiedLaunch, admit_launch, note_launch
from lti_tool.services.show_assessment import (
    AssessmentShown,
    assessment_of_launch,
    show_assessment,
)

from .localisation import in_page_language
from .page import Page
from .wiring import wired


def is_nameless(verified: VerifiedLaunch) -> bool:
    """Whether somebody opens a link whom the LMS does not name."""
    launch = verified.launch
    return launch.message_type is MessageType.RESOURCE_LINK and not launch.person.sub


def nameless_page(verified: VerifiedLaunch) -> ResponseReturnValue:
    """The task that the link opens, or the notice that it opens none yet.

    Raises DeploymentWaitingError.
    """
    shown = _shown(verified)
    if shown is None:
        page = Page(switch_language=False)
        return render_template("notice.html", page=page, kind="not_set_up")
    page = Page(
        standard_notice=in_page_language(shown.standard.rights_notice), switch_language=False
    )
    return render_template("launch/nameless.html", page=page, shown=shown)


def _shown(verified: VerifiedLaunch) -> AssessmentShown | None:
    wiring = wired()
    now = wiring.clock()
    with wiring.database.transaction() as session:
        deployment = note_launch(session, verified, now=now)
    launch = admit_launch(verified, deployment)
    with wiring.database.reading() as session:
        found = assessment_of_launch(session, launch)
        if found is None:
            return None
        assessment_id, course_id = found
        return show_assessment(
            session,
            wiring.catalogue,
            assessment_id,
            learner_id=None,
            course_id=course_id,
            now=now,
        )
