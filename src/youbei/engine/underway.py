"""Where something that is on its way stands now, as far as can be told from when it set out and when it is expected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from youbei.engine.places import Point, distance_m


def along(line: Sequence[Point], share: float) -> Point:
    """Return the point at a share (0 to 1) of the length of a line."""
    lengths = [distance_m(one, other) for one, other in pairwise(line)]
    left = sum(lengths) * min(1.0, max(0.0, share))
    for (one, other), length in zip(pairwise(line), lengths, strict=True):
        if length > 0 and left <= length:
            part = left / length
            return Point(one.lat + part * (other.lat - one.lat), one.lon + part * (other.lon - one.lon))
        left -= length
    return line[-1]


def position(
    line: Sequence[Point], *, leaves_at: datetime, expected_at: datetime, now: datetime
) -> tuple[Point, timedelta]:
    """Return where something stands that leaves at a time and drives evenly, and how long until it leaves."""
    if now <= leaves_at or len(line) < 2:
        return line[0], max(timedelta(0), leaves_at - now)
    whole = (expected_at - leaves_at).total_seconds()
    share = 1.0 if whole <= 0 else (now - leaves_at).total_seconds() / whole
    return along(line, share), timedelta(0)
