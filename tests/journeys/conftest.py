"""People at their browsers, for every journey."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from .visitor import Visitor


@pytest.fixture
def visitors() -> Iterator[Callable[[], Visitor]]:
    """Opens one more browser; all are closed with the test."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(Visitor()))


@pytest.fixture
def teacher(visitors: Callable[[], Visitor]) -> Visitor:
    return visitors()


@pytest.fixture
def student(visitors: Callable[[], Visitor]) -> Visitor:
    return visitors()


@pytest.fixture
def registrar(visitors: Callable[[], Visitor]) -> Visitor:
    return visitors()
