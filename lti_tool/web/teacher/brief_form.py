"""The form of what an assessment gives to work with: situation, material, notes. No page itself."""

from collections.abc import Mapping
from dataclasses import replace

from flask import request

from lti_tool.domain.brief import (
    MAX_MATERIAL,
    MAX_MATERIAL_TITLE,
    MAX_WORDS,
    Brief,
    SetMaterial,
)
from lti_tool.domain.errors import BadAssessmentError
from lti_tool.domain.ready_assessment import MaterialKind, table_faults
from lti_tool.web.forms import FormError, FormReader, text
from lti_tool.web.localisation import gettext, in_page_language

BLANK = SetMaterial("", MaterialKind.TEXT, "")


def is_sent() -> bool:
    """Whether the request's form has these fields at all."""
    return "scenario" in request.form


def brief_typed(base: Brief) -> Brief:
    """What the request's form holds, to be shown again just so; ``base`` has the rest."""
    form = request.form
    pieces = [
        SetMaterial(
            form.get(f"material.{number}.title", ""),
            _kind_or_text(form.get(f"material.{number}.kind", "")),
            form.get(f"material.{number}.words", ""),
        )
        for number in range(MAX_MATERIAL)
        if f"material.{number}.words" in form
    ]
    return replace(
        base,
        scenario=form.get("scenario", ""),
        assessor=form.get("assessor", ""),
        material=tuple(pieces),
    )


def with_blank(brief: Brief) -> Brief:
    """The brief with an empty piece at the end, to write another into."""
    if len(brief.material) >= MAX_MATERIAL or BLANK in brief.material:
        return brief
    return replace(brief, material=(*brief.material, BLANK))


def read_brief(reader: FormReader, base: Brief) -> Brief:
    """The brief of the request's form; a piece of material without title and words is left out.

    What is wrong is noted in the reader, whose errors the caller looks at.
    """
    pieces = [_read_piece(reader, f"material.{number}") for number in range(MAX_MATERIAL)]
    return replace(
        base,
        scenario=reader.read(lambda: text("scenario", MAX_WORDS), ""),
        assessor=reader.read(lambda: text("assessor", MAX_WORDS), ""),
        material=tuple(each for each in pieces if each is not None),
    )


def words_of_brief(error: BadAssessmentError) -> Mapping[str, str]:
    """A rule of the domain as a sentence, by the field it is about."""
    return {error.field: gettext("The material cannot be used like this.")}


def _read_piece(reader: FormReader, name: str) -> SetMaterial | None:
    title = reader.read(lambda: text(f"{name}.title", MAX_MATERIAL_TITLE), "")
    words = reader.read(lambda: text(f"{name}.words", MAX_WORDS), "")
    faulty = {f"{name}.title", f"{name}.words"} & set(reader.errors)
    if not title and not words and not faulty:
        return None
    kind = reader.read(lambda: _kind(f"{name}.kind"), MaterialKind.TEXT)
    if not faulty:
        reader.read(lambda: _check(name, SetMaterial(title, kind, words)), None)
    return SetMaterial(title, kind, words)


def _check(name: str, piece: SetMaterial) -> None:
    """Raise FormError for a piece that lacks something or is no table though it says so."""
    for field, words in (("title", piece.title), ("words", piece.words)):
        if not words:
            raise FormError(f"{name}.{field}", gettext("This must be filled in."))
    if piece.kind is MaterialKind.TABLE:
        for fault in table_faults(piece.words):
            raise FormError(f"{name}.words", in_page_language(fault))


def _kind(name: str) -> MaterialKind:
    try:
        return MaterialKind(request.form.get(name, ""))
    except ValueError as unknown:
        raise FormError(name, gettext("Choose one of the three.")) from unknown


def _kind_or_text(typed: str) -> MaterialKind:
    return MaterialKind(typed) if typed in set(MaterialKind) else MaterialKind.TEXT
