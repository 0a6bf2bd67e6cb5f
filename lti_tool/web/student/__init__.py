"""Pages for students: one assessment, its feedback, and progress towards the levels."""

from . import assessment, drafting, feedback, files, peers, progress, uploads
from .frame import blueprint

__all__ = [
    "assessment",
    "blueprint",
    "drafting",
    "feedback",
    "files",
    "peers",
    "progress",
    "uploads",
]
