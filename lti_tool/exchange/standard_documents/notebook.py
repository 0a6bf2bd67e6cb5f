"""Collects the notes of one level: equal ones are counted from the first place on.

Not here: what they say to a person (``words``).
"""

from dataclasses import replace

from lti_tool.domain.standard_draft import Note, NoteKind, Place


class Notebook:
    """The notes of one level, in the order they were first made."""

    def __init__(self, level: str | None) -> None:
        self._level = level
        self._notes: dict[tuple[NoteKind, str, str], Note] = {}

    def note(
        self,
        kind: NoteKind,
        place: Place | None = None,
        *,
        subject: str = "",
        detail: str = "",
    ) -> None:
        """Note something; the same kind, subject and detail are counted."""
        key = (kind, subject, detail)
        known = self._notes.get(key)
        if known is None:
            self._notes[key] = Note(kind, self._level, subject, detail, place)
        else:
            self._notes[key] = replace(known, times=known.times + 1)

    def forget(self, kind: NoteKind, subject: str) -> None:
        """Take a note back that turned out to be none."""
        self._notes.pop((kind, subject, ""), None)

    def notes(self) -> tuple[Note, ...]:
        """Everything noted."""
        return tuple(self._notes.values())
