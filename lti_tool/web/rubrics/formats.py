"""The standard with the school's rubric for other systems: what each format is for and leaves out.

Not here: the formats themselves (``lti_tool.exchange.frameworks``).
"""

from dataclasses import dataclass, replace

from flask import Response, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from lti_tool.domain.standard import Text
from lti_tool.exchange.frameworks import ExportedFile, Format, exported
from lti_tool.services.author_rubric import Authoring
from lti_tool.web.access import requires
from lti_tool.web.wiring import wired

from .frame import READERS, blueprint, page_of, shown_rubric

WORDS = {
    Format.MOODLE: (
        _("Moodle: competency framework (CSV)"),
        _("Site administration, Competencies, Import competency framework."),
    ),
    Format.CANVAS_OUTCOMES: (
        _("Canvas: outcomes (CSV)"),
        _("Account or course, Outcomes, Import."),
    ),
    Format.CANVAS_RUBRICS: (
        _("Canvas: rubrics, one for each work task (CSV)"),
        _("Account or course, Rubrics, Import rubric."),
    ),
    Format.CASE_1_1: (
        _("CASE 1.1 (JSON)"),
        _("For any system that reads 1EdTech's competency frameworks."),
    ),
    Format.CASE_1_0: (
        _("CASE 1.0 (JSON)"),
        _("For systems that do not read 1.1 yet."),
    ),
}


@dataclass(frozen=True, slots=True)
class ShownFormat:
    """A format in words. ``kilobytes`` is the size of the file."""

    key: str
    title: LazyString
    use: LazyString
    kilobytes: int
    left_out: tuple[Text, ...]


@blueprint.get("/<standard_id>/formats")
@requires(*READERS)
def formats(standard_id: str) -> ResponseReturnValue:
    """Every format, with what it leaves out."""
    shown = shown_rubric(standard_id)
    made = [(each, _made(shown, each)) for each in WORDS]
    return render_template(
        "rubrics/formats.html",
        page=page_of(shown),
        shown=shown,
        formats=[
            ShownFormat(each.value, *WORDS[each], -(-len(file.content) // 1000), file.left_out)
            for each, file in made
        ],
    )


@blueprint.get("/<standard_id>/formats/<name>")
@requires(*READERS)
def as_format(standard_id: str, name: str) -> ResponseReturnValue:
    """The file."""
    if name not in {each.value for each in Format}:
        abort(404)
    made = _made(shown_rubric(standard_id), Format(name))
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
    return Response(made.content, content_type=made.media_type, headers=headers)


def _made(shown: Authoring, to: Format) -> ExportedFile:
    """The file with the rubric that is in force in this school."""
    bundle = replace(shown.bundle, rubric=shown.rubric)
    return exported(bundle, to, base=wired().address.base_url)
