"""An installed standard as a file in one of the formats, with what the format leaves out.

The file says so too where it has a place for it: among the facts of the framework itself.
"""

import json
from dataclasses import replace

from lti_tool.catalogue import StandardBundle
from lti_tool.domain.standard import Text

from .canvas_outcomes import canvas_outcomes_csv
from .canvas_rubrics import canvas_rubrics_csv
from .case_objects import Maker
from .case_package import case_package
from .facts import Fact
from .formats import Format
from .framework import ExportedFile, Framework
from .left_out import left_out
from .moodle_competencies import moodle_csv
from .outward import framework_of


def exported(bundle: StandardBundle, to: Format, *, base: str) -> ExportedFile:
    """The file. ``base`` is this tool's address, where CASE says its objects are."""
    framework, missing = complete_framework(bundle, to)
    name = f"{bundle.standard.id}.{to}.{to.extension}"
    if to.is_case:
        maker = Maker(bundle.standard.id, to.case_version, base.rstrip("/"), bundle.changed)
        content = json.dumps(case_package(framework, maker), ensure_ascii=False, indent=1)
        return ExportedFile(name, "application/json", f"{content}\n".encode(), missing)
    content_bytes = _csv(bundle, framework, to)
    return ExportedFile(name, "text/csv; charset=utf-8", content_bytes, missing)


def complete_framework(bundle: StandardBundle, to: Format) -> tuple[Framework, tuple[Text, ...]]:
    """The framework with a fact for everything that the format leaves out; and these in words."""
    framework = framework_of(bundle)
    missing = left_out(bundle, framework, to)
    said: list[Fact] = [("left_out", each.zh) for each in missing]
    return replace(framework, facts=(*framework.facts, *said)), missing


def _csv(bundle: StandardBundle, framework: Framework, to: Format) -> bytes:
    if to is Format.MOODLE:
        return moodle_csv(framework)
    if to is Format.CANVAS_OUTCOMES:
        return canvas_outcomes_csv(framework, bundle.rule.mastery)
    return canvas_rubrics_csv(framework)
