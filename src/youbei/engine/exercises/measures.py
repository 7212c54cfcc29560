"""Measures of an exercise or an incident, taken from the log alone: how long it took, and against which deadline."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from youbei.engine.events import Event, parse_iso
from youbei.engine.plans.model import Plan
from youbei.engine.text import Text


class Verdict(StrEnum):
    """MET in time, LATE after it, MISSED never; NOT_TESTED where nothing asked for it; DONE where there is no limit."""

    MET = "met"
    LATE = "late"
    MISSED = "missed"
    NOT_TESTED = "not_tested"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Measure:
    """One length of time: from when, until when (None: it did not happen), within what, and what that makes."""

    name: str
    title: Text
    since: datetime | None
    until: datetime | None
    within: timedelta | None = None

    @property
    def took(self) -> timedelta | None:
        return None if self.since is None or self.until is None else self.until - self.since

    @property
    def verdict(self) -> Verdict:
        if self.since is None:
            return Verdict.NOT_TESTED
        if self.took is None:
            return Verdict.MISSED
        if self.within is None:
            return Verdict.DONE
        return Verdict.MET if self.took <= self.within else Verdict.LATE


@dataclass(frozen=True, slots=True)
class StepTime:
    """How one step of the plan went; `due_at` is its deadline, None without one."""

    step: str
    title: Text
    owner: str
    opened_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    due_at: datetime | None
    is_late: bool
    is_skipped: bool

    @property
    def verdict(self) -> Verdict:
        if self.is_skipped:
            return Verdict.NOT_TESTED
        if self.is_late:
            return Verdict.MISSED if self.finished_at is None else Verdict.LATE
        if self.finished_at is None:
            return Verdict.NOT_TESTED
        return Verdict.DONE if self.due_at is None else Verdict.MET


def first(events: Iterable[Event], kind: str, of: Callable[[Event], bool] = bool) -> datetime | None:
    return next((event.at for event in events if event.kind == kind and of(event)), None)


def began(events: Sequence[Event]) -> datetime | None:
    """Return when the matter came to light: the first inject after the opening, else when it was known."""
    inject = first(events, "inject.fired", lambda event: event.data["kind"] != "opening")
    if inject is not None:
        return inject
    return next((parse_iso(event.data["known_at"]) for event in events if event.kind == "plan.activated"), None)


def is_report(event: Event) -> bool:
    return bool(event.data["purpose"] == "report")


# Assumption: in plans these words begin the ids of steps that bring people out of danger.
EVACUATING = ("evacuate", "withdraw", "move-residents", "move-quarantine", "move-room")


def evacuated_at(events: Sequence[Event]) -> datetime | None:
    """Return when the last step of evacuation was finished; None while one that was opened is not."""
    opened = {e.data["step"] for e in events if e.kind == "step.opened" and e.data["step"].startswith(EVACUATING)}
    done = {e.data["step"]: e.at for e in events if e.kind == "step.finished" and e.data["step"] in opened}
    return max(done.values()) if opened and done.keys() == opened else None


def is_evacuation(events: Sequence[Event]) -> bool:
    return any(e.kind == "step.opened" and e.data["step"].startswith(EVACUATING) for e in events)


# The measures that every log gives, by name: what they are called. `step:<id>` and `fact:<key>` are further ones.
MEASURES: Mapping[str, Text] = {
    "activate": Text("启动预案用时", "Time to activate"),
    "report": Text("首次上报用时", "Time to the first report upward"),
    "dispatch": Text("首支力量出动用时", "Time to the first dispatch"),
    "arrive": Text("首支力量到场用时", "Time to the first arrival"),
    "assemble": Text("首个队伍需求集结到位用时", "Time to assemble the first need of teams"),
    "evacuate": Text("疏散完成用时", "Time to evacuate"),
}


def measure(name: str, plan: Plan, events: Sequence[Event], within: timedelta | None = None) -> Measure:
    """Take one measure. All but `step:` count from when the matter came to light, a step from its opening."""
    since = began(events)
    if name.startswith("step:"):
        return step_measure(name.removeprefix("step:"), plan, events, within)
    if name.startswith("fact:"):
        key = name.removeprefix("fact:")
        until = min(
            (e.at for e in events if e.kind in ("fact.added", "fact.corrected") and e.data["key"] == key), default=None
        )
        return Measure(name, Text(f"获悉“{key}”用时", f"Time to learn of {key}"), since, until, within)
    if name == "evacuate" and not is_evacuation(events):
        since = None
    return Measure(name, MEASURES[name], since, TAKEN[name](plan, events), within)


def first_assembled(plan: Plan, events: Sequence[Event]) -> datetime | None:
    teams = {f"{step.id}/{need.id}" for step in plan.steps for need in step.needs if need.capability}
    return first(events, "need.met", lambda event: event.data["need"] in teams)


TAKEN: Mapping[str, Callable[[Plan, Sequence[Event]], datetime | None]] = {
    "activate": lambda plan, events: first(events, "plan.activated"),
    "report": lambda plan, events: first(events, "message.queued", is_report),
    "dispatch": lambda plan, events: first(events, "resource.assigned"),
    "arrive": lambda plan, events: first(events, "resource.arrived"),
    "assemble": first_assembled,
    "evacuate": lambda plan, events: evacuated_at(events),
}


def step_measure(step_id: str, plan: Plan, events: Sequence[Event], within: timedelta | None) -> Measure:
    step = next((step for step in plan.steps if step.id == step_id), None)
    title = Text(step_id, step_id) if step is None else step.title
    opened = first(events, "step.opened", lambda event: event.data["step"] == step_id)
    done = first(events, "step.finished", lambda event: event.data["step"] == step_id)
    return Measure(f"step:{step_id}", title, opened, done, within)


def step_times(plan: Plan, events: Sequence[Event]) -> tuple[StepTime, ...]:
    """Return how every step that was opened went, in the order of the plan."""
    at: dict[tuple[str, str], datetime] = {}
    due: dict[str, datetime] = {}
    for event in events:
        if event.kind.startswith("step."):
            at.setdefault((event.kind, event.data["step"]), event.at)
            if event.data.get("due_at"):
                due.setdefault(event.data["step"], parse_iso(event.data["due_at"]))
    return tuple(
        StepTime(
            step=step.id,
            title=step.title,
            owner=step.owner,
            opened_at=at["step.opened", step.id],
            started_at=at.get(("step.started", step.id)),
            finished_at=at.get(("step.finished", step.id)),
            due_at=due.get(step.id),
            is_late=("step.late", step.id) in at,
            is_skipped=("step.skipped", step.id) in at,
        )
        for step in plan.steps
        if ("step.opened", step.id) in at
    )
