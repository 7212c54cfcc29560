"""The picture of two runs: for each step of the response when it went on, in a typical run and in a bad one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from youbei.engine.plans.model import Phase, Plan, Step
from youbei.engine.text import Text

WIDTH, HEIGHT = 600, 24
THICK = 9
ROLES = ("typical", "bad")


@dataclass(frozen=True, slots=True)
class LaneBar:
    """A step in one run, from its opening to its end, in the units of the picture; `until` None where it has none."""

    role: str
    x: float
    y: float
    width: float
    is_late: bool
    since: timedelta
    until: timedelta | None


@dataclass(frozen=True, slots=True)
class LaneRow:
    title: Text
    bars: tuple[LaneBar, ...]
    size: tuple[int, int] = (WIDTH, HEIGHT)


@dataclass(frozen=True, slots=True)
class Told:
    """What a run came to: its number, broken promises, when the response was done (None: it was not), who was late."""

    role: str
    number: int
    broken: int
    done: timedelta | None
    late: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Lanes:
    rows: tuple[LaneRow, ...]
    longest: timedelta
    told: tuple[Told, ...]


def lanes(plan: Plan, courses: Mapping[str, Any]) -> Lanes | None:
    """Return the picture; None where no run was kept."""
    kept = {role: {one["step"]: one for one in courses[role]["steps"]} for role in ROLES if role in courses}
    if not kept:
        return None
    response = [step for step in plan.steps if step.phase is Phase.RESPONSE]
    names = {step.id for step in response}
    ends = [
        one["finished"] or one["opened"] for steps in kept.values() for one in steps.values() if one["step"] in names
    ]
    longest = max([*ends, 1])
    rows = (
        LaneRow(
            step.title, tuple(bar(role, steps[step.id], longest) for role, steps in kept.items() if step.id in steps)
        )
        for step in response
    )
    return Lanes(
        rows=tuple(row for row in rows if row.bars),
        longest=timedelta(milliseconds=longest),
        told=tuple(told(role, response, courses[role], steps) for role, steps in kept.items()),
    )


def bar(role: str, one: Mapping[str, Any], longest: int) -> LaneBar:
    scale = (WIDTH - 2) / longest
    end = longest if one["finished"] is None else one["finished"]
    return LaneBar(
        role=role,
        x=round(one["opened"] * scale, 2),
        y=1.0 if role == ROLES[0] else 2.0 + THICK,
        width=max(2.0, round((end - one["opened"]) * scale, 2)),
        is_late=one["late"],
        since=seconds(one["opened"]),
        until=None if one["finished"] is None else seconds(one["finished"]),
    )


def told(role: str, response: list[Step], course: Mapping[str, Any], steps: Mapping[str, Any]) -> Told:
    begun = [steps[step.id] for step in response if step.id in steps]
    is_done = bool(begun) and all(one["finished"] is not None for one in begun)
    return Told(
        role=role,
        number=course["number"],
        broken=course["broken"],
        done=seconds(max(one["finished"] for one in begun)) if is_done else None,
        late=tuple(step.title for step in response if step.id in steps and steps[step.id]["late"]),
    )


def seconds(milliseconds: int) -> timedelta:
    return timedelta(seconds=round(milliseconds / 1000))
