"""Canvas's outcomes CSV, out and back.

``vendor_guid`` has no spaces; parents stand in earlier rows; only outcomes have calculation and
ratings; ratings come last, as points and text in falling order. Descriptions are HTML and carry
every other fact. Not here: rubrics of assignments (``canvas_rubrics``).
"""

from collections.abc import Iterator, Mapping, Sequence

from lti_tool.domain.mapping import MasteryRule
from lti_tool.domain.mastery_methods import MasteryMethod
from lti_tool.exchange.spreadsheets import csv_file

from .facts import Facts, first, one_line, paragraphs, read_paragraphs, without
from .framework import DEPTH, Framework, Item, NotAFrameworkError
from .outward import with_links
from .scales import Scale, read_scale, scale_of
from .titles import code_and_text

COLUMNS = (
    "vendor_guid",
    "object_type",
    "title",
    "description",
    "display_name",
    "calculation_method",
    "calculation_int",
    "mastery_points",
    "parent_guids",
    "workflow_state",
    "ratings",
)
REQUIRED = ("vendor_guid", "object_type", "title")
LONGEST = 255
OWN = "dabiao:"
METHODS: Mapping[MasteryMethod, str] = {
    MasteryMethod.N_OF_M: "n_mastery",
    MasteryMethod.LATEST: "latest",
    MasteryMethod.HIGHEST: "highest",
    MasteryMethod.MEAN: "average",
    MasteryMethod.WEIGHTED: "decaying_average",
    MasteryMethod.DECAYING: "standard_decaying_average",
}
MOST_N = 10
"""Canvas knows n_mastery up to this n."""


# --- Out ------------------------------------------------------------------------------------------


def canvas_outcomes_csv(framework: Framework, rule: MasteryRule) -> bytes:
    """The framework as CSV for Canvas's import, with the mastery rule as far as Canvas has it."""
    facts = with_links(framework)
    top = _guid(framework, "")
    rows = [_row(top, "group", framework.title, framework.facts, "")]
    for each in framework.items:
        guid = _guid(framework, each.id)
        parent = _guid(framework, each.parent)
        text = each.text if each.depth == 0 else f"{each.code} {each.text}"
        if each.depth < DEPTH - 1:
            rows.append(_row(guid, "group", text, facts[each.id], parent))
        else:
            row = _row(guid, "outcome", text, facts[each.id], parent)
            rows.append([*row[:5], *_calculation(framework, rule), *row[8:], *_ratings(framework)])
    return csv_file([list(COLUMNS), *rows])


def _guid(framework: Framework, place: str) -> str:
    name = f"{first(framework.facts, 'code')}-{first(framework.facts, 'version')}"
    return f"{OWN}{name}" + (f":{place}" if place else "")


def _row(guid: str, kind: str, title: str, facts: Facts, parent: str) -> list[str]:
    cut = title if len(title) <= LONGEST else title[: LONGEST - 1] + "…"
    whole: Facts = (("text", title),) if cut != title else ()
    text = paragraphs("", (*whole, *facts))
    return [guid, kind, cut, text, "", "", "", "", parent, "active"]


def _calculation(framework: Framework, rule: MasteryRule) -> list[str]:
    number = {
        MasteryMethod.N_OF_M: str(min(rule.needed, MOST_N)),
        MasteryMethod.WEIGHTED: str(rule.rate),
        MasteryMethod.DECAYING: str(rule.rate),
    }.get(rule.method, "")
    cut = next(each for each in framework.performance_levels if each.number == framework.cut)
    return [METHODS[rule.method], number, str(cut.percent)]


def _ratings(framework: Framework) -> Iterator[str]:
    for each in reversed(framework.performance_levels):
        yield str(each.percent)
        yield each.name.zh


# --- Back -----------------------------------------------------------------------------------------


def is_canvas_outcomes(head: Sequence[str]) -> bool:
    """Whether the head names what Canvas asks for."""
    return set(REQUIRED) <= {each.strip() for each in head}


