"""Two requirements side by side: what agrees and differs, what was decided, and deciding."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.domain.equivalence import LinksRefusedError, Pair, Verdict
from lti_tool.domain.errors import StaleFormError, UnknownRequirementError
from lti_tool.domain.mapping import LinkTag
from lti_tool.domain.standard import RequirementKey, Standard
from lti_tool.persistence.recomputations import Recomputation
from lti_tool.services.link_requirements import Judgement, decide_link
from lti_tool.web.access import member, requires, working
from lti_tool.web.forms import FormError, text, whole_number
from lti_tool.web.localisation import gettext, in_page_language, ngettext

from .frame import DECIDERS, blueprint, page_of, shown_links
from .words import address_of, kind_words, name_of, tag_choices, tag_words, verdict_words

LONGEST_REASON = 500
MOST_DECISIONS = 2**31 - 1
ADDRESS = "/<standard_id>/pair/<lower_level>/<lower_code>/<higher_level>/<higher_code>"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was saved: sentences, and the status of the answer. ``field``: the sentence is
    about the reason."""

    sentences: tuple[str, ...]
    status: int
    field: bool = False


@blueprint.get(ADDRESS)
@requires(*DECIDERS)
def pair(
    standard_id: str, lower_level: str, lower_code: str, higher_level: str, higher_code: str
) -> ResponseReturnValue:
    """The pair as it stands."""
    keys = RequirementKey(lower_level, lower_code), RequirementKey(higher_level, higher_code)
    return _page(standard_id, keys)


@blueprint.post(ADDRESS)
@requires(*DECIDERS)
def decide(
    standard_id: str, lower_level: str, lower_code: str, higher_level: str, higher_code: str
) -> ResponseReturnValue:
    """Accept, reject or undo, with a reason; on a refusal the page says why."""
    keys = RequirementKey(lower_level, lower_code), RequirementKey(higher_level, higher_code)
    try:
        judgement = _judgement(keys)
        with working() as work:
            recomputed = decide_link(work, standard_id, judgement, school_id=member().school_id)
    except FormError as refused:
        return _page(standard_id, keys, Refusal((refused.message,), 422, field=True))
    except LinksRefusedError as refused:
        standard = shown_links(standard_id).bundle.standard
        return _page(standard_id, keys, Refusal(_sentences(refused, standard), 409))
    except StaleFormError:
        words = gettext("Somebody decided about a link meanwhile. Look again, then decide.")
        return _page(standard_id, keys, Refusal((words,), 409))
    flash(_saved(recomputed), "ok")
    return redirect(url_for("equivalence.overview", standard_id=standard_id), 303)


def _judgement(pair: Pair) -> Judgement:
    verdicts = {each.value: each for each in Verdict}
    tags = {each.value: each for each in LinkTag}
    verdict = verdicts.get(request.form.get("verdict", ""))
    tag = tags.get(request.form.get("tag", ""))
    if verdict is None or (verdict is Verdict.ACCEPT and tag is None):
        raise FormError("reason", gettext("Choose what the two are to each other."))
    reason = text("reason", LONGEST_REASON, required=True)
    seen = whole_number("seen", least=0, most=MOST_DECISIONS) or 0
    return Judgement(pair, verdict, reason, seen, tag)


def _sentences(refused: LinksRefusedError, standard: Standard) -> tuple[str, ...]:
    words = [*refused.faults, *(each.words(standard) for each in refused.conflicts)]
    return tuple(map(in_page_language, words))


def _saved(recomputed: Recomputation) -> str:
    if recomputed.due_at is not None:
        return gettext("Saved. Everybody's standing is being computed anew.")
    return ngettext(
        "Saved. The standing of %(num)s learner was computed anew.",
        "Saved. The standings of %(num)s learners were computed anew.",
        recomputed.total,
    )


def _page(standard_id: str, keys: Pair, refusal: Refusal | None = None) -> tuple[str, int]:
    shown = shown_links(standard_id)
    standard = shown.bundle.standard
    if standard.rank(keys[0].level) >= standard.rank(keys[1].level):
        raise UnknownRequirementError(f"{keys[0]}, {keys[1]}")
    page = render_template(
        "equivalence/pair.html",
        page=page_of(shown.school, standard),
        shown=shown,
        proposal=shown.compared(keys),
        link=shown.link_of(keys),
        made=shown.of_pair(keys),
        decision=shown.in_force.get(keys),
        refusal=refusal,
        typed=request.form,
        address_of=address_of,
        kind_words=kind_words,
        name_of=name_of,
        tag_choices=tag_choices,
        tag_words=tag_words,
        verdict_words=verdict_words,
    )
    return page, refusal.status if refusal else 200
