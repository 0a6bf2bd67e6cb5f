"""The sections of a standard after the template of 2020, known by their titles.

Not here: what is read from each (``front``, ``lists``).
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from .blocks import Paragraph
from .markers import marked
from .plain import folded


class Section(StrEnum):
    """A part of the document; COVER is what comes before the first."""

    COVER = "封面"
    CONTENTS = "目次"
    PREFACE = "前言"
    SCOPE = "范围"
    REFERENCES = "规范性引用文件"
    TERMS = "术语和定义"
    PROGRAMMES = "适用院校专业"
    POSTS = "面向职业岗位"
    REQUIREMENTS = "职业技能要求"
    BIBLIOGRAPHY = "参考文献"


TITLES: Mapping[str, Section] = {
    "目次": Section.CONTENTS,
    "目录": Section.CONTENTS,
    "前言": Section.PREFACE,
    "范围": Section.SCOPE,
    "规范性引用文件": Section.REFERENCES,
    "规范性引用档": Section.REFERENCES,
    "引用文件": Section.REFERENCES,
    "术语和定义": Section.TERMS,
    "术语与定义": Section.TERMS,
    "术语": Section.TERMS,
    "适用院校专业": Section.PROGRAMMES,
    "适用专业": Section.PROGRAMMES,
    "面向职业岗位": Section.POSTS,
    "面向工作岗位": Section.POSTS,
    "面向职业岗位群": Section.POSTS,
    "面向工作岗位群": Section.POSTS,
    "职业技能要求": Section.REQUIREMENTS,
    "职业技能等级要求": Section.REQUIREMENTS,
    "技能要求": Section.REQUIREMENTS,
    "参考文献": Section.BIBLIOGRAPHY,
}


def section_of(text: str) -> Section | None:
    """The section whose title a line is; None for any other line."""
    plain = folded(marked(text).text)
    return TITLES.get("".join(each for each in plain if each not in "()（）"))


def by_section(paragraphs: Iterable[Paragraph]) -> dict[Section, list[Paragraph]]:
    """The paragraphs under each title, without the titles."""
    found: dict[Section, list[Paragraph]] = {each: [] for each in Section}
    here = Section.COVER
    for each in paragraphs:
        title = section_of(each.text)
        if title is None:
            found[here].append(each)
        else:
            here = title
    return found
