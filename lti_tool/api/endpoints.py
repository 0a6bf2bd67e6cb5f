"""What an entry in a module's table of endpoints says, and what its view gets and gives back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from lti_tool.catalogue import Catalogue
from lti_tool.domain.access_token import Scope
from lti_tool.domain.standard import Standard, Text
from lti_tool.persistence.database import Session

from .queries import Query

Q = TypeVar("Q", bound=Query)

NOT_A_CERTIFICATE = Text(
    "本工具中的等级达成不是 X 证书。", "An attainment in this tool is not an X certificate."
)


class Thing(BaseModel):
    """Part of an answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(Thing):
    """Words in Chinese, and in English where somebody has translated them."""

    zh: str
    en: str | None


class Page(Thing):
    """A list, of which there may be more: `next_cursor` leads on, and is null at the end."""

    next_cursor: str | None
    notice: Words


class Changes(Page):
    """A list by time. `changes_cursor` is for another day: it leads to what is new since. What
    changed within the last minute may come twice, never not at all."""

    changes_cursor: str | None


@dataclass(frozen=True, slots=True)
class Call(Generic[Q]):
    """A request that was let in: the school of its token and what it asks."""

    session: Session
    catalogue: Catalogue
    school_id: int
    now: datetime
    query: Q


@dataclass(frozen=True, slots=True)
class Answer:
    """What a view gives back. ``look`` says whose personal data is in it (``note_look``), None for
    nobody's. ``place`` stands for the next cursor in the ETag, since a cursor also tells when
    reading began."""

    body: Thing
    look: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address. ``view`` takes a Call and the parts of the address by name."""

    name: str
    rule: str
    scope: Scope
    query: type[Query]
    answer: type[Thing]
    view: Callable[..., Answer]
    summary: Text


def words_of(text: Text) -> Words:
    """Words of a standard or of ours, in both languages."""
    return Words(zh=text.zh, en=text.en)


def notice_of(standard: Standard | None) -> Words:
    """What goes along with everything that leaves: the publisher's rights, and what this is not."""
    texts = [NOT_A_CERTIFICATE] if standard is None else [standard.rights_notice, NOT_A_CERTIFICATE]
    return Words(
        zh="".join(each.zh for each in texts),
        en=" ".join(each.in_language("en") for each in texts),
    )
