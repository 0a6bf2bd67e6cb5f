"""Cells of a rubric in words: their names, and values that are keys. No page itself."""

from collections.abc import Iterable, Mapping

from lti_tool.domain.rubric import METHOD_NAMES, AssessmentMethod
from lti_tool.domain.rubric_authoring import SCALE, Fault
from lti_tool.domain.standard import RequirementKey, Standard
from lti_tool.web.localisation import gettext, in_page_language


def errors_by_field(faults: Iterable[Fault]) -> Mapping[str, str]:
    """Faults as sentences by the field they are about."""
    return {each.field: in_page_language(each.reason) for each in faults}


def field_name(field: str) -> str:
    """A cell's name for readers: ``2.en`` is the English of level 2."""
    plain = {
        "red_line": gettext("Red line item"),
        "weight": gettext("Weight"),
        "method": gettext("Way to assess"),
        "cut": gettext("Cut"),
    }
    if field in plain:
        return plain[field]
    part, _, rest = field.partition(".")
    language = gettext("English") if rest.endswith("en") else gettext("Chinese")
    if part == "evidence":
        return gettext("Suggested evidence, %(language)s", language=language)
    if rest == "percent":
        return gettext("Percent of level %(number)s", number=part)
    if rest.startswith("name"):
        return gettext("Name of level %(number)s, %(language)s", number=part, language=language)
    return gettext("Level %(number)s, %(language)s", number=part, language=language)


def value_words(field: str, value: str) -> str:
    """A cell's value for readers."""
    if field == "method" and value:
        return in_page_language(METHOD_NAMES[AssessmentMethod(value)])
    if field == "red_line":
        return gettext("yes") if value == "yes" else gettext("no")
    return value


def row_name(row: str, standard: Standard) -> str:
    """Which requirement a row is, or that it is the scale."""
    if row == SCALE:
        return gettext("Performance levels and cut")
    key = RequirementKey.parse(row)
    return f"{in_page_language(standard.level(key.level).name)} {key.code}"
