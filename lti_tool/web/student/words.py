"""Sentences for why a student's form was refused, and marks that tell a text's versions apart."""

import hashlib

from flask import request

from lti_tool.domain.errors import (
    AttemptsUsedError,
    BadEvidenceError,
    DomainError,
    StaleFormError,
)
from lti_tool.domain.submission import MAX_EVIDENCE
from lti_tool.files.kinds import KINDS
from lti_tool.web.forms import FormError
from lti_tool.web.localisation import format_filesize, gettext
from lti_tool.web.wiring import wired


def sentence(refused: FormError | DomainError) -> str:
    """Why a form of the draft was refused, in the page's language."""
    if isinstance(refused, FormError):
        return refused.message
    if isinstance(refused, BadEvidenceError):
        return refused_evidence(refused)
    if isinstance(refused, StaleFormError) and asks_for_json():
        return gettext(
            "This text was changed in another window meanwhile. Reload the page: what you typed "
            "here is kept."
        )
    if isinstance(refused, StaleFormError):
        return gettext(
            "This text was changed in another window meanwhile. What you typed stands in the box; "
            "saving again replaces the other text."
        )
    if isinstance(refused, AttemptsUsedError):
        return gettext("You have used all your attempts. Nothing was changed.")
    return gettext("This attempt was handed in already. Nothing was changed.")


def refused_evidence(refused: BadEvidenceError, name: str = "") -> str:
    """Why a piece of evidence was refused; ``name`` is the file's own."""
    words = {
        "text_missing": gettext("Write something first."),
        "text_too_long": gettext("The text is too long."),
        "title_too_long": gettext("The name is too long."),
        "link_too_long": gettext("The link is too long."),
        "link_not_web": gettext("A link must begin with https:// or http:// and name a site."),
        "too_many": gettext(
            "An attempt holds at most %(count)s pieces of evidence.", count=MAX_EVIDENCE
        ),
        "name": gettext("The file has no usable name. Rename it and try again."),
        "empty": gettext("The file is empty (0 bytes)."),
        "too_large": gettext(
            "The file is larger than %(most)s.", most=format_filesize(wired().files.max_bytes)
        ),
        "no_room": gettext("The tool has no room for it at the moment. Tell your teacher."),
        "incomplete": gettext("Not all of the file has come. Choose it again to go on."),
        "too_much_inside": gettext(
            "The document holds far more than such a document does, so it is not taken."
        ),
        "kind_not_allowed": gettext(
            "Files of this kind are not taken. Possible are: %(kinds)s.", kinds=", ".join(KINDS)
        ),
        "not_what_it_says": gettext(
            "The content does not fit the file's name. Save it again in its own format."
        ),
    }
    said = words.get(refused.reason, gettext("This evidence cannot be taken."))
    return f"{name}: {said}" if name else said


def asks_for_json() -> bool:
    """Whether a script asks, which shows a sentence on the page that is open, not a page."""
    return request.accept_mimetypes.best == "application/json"


def digest(text: str) -> str:
    """A short mark of a text: a form carries the one it was opened with, so that a text changed
    elsewhere meanwhile is noticed."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
