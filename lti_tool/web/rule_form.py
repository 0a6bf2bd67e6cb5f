"""The form of an attainment rule: what is typed, and the content of a rule read from it.

Used by the pages that try a rule out and that set one. No page itself; what a rule may be is
said by ``lti_tool.catalogue.rule_from``.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import request

from lti_tool.catalogue import CatalogueError, Content, content_of
from lti_tool.domain.mapping import AttainmentRule, LostPolicy
from lti_tool.domain.mastery_methods import MasteryMethod
from lti_tool.domain.standard import Level, RequirementKey, Standard
from lti_tool.web.forms import FormReader, text, whole_number
from lti_tool.web.localisation import gettext, in_page_language, language

PARTS = 3
"""Rows for the parts of a total; more than three nobody has asked for."""
FIELDS = ("name", "weight", "minimum", "codes")
"""What is typed for a part."""
LONGEST_CODES = 2000
LONGEST_REASON = 500
SET_BY_SCHOOL = {"zh": "学校设定。", "en": "Set by the school."}
ORIGIN = {"zh": "本规则由学校设定。", "en": "This rule was set by the school."}
NUMBERS = {
    "needed": (1, 20),
    "window": (1, 20),
    "rate": (1, 99),
    "minimum_evidence": (1, 20),
    "minimum_raters": (1, 20),
    "expires_months": (1, 120),
}
"""The numbers of the mastery rule with their bounds; an empty one takes the default."""

Typed = Mapping[str, str]
"""What stands in the fields, by name; a tick is "1"."""


@dataclass(frozen=True, slots=True)
class RuleForm:
    """The form as read: the content of a rule, what was typed, and a sentence for each field that
    cannot be read."""

    content: Content
    typed: Typed
    errors: Mapping[str, str]

    @property
    def digest(self) -> str:
        """The same for the same rule, whatever its version: shows whether what is set was tried."""
        rule = {name: value for name, value in self.content.items() if name != "version"}
        return hashlib.sha256(json.dumps(rule, sort_keys=True).encode()).hexdigest()


def typed_of(rule: AttainmentRule, standard: Standard) -> Typed:
    """A rule as it stands in the form's fields."""
    mastery = rule.mastery
    typed = {name: _number(getattr(mastery, name)) for name in NUMBERS}
    typed |= {
        "method": mastery.method.value,
        "area_cut": str(rule.area_cut),
        "lost": rule.lost.value,
        "lost_reason": in_page_language(rule.lost_reason),
        "downward_credit": "1" if rule.downward_credit else "",
    }
    for level in standard.levels:
        typed[f"critical.{level.key}"] = _codes(rule.critical.get(level.key, ()))
        typed |= {
            f"cut.{level.key}.{area.code}": _number(rule.area_cuts.get((level.key, area.code)))
            for area in level.areas
        }
        typed |= _typed_total(rule, level)
    return typed


def read_rule(rule: AttainmentRule, standard: Standard) -> RuleForm:
    """The request's form, read over ``rule``, whose reasons are kept where they still apply."""
    reader = FormReader()
    content: dict[str, object] = {
        **content_of(rule),
        "origin": ORIGIN,
        "area_cut": _whole(reader, "area_cut"),
        "mastery": _mastery(reader),
        "lost": _lost(reader),
        "downward_credit": "downward_credit" in request.form,
        "critical": {each.key: _critical(reader, rule, each) for each in standard.levels},
        "area_cuts": _cuts(reader, standard),
        "totals": _totals(reader, standard),
    }
    return RuleForm(content, request.form.to_dict(), reader.errors)


def errors_by_field(refused: CatalogueError) -> Mapping[str, str]:
    """What is wrong with the rule, in the reader's language, by the name of the field."""
    found: dict[str, str] = {}
    for each in refused.problems:
        found.setdefault(_field(each.path), each.reason.in_language(language()))
    return found


def _mastery(reader: FormReader) -> Content:
    method = request.form.get("method", "")
    content: dict[str, object] = {"method": method or MasteryMethod.N_OF_M.value}
    for name, (least, most) in NUMBERS.items():
        number = _whole(reader, name, least, most)
        if number is not None:
            content[name] = number
    return content


