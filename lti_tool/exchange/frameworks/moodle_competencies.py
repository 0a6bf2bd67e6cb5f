"""Moodle's competency framework CSV, out and back (``tool_lpimportcsv``, Moodle 4.5).

Its 14 columns count by position. ID numbers and short names are cut at 100 characters on import, so
longer texts stand whole in the description, which is HTML and carries every other fact too. A row
without ID number or short name is skipped there with everything below it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence

from lti_tool.domain.rubric import PerformanceLevel
from lti_tool.domain.standard import Text
from lti_tool.exchange.spreadsheets import csv_file

from .facts import Facts, first, one_line, paragraphs, read_paragraphs, without
from .framework import Framework, Item, NotAFrameworkError, Relation
from .outward import with_links
from .scales import read_scale

COLUMNS = (
    "Parent ID number",
    "ID number",
    "Short name",
    "Description",
    "Description format",
    "Scale values",
    "Scale configuration",
    "Rule type",
    "Rule outcome",
    "Rule config",
    "Cross-referenced competency ID numbers",
    "Exported ID",
    "Is framework",
    "Taxonomy",
)
LONGEST = 100
HTML = "1"
"""Moodle's FORMAT_HTML."""
TAXONOMIES = "level,domain,practice,skill"
"""Moodle's words for level, work area, work task and requirement."""
CUT_MARK = "…"


# --- Out ------------------------------------------------------------------------------------------


def moodle_csv(framework: Framework) -> bytes:
    """The framework as CSV for Moodle's import."""
    facts = with_links(framework)
    related = _related(framework)
    rows = [list(COLUMNS), _framework_row(framework)]
    for number, each in enumerate(framework.items, 1):
        text = _long(each.text, facts[each.id])
        ids = ",".join(one.replace(",", "%2C") for one in related.get(each.id, ()))
        row = [each.parent, each.id, shortened(each.text), text, HTML]
        rows.append([*row, "", "", "", "0", "null", ids, str(number), "0", ""])
    return csv_file(rows)


def _framework_row(framework: Framework) -> list[str]:
    name = f"{first(framework.facts, 'code')}-{first(framework.facts, 'version')}"
    text = _long(framework.title, framework.facts)
    row = ["", shortened(name), shortened(framework.title), text, HTML]
    scale = _scale_values(framework.performance_levels)
    return [*row, scale, _scale_configuration(framework), "", "", "", "", "", "1", TAXONOMIES]


