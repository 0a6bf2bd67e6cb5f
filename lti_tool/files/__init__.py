"""The evidence store and the checks on what comes in. Not here: who may see a file (``web``)."""

from .store import EvidenceStore, KeptFile

__all__ = ["EvidenceStore", "KeptFile"]
