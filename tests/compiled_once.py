"""Compiles templates and addresses once in a process. Most tests of pages have an application of
their own, and each would compile all of them anew, which takes longer than the tests themselves.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


@contextmanager
def compiled_once(folder: Path) -> Iterator[None]:
    """Every application of the block shares what others compiled; ``folder`` keeps templates."""
    known: dict[tuple[object, ...], Builder] = {}
    compiled: Any = Rule.__dict__["_compile_builder"]

    def remembered(rule: Rule, append_unknown: bool = True) -> Builder:
        """What is built depends on these alone; the converters are the rule's own, asked later."""
        key = (rule.rule, rule.host, rule.subdomain, repr(rule.defaults), append_unknown)
        if key not in known:
            known[key] = compiled(rule, append_unknown)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            Flask, "jinja_options", {"bytecode_cache": FileSystemBytecodeCache(str(folder))}
        )
        patch.setattr(Rule, "_compile_builder", remembered)
        yield
