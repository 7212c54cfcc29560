"""Where something on its way is, as far as can be reckoned from when it left and when it is expected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from youbei.engine.places import Point, distance_m


def share_passed(now: datetime, *, since: datetime, until: datetime) -> float:
    """Return which part of a stretch of time has passed, from 0 to 1."""
    if now <= since:
        return 0.0
    return 1.0 if now >= until else (now - since) / (until - since)


def point_along(line: Sequence[Point], share: float) -> Point:
    """Return the point at a share of the length of a line, 0 its beginning and 1 its end; it has a point at least.

    Assumption: the way is driven at one speed; nothing is known of where along it somebody is.
    """
    stretches = list(pairwise(line))
    lengths = [distance_m(start, end) for start, end in stretches]
    left = sum(lengths) * min(1.0, max(0.0, share))
    for (start, end), length in zip(stretches, lengths, strict=True):
        if left <= length and length > 0:
            part = left / length
            return Point(start.lat + (end.lat - start.lat) * part, start.lon + (end.lon - start.lon) * part)
        left -= length
    return line[-1] if share > 0 else line[0]
