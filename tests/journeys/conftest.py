"""People at their browsers, and one tool beside one sandbox for the journeys that can share it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from .classroom import Classroom
from .servers import SandboxServer, Tool, connect, sandbox_beside, serving
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


# --- Shared: each test brings its own activity ----------------------------------------------------


@pytest.fixture(scope="session")
def shared_tool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tool]:
    """A tool that knows the sandbox's Moodle course; its Canvas deployment waits for approval."""
    with serving(tmp_path_factory.mktemp("shared") / "data") as made:
        yield made


@pytest.fixture(scope="session")
def shared_server(shared_tool: Tool) -> Iterator[SandboxServer]:
    with sandbox_beside(shared_tool, class_size=3) as server:
        connect(shared_tool, Classroom(server, "moodle").registration)
        connect(shared_tool, Classroom(server, "canvas").registration, approved=False)
        shared_tool.serve()
        yield server


@pytest.fixture
def course(shared_server: SandboxServer) -> Classroom:
    """The Moodle course."""
    return Classroom(shared_server, "moodle")
