"""From the log of an exercise's run to the rows that show it: its status, its observations, the facts it brings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from youbei.engine.events import Event, parse_iso
from youbei.engine.run.script import CONTROLLER
from youbei.records.insert import insert_rows
from youbei.records.models import Exercise, Fact, Observation
from youbei.records.models import Run as RunRow

OWN_KINDS = frozenset({"exercise.started", "exercise.ended", "exercise.suspended", "exercise.resumed", "clock.set"})
FACT_CHANGES = {
    "fact.added": Fact.Change.ADDED,
    "fact.corrected": Fact.Change.CORRECTED,
    "fact.withdrawn": Fact.Change.WITHDRAWN,
}
# The longest code, reason and source that the columns hold.
LONGEST_CODE, LONGEST_REASON, LONGEST_SOURCE = 80, 200, 120


def follow_exercise(run_row: RunRow, events: Sequence[Event], *, now: datetime) -> None:
    """Bring the rows of an exercise up to date with events of its run; nothing for a real run.

    Works inside the caller's transaction, which holds the lock of the run.
    """
    if run_row.mode != RunRow.Mode.EXERCISE:
        return
    insert_rows(Fact, list(facts_brought(run_row, events, now)))
    of_interest = [event for event in events if event.kind in OWN_KINDS or event.kind == "observation.recorded"]
    exercise = Exercise.objects.defer("data").filter(run_id=run_row.pk).first() if of_interest else None
    if exercise is None:
        return
    changes: dict[str, Any] = {}
    for event in of_interest:
        if event.kind in OWN_KINDS:
            changes |= changes_by(event, changes.get("status", exercise.status), now)
    if changes:
        Exercise.objects.filter(pk=exercise.pk).update(**changes)
    insert_rows(Observation, [observation(exercise, event, now) for event in of_interest if is_observation(event)])


def is_observation(event: Event) -> bool:
    return event.kind == "observation.recorded"


def changes_by(event: Event, status: str, now: datetime) -> dict[str, Any]:
    """Return the columns that an event changes. Times are those of the wall: the exercise clock may be anywhere."""
    states = Exercise.Status
    if event.kind == "exercise.started":
        return {"status": states.RUNNING.value, "started_at": now}
    if event.kind == "exercise.ended":
        reason = str(event.data.get("reason", ""))[:LONGEST_REASON]
        return {"status": states.ENDED.value, "ended_at": now, "end_reason": reason}
    if event.kind == "exercise.suspended":
        return {"status": states.SUSPENDED.value}
    if event.kind == "exercise.resumed":
        return {"status": states.RUNNING.value}
    if status not in (states.RUNNING.value, states.PAUSED.value):
        return {}
    return {"status": (states.PAUSED if event.data["is_paused"] else states.RUNNING).value}


def observation(exercise: Exercise, event: Event, now: datetime) -> dict[str, Any]:
    data = event.data
    return {
        "exercise_id": exercise.pk,
        "org_path": exercise.org_path,
        "seq": event.seq,
        "subject": str(data["subject"])[:LONGEST_CODE],
        "at": event.at,
        "recorded_at": now,
        "rating": data["rating"],
        "source": data["source"],
        "text": data["text"],
        "evaluator": event.by.id,
        "evaluator_label": event.by.label[:200],
    }


def facts_brought(run_row: RunRow, events: Sequence[Event], now: datetime) -> Iterator[dict[str, Any]]:
    """Yield the facts that injects and played roles brought: what people report is in the table already."""
    for event in events:
        change = FACT_CHANGES.get(event.kind)
        if change is not None and (event.by.id == CONTROLLER or event.by.id.startswith("role:")):
            data = event.data
            yield {
                "incident_id": run_row.incident_id,
                "key": data["key"],
                "value": data.get("value"),
                "change": change.value,
                "source": str(data.get("source", ""))[:LONGEST_SOURCE],
                "known_at": parse_iso(data["known_at"]) if data.get("known_at") else event.at,
                "recorded_at": now,
                "recorded_by": event.by.id[:120],
            }
