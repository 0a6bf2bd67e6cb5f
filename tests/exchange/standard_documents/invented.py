"""An invented standard, laid out in every way that documents of its kind differ.

``document`` gives its paragraphs and table rows, ``expected`` what every reader must find in them.
Not here: files (``writers``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lti_tool.domain.standard import SourceStatus

TITLE = "校园咖啡服务职业技能等级标准"
CODE, VERSION, PUBLISHED = "990017", "2023-1.0", "2023-05"
PUBLISHER = "示例教育科技有限公司"
RIGHTS = "本标准的知识产权归属于示例教育科技有限公司，未经同意，不得印刷、销售。"

Tasks = dict[str, tuple[str, ...]]
AREAS: dict[str, Tasks] = {
    "咖啡服务基础准备": {
        "职业素养": (
            "能够说明食品安全的基本规定",
            "熟悉吧台设备的名称、用途和使用前的检查步骤",
            "了解24小时留样的要求",
        ),
        "开店准备": (
            "能够按清单检查原料的数量和保质期",
            "掌握磨豆机刻度的调整方法",
            "不得使用过期的原料",
        ),
    },
    "饮品制作与出品": {
        "意式饮品制作": (
            "能够独立完成一杯意式浓缩咖啡的制作",
            "能够打发奶泡并完成拿铁的融合",
        ),
        "出品与交接": (
            "能够核对订单与出品，做到不错不漏",
            "会向顾客说明饮品的特点及饮用建议",
            "能够处理顾客对出品的一般意见，并及时记录和反馈给店长",
        ),
    },
}
THREE = ("初级", "中级", "高级")
FIVE = ("一级", "二级", "三级", "四级", "五级")
KEYS = dict(
    zip(
        (*THREE, *FIVE),
        ("elementary", "intermediate", "advanced", *(f"grade_{n}" for n in range(1, 6))),
        strict=True,
    )
)
HAN = "一二三四五六七八九"
CIRCLED = "①②③④⑤⑥⑦⑧⑨"
HEAD = ("工作领域", "工作任务", "职业技能要求")
EXTRA = ("相关知识", "考核比重")
LOST = frozenset({(1, 2, 2), (2, 1, 1)})
_SIMPLE = (
    "园业务职级标准识产权归属于经销订单设备称检骤时样"
    "开调独领础饮与义两个层术语规范围应说会为关热术质数"
)
_FULL = (
    "園業務職級標準識產權歸屬於經銷訂單設備稱檢驟時樣"
    "開調獨領礎飲與義兩個層術語規範圍應說會為關熱術質數"
)
TRADITIONAL = str.maketrans(_SIMPLE, _FULL)
WIDE = str.maketrans("0123456789.", "０１２３４５６７８９．")


@dataclass(frozen=True)
class Layout:
    """One way to print it. ``areas``, ``tasks``, ``codes`` are how each is numbered, written as
    the first number; empty: not at all."""

    areas: str = "1."
    tasks: str = "1.1"
    codes: str = "1.1.1"
    section: str = "1"
    wide: bool = False
    close: bool = False
    """No space between number and text."""
    spaced: bool = False
    """A space between every character of a cell."""
    paged: bool = False
    """Tables go on over page breaks with their heads repeated."""
    cut: bool = False
    """Cells are cut at the page breaks."""
    repeated: bool = False
    """Titles are printed again after a page break."""
    shifted: bool = False
    lost: bool = False
    several: bool = False
    extra: bool = False
    levels: tuple[str, ...] = THREE
    traditional: bool = False
    coded: bool = True
    """The cover gives the standard's code."""


@dataclass(frozen=True)
class Row:
    """Cells of a table row; None: the cell above covers it."""

    cells: tuple[str | None, ...]


@dataclass(frozen=True)
class Table:
    """A table, or the part of one on a page."""

    rows: tuple[Row, ...]
    goes_on: bool = False


Printed = str | Table


# --- What must be found ---------------------------------------------------------------------------

Found = list[tuple[str, str, list[tuple[str, str, list[tuple[str, str | None, SourceStatus]]]]]]


