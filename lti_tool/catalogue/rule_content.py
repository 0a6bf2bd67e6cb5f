"""A school's own attainment rule: checked as the shipped file is, and written out as one.

Not here: storing it and who may (``lti_tool.services``).
"""

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from lti_tool.domain.mapping import AttainmentRule, TotalPart, TotalRule
from lti_tool.domain.standard import Standard, Text

from .document import Document
from .problems import CatalogueError
from .rules import build_rule, rule_problems
from .schemas import AttainmentFile
from .validation import Parsed, schema_problems

Content = Mapping[str, object]
"""What ``attainment.yaml`` holds, as plain values that JSON can carry."""

NOWHERE = Path("rule")
"""Stands for the file in the problems of a rule that is in none."""


def rule_from(content: Content, standard: Standard) -> AttainmentRule:
    """The rule of this content. Raises CatalogueError listing every problem by its path."""
    document = Document(NOWHERE, content, {(): 1})
    try:
        parsed = Parsed(document, AttainmentFile.model_validate(content))
    except ValidationError as error:
        raise CatalogueError(schema_problems(document, error)) from error
    problems = tuple(rule_problems(parsed, standard))
    if problems:
        raise CatalogueError(problems)
    return build_rule(parsed.value, standard)


def content_of(rule: AttainmentRule) -> Content:
    """The content that :func:`rule_from` makes this very rule of."""
    mastery = rule.mastery
    content: dict[str, object] = {
        "standard": rule.standard_id,
        "version": rule.version,
        "origin": _words(rule.origin),
        "area_cut": rule.area_cut,
        "mastery": {
            "method": mastery.method.value,
            "needed": mastery.needed,
            "window": mastery.window,
            "rate": mastery.rate,
            "minimum_evidence": mastery.minimum_evidence,
            "minimum_raters": mastery.minimum_raters,
            "expires_months": mastery.expires_months,
        },
        "lost": {"policy": rule.lost.value},
        "critical": {
            level: [
                {"code": key.code, "reason": _words(rule.reasons[key])}
                for key in sorted(keys, key=lambda key: key.sort_key)
            ]
            for level, keys in rule.critical.items()
        },
        "area_cuts": _cuts(rule),
        "totals": {level: _total(total) for level, total in rule.totals.items()},
        "downward_credit": rule.downward_credit,
    }
    if rule.lost_reason.zh:
        content["lost"] = {"policy": rule.lost.value, "reason": _words(rule.lost_reason)}
    return content


def _cuts(rule: AttainmentRule) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (level, area), cut in rule.area_cuts.items():
        found.setdefault(level, {})[area] = cut
    return found


def _total(total: TotalRule) -> Content:
    return {"minimum": total.minimum, "parts": [_part(each) for each in total.parts]}


def _part(part: TotalPart) -> Content:
    return {
        "name": _words(part.name),
        "weight": part.weight,
        "minimum": part.minimum,
        "codes": [each.code for each in part.requirements],
    }


def _words(text: Text) -> Content:
    return {"zh": text.zh, "en": text.en or text.zh}
