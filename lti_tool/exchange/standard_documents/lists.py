"""The lists of a standard: terms, school programmes, and what a level is for.

Not here: cover and preface (``front``), tables of requirements (``cells``).
"""

import re
from collections.abc import Iterable, Sequence

from lti_tool.domain.standard import Programmes, Term
from lti_tool.domain.standard_draft import NoteKind

from .blocks import Paragraph
from .markers import Style, marked
from .notebook import Notebook
from .plain import folded, join, tidy

ENDED = ("。", ".", "！", "；")
_KIND = re.compile(r"^([^：:、，]{2,14}?(?:学校|院校|本科|學校|大学|学院))\s*[：:]\s*(.+)$")
_AND_SUCH = re.compile(r"等?(?:相关|相關)?(?:专业|專業)?[。.；;]?$")
_ROLES = re.compile(r"(?:岗位|崗位|职业|職業)(?:（?群）?)?(?:包括|主要有|有|包含|如)[：:]?(.+)$")
_ROLES_END = re.compile(r"等?(?:岗位|崗位|职业|工作)?(?:（群）)?[。.；;]?$")


def read_terms(paragraphs: Sequence[Paragraph]) -> tuple[Term, ...]:
    """The terms with their definitions: a numbered line, then the sentences up to the next."""
    found: list[Term] = []
    for each in paragraphs:
        line = marked(each.text)
        if line.style in {Style.TWO, Style.THREE} and line.text and len(line.text) <= 40:
            found.append(Term(line.code, line.text, ""))
        elif found:
            last = found.pop()
            found.append(Term(last.code, last.term, join(last.definition, tidy(each.text))))
    return tuple(each for each in found if each.definition)


def read_programmes(paragraphs: Sequence[Paragraph], book: Notebook) -> tuple[Programmes, ...]:
    """The school programmes by kind of school and edition of the catalogue; a list that goes on
    after a page break is joined."""
    catalogue, found = "new", list[tuple[str, str, str]]()
    for each in paragraphs:
        line = tidy(each.text)
        kind = _KIND.match(line)
        if kind:
            found.append((catalogue, kind[1], kind[2]))
        elif "目录" in folded(line) or "目錄" in line:
            catalogue = "old" if re.search("原版|旧版|舊版", line) else "new"
        elif found and not found[-1][2].endswith(ENDED):
            edition, school, names = found.pop()
            found.append((edition, school, join(names, line)))
            book.note(NoteKind.JOINED, each.place, subject=school)
    listed = (Programmes(edition, school, _names(names)) for edition, school, names in found)
    once = {(each.catalogue, each.school_kind): each for each in listed if each.names}
    return tuple(once.values())


def _names(listed: str) -> tuple[str, ...]:
    parts = re.split(r"[、，,；;]", _AND_SUCH.sub("", listed))
    return tuple(tidy(each) for each in parts if each.strip())


def read_purposes(
    paragraphs: Iterable[Paragraph], names: Sequence[str]
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """By level: its scope (what people of this level do) and its job roles.

    Both stand after the level's name and a colon; the one that lists posts gives the roles.
    """
    found: dict[str, tuple[str, tuple[str, ...]]] = dict.fromkeys(names, ("", ()))
    for each in paragraphs:
        named = _after_level(tidy(each.text), names)
        if named is None:
            continue
        level, words = named
        scope, roles = found[level]
        listed = _ROLES.search(words)
        if listed:
            found[level] = (scope, roles or _roles(listed[1]))
        elif not scope:
            found[level] = (words, roles)
    return found


def _after_level(line: str, names: Sequence[str]) -> tuple[str, str] | None:
    for name in sorted(names, key=len, reverse=True):
        pattern = rf"^.{{0,40}}?[（(【\[]?{re.escape(name)}[）)】\]]?\s*[：:]\s*(.{{8,}})$"
        match = re.match(pattern, line)
        if match and not re.search("[。，：:]", line[: match.start(1) - 1].rstrip("：:")):
            return name, match[1].strip()
    return None


def _roles(listed: str) -> tuple[str, ...]:
    whole = _ROLES_END.sub("", listed)
    return tuple(tidy(each) for each in re.split(r"[、，,；;]", whole) if each.strip())
