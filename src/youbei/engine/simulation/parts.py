"""What a block of replications gave, added up one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from youbei.engine.plans.model import Phase, Plan, Step
from youbei.engine.simulation.replicate import Replication
from youbei.engine.simulation.service import Groups, ServiceTally, add_calls
from youbei.engine.simulation.simulate import Tally
from youbei.engine.simulation.statistics import Times

# What a step that missed its deadline spent its time on: the steps and conditions before it, its needs, its own work.
BEFORE, WORK = "before", "work"
# Stand for any step and any need at all.
ANY_STEP, ANY_NEED = -1, ""


@dataclass(slots=True)
class Part:
    """What a block of replications gave. Times in milliseconds; `away`: of teams, in all, by resource.

    causes: for each step, what held it up when it was late. out: microseconds that teams were away for calls of every
    day. away_squares, out_squares: sums of the squares of both, run by run, and away_by_length of what a team was away
    times how long the run took, in tenths of a second. met: in how many replications each condition was met;
    tried_when, late_when: by condition and step; asked_when, short_when: by condition and need.
    """

    tally: Tally
    first_arrival: Times = field(default_factory=Times)
    full_strength: Times = field(default_factory=Times)
    contained: Times = field(default_factory=Times)
    away: Counter[str] = field(default_factory=Counter)
    causes: list[Counter[str]] = field(default_factory=list)
    out: Counter[str] = field(default_factory=Counter)
    away_squares: Counter[str] = field(default_factory=Counter)
    away_by_length: Counter[str] = field(default_factory=Counter)
    out_squares: Counter[str] = field(default_factory=Counter)
    service: ServiceTally = field(default_factory=ServiceTally)
    met: Counter[str] = field(default_factory=Counter)
    tried_when: Counter[tuple[str, int]] = field(default_factory=Counter)
    late_when: Counter[tuple[str, int]] = field(default_factory=Counter)
    asked_when: Counter[tuple[str, str]] = field(default_factory=Counter)
    short_when: Counter[tuple[str, str]] = field(default_factory=Counter)

    def merge(self, other: Part) -> None:
        self.tally.merge(other.tally)
        self.first_arrival.merge(other.first_arrival)
        self.full_strength.merge(other.full_strength)
        self.contained.merge(other.contained)
        self.service.merge(other.service)
        for counts, added in (
            (self.away, other.away),
            (self.out, other.out),
            (self.away_squares, other.away_squares),
            (self.away_by_length, other.away_by_length),
            (self.out_squares, other.out_squares),
            (self.met, other.met),
            (self.tried_when, other.tried_when),
            (self.late_when, other.late_when),
            (self.asked_when, other.asked_when),
            (self.short_when, other.short_when),
        ):
            counts.update(added)  # type: ignore[arg-type]
        for own, others in zip(self.causes, other.causes, strict=True):
            own.update(others)


def empty_part(plan: Plan) -> Part:
    return Part(Tally(plan), causes=[Counter() for _ in plan.steps])


def add(part: Part, plan: Plan, found: Replication, groups: Groups | None = None) -> None:
    part.tally.add(found)
    if groups is not None and groups.demand.streams:
        add_calls(part.service, groups, found.calls, found.since_midnight)
    add_conditions(part, found)
    # A need that was never met leaves the whole short of its strength.
    met = [at for at in found.met.values() if at is not None]
    if met:
        part.first_arrival.add(min(met))
        if len(met) == len(found.met):
            part.full_strength.add(max(met))
    contained = contained_at(plan, found)
    if contained is not None:
        part.contained.add(contained)
    for place, is_late in enumerate(found.late):
        if is_late:
            step, causes = plan.steps[place], part.causes[place]
            waits = {need.id: found.met.get(f"{step.id}/{need.id}") for need in step.needs}
            causes[
                cause_of(step, found.opened[place], found.started[place], found.finished[place], waits, found.ended)
            ] += 1


def contained_at(plan: Plan, found: Replication) -> int | None:
    """Return when the last step of the response was finished; None while one is open, or where none was."""
    response = [place for place, step in enumerate(plan.steps) if step.phase is Phase.RESPONSE]
    if any(found.opened[place] is not None and found.finished[place] is None for place in response):
        return None
    return max((at for at in (found.finished[place] for place in response) if at is not None), default=None)


def add_conditions(part: Part, found: Replication) -> None:
    """Count under each condition that was met which steps were tried and late, which needs asked for and short."""
    for name in found.conditions:
        part.met[name] += 1
        part.late_when[name, ANY_STEP] += any(found.late)
        for place, (opened, is_late) in enumerate(zip(found.opened, found.late, strict=True)):
            part.tried_when[name, place] += is_late or opened is not None
            part.late_when[name, place] += is_late
        part.short_when[name, ANY_NEED] += bool(found.short)
        part.asked_when.update((name, need) for need in found.met)
        part.short_when.update((name, need) for need in found.short)


def cause_of(
    step: Step,
    opened: int | None,
    started: int | None,
    finished: int | None,
    waits: Mapping[str, int | None],
    ended: int,
) -> str:
    """Say what took the most of a late step's time: what comes before it, a need (`need:<id>`), or its own work."""
    if opened is None or started is None:
        return BEFORE
    unmet = [need for need, at in waits.items() if at is None]
    if unmet:
        return f"need:{unmet[0]}"
    last = max(waits, key=lambda need: waits[need] or 0, default=None)
    there = max([started, *(at for at in waits.values() if at is not None)])
    lengths = {WORK: (ended if finished is None else finished) - there}
    if last is not None:
        lengths[f"need:{last}"] = there - started
    if step.within is not None and step.within.since != "opened":
        lengths[BEFORE] = opened
    return max(lengths, key=lambda cause: lengths[cause])