def shortened(text: str) -> str:
    """At most the 100 characters that Moodle keeps."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + CUT_MARK


def _long(text: str, facts: Facts) -> str:
    whole: Facts = (("text", text),) if len(text) > LONGEST else ()
    return paragraphs("", (*whole, *facts))


def _scale_values(levels: Sequence[PerformanceLevel]) -> str:
    """Moodle parts the values at commas, the lowest first."""
    return ",".join(each.name.zh.replace(",", "，") for each in levels)


def _scale_configuration(framework: Framework) -> str:
    """Everything from the cut up is proficient, and the cut the default; ids count from 1."""
    values = [
        {"id": number, "scaledefault": int(each.number == framework.cut), "proficient": 1}
        for number, each in enumerate(framework.performance_levels, 1)
        if each.number >= framework.cut
    ]
    return json.dumps([{"scaleid": "1"}, *values], separators=(",", ":"))


def _related(framework: Framework) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in framework.relations:
        found.setdefault(each.origin, []).append(each.destination)
    return found


# --- Back -----------------------------------------------------------------------------------------


def is_moodle(head: Sequence[str]) -> bool:
    """Whether these are the names of Moodle's columns; it writes them in its own language, so the
    number of columns decides where the names are others."""
    return tuple(each.strip() for each in head) == COLUMNS or len(head) == len(COLUMNS)


def read_moodle(rows: Sequence[Sequence[str]]) -> Framework:
    """The framework of a table with its head. Raises NotAFrameworkError: ``no_framework_row``,
    ``id_twice`` (names the ID number)."""
    padded = [[*row, *[""] * (len(COLUMNS) - len(row))] for row in rows[1:]]
    heads = [row for row in padded if row[12].strip() not in {"", "0"}]
    if not heads:
        raise NotAFrameworkError("no_framework_row")
    own = [row for row in padded if row not in heads]
    kept = [row for row in own if row[1].strip() and row[2].strip()]
    _refuse_twice([row[1].strip() for row in kept])
    return _read(heads[-1], kept, dropped=[row for row in own if row not in kept])


def _refuse_twice(ids: Sequence[str]) -> None:
    known: set[str] = set()
    for each in ids:
        if each in known:
            raise NotAFrameworkError("id_twice", each)
        known.add(each)


def _read(head: list[str], rows: list[list[str]], dropped: list[list[str]]) -> Framework:
    title, facts = _texts(head)
    scale = read_scale(facts) or _scale(head)
    ids = {row[1].strip() for row in rows}
    lost = [row for row in rows if row[0].strip() and row[0].strip() not in ids]
    items = _without_orphans([_item(row) for row in rows], ids)
    left = [*(" ".join(row[:3]).strip() for row in dropped), *(row[2] for row in lost)]
    return Framework(
        title=title,
        facts=_identified(head, facts),
        items=items,
        performance_levels=scale[0],
        cut=scale[1],
        relations=tuple(_relations(rows)),
        dropped=[each for each in left if each],
    )


def _without_orphans(items: Sequence[Item], ids: set[str]) -> list[Item]:
    """Moodle leaves out rows whose parent is not there, and all below them."""
    gone = {each.id for each in items if each.parent and each.parent not in ids}
    while more := {each.id for each in items if each.parent in gone} - gone:
        gone |= more
    return [each for each in items if each.id not in gone]


def _item(row: Sequence[str]) -> Item:
    text, facts = _texts(row)
    identifier = row[1].strip()
    return Item(identifier, row[0].strip(), identifier.rpartition("/")[2], text, facts)


def _texts(row: Sequence[str]) -> tuple[str, Facts]:
    """The text of a row, whole where the short name was cut, and the other facts."""
    words, facts = read_paragraphs(row[3])
    short = row[2].strip()
    cut = short.removesuffix(CUT_MARK).removesuffix("...")
    whole = first(facts, "text") or (words if short != cut and words.startswith(cut) else "")
    return one_line(whole or short), without(facts, ["text"])


def _identified(head: Sequence[str], facts: Facts) -> Facts:
    """With a code and version from the framework's ID number where no fact says them."""
    if first(facts, "code"):
        return facts
    return (*facts, ("code", head[1].strip()))


def _relations(rows: Sequence[Sequence[str]]) -> Iterator[Relation]:
    for row in rows:
        for each in row[10].split(","):
            if each.strip():
                yield Relation(row[1].strip(), each.strip().replace("%2C", ","))


def _scale(head: Sequence[str]) -> tuple[tuple[PerformanceLevel, ...], int]:
    """The scale of the framework's row: percents rise evenly, since Moodle has none. None where it
    is too short or says no value that is proficient."""
    names = [each.strip() for each in head[5].split(",") if each.strip()]
    proficient = _proficient(head[6])
    if not 2 <= len(names) <= 20 or not proficient or not 1 < min(proficient) <= len(names):
        return (), 0
    top = len(names) - 1
    levels = tuple(
        PerformanceLevel(number, Text(name), round(100 * (number - 1) / top))
        for number, name in enumerate(names, 1)
    )
    return levels, min(proficient)


def _proficient(configuration: str) -> list[int]:
    try:
        values = json.loads(configuration)
    except (ValueError, RecursionError):
        return []
    entries = (
        [each for each in values if isinstance(each, dict)] if isinstance(values, list) else []
    )
    ids = [each.get("id") for each in entries if each.get("proficient")]
    return [each for each in ids if isinstance(each, int) and each > 0]
