"""The arithmetic of the time chart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from youbei.web.timechart import LEAST_WIDTH_PX, ROW_PX, Bar, draw, text_px

START = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
LANES = [("ops", "Operations", "Fire brigade"), ("desk", "Desk", "")]


def bar(name: str, start: int, end: int, lane: str = "ops", **more: object) -> Bar:
    at = {"start": START + timedelta(minutes=start), "end": START + timedelta(minutes=end)}
    return Bar(id=name, lane=lane, title=name, status="finished", **at, **more)  # type: ignore[arg-type]


def test_bars_that_would_overlap_with_their_labels_stand_in_rows_of_their_own() -> None:
    chart = draw(LANES, [bar("first", 0, 5), bar("second", 6, 9), bar("third", 50, 60)], start=START, now=START)
    tops = {drawn.bar.id: drawn.y for drawn in chart.lanes[0].bars}
    assert tops["second"] == tops["first"] + ROW_PX
    assert tops["third"] == tops["first"]


def test_a_lane_without_steps_is_left_out() -> None:
    chart = draw(LANES, [bar("one", 0, 5)], start=START, now=START)
    assert [lane.id for lane in chart.lanes] == ["ops"]


def test_the_axis_holds_everything_and_now() -> None:
    late = bar("one", 0, 5, due_at=START + timedelta(hours=3))
    chart = draw(LANES, [late], start=START, now=START + timedelta(hours=4))
    assert chart.end > START + timedelta(hours=4)
    assert chart.now_x is not None
    assert chart.now_x < chart.width
    assert all(tick.x <= chart.width for tick in chart.ticks)


def test_ticks_stand_apart_however_long_the_run_is() -> None:
    for hours in (1, 7, 30, 400):
        chart = draw(LANES, [bar("one", 0, hours * 60)], start=START, now=START)
        gaps = [after.x - before.x for before, after in zip(chart.ticks, chart.ticks[1:], strict=False)]
        assert min(gaps) >= 60


def test_the_part_past_the_deadline_is_drawn_as_late() -> None:
    one = bar("one", 0, 20, due_at=START + timedelta(minutes=10), late_at=START + timedelta(minutes=10))
    drawn = draw(LANES, [one], start=START, now=START).lanes[0].bars[0]
    assert drawn.late_x == drawn.due_x
    assert drawn.late_width == drawn.x + drawn.width - drawn.late_x


def test_a_run_that_is_over_has_no_now_line() -> None:
    assert draw(LANES, [bar("one", 0, 5)], start=START, now=START, is_over=True).now_x is None


def test_dependencies_join_the_end_of_one_bar_with_the_start_of_the_next() -> None:
    chart = draw(
        LANES, [bar("one", 0, 5), bar("two", 20, 25, "desk", after=("one", "unknown"))], start=START, now=START
    )
    assert [(link.before, link.after) for link in chart.links] == [("one", "two")]
    assert chart.links[0].path.startswith("M")


def test_chinese_labels_are_wider_than_latin_ones() -> None:
    assert text_px("疏散") > text_px("ab")
    assert draw(LANES, [], start=START, now=START).width == LEAST_WIDTH_PX