def expected(layout: Layout) -> dict[str, Found]:
    """By level key, the areas with their tasks and requirements."""
    return {KEYS[name]: list(_expected(name, layout)) for name in layout.levels}


def _expected(
    level: str, layout: Layout
) -> Iterator[tuple[str, str, list[tuple[str, str, list[tuple[str, str | None, SourceStatus]]]]]]:
    for a, (area, tasks) in enumerate(AREAS.items(), start=1):
        found = []
        for t, (task, texts) in enumerate(tasks.items(), start=1):
            rows = [
                _one(f"{a}.{t}.{n}", _worded(text, level, layout), (a, t, n), layout)
                for n, text in enumerate(texts, start=1)
            ]
            found.append((f"{a}.{t}", _printed(task, layout), rows))
        yield str(a), _printed(area, layout), found


def _one(
    code: str, text: str, place: tuple[int, int, int], layout: Layout
) -> tuple[str, str | None, SourceStatus]:
    if layout.lost and place in LOST:
        return code, None, SourceStatus.LOST
    # Several in one cell: the break comes near its end, in the last of them.
    cut_at = {(1, 2, 3) if layout.several else (1, 2, 1), (2, 2, 3)}
    cut = layout.cut and place in cut_at
    return code, text, SourceStatus.JOINED if cut else SourceStatus.PRINTED


def _worded(text: str, level: str, layout: Layout) -> str:
    """Every level says it a little otherwise."""
    return _printed(text if level == layout.levels[0] else f"{text}（{level}要求）", layout)


def _printed(text: str, layout: Layout) -> str:
    return text.translate(TRADITIONAL) if layout.traditional else text


# --- The document ---------------------------------------------------------------------------------

CUT = frozenset({(1, 2, 1), (2, 2, 3)})
"""The requirements that stand at a page break: the one before it ends the page."""


def document(layout: Layout) -> Iterator[Printed]:
    """The document in reading order."""
    for each in _document(layout):
        if isinstance(each, str):
            yield _printed(each, layout)
        else:
            yield Table(
                tuple(Row(tuple(_cell(cell, layout) for cell in row.cells)) for row in each.rows),
                each.goes_on,
            )


def _cell(cell: str | None, layout: Layout) -> str | None:
    if cell is None:
        return None
    cell = _printed(cell, layout)
    return "\n".join(" ".join(line) for line in cell.split("\n")) if layout.spaced else cell


def _document(layout: Layout) -> Iterator[Printed]:
    yield TITLE
    if layout.coded:
        yield f"标准代码：{CODE}"
    yield "（2023 年 1.0 版）"
    yield f"{PUBLISHER} 制定"
    yield "2023 年 5 月 发布"
    yield "前 言"
    yield f"声明：{RIGHTS}"
    titles = ("范围", "规范性引用文件", "术语和定义", "适用院校专业", "面向职业岗位（群）")
    for number, title in enumerate(titles, start=1):
        yield _section(number, title, layout)
        yield "本部分只作示例。"
    yield _section(6, "职业技能要求", layout)
    count = HAN[len(layout.levels) - 1]
    yield f"校园咖啡服务职业技能等级分为{count}个等级：{'、'.join(layout.levels)}。"
    for number, level in enumerate(layout.levels, start=1):
        yield f"表 {number} 校园咖啡服务（{level}）"
        yield from _tables(level, layout)
    yield _section(7, "参考文献", layout)
    yield "[1] 示例文献。"


def _section(number: int, title: str, layout: Layout) -> str:
    return {"1": f"{number} {title}", "一、": f"{HAN[number - 1]}、{title}"}.get(
        layout.section, f"（{number}）{title}"
    )


def _tables(level: str, layout: Layout) -> Iterator[Table]:
    head = Row((*HEAD, *EXTRA) if layout.extra else HEAD)
    for at, part in enumerate(_parts(list(_rows(level, layout)), layout)):
        rows = _shift(part, layout) if layout.shifted else part
        width = max(len(each.cells) for each in (head, *rows))
        filled = (Row(each.cells + ("",) * (width - len(each.cells))) for each in (head, *rows))
        yield Table(tuple(filled), goes_on=at > 0)


