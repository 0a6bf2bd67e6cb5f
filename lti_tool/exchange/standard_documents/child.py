"""The process that reads one document: it limits itself, reads, and answers with lines of JSON.

Only ``bounded`` starts it. Whatever a hostile file does to it, nothing else is harmed.
"""

import json
import sys
from pathlib import Path

from lti_tool.catalogue.draft_json import draft_to_json
from lti_tool.domain.standard_draft import StandardDraft
from lti_tool.exchange.frameworks import NotAFrameworkError, is_framework, read_framework

from .blocks import NotAStandardError, Progress
from .bounded import OUT_OF_MEMORY
from .readers import stream_of
from .recognise import recognise

if sys.platform != "win32":
    import resource

DEEPEST = 2_000


def main(arguments: list[str]) -> int:
    """``PATH NAME MEMORY SECONDS LARGEST``; answers on standard output."""
    path, name, memory, seconds, largest = arguments
    _limit(int(memory), int(seconds))
    sys.setrecursionlimit(DEEPEST)
    try:
        draft = _draft(_content(Path(path), int(largest)), name)
    except NotAStandardError as error:
        _answer({"refused": [error.reason, error.detail]})
        return 0
    except MemoryError:
        return OUT_OF_MEMORY
    except RecursionError:
        _answer({"refused": ["broken", ""]})
        return 0
    sys.stdout.write(f'{{"draft": {draft_to_json(draft)}}}\n')
    return 0


def _draft(content: bytes, name: str) -> StandardDraft:
    if not is_framework(name):
        return recognise(stream_of(content, name), _report)
    try:
        return read_framework(content, name)
    except NotAFrameworkError as error:
        raise NotAStandardError(error.reason, error.detail) from error


def _content(path: Path, largest: int) -> bytes:
    with path.open("rb") as file:
        content = file.read(largest + 1)
    if len(content) > largest:
        raise NotAStandardError("too_large")
    return content


def _limit(memory: int, seconds: int) -> None:
    """Let the system end this process once it takes more. Windows has no such limits; there the
    parent's clock is the only one."""
    if sys.platform == "win32":
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _report(progress: Progress) -> None:
    _answer({"progress": [progress.done, progress.total]})


def _answer(said: object) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
