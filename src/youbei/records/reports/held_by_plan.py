"""How a plan did each time: its exercises and real responses one beside another, unit by unit, and its simulation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from youbei.engine.text import Text
from youbei.records.models import Plan, Run, StressTest, User
from youbei.records.reports.names import name_of

# The newest of them: a plan that is exercised every week has as many in two years.
RUNS = 100


@dataclass(frozen=True, slots=True)
class HeldRun:
    """One exercise or response that is over. `lasted` is scenario time from activation to its end."""

    run: int
    title: Text
    mode: str
    unit: Text
    version: str
    on: datetime | None
    lasted: timedelta | None
    done: int
    late: int
    total: int

    @property
    def in_time(self) -> float | None:
        """Return the share of the steps done that were done in time, in per cent; None where none was."""
        return None if not self.done else 100 * max(0, self.done - self.late) / self.done


@dataclass(frozen=True, slots=True)
class UnitShare:
    """The runs of one unit taken together."""

    unit: Text
    exercises: int
    responses: int
    in_time: float | None


@dataclass(frozen=True, slots=True)
class SimulatedStep:
    """How long a step took in the simulated courses, from start to finish: median, and where nine in ten lie.

    late: in what share of the courses that came to it it was late, in per cent; None without a deadline.
    """

    median: timedelta
    low: timedelta
    high: timedelta
    late: float | None
    late_half: float | None = None


@dataclass(frozen=True, slots=True)
class Simulated:
    """What the latest stress test of the plan showed: promises broken at times, the worst in that share of courses, in
    percent with half its 95 % interval where that was kept.

    steps: by step how long it took; empty for a test made before that was kept.
    """

    asked_at: datetime
    version: str
    runs: int
    broken: int
    worst: float
    worst_half: float | None
    steps: Mapping[str, SimulatedStep]


@dataclass(frozen=True, slots=True)
class HeldByPlan:
    runs: tuple[HeldRun, ...]
    units: tuple[UnitShare, ...]
    simulated: Simulated | None


def held_by_plan(plan: Plan, user: User) -> HeldByPlan:
    """Return what a user may see of the runs of all versions of a plan that are over, the newest first."""
    over = Run.objects.visible_to(user).filter(
        plan_version__plan=plan, phase__in=[Run.Phase.ENDED, Run.Phase.ASSESSED], activated_at__isnull=False
    )
    rows = over.select_related("organisation", "incident__organisation", "plan_version").order_by(
        "-activated_at", "-id"
    )
    runs = tuple(held_run(row) for row in rows.defer("plan_version__data")[:RUNS])
    return HeldByPlan(runs, by_unit(runs), simulated(plan))


def held_run(row: Run) -> HeldRun:
    begun, ended = row.activated_at, row.ended_at
    return HeldRun(
        run=row.pk,
        title=row.incident.named,
        mode=row.mode,
        unit=name_of(row.incident.organisation),
        version=row.plan_version.version,
        on=begun,
        lasted=ended - begun if begun is not None and ended is not None and ended >= begun else None,
        done=row.steps_done,
        late=row.steps_late,
        total=row.steps_total,
    )


def by_unit(runs: Sequence[HeldRun]) -> tuple[UnitShare, ...]:
    """Take the runs of each unit together, the unit with most steps late first; nothing where there is but one."""
    units = list(dict.fromkeys(one.unit for one in runs))
    found = []
    for unit in units:
        own = [one for one in runs if one.unit == unit]
        done = sum(one.done for one in own)
        late = sum(min(one.late, one.done) for one in own)
        exercises = sum(one.mode == Run.Mode.EXERCISE for one in own)
        share = None if not done else 100 * (done - late) / done
        found.append(UnitShare(unit, exercises, len(own) - exercises, share))
    found.sort(key=lambda one: 101.0 if one.in_time is None else one.in_time)
    return tuple(found) if len(found) > 1 else ()


def simulated(plan: Plan) -> Simulated | None:
    tests = StressTest.objects.filter(plan_version__plan=plan, found__isnull=False).select_related("plan_version")
    test = tests.defer("plan_version__data").order_by("-id").first()
    if test is None or test.found is None:
        return None
    broken = [one for one in test.found.get("promises", ()) if one["share"] > 0]
    worst = max(broken, key=lambda one: float(one["share"]), default={"share": 0.0})
    return Simulated(
        asked_at=test.asked_at,
        version=test.plan_version.version,
        # It may have ended sooner than was asked.
        runs=test.found.get("runs", test.runs),
        broken=len(broken),
        worst=100 * float(worst["share"]),
        worst_half=half_of(worst),
        steps=simulated_steps(test.found),
    )


def half_of(share: Mapping[str, Any]) -> float | None:
    """Return half the interval of a share, in percent."""
    return None if share.get("low") is None else 50 * (float(share["high"]) - float(share["low"]))


def simulated_steps(found: Mapping[str, Any]) -> dict[str, SimulatedStep]:
    late = {one["step"]: one["late"] for one in found.get("steps", ()) if (one["late"] or {}).get("share") is not None}
    return {
        step: SimulatedStep(
            median=timedelta(seconds=one["p50"]),
            low=timedelta(seconds=one["p05"]),
            high=timedelta(seconds=one["p95"]),
            late=100 * float(late[step]["share"]) if step in late else None,
            late_half=half_of(late[step]) if step in late else None,
        )
        for step, one in found.get("work", {}).items()
        if one["count"]
    }