@dataclass(frozen=True)
class _Line:
    """A row before it is laid out: its place, and its three cells."""

    place: tuple[int, int, int]
    area: str
    task: str
    text: str
    first_of_area: bool
    first_of_task: bool


def _rows(level: str, layout: Layout) -> Iterator[_Line]:
    for a, (area, tasks) in enumerate(AREAS.items(), start=1):
        begun = False
        for t, (task, texts) in enumerate(tasks.items(), start=1):
            numbered = [
                ((a, t, n), _number(layout.codes, (a, t, n), layout) + _plain(text, level, layout))
                for n, text in enumerate(texts, start=1)
                if not (layout.lost and (a, t, n) in LOST)
            ]
            if layout.several and (a, t) == (1, 2):
                joint = "" if layout.codes == "1.1.1" and not layout.close else "\n"
                numbered = [(numbered[0][0], joint.join(text for _, text in numbered))]
            for at, (place, text) in enumerate(numbered):
                yield _Line(
                    place,
                    _number(layout.areas, (a,), layout) + area,
                    _number(layout.tasks, (a, t), layout) + task,
                    text,
                    first_of_area=not begun,
                    first_of_task=at == 0,
                )
                begun = True


def _plain(text: str, level: str, layout: Layout) -> str:
    return text if level == layout.levels[0] else f"{text}（{level}要求）"


def _number(style: str, numbers: Sequence[int], layout: Layout) -> str:
    last = numbers[-1]
    space = "" if layout.close else " "
    written = {
        "1.1.1": ".".join(map(str, numbers)) + space,
        "1.1": ".".join(map(str, numbers)) + space,
        "1.": f"{last}.{space}",
        "1": f"{last}{space}",
        "一、": f"{HAN[last - 1]}、",
        "（一）": f"（{HAN[last - 1]}）",
        "（1）": f"（{last}）",
        "①": CIRCLED[last - 1],
        "": "",
    }[style]
    return written.translate(WIDE) if layout.wide else written


def _parts(lines: list[_Line], layout: Layout) -> list[tuple[Row, ...]]:
    """The rows by page; with ``cut`` a row stands on two."""
    parts: list[list[Row]] = [[]]
    fresh = False
    for line in lines:
        breaks = layout.paged and line.place in CUT
        if breaks and layout.cut:
            first, second = _halves(line)
            parts[-1].append(_row(first, layout, fresh=False))
            parts.append([_row(second, layout, fresh=True)])
            continue
        if breaks:
            parts.append([])
            fresh = True
        parts[-1].append(_row(line, layout, fresh=fresh))
        fresh = False
    return [tuple(each) for each in parts]


def _halves(line: _Line) -> tuple[_Line, _Line]:
    """A row cut at a page break: its text in any case, its task's title if it begins here."""
    half = len(line.text) - 5
    title = len(line.task) - 2 if line.first_of_task else 0
    first = replace(line, text=line.text[:half])
    if title:
        first = replace(first, task=line.task[:title])
    second = replace(line, text=line.text[half:], area="", task=line.task[title:] if title else "")
    return first, replace(second, first_of_task=bool(title), first_of_area=False)


def _row(line: _Line, layout: Layout, *, fresh: bool) -> Row:
    covered = "" if fresh else None
    area = line.area if line.first_of_area or (fresh and layout.repeated) else covered
    task = line.task if line.first_of_task or (fresh and layout.repeated) else covered
    extra = ("咖啡知识", "10%") if layout.extra else ()
    return Row((area, task, line.text, *extra))


def _shift(rows: tuple[Row, ...], layout: Layout) -> tuple[Row, ...]:
    """Where an area begins, its row stands one column further right, and the rows under it one
    further left, as when a merged cell is lost."""
    found, begun = [], 0
    for row in rows:
        area, *rest = row.cells
        if area:
            begun += 1
            found.append(Row(("", area, *rest)) if begun > 1 else row)
        elif begun > 1:
            found.append(Row((*rest, "")))
        else:
            found.append(row)
    return tuple(Row(tuple("" if cell is None else cell for cell in each.cells)) for each in found)
