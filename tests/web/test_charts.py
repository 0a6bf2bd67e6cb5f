"""The charts show the figures beside them, whatever the standard's shape."""

import pytest

from lti_tool.web.charts import history, radar, ring, wrapped


def test_a_radar_starts_at_the_top_and_runs_clockwise() -> None:
    drawn = radar([("A", 5, 10, 80), ("B", 10, 10, 80), ("C", 0, 10, 80), ("D", 10, 10, 80)])
    assert drawn is not None
    assert [str(spoke.end) for spoke in drawn.spokes] == [
        "172.0,64.0",
        "248.0,140.0",
        "172.0,216.0",
        "96.0,140.0",
    ]
    assert drawn.area == "172.0,102.0 248.0,140.0 172.0,140.0 96.0,140.0"
    assert [spoke.anchor for spoke in drawn.spokes] == ["middle", "start", "middle", "end"]


def test_the_cut_lies_at_its_share_of_every_spoke() -> None:
    drawn = radar([("A", 0, 4, 50), ("B", 0, 4, 50), ("C", 0, 4, 50), ("D", 0, 4, 50)])
    assert drawn is not None
    assert drawn.cut == "172.0,102.0 210.0,140.0 172.0,178.0 134.0,140.0"


def test_a_part_without_requirements_stays_at_the_centre() -> None:
    drawn = radar([("A", 0, 0, 80), ("B", 1, 1, 80), ("C", 1, 1, 80)])
    assert drawn is not None
    assert drawn.spokes[0].value == drawn.centre


def test_two_parts_are_no_radar() -> None:
    assert radar([("A", 1, 2, 80), ("B", 1, 2, 80)]) is None


@pytest.mark.parametrize(
    ("reached", "total", "dashes"),
    [(0, 49, "0.0 157.1"), (49, 49, "157.1 157.1"), (44, 49, "141.1 157.1"), (0, 0, "0.0 157.1")],
)
def test_a_rings_arc_is_its_share_of_the_circle(reached: int, total: int, dashes: str) -> None:
    assert ring(reached, total).dashes == dashes


def test_a_history_rises_with_the_level_and_the_cut_lies_between() -> None:
    drawn = history([1, 2, 4], levels=4, cut=3)
    heights = dict(drawn.rows)
    assert heights[4] < heights[3] < drawn.cut < heights[2] < heights[1]
    assert [number for number, _point in drawn.points] == [1, 2, 4]
    assert [point.x for _number, point in drawn.points] == [116, 186, 256]


def test_one_rating_is_a_point_without_a_line() -> None:
    assert history([3], levels=4, cut=3).path == ""
    assert history([], levels=4, cut=3).points == ()


@pytest.mark.parametrize(
    ("label", "width", "lines"),
    [
        ("仓配一体服务", 12, ("仓配一体服务",)),
        ("电子商务仓配一体服务", 12, ("电子商务仓", "配一体服务")),
        ("Order handling", 12, ("Order", "handling")),
        ("Mastered", 4, ("Mastered",)),
        ("", 12, ("",)),
    ],
)
def test_a_long_label_is_broken_into_even_lines(
    label: str, width: int, lines: tuple[str, ...]
) -> None:
    assert wrapped(label, width) == lines


def test_the_figures_stand_below_the_last_line_of_the_label() -> None:
    drawn = radar([("A", 1, 2, 80), ("电子商务仓配一体服务", 1, 2, 80), ("C", 1, 2, 80)])
    assert drawn is not None
    first, second, figures = drawn.spokes[1].baselines()
    assert first < second < figures
