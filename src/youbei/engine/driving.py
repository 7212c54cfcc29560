"""What a road's marks say about driving on it: whether, in which directions, how fast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Tags = Mapping[str, str]
KM_H_PER_MPH = 1.609344
KM_H_PER_KNOT = 1.852


@dataclass(frozen=True, slots=True)
class Driving:
    """How vehicles drive, as reviewed data: speeds by class in km/h, what is closed to them, what blocks them."""

    speeds: Mapping[str, float]
    siren_factor: float
    limit_share: float
    slowest: float
    ferry: float
    closed: frozenset[str]
    open_again: frozenset[str]
    passable: frozenset[str]


def driving_from_data(data: Mapping[str, Any]) -> Driving:
    return Driving(
        speeds={name: float(speed) for name, speed in data["speeds"].items()},
        siren_factor=float(data["siren_factor"]),
        limit_share=float(data["limit_share"]),
        slowest=float(data["slowest"]),
        ferry=float(data["ferry"]),
        closed=frozenset(data["closed"]),
        open_again=frozenset(data["open_again"]),
        passable=frozenset(data["passable"]),
    )


@dataclass(frozen=True, slots=True)
class Lane:
    """A road that can be driven: its class, in which directions, and how fast in km/h; `minutes` of a timed ferry."""

    kind: str
    forward: bool
    backward: bool
    speed: float
    siren_speed: float
    minutes: float | None = None


def judge(tags: Tags, driving: Driving) -> Lane | None:
    """Return how a way can be driven, or None where it cannot."""
    kind = tags.get("highway", "")
    if tags.get("route") == "ferry":
        kind = "ferry"
    elif kind not in driving.speeds or tags.get("area") == "yes":
        return None
    carries_no_cars = kind == "ferry" and "no" in (tags.get("motor_vehicle"), tags.get("motorcar"))
    if carries_no_cars or is_shut(tags, driving):
        return None
    forward, backward = directions(tags, kind)
    if kind == "ferry":
        return Lane(kind, forward, backward, driving.ferry, driving.ferry, minutes(tags.get("duration", "")))
    speed = driving.speeds[kind]
    limit = km_h(tags.get("maxspeed", ""))
    if limit is not None:
        speed = max(driving.slowest, limit * driving.limit_share)
    return Lane(kind, forward, backward, speed, speed * driving.siren_factor)


def is_shut(tags: Tags, driving: Driving) -> bool:
    """Say whether a way or a barrier is closed to emergency vehicles: signs against motor traffic are not."""
    return tags.get("emergency") not in driving.open_again and tags.get("access") in driving.closed


def directions(tags: Tags, kind: str) -> tuple[bool, bool]:
    one_way = tags.get("oneway", "")
    if one_way in ("-1", "reverse"):
        return False, True
    if one_way in ("yes", "true", "1"):
        return True, False
    implied = kind in ("motorway", "motorway_link") or tags.get("junction") in ("roundabout", "circular")
    if implied and one_way not in ("no", "false", "0"):
        return True, False
    return True, True


def stops(tags: Tags, driving: Driving) -> bool:
    """Say whether nobody can drive past a node with these marks."""
    barrier = tags.get("barrier")
    if barrier is None:
        return False
    if any(tags.get(key) in ("yes", "permissive", "designated") for key in ("motor_vehicle", "vehicle", "access")):
        return False
    return barrier not in driving.passable or is_shut(tags, driving)


def km_h(limit: str) -> float | None:
    """Read a speed limit; None where it says no number."""
    words = limit.split(";")[0].split()
    try:
        value = float(words[0])
    except (IndexError, ValueError):
        return None
    unit = words[1] if len(words) > 1 else "km/h"
    value *= {"mph": KM_H_PER_MPH, "knots": KM_H_PER_KNOT}.get(unit, 1.0)
    return value if 0 < value <= 400 else None


def minutes(duration: str) -> float | None:
    """Read `hh:mm`, `hh:mm:ss` or minutes; None where it is none of them."""
    parts = duration.split(":")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return None
    if not 1 <= len(numbers) <= 3 or any(not 0 <= number < 10_000 for number in numbers):
        return None
    total = numbers[0] if len(numbers) == 1 else numbers[0] * 60 + numbers[1] + sum(numbers[2:]) / 60
    return total or None
