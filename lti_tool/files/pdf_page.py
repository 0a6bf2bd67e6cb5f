"""The process that draws a page of one PDF: it limits itself, reads standard input, and answers
with the number of pages on a line of its own and then the picture.

Only ``previews`` starts it. Whatever a hostile file does to it, nothing else is harmed.
"""

import sys

import pypdfium2

if sys.platform != "win32":
    import resource

WIDEST = 1000
TALLEST = 1600
"""Pixels; a page is drawn as large as fits into these."""
NO_PDF = 4
"""The exit code where the file is no PDF that can be read, or has no such page."""


def main(arguments: list[str]) -> int:
    """``PAGE MEMORY SECONDS``; PAGE counts from 1, and 0 asks for the number of pages only."""
    number, memory, seconds = map(int, arguments)
    _limit(memory, seconds)
    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer)
        _answer(document, number)
    except (pypdfium2.PdfiumError, IndexError, ValueError, MemoryError):
        return NO_PDF
    return 0


def _answer(document: pypdfium2.PdfDocument, number: int) -> None:
    sys.stdout.write(f"{len(document)}\n")
    sys.stdout.flush()
    if number:
        page = document[number - 1]
        width, height = page.get_size()
        scale = min(WIDEST / width, TALLEST / height) if width > 0 and height > 0 else 1.0
        page.render(scale=scale).to_pil().save(sys.stdout.buffer, "PNG")


def _limit(memory: int, seconds: int) -> None:
    """Let the system end this process once it takes more. Windows has no such limits; there the
    parent's clock is the only one."""
    if sys.platform == "win32":
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
