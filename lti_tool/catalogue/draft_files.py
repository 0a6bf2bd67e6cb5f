"""Writes a draft as the files of a standard, so that a confirmed draft is an installed standard.

One folder holds ``rubrics/<id>``, ``mappings/<id>`` and ``source.yaml``, which says where each
requirement stands in the document and what was mended. The same draft gives the same bytes. Not
here: putting the folder where it counts (``shelf``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from lti_tool.domain.draft_content import role_place, scope_place
from lti_tool.domain.standard import Programmes, SourceStatus
from lti_tool.domain.standard_draft import (
    NO_CODE,
    NO_VERSION,
    DraftArea,
    DraftLevel,
    DraftRequirement,
    DraftTask,
    Note,
    Place,
    StandardDraft,
)

from .draft_content_files import (
    Value,
    descriptor_values,
    link_value,
    requirement_value,
    rubric_value,
    sound_links,
    words,
)

SOURCE = "source.yaml"
DISCLAIMER = {
    "zh": "本工具的“等级达成”不是 X 证书。英文为本工具的非官方翻译，以中文为准。",
    "en": "An attainment in this tool is not an X certificate. English texts are our unofficial "
    "translation; the Chinese text governs.",
}
NO_DECLARATION = "原文未见权利声明；条文的权利属于其发布机构。"
NO_SCOPE = "原文未述。"
ORIGIN = {
    "zh": "本规则由本工具在导入时建议，并非标准发布机构的规定；请学校审定后使用。",
    "en": "This rule was proposed by this tool on import, not set by the standard's publisher; "
    "the school should review it before use.",
}
ENGLISH = {"elementary": "Elementary", "intermediate": "Intermediate", "advanced": "Advanced"}
WIDTH = 10_000
"""Longer than any line: a text stands on one line, so that a change of it is one line."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The document a draft was read from: its name and the SHA-256 of its bytes."""

    name: str
    sha256: str


def draft_files(draft: StandardDraft, origin: Origin) -> Mapping[str, str]:
    """The draft's files: their content by path inside the folder."""
    rubrics, mappings = f"rubrics/{draft.id}", f"mappings/{draft.id}"
    of = {"standard": draft.id}
    files: dict[str, str] = {
        SOURCE: _file("Where each requirement stands in the document.", _source(draft, origin)),
        f"{rubrics}/standard.yaml": _file("Read from a document by import.", _head(draft)),
        f"{rubrics}/rubric.yaml": _file(
            "A proposal: performance levels, cut and red lines.",
            {**of, **rubric_value(draft)},
        ),
        f"{mappings}/attainment.yaml": _file("A proposal.", {**of, **_attainment()}),
        f"{mappings}/equivalence.yaml": _file(
            "Nothing is linked by text alone: a person adds links.",
            {**of, "links": [link_value(each) for each in sound_links(draft)]},
        ),
        f"{mappings}/programmes.yaml": _file(
            "School programmes named by the document.",
            {**of, "programmes": [_programmes(each) for each in draft.programmes]},
        ),
    }
    for level in draft.levels:
        content: Mapping[str, Value] = {
            **of,
            "level": level.key,
            "areas": [_area(draft, level, each) for each in level.areas],
        }
        files[f"{rubrics}/level-{level.key}.yaml"] = _file(f"{level.name}, as printed.", content)
    for key, criteria in descriptor_values(draft):
        described: Mapping[str, Value] = {**of, "level": key, "criteria": criteria}
        files[f"{rubrics}/descriptors-{key}.yaml"] = _file("Read with the standard.", described)
    return files


def write_draft(draft: StandardDraft, origin: Origin, folder: Path) -> None:
    """Write the draft's folder. Raises FileExistsError where something stands there already."""
    folder.mkdir(parents=True)
    for name, content in draft_files(draft, origin).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


# --- What each file holds -------------------------------------------------------------------------


