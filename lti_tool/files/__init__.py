"""The evidence store and the checks on what comes in. Not here: who may see a file (``web``)."""

from .parts import Parts
from .store import EvidenceStore, KeptFile

__all__ = ["EvidenceStore", "KeptFile", "Parts"]
