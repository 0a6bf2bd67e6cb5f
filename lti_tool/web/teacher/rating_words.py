"""What the rating page's script is told, and refusals of ratings as sentences. No page itself."""

from lti_tool.domain.errors import (
    BadRatingError,
    DomainError,
    SecondMarkingRefusedError,
    StaleFormError,
    StaleRatingError,
)
from lti_tool.services.show_work import CriterionToRate, Given, WorkToRate
from lti_tool.web.localisation import gettext, in_page_language
from lti_tool.web.wiring import wired


def answer(work: WorkToRate, field: str) -> dict[str, object]:
    """Where the work stands, as JSON: the code's newest rating, and the counts of the page."""
    criterion = next((each for each in work.criteria if each.code == field), None)
    return {
        "code": field,
        "rating": _rating(criterion),
        "rated": work.rated,
        "complete": work.is_complete,
        "releasable": work.can_be_released,
        "drafts": work.drafts,
        "version": work.submission.version,
    }


def sentence(error: DomainError) -> str:
    """A refusal in the teacher's words."""
    if isinstance(error, StaleRatingError):
        return gettext(
            "Somebody else has rated this meanwhile; their rating is shown. "
            "Yours was not saved and is still here: save again to replace theirs."
        )
    if isinstance(error, StaleFormError):
        return gettext(
            "The work has changed since you opened this page. Nothing was saved; "
            "reload to see it as it is now."
        )
    if isinstance(error, BadRatingError):
        return _bad_rating(error)
    if isinstance(error, SecondMarkingRefusedError):
        return _second_marking(error)
    return gettext("This is not possible any more: the work has moved on. Reload to see it.")


def _second_marking(error: SecondMarkingRefusedError) -> str:
    if error.reason == "held":
        return gettext(
            "This work is marked a second time. It is released once both raters agree or each "
            "difference is settled."
        )
    return gettext(
        "A second rater is at this work, or a difference is not settled yet: until then its "
        "ratings stand still."
    )


def _bad_rating(error: BadRatingError) -> str:
    sentences = {
        "performance_level": gettext("Choose one of the levels shown."),
        "reason_missing": gettext("A proven breach needs a reason: say what was found, and where."),
        "not_confirmed": gettext(
            "A proven breach fails the whole assessment. Confirm it with the check box."
        ),
        "not_rated": gettext(
            "%(code)s is not rated yet; everything is released together.", code=error.code
        ),
        "under_review": gettext(
            "The student asked for a review of this rating: only its answer may change it."
        ),
        "in_the_future": gettext(
            "By the server's clock this was handed in later than now. Tell your administrator; "
            "rate it once the clock is right."
        ),
        "released_first": gettext(
            "This rating was released at once and cannot be unsaid; give another level to "
            "correct it."
        ),
    }
    return sentences.get(error.reason) or gettext("The rating is incomplete.")


def _rating(criterion: CriterionToRate | None) -> dict[str, object] | None:
    if criterion is None or criterion.newest is None:
        return None
    given = criterion.newest
    return {
        "id": given.rating.id,
        "level": given.rating.performance_level,
        "words": _words(criterion, given),
        "breach": given.breach,
        "comment": given.rating.comment,
        "rater": given.rater.label,
        "at": given.rating.rated_at.astimezone(wired().zone).strftime("%H:%M"),
        "draft": given.is_draft,
    }


def _words(criterion: CriterionToRate, given: Given) -> str:
    if given.breach:
        return gettext("Proven breach: red line")
    if criterion.criterion.red_line:
        return gettext("No breach found")
    return in_page_language(given.level.name)