def _head(draft: StandardDraft) -> Mapping[str, Value]:
    head = draft.head
    return {
        "code": head.code or NO_CODE,
        "version": head.version or NO_VERSION,
        "title": words(draft, head.title, "title"),
        "publisher": words(draft, head.publisher, "publisher"),
        "published": head.published,
        "declaration": words(draft, head.declaration or NO_DECLARATION, "declaration"),
        "disclaimer": DISCLAIMER,
        "levels": [_level_head(draft, each) for each in draft.levels],
        "terms": [
            {"code": each.code, "term": each.term, "definition": each.definition}
            for each in draft.terms
        ],
    }


def _level_head(draft: StandardDraft, level: DraftLevel) -> Mapping[str, Value]:
    name = words(draft, level.name, level.key)
    if "en" not in name and level.key in ENGLISH:
        name = {**name, "en": ENGLISH[level.key]}
    return {
        "key": level.key,
        "name": name,
        "scope": words(draft, level.scope or NO_SCOPE, scope_place(level.key)),
        "job_roles": [
            words(draft, each, role_place(level.key, number))
            for number, each in enumerate(level.job_roles)
        ],
    }


def _area(draft: StandardDraft, level: DraftLevel, area: DraftArea) -> Mapping[str, Value]:
    return {
        "code": area.code,
        "title": words(draft, area.title, f"{level.key}/{area.code}"),
        "tasks": [_task(draft, level, each) for each in area.tasks],
    }


def _task(draft: StandardDraft, level: DraftLevel, task: DraftTask) -> Mapping[str, Value]:
    status = {} if task.status is SourceStatus.PRINTED else {"status": task.status.value}
    return {
        "code": task.code,
        "title": words(draft, task.title, f"{level.key}/{task.code}"),
        **status,
        "requirements": [requirement_value(draft, level, each) for each in task.requirements],
    }


def _attainment() -> Mapping[str, Value]:
    return {
        "version": "1",
        "origin": ORIGIN,
        "area_cut": 80,
        "mastery": {"needed": 2, "window": 3},
        "lost": {"policy": "block"},
        "critical": {},
    }


def _programmes(programmes: Programmes) -> Value:
    return {
        "catalogue": programmes.catalogue,
        "school_kind": programmes.school_kind,
        "names": list(programmes.names),
    }


def _source(draft: StandardDraft, origin: Origin) -> Value:
    return {
        "standard": draft.id,
        "file": origin.name,
        "sha256": origin.sha256,
        "notes": [_note(each) for each in draft.notes],
        "titles": [
            {"level": level.key, "code": part.code, **_place(part.place)}
            for level in draft.levels
            for area in level.areas
            for part in (area, *area.tasks)
            if part.place is not None
        ],
        "requirements": [
            {"level": level.key, "code": each.code, **_marker(each), **_place(each.place)}
            for level, each in draft.requirements
            if each.place is not None
        ],
    }


def _marker(requirement: DraftRequirement) -> Mapping[str, Value]:
    return {"marker": requirement.marker} if requirement.marker else {}


def _note(note: Note) -> Value:
    words = {"level": note.level or "", "subject": note.subject, "detail": note.detail}
    said = {name: value for name, value in words.items() if value}
    return {"kind": note.kind.value, **said, "times": note.times, **_place(note.place)}


def _place(place: Place | None) -> Mapping[str, Value]:
    if place is None:
        return {}
    parts = {"page": place.page, "line": place.line, "table": place.table, "row": place.row}
    return {name: number for name, number in parts.items() if number is not None}


# --- YAML -----------------------------------------------------------------------------------------


class _Dumper(yaml.SafeDumper):
    """Quotes whatever begins with a digit: YAML reads a bare 4.20 as the number 4.2."""

    def ignore_aliases(self, data: object) -> bool:
        """Equal values are written out, since the files may hold no aliases."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "'" if text[:1].isdecimal() or not text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def _file(about: str, content: Value) -> str:
    body = yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=WIDTH)
    return f"# {about}\n{body}"


def draft_rows(draft: StandardDraft) -> Iterable[tuple[str, ...]]:
    """One row per requirement, with the columns of ``rows.COLUMNS``."""
    for level in draft.levels:
        for area in level.areas:
            for task in area.tasks:
                above = (level.name, area.code, area.title, task.code, task.title)
                for each in task.requirements:
                    yield (*above, each.code, each.text or "", each.status.value)
