"""A draft as JSON and back: how it passes between processes and is stored.

Not here: the files a person reads (``draft_files``).
"""

from pydantic import TypeAdapter, ValidationError

from lti_tool.domain.standard_draft import BadDraftError, StandardDraft

_DRAFT = TypeAdapter(StandardDraft)


def draft_to_json(draft: StandardDraft) -> str:
    """The draft as one line of JSON."""
    return _DRAFT.dump_json(draft).decode()


def draft_from_json(text: str | bytes) -> StandardDraft:
    """The draft of such a line. Raises BadDraftError ``unreadable``."""
    try:
        return _DRAFT.validate_json(text)
    except ValidationError as error:
        raise BadDraftError("unreadable") from error
