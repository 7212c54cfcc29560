"""From a run's log to its rows: what lists and boards read. The log is the truth; these rows can be made anew from it.

Projecting the whole log at once gives the same rows as projecting it event by event.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from youbei.engine.clock import Clock
from youbei.engine.events import Event
from youbei.engine.plans.model import Step
from youbei.engine.run import Run, next_due
from youbei.engine.run.state import NeedState, State, StepState, StepStatus
from youbei.records.clocks import clock_data
from youbei.records.holders import persons_holding
from youbei.records.insert import insert_rows, update_rows, upsert_rows
from youbei.records.models import Assignment, RunNeed, RunPost, RunStep
from youbei.records.models import Run as RunRow

NOTES = {"step.finished": "note", "step.skipped": "reason", "step.reopened": "reason"}


@dataclass(slots=True)
class Touched:
    """Say which rows a batch of events concerns; `moments` are beginnings of the names of moments that they set."""

    is_activation: bool = False
    moments: set[str] = field(default_factory=set)
    steps: dict[str, None] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    needs: dict[str, None] = field(default_factory=dict)
    posts: dict[str, datetime] = field(default_factory=dict)
    assigned: dict[str, Event] = field(default_factory=dict)
    moved: dict[str, None] = field(default_factory=dict)


def project(
    run_row: RunRow, events: Sequence[Event], run: Run, *, persons: Mapping[str, int | None] | None = None
) -> None:
    """Bring the rows of a run up to date with events that have just been appended; `run` is the run after them.

    Works inside the caller's transaction, which holds the lock of `run_row`; that object is brought up to date too.
    `persons` says who stands behind each holder, where the caller has just looked it up.
    """
    touched = touched_by(events)
    write_steps(run_row, run, touched)
    write_needs(run_row, run.state, touched)
    write_posts(run_row, run.state, touched, persons)
    write_assignments(run_row, run.state, touched)
    write_run(run_row, run)


def touched_by(events: Iterable[Event]) -> Touched:
    touched = Touched()
    for event in events:
        data = event.data
        if event.kind == "plan.activated":
            touched.is_activation = True
        elif event.kind.startswith("post."):
            touched.posts[data["post"]] = event.at
        elif event.kind == "resource.assigned":
            touched.assigned[data["assignment"]] = event
        elif event.kind.startswith("resource.") and "assignment" in data:
            touched.moved[data["assignment"]] = None
        elif event.kind.startswith("level.") or event.kind == "response.ended":
            touched.moments.add("level" if event.kind.startswith("level.") else "ended")
        elif event.kind.startswith("step."):
            touched.steps[data["step"]] = None
            touched.moments.add(f"step:{data['step']}:")
            if event.kind in NOTES:
                touched.notes[data["step"]] = str(data.get(NOTES[event.kind], ""))
        if need := data.get("need"):
            touched.needs[str(need)] = None
    return touched


def write_steps(run_row: RunRow, run: Run, touched: Touched) -> None:
    """Write every step of the plan at activation, later those that changed or whose deadline did."""
    changed = touched.steps.keys() | with_new_deadline(run, touched.moments)
    steps = [step for step in run.plan.steps if touched.is_activation or step.id in changed]
    rows = [step_row(run_row.pk, step, run.state.steps.get(step.id) or StepState()) for step in steps]
    if touched.is_activation:
        insert_rows(RunStep, [{**row, "note": touched.notes.get(row["step"], "")} for row in rows])
        return
    update_rows(RunStep, rows, key=("run_id", "step"))
    noted = [{"run_id": run_row.pk, "step": step, "note": note} for step, note in touched.notes.items()]
    update_rows(RunStep, noted, key=("run_id", "step"))


def with_new_deadline(run: Run, moments: Iterable[str]) -> set[str]:
    """Return the steps whose deadline counts from a moment that was set or undone."""
    begun = tuple(moments)
    return {step for name, steps in run.index.deadlines.items() if name.startswith(begun) for step in steps}


def step_row(run_id: int, step: Step, state: StepState) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "step": step.id,
        "owner": step.owner,
        "status": state.status.value,
        "opened_at": state.opened_at,
        "started_at": state.started_at,
        "finished_at": state.finished_at,
        "due_at": state.due_at,
        "late_at": state.late_at,
    }


def write_needs(run_row: RunRow, state: State, touched: Touched) -> None:
    rows = [need_row(run_row.pk, key, need) for key in touched.needs if (need := state.needs.get(key)) is not None]
    upsert_rows(RunNeed, rows, unique=("run_id", "need"))


def need_row(run_id: int, key: str, need: NeedState) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "need": key,
        "opened_at": need.opened_at,
        "due_at": need.due_at,
        "asked": need.asked,
        "assigned": need.assigned,
        "arrived": need.arrived,
        "is_met": need.is_met,
        "is_short": need.is_short,
    }


def write_posts(run_row: RunRow, state: State, touched: Touched, persons: Mapping[str, int | None] | None) -> None:
    """Write who holds each post, and which person that is at the moment of filling."""
    holders = {post: state.posts.get(post, "") for post in touched.posts}
    if persons is None:
        found = persons_holding((holders[post], at) for post, at in touched.posts.items())
        behind = {post: found.get((holders[post], at)) for post, at in touched.posts.items()}
    else:
        behind = {post: persons.get(holder) for post, holder in holders.items()}
    rows = [
        {
            "run_id": run_row.pk,
            "post": post,
            "holder": holders[post],
            "person_id": behind[post],
            "since_at": at,
        }
        for post, at in touched.posts.items()
    ]
    if touched.is_activation:
        insert_rows(RunPost, rows)
    else:
        upsert_rows(RunPost, rows, unique=("run_id", "post"))


def write_assignments(run_row: RunRow, state: State, touched: Touched) -> None:
    rows = []
    for code, event in touched.assigned.items():
        known, data = state.assignments[code], event.data
        kind, _, key = known.resource.partition(":")
        carried_by, _, vehicle = str(data.get("vehicle", "")).partition(":")
        rows.append(
            {
                "run_id": run_row.pk,
                "code": code,
                "need": known.need,
                "resource": known.resource,
                "label": str(data.get("label", ""))[:200],
                "team_id": int(key) if kind == "team" and key.isdecimal() else None,
                "lot_id": int(key) if kind == "lot" and key.isdecimal() else None,
                "vehicle_id": int(vehicle) if carried_by == "vehicle" and vehicle.isdecimal() else None,
                "quantity": known.quantity,
                "reason": reason_text(data.get("reason", "")),
                "assigned_at": known.assigned_at,
                "expected_at": known.expected_at,
                "departed_at": known.departed_at,
                "arrived_at": known.arrived_at,
                "released_at": known.released_at,
            }
        )
    insert_rows(Assignment, rows)
    moved = [
        {
            "run_id": run_row.pk,
            "code": code,
            "departed_at": state.assignments[code].departed_at,
            "arrived_at": state.assignments[code].arrived_at,
            "released_at": state.assignments[code].released_at,
        }
        for code in touched.moved
        if code not in touched.assigned
    ]
    update_rows(Assignment, moved, key=("run_id", "code"))


def reason_text(reason: Any) -> str:
    """Return the wording of a reason that is a string or comes in both languages."""
    if isinstance(reason, Mapping):
        return str(reason.get("zh") or reason.get("en") or "")
    return str(reason)


def write_run(run_row: RunRow, run: Run) -> None:
    changes = run_changes(run)
    for name, value in changes.items():
        setattr(run_row, name, value)
    update_rows(RunRow, [{"id": run_row.pk, **changes}], key=("id",))


def run_changes(run: Run) -> dict[str, Any]:
    """Return the columns of a run as its state has them now."""
    state = run.state
    applying = [step for step in run.plan.steps if applies(step, state)]
    states = [state.steps.get(step.id) or StepState() for step in applying]
    return {
        "phase": state.phase.value,
        "level": state.level.value if state.level else None,
        "proposed_level": state.proposed_level.value if state.proposed_level else None,
        "is_end_proposed": state.is_end_proposed,
        "seq": run.seq,
        "clock": clock_data(state.clock) if state.clock else None,
        "advanced_to": run.now,
        "next_due_at": next_wall(run),
        "activated_at": state.moments.get("activation"),
        "ended_at": state.moments.get("ended"),
        "steps_total": len(states),
        "steps_done": sum(step.is_done for step in states),
        "steps_late": sum(step.late_at is not None and not step.is_done for step in states),
    }


def applies(step: Step, state: State) -> bool:
    """Say whether a step is asked for at the level reached, or has been opened anyhow."""
    known = state.steps.get(step.id)
    if known is not None and known.status is not StepStatus.WAITING:
        return True
    return state.level is not None and state.level <= step.from_level


def next_wall(run: Run) -> datetime | None:
    """Return when the wall shows the next moment at which time alone will change the run; None if never, or paused."""
    due = next_due(run)
    return None if due is None else (run.state.clock or Clock.real()).wall_at(due)
