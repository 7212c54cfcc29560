"""One run of many, told by itself: carried out again by the reference, with its log and the bases it set out from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from youbei.engine.clock import Mode
from youbei.engine.events import Event, iso, parse_iso
from youbei.engine.plans.model import Plan
from youbei.engine.resources import Stock, Team, World
from youbei.engine.simulation.broken import broken_in
from youbei.engine.simulation.ensemble import Setup
from youbei.engine.simulation.replicate import BEGINNING, MILLISECOND, Replication, carried_out, record

# Assumption: nobody reads on in a log that is longer, and a plan in use stays far below it.
MOST_EVENTS = 5_000


@dataclass(frozen=True, slots=True)
class Course:
    """One run: its number, what it came to, its log, where what was sent stood before, and its names in English."""

    number: int
    found: Replication
    events: tuple[Event, ...]
    bases: Mapping[str, tuple[float, float]]
    english: Mapping[str, str]

    def summary(self, plan: Plan) -> dict[str, Any]:
        """Return as JSON when each step was opened, started and finished, in milliseconds, and whether it was late."""
        found = self.found
        steps = zip(plan.steps, found.opened, found.started, found.finished, found.late, strict=True)
        return {
            "number": self.number,
            "broken": broken_in(plan, found),
            "ended": found.ended,
            "steps": [
                {"step": step.id, "opened": opened, "started": started, "finished": finished, "late": late}
                for step, opened, started, finished, late in steps
                if opened is not None
            ],
        }

    def log(self) -> list[list[Any]]:
        """Return the log as JSON: milliseconds since the activation, kind and data of each event.

        What was sent has its name in English too, as `label_en`.
        """
        return [[(event.at - BEGINNING) // MILLISECOND, event.kind, self.told(event)] for event in self.events]

    def told(self, event: Event) -> dict[str, Any]:
        called = self.english.get(str(event.data.get("resource"))) if event.kind == "resource.assigned" else None
        return {**event.data, "label_en": called} if called else dict(event.data)


def course_of(setup: Setup, number: int) -> Course:
    """Carry one run out again."""
    run, _ = carried_out(setup.plan, setup.world, setup.scenario, seed=setup.seed, number=number, level=setup.level)
    sent = {str(event.data["resource"]) for event in run.log if event.kind == "resource.assigned"}
    every: list[Team | Stock] = [*setup.world.teams, *setup.world.stock]
    english = {one.id: one.label_en for one in every if one.id in sent and one.label_en}
    return Course(number, record(run, number), run.log[:MOST_EVENTS], bases_of(setup.world, sent), english)


def bases_of(world: World, sent: Collection[str]) -> dict[str, tuple[float, float]]:
    bases = {team.id: team.base for team in world.teams} | {lot.id: lot.base for lot in world.stock}
    return {name: (bases[name].lat, bases[name].lon) for name in sorted(sent) if name in bases}


def events_at(log: Iterable[list[Any]], *, since: datetime, stream: str) -> list[Event]:
    """Return a log that was kept as if the run had begun at `since`; times inside it are moved along."""
    return [
        Event(
            stream=stream,
            seq=seq,
            at=since + milliseconds * MILLISECOND,
            mode=Mode.SIMULATED,
            kind=kind,
            data={name: moved(name, value, since) for name, value in data.items()},
        )
        for seq, (milliseconds, kind, data) in enumerate(log, start=1)
    ]


def moved(name: str, value: Any, since: datetime) -> Any:
    if name.endswith("_at") and isinstance(value, str) and value:
        return iso(parse_iso(value) - BEGINNING + since)
    return value
