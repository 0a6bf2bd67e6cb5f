"""How long a long standard takes to import: 500 requirements on 200 pages of PDF.

Timed against plainly reading the file's text with the same library. The limits are those of the
product: under a minute and 500 MB. Not here: whether it is read rightly (``tests/exchange``).
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pdfplumber

from lti_tool.exchange.standard_documents import read_document
from tests.exchange.standard_documents.invented import HEAD, Printed, Row, Table
from tests.exchange.standard_documents.writers import as_pdf

LEVELS = ("初级", "中级", "高级")
PAGES, REQUIREMENTS = 200, 500
MOST_SECONDS, MOST_MEGABYTES, MOST_TIMES = 60.0, 500.0, 4.0
PROSE = "本页说明在工作现场如何完成上述要求，并给出需要留存的记录和复核的办法。" * 14


def measure() -> bool:
    """Import once and read the text once; print both and say whether the limits are kept."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.pdf"
        path.write_bytes(as_pdf(_document()))
        plain = _plainly(path)
        told = subprocess.run(
            [sys.executable, "-m", __name__, str(path)], check=True, capture_output=True, text=True
        )
    seconds, megabytes, found, pages = map(float, told.stdout.split())
    good = (
        (found, pages) == (REQUIREMENTS, PAGES)
        and seconds <= MOST_SECONDS
        and megabytes <= MOST_MEGABYTES
        and seconds / plain <= MOST_TIMES
    )
    print(
        f"import {found:.0f} requirements from {pages:.0f} pages of PDF: {seconds:.1f} s, "
        f"{megabytes:.0f} MB, {seconds / plain:.2f} of plainly reading the text "
        f"(limits {MOST_SECONDS:.0f} s, {MOST_MEGABYTES:.0f} MB, {MOST_TIMES:.0f})"
        f"{'' if good else '  NOT KEPT'}"
    )
    return good


def _plainly(path: Path) -> float:
    start = time.perf_counter()
    with pdfplumber.open(path) as document:
        for page in document.pages:
            page.extract_text()
            page.close()
    return time.perf_counter() - start


def _document() -> Iterator[Printed]:
    yield from ("示例服务职业技能等级标准", "标准代码：990099", "（2023 年 1.0 版）")
    yield from ("示例教育科技有限公司 制定", "2023 年 5 月 发布", "6 职业技能要求")
    yield "示例服务职业技能等级分为三个等级：初级、中级、高级。"
    numbers = iter(range(REQUIREMENTS))
    for at, level in enumerate(LEVELS, start=1):
        yield f"表 {at} 示例服务（{level}）"
        pages = PAGES // len(LEVELS) + (1 if at <= PAGES % len(LEVELS) else 0)
        share = REQUIREMENTS // len(LEVELS) + (1 if at <= REQUIREMENTS % len(LEVELS) else 0)
        for page in range(pages):
            count = share * (page + 1) // pages - share * page // pages
            own = [next(numbers) for _ in range(count)]
            yield _page(page, own, turned=page > 0 or at > 1)
            yield PROSE


def _page(page: int, numbers: list[int], *, turned: bool) -> Table:
    """A task of its own on each page, five tasks to an area."""
    area, task = page // 5 + 1, page % 5 + 1
    rows = [
        Row(
            (
                (f"{area}. 第{area}个工作领域" if task == 1 else "") if at == 1 else None,
                f"{area}.{task} 第{task}个工作任务" if at == 1 else None,
                f"{area}.{task}.{at} 能够按照规范完成第{number}项操作，并如实记录过程和结果",
            )
        )
        for at, number in enumerate(numbers, start=1)
    ]
    return Table((Row(HEAD), *rows), goes_on=turned)


def main(path: Path) -> None:
    """Import in this process's child, and print what it took."""
    pages: list[int] = []
    start = time.perf_counter()
    draft = read_document(path, path.name, report=lambda each: pages.append(each.total))
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    print(seconds, peak, sum(1 for _ in draft.requirements), max(pages))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
