"""A level and a comment for each code, as peer rating asks for them on several pages.

Not here: what may be given (``domain.peer``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lti_tool.domain.errors import BadRatingError
from lti_tool.domain.peer import Judged

from .forms import FormError, text, whole_number
from .localisation import gettext

HIGHEST = 99


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a form was refused: the id of the field, and a sentence."""

    field: str
    message: str


def judged(codes: Iterable[str], most: int) -> Mapping[str, Judged]:
    """What the request's form gives; codes with nothing at all are left out. Raises FormError, also
    for a comment without a level, so that no comment is lost."""
    given = {}
    for code in codes:
        level = whole_number(f"level-{code}", least=1, most=HIGHEST)
        comment = text(f"comment-{code}", most)
        if level is None and comment:
            words = gettext("Choose a level for %(code)s, too.", code=code)
            raise FormError(f"level-{code}", words)
        if level is not None:
            given[code] = Judged(level, comment)
    return given


def typed(given: Mapping[str, Judged]) -> Mapping[str, str]:
    """Stored values as the form's fields hold them."""
    levels = {f"level-{code}": str(each.performance_level) for code, each in given.items()}
    return levels | {f"comment-{code}": each.comment for code, each in given.items()}


def problem_of(refused: BadRatingError | FormError) -> Problem:
    """The place of what is wrong, and a sentence about it."""
    if isinstance(refused, FormError):
        code = refused.field.partition("-")[2]
        return Problem(f"c-{code}" if code else refused.field, refused.message)
    if refused.reason == "not_rated":
        words = gettext("%(code)s has no level yet.", code=refused.code)
    else:
        words = gettext("Choose one of the levels for %(code)s.", code=refused.code)
    return Problem(f"c-{refused.code}", words)
