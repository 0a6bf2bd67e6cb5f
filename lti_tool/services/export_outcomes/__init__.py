"""Outcomes leave the tool: what is in an export is drawn from what is stored now, and kept, so
that the very same can be handed out again.

Drawing reads and holds nobody up; keeping is one short transaction. Not here: file formats
(``lti_tool.exchange``), exports made before (``show_exports``).
"""

from .facts import Manner
from .keeping import keep_export, keep_paper, note_taken
from .lists import draw_outcomes
from .papers import CredentialDrawn, draw_credential, draw_transcript

__all__ = [
    "CredentialDrawn",
    "Manner",
    "draw_credential",
    "draw_outcomes",
    "draw_transcript",
    "keep_export",
    "keep_paper",
    "note_taken",
]