def read_canvas_outcomes(rows: Sequence[Sequence[str]]) -> Framework:
    """The framework of a table with its head.

    Raises NotAFrameworkError: ``ratings`` or ``guid_twice``, each naming the row.
    """
    at = {name.strip(): place for place, name in enumerate(rows[0]) if name.strip()}
    entries = [_Entry(at, number, row) for number, row in enumerate(rows[1:], 2)]
    alive = [each for each in entries if each["vendor_guid"] and each["title"] and each.is_alive]
    _refuse_twice(alive)
    top = _top(alive)
    title, facts = _texts(top) if top else ("", ())
    scale = read_scale(facts) or _scale(alive)
    own = [each for each in alive if each is not top]
    items = tuple(_item(each, top) for each in own)
    gone = [each["title"] for each in entries if each not in alive and each["title"]]
    return Framework(
        title=title,
        facts=facts,
        items=items,
        performance_levels=scale[0] if scale else (),
        cut=scale[1] if scale else 0,
        dropped=gone,
    )


class _Entry:
    """A row by its columns' names."""

    def __init__(self, at: Mapping[str, int], number: int, row: Sequence[str]) -> None:
        self._at = at
        self.number = number
        self._row = row

    def __getitem__(self, name: str) -> str:
        place = self._at.get(name, len(self._row))
        return self._row[place].strip() if place < len(self._row) else ""

    @property
    def is_alive(self) -> bool:
        """Whether Canvas keeps it."""
        return self["workflow_state"] != "deleted"

    @property
    def parent(self) -> str:
        """The first parent's guid; Canvas lets an outcome have several."""
        return next(iter(self["parent_guids"].split()), "")

    def ratings(self) -> list[tuple[float, str]]:
        """Points and text. Raises NotAFrameworkError."""
        cells = [each.strip() for each in self._row[self._at.get("ratings", len(self._row)) :]]
        while cells and not cells[-1]:
            cells.pop()
        cells += [""] * (len(cells) % 2)
        try:
            found = [(float(cells[n]), cells[n + 1]) for n in range(0, len(cells), 2)]
        except ValueError as error:
            raise NotAFrameworkError("ratings", str(self.number)) from error
        if any(not 0 <= points < 1e6 for points, _ in found) or found != sorted(
            found, key=lambda one: -one[0]
        ):
            raise NotAFrameworkError("ratings", str(self.number))
        return found


def _refuse_twice(entries: Sequence[_Entry]) -> None:
    known: set[str] = set()
    for each in entries:
        if each["vendor_guid"] in known:
            raise NotAFrameworkError("guid_twice", f"{each.number}: {each['vendor_guid']}")
        known.add(each["vendor_guid"])


def _top(entries: Sequence[_Entry]) -> _Entry | None:
    """The group that holds everything else, if one does."""
    roots = [each for each in entries if not each.parent]
    return roots[0] if len(roots) == 1 and roots[0]["object_type"] == "group" else None


def _item(entry: _Entry, top: _Entry | None) -> Item:
    guid, parent = entry["vendor_guid"], entry.parent
    prefix = f"{top['vendor_guid']}:" if top and top["vendor_guid"].startswith(OWN) else ""
    text, facts = _texts(entry)
    place = guid.removeprefix(prefix)
    code, words = code_and_text(text)
    if prefix and "/" not in place:
        code, words = place, text
    above = "" if top and parent == top["vendor_guid"] else parent.removeprefix(prefix)
    return Item(place, above, code, words, facts)


def _texts(entry: _Entry) -> tuple[str, Facts]:
    _, facts = read_paragraphs(entry["description"])
    return one_line(first(facts, "text") or entry["title"]), without(facts, ["text"])


def _scale(entries: Sequence[_Entry]) -> Scale | None:
    """The ratings of the first outcome that has any; the others are checked."""
    found = None
    for each in entries:
        ratings = each.ratings() if each["object_type"] == "outcome" else []
        if ratings and found is None:
            found = scale_of(ratings, _points(each))
    return found


def _points(entry: _Entry) -> float | None:
    try:
        return float(entry["mastery_points"]) if entry["mastery_points"] else None
    except ValueError as error:
        raise NotAFrameworkError("ratings", str(entry.number)) from error
