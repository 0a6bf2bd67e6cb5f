"""Pages for students: one assessment, its feedback, and progress towards the levels."""

from . import assessment, drafting, feedback, files, progress, uploads
from .frame import blueprint

__all__ = ["assessment", "blueprint", "drafting", "feedback", "files", "progress", "uploads"]
