"""Lay out the time chart of a run: a lane per post, a bar per step, along one axis of time.

Pure arithmetic from times to pixels; the template draws it as SVG. The island `timeline.ts` zooms by moving the same
elements along x, so rows must not depend on the scale: bars and their labels are packed for the scale drawn here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

ROW_PX = 26
BAR_PX = 14
LANE_PAD_PX = 5
LEAST_LANE_PX = 42
AXIS_PX = 34
LEAST_WIDTH_PX = 1080
MOST_WIDTH_PX = 9000
# Below this a five-minute step cannot be told from a two-minute one.
LEAST_PX_PER_MINUTE = 2.2
LABEL_GAP_PX = 6
TICKS = (60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800)


@dataclass(frozen=True, slots=True)
class Bar:
    """One step to draw. `begun_at` splits waiting-to-be-started (outline) from work; `after` are step ids."""

    id: str
    lane: str
    title: str
    status: str
    start: datetime
    end: datetime
    is_expected: bool = False
    begun_at: datetime | None = None
    due_at: datetime | None = None
    late_at: datetime | None = None
    after: tuple[str, ...] = ()
    says: str = ""

    @property
    def mark(self) -> str:
        """Return the sign before the label, so that lateness and end do not hang on colour."""
        if self.late_at is not None:
            return "▲ "
        return {"finished": "✓ ", "skipped": "» ", "started": "▶ "}.get(self.status, "")


@dataclass(slots=True)
class Drawn:
    """A bar with its place: `x`, `width`, `y` in pixels; `late_x` and `late_width` for the part past its deadline."""

    bar: Bar
    x: float
    width: float
    y: float = 0.0
    work_x: float = 0.0
    work_width: float = 0.0
    due_x: float | None = None
    late_x: float = 0.0
    late_width: float = 0.0
    label_x: float = 0.0

    @property
    def middle(self) -> float:
        return self.top + BAR_PX / 2

    @property
    def top(self) -> float:
        return self.y + (ROW_PX - BAR_PX) / 2

    @property
    def bottom(self) -> float:
        return self.y + ROW_PX - 1

    @property
    def baseline(self) -> float:
        return self.middle + 4.5

    @property
    def label_edge(self) -> float:
        return self.label_x - LABEL_GAP_PX


@dataclass(slots=True)
class Lane:
    """One post: its top and height in pixels."""

    id: str
    title: str
    holder: str
    top: float = 0.0
    height: float = 0.0
    bars: list[Drawn] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    at: datetime
    is_day: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A dependency, drawn as a path from the end of one bar to the start of another."""

    before: str
    after: str
    path: str


@dataclass(frozen=True, slots=True)
class Chart:
    start: datetime
    end: datetime
    width: float
    height: float
    now_x: float | None
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    links: tuple[Link, ...]

    @property
    def seconds(self) -> float:
        return (self.end - self.start).total_seconds()


def text_px(text: str) -> float:
    """Estimate the width of a label at 12 px: full-width characters are square."""
    return sum(12.2 if unicodedata.east_asian_width(letter) in "WF" else 6.6 for letter in text)


def draw(
    lanes: Sequence[tuple[str, str, str]], bars: Sequence[Bar], *, start: datetime, now: datetime, is_over: bool = False
) -> Chart:
    """Return the chart of `bars` in `lanes` (id, title, holder), from `start`; with a now-line unless it is over."""
    end = axis_end(bars, start=start, now=now, is_over=is_over)
    seconds = (end - start).total_seconds()
    width = min(MOST_WIDTH_PX, max(LEAST_WIDTH_PX, seconds / 60 * LEAST_PX_PER_MINUTE))
    scale = width / seconds

    def x_of(at: datetime) -> float:
        return round(min(max((at - start).total_seconds(), 0.0), seconds) * scale, 1)

    drawn_lanes = []
    top = float(AXIS_PX)
    for lane_id, title, holder in lanes:
        lane = Lane(lane_id, title, holder, top=top)
        lane.bars = [place(bar, x_of, now) for bar in bars if bar.lane == lane_id]
        if not lane.bars:
            continue
        lane.height = max(pack(lane.bars, top=top) + 2 * LANE_PAD_PX, LEAST_LANE_PX)
        top += lane.height
        drawn_lanes.append(lane)
    return Chart(
        start=start,
        end=end,
        width=width,
        height=top + 1,
        now_x=None if is_over else x_of(now),
        lanes=tuple(drawn_lanes),
        ticks=ticks(start, end, x_of, width),
        links=links([drawn for lane in drawn_lanes for drawn in lane.bars]),
    )


