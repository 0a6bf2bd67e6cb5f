"""Reads documents of vocational skill standards, in whatever format and layout, into drafts.

``readers`` turn a file into paragraphs and table rows, ``recognise`` turns those into a draft,
``bounded`` does both in a process of its own that cannot take more than its share. Not here: what
a draft becomes once a person has confirmed it (``lti_tool.catalogue``).
"""

from .blocks import NotAStandardError, Progress
from .bounded import LIMITS, Limits, read_document
from .words import REFUSALS, note_words, place_words, refusal_words

__all__ = [
    "LIMITS",
    "REFUSALS",
    "Limits",
    "NotAStandardError",
    "Progress",
    "note_words",
    "place_words",
    "read_document",
    "refusal_words",
]