def _lost(reader: FormReader) -> Content:
    reason = reader.read(lambda: text("lost_reason", LONGEST_REASON), "")
    content: dict[str, object] = {"policy": request.form.get("lost", LostPolicy.BLOCK.value)}
    return content | ({"reason": {"zh": reason, "en": reason}} if reason else {})


def _critical(reader: FormReader, rule: AttainmentRule, level: Level) -> list[Content]:
    codes = _split(reader, f"critical.{level.key}")
    known = {entry["code"]: entry for entry in _entries(rule, level)}
    return [known.get(code, {"code": code, "reason": SET_BY_SCHOOL}) for code in codes]


def _entries(rule: AttainmentRule, level: Level) -> list[Mapping[str, object]]:
    return [
        {"code": key.code, "reason": {"zh": reason.zh, "en": reason.en or reason.zh}}
        for key, reason in rule.reasons.items()
        if key.level == level.key
    ]


def _cuts(reader: FormReader, standard: Standard) -> Content:
    found: dict[str, dict[str, int]] = {}
    for level in standard.levels:
        for area in level.areas:
            name = f"cut.{level.key}.{area.code}"
            cut = _whole(reader, name)
            if cut is not None:
                found.setdefault(level.key, {})[area.code] = cut
    return found


def _totals(reader: FormReader, standard: Standard) -> Content:
    found: dict[str, Content] = {}
    for level in standard.levels:
        name = f"total.{level.key}"
        minimum = _whole(reader, name)
        every = (f"part.{level.key}.{row}" for row in range(PARTS))
        rows = [row for row in every if any(request.form.get(f"{row}.{each}") for each in FIELDS)]
        if minimum is None and rows:
            reader.errors.setdefault(name, gettext("This must be filled in."))
        if minimum is not None:
            parts = [_part(reader, row) for row in rows]
            found[level.key] = {"minimum": minimum, "parts": parts}
    return found


def _part(reader: FormReader, row: str) -> Content:
    name = reader.read(lambda: text(f"{row}.name", 60, required=True), "")
    codes = _split(reader, f"{row}.codes")
    return {
        "name": {"zh": name, "en": name},
        "weight": _whole(reader, f"{row}.weight") or 0,
        "minimum": _whole(reader, f"{row}.minimum") or 0,
        "areas": [each for each in codes if "." not in each],
        "codes": [each for each in codes if "." in each],
    }


def _whole(reader: FormReader, name: str, least: int = 0, most: int = 100) -> int | None:
    return reader.read(lambda: whole_number(name, least=least, most=most), None)


def _split(reader: FormReader, name: str) -> list[str]:
    typed = reader.read(lambda: text(name, LONGEST_CODES), "")
    return [each for each in re.split(r"[\s,，、;；]+", typed) if each]


def _typed_total(rule: AttainmentRule, level: Level) -> Typed:
    total = rule.totals.get(level.key)
    if total is None:
        return {}
    typed = {f"total.{level.key}": str(total.minimum)}
    for row, part in enumerate(total.parts[:PARTS]):
        name = f"part.{level.key}.{row}"
        typed |= {
            f"{name}.name": in_page_language(part.name),
            f"{name}.weight": str(part.weight),
            f"{name}.minimum": str(part.minimum),
            f"{name}.codes": _codes(part.requirements),
        }
    return typed


def _codes(keys: Iterable[RequirementKey]) -> str:
    return " ".join(each.code for each in sorted(keys, key=lambda key: key.sort_key))


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _field(path: str) -> str:
    """``mastery.needed`` is the field ``needed``; a place in a list belongs to its list's field."""
    parts = re.sub(r"\[\d+\]", "", path).split(".")
    if parts[0] == "critical":
        return ".".join(parts[:2])
    if parts[0] == "area_cuts":
        return ".".join(["cut", *parts[1:]])
    if parts[0] == "totals":
        return f"total.{parts[1]}"
    if parts[0] == "lost":
        return "lost_reason"
    return parts[-1]
