"""The name a file is shown and downloaded under. It is data, never a path."""

import unicodedata

from lti_tool.domain.errors import BadEvidenceError

MAX_NAME = 180
UNSAFE = frozenset('/\\:*?"<>|')


def clean_name(name: str) -> str:
    """The last part of the name, without what a file system or a header cannot carry.

    Chinese is kept. Browsers send a bare name, but a client may send a whole path. Raises
    BadEvidenceError ``name`` when nothing is left of it.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(each for each in last if each not in UNSAFE and _shows(each))
    kept = " ".join(kept.split()).lstrip(". ").rstrip(". ")
    if not kept:
        raise BadEvidenceError("name")
    return _shortened(kept)


def _shows(character: str) -> bool:
    """Control and format characters can turn ``gpj.exe`` round into ``exe.jpg``."""
    return character == " " or unicodedata.category(character) not in {
        "Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp",
    }  # fmt: skip


def _shortened(name: str) -> str:
    stem, dot, extension = name.rpartition(".")
    if len(name) <= MAX_NAME or not dot or len(extension) > 10:
        return name[:MAX_NAME]
    return f"{stem[: MAX_NAME - len(extension) - 1]}.{extension}"
