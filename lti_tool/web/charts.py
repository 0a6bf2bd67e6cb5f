"""Where the points and lines of a chart lie, for SVG that templates write. Not their colours.

A chart stands beside a table or list with the same figures; it never carries them alone.
"""

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

RADAR_CENTRE = (172.0, 140.0)
RADAR_RADIUS = 76.0
LABEL_GAP = 12.0
LINE_HEIGHT = 14.0
SIDE_WIDTH, MIDDLE_WIDTH = 12, 30
"""How wide a label's line may be, in Latin letters; a Chinese one counts twice."""
RING_RADIUS = 25.0
HISTORY_LEFT, HISTORY_RIGHT = 116.0, 256.0
HISTORY_TOP, HISTORY_STEP, HISTORY_CUT_GAP = 18.0, 26.0, 4.0


@dataclass(frozen=True, slots=True)
class Point:
    """A place in a drawing, in its own units, from the upper left corner."""

    x: float
    y: float

    def __str__(self) -> str:
        return f"{self.x:.1f},{self.y:.1f}"


@dataclass(frozen=True, slots=True)
class Spoke:
    """One axis of a radar: its label in lines, figures and the places of all that is drawn on it.

    ``text`` is where the first line stands, the figures come after the last; ``anchor`` is the
    SVG text-anchor that keeps them clear of the drawing.
    """

    lines: tuple[str, ...]
    reached: int
    total: int
    end: Point
    value: Point
    cut: Point
    text: Point
    anchor: str

    def baselines(self) -> tuple[float, ...]:
        """The height of each line of the label and then of the figures."""
        return tuple(self.text.y + index * LINE_HEIGHT for index in range(len(self.lines) + 1))


@dataclass(frozen=True, slots=True)
class Radar:
    """A radar: the spokes clockwise from the top, and the rings at a quarter of the way each."""

    spokes: tuple[Spoke, ...]
    rings: tuple[str, ...]
    """Each ring's corners as an SVG ``points`` list."""

    @property
    def centre(self) -> Point:
        return Point(*RADAR_CENTRE)

    @property
    def area(self) -> str:
        """The corners of what was reached."""
        return _joined([spoke.value for spoke in self.spokes])

    @property
    def cut(self) -> str:
        """The corners of the cut."""
        return _joined([spoke.cut for spoke in self.spokes])


def radar(parts: Sequence[tuple[str, int, int, int]]) -> Radar | None:
    """The radar of parts, in their order: each a label, how many were reached and of how many,
    and its cut as 0 to 100 percent.

    None for fewer than three parts, which span no area: show the table alone.
    """
    if len(parts) < 3:
        return None
    angles = [math.tau * index / len(parts) for index in range(len(parts))]
    spokes = [_spoke(*part, angle) for part, angle in zip(parts, angles, strict=True)]
    rings = [_joined([_around(angle, share / 4) for angle in angles]) for share in range(1, 5)]
    return Radar(tuple(spokes), tuple(rings))


@dataclass(frozen=True, slots=True)
class Ring:
    """A progress ring: the length of its arc and of the whole circle, in SVG units."""

    done: float
    around: float

    @property
    def dashes(self) -> str:
        """The value of stroke-dasharray."""
        return f"{self.done:.1f} {self.around:.1f}"


def ring(reached: int, total: int) -> Ring:
    """The ring for so many of a total; nothing of nothing is an empty ring."""
    around = math.tau * RING_RADIUS
    return Ring(around * min(reached / total, 1) if total else 0.0, around)


@dataclass(frozen=True, slots=True)
class History:
    """Ratings over time: levels upward, the oldest left, the cut between two levels."""

    rows: tuple[tuple[int, float], ...]
    """Performance level number and height, highest level first."""
    cut: float
    points: tuple[tuple[int, Point], ...]
    height: float

    @property
    def path(self) -> str:
        """The line through the points, empty for fewer than two."""
        places = [point for _number, point in self.points]
        return _joined(places) if len(places) > 1 else ""


def history(numbers: Sequence[int], *, levels: int, cut: int) -> History:
    """The chart of performance level ``numbers``, oldest first, on a scale of 1 to ``levels``.

    ``cut`` is the lowest number that reaches the standard; the line lies below it.
    """
    heights = {number: _height(number, levels, cut) for number in range(1, levels + 1)}
    step = (HISTORY_RIGHT - HISTORY_LEFT) / max(len(numbers) - 1, 1)
    points = [
        (number, Point(HISTORY_LEFT + index * step, heights[number]))
        for index, number in enumerate(numbers)
    ]
    line = heights[cut] + (HISTORY_STEP + HISTORY_CUT_GAP) / 2
    rows = tuple((number, heights[number]) for number in range(levels, 0, -1))
    return History(rows, line, tuple(points), heights[1] + 28)


def _height(number: int, levels: int, cut: int) -> float:
    below = HISTORY_CUT_GAP if number < cut else 0.0
    return HISTORY_TOP + (levels - number) * HISTORY_STEP + below


def _spoke(label: str, reached: int, total: int, cut_percent: int, angle: float) -> Spoke:
    edge = _around(angle, 1 + LABEL_GAP / RADAR_RADIUS)
    anchor = _anchor(edge.x - RADAR_CENTRE[0])
    lines = wrapped(label, MIDDLE_WIDTH if anchor == "middle" else SIDE_WIDTH)
    return Spoke(
        lines=lines,
        reached=reached,
        total=total,
        end=_around(angle, 1),
        value=_around(angle, reached / total if total else 0),
        cut=_around(angle, cut_percent / 100),
        text=Point(edge.x, edge.y + _first_line(len(lines), anchor, edge)),
        anchor=anchor,
    )


def _anchor(offset: float) -> str:
    if abs(offset) < 10:
        return "middle"
    return "start" if offset > 0 else "end"


def _first_line(lines: int, anchor: str, edge: Point) -> float:
    """How far below the label's place its first line stands."""
    if anchor != "middle":
        return -lines * LINE_HEIGHT / 2 + 4
    return -lines * LINE_HEIGHT if edge.y < RADAR_CENTRE[1] else 10.0


def wrapped(label: str, width: int) -> tuple[str, ...]:
    """The label in lines of about the same length, none wider than ``width`` where it can be.

    Latin words stay whole; Chinese breaks anywhere.
    """
    pieces = re.findall(r"[!-~]+ ?|[^!-~]", label)
    fair = _width(label) / math.ceil(max(_width(label), 1) / width)
    lines = [""]
    for piece in pieces:
        if lines[-1] and _width(lines[-1] + piece.rstrip()) > min(fair + 1, width):
            lines.append("")
        lines[-1] += piece
    return tuple(line.strip() for line in lines)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def _around(angle: float, share: float) -> Point:
    """The place at a share of the radius, clockwise from the top."""
    length = RADAR_RADIUS * share
    return Point(
        RADAR_CENTRE[0] + length * math.sin(angle), RADAR_CENTRE[1] - length * math.cos(angle)
    )


def _joined(points: Sequence[Point]) -> str:
    return " ".join(str(point) for point in points)
