"""Codes that stand before a title, as in ``2.1.1 能够…``."""

import re

_CODED = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,4}){0,5})[.、．]?\s+(\S.*)")


def code_and_text(title: str) -> tuple[str, str]:
    """The code and what follows it; an empty code where the title has none."""
    match = _CODED.fullmatch(title)
    return (match[1], match[2]) if match else ("", title)