def axis_end(bars: Sequence[Bar], *, start: datetime, now: datetime, is_over: bool) -> datetime:
    """Return where the axis ends: a little behind the last thing on it, at least half an hour after the start."""
    moments = [start + timedelta(minutes=30), *(bar.end for bar in bars), *(bar.due_at for bar in bars if bar.due_at)]
    if not is_over:
        moments.append(now)
    last = max(moments)
    return last + max((last - start) * 0.06, timedelta(minutes=3))


def place(bar: Bar, x_of: Callable[[datetime], float], now: datetime) -> Drawn:
    x, right = x_of(bar.start), x_of(bar.end)
    drawn = Drawn(bar, x=x, width=max(right - x, 4.0))
    work_from = bar.begun_at or (bar.start if bar.status in ("finished", "skipped") else None)
    if work_from is not None:
        drawn.work_x = x_of(work_from)
        drawn.work_width = max(
            x_of(bar.end if not bar.is_expected else min(max(now, work_from), bar.end)) - drawn.work_x, 2
        )
    if bar.due_at is not None and (bar.late_at is not None or bar.status not in ("finished", "skipped")):
        drawn.due_x = x_of(bar.due_at)
        over_until = bar.end if not bar.is_expected else now
        if bar.late_at is not None and over_until > bar.due_at:
            drawn.late_x = drawn.due_x
            drawn.late_width = max(x_of(over_until) - drawn.due_x, 3)
    drawn.label_x = max(x + drawn.width, drawn.late_x + drawn.late_width) + LABEL_GAP_PX
    return drawn


def pack(bars: list[Drawn], *, top: float) -> float:
    """Put each bar in the first row in which it and its label fit; return the height of the rows."""
    ends: list[float] = []
    for drawn in sorted(bars, key=lambda one: (one.x, one.label_x)):
        until = drawn.label_x + text_px(drawn.bar.mark + drawn.bar.title) + 2 * LABEL_GAP_PX
        if drawn.due_x is not None:
            until = max(until, drawn.due_x + 8)
        row = next((number for number, end in enumerate(ends) if end <= drawn.x), len(ends))
        if row == len(ends):
            ends.append(until)
        else:
            ends[row] = until
        drawn.y = top + LANE_PAD_PX + row * ROW_PX
    return len(ends) * ROW_PX


def ticks(start: datetime, end: datetime, x_of: Callable[[datetime], float], width: float) -> tuple[Tick, ...]:
    """Return the marks of the axis, on whole units of UTC, at least 70 px apart."""
    seconds = (end - start).total_seconds()
    step = next((unit for unit in TICKS if unit / seconds * width >= 70), TICKS[-1])
    first = (int(start.timestamp()) // step + 1) * step
    marks = []
    for stamp in range(first, int(end.timestamp()) + 1, step):
        at = datetime.fromtimestamp(stamp, tz=start.tzinfo)
        marks.append(Tick(x=x_of(at), at=at, is_day=stamp % 86_400 == 0))
    return tuple(marks)


def links(drawn: Sequence[Drawn]) -> tuple[Link, ...]:
    by_id = {one.bar.id: one for one in drawn}
    found = []
    for after in drawn:
        for name in after.bar.after:
            before = by_id.get(name)
            if before is not None:
                found.append(Link(name, after.bar.id, elbow(before, after)))
    return tuple(found)


def elbow(before: Drawn, after: Drawn) -> str:
    """Return a path that leaves the end of one bar and enters the start of the other with one bend."""
    x0, y0, x1, y1 = before.x + before.width, before.middle, after.x, after.middle
    if x1 >= x0 + 8:
        turn = x0 + 5
        return f"M{x0:.1f} {y0:.1f}H{turn:.1f}V{y1:.1f}H{x1:.1f}"
    down = y0 + (ROW_PX / 2 if y1 >= y0 else -ROW_PX / 2)
    return f"M{x0:.1f} {y0:.1f}h4V{down:.1f}H{x1 - 5:.1f}V{y1:.1f}H{x1:.1f}"
