"""What time will bring: dues are scheduled and cancelled here, and nowhere else, as part of applying an event.

At one instant they come in the order of `Rank`: first all conditions that time makes true are seen, together; what
arrives or is finished at the very instant of a deadline is in time for it.
"""

from __future__ import annotations

import heapq
from datetime import datetime
from enum import IntEnum

from youbei.engine.run.index import Index
from youbei.engine.run.state import DueKey, State


class Rank(IntEnum):
    MOMENT = 0
    ARRIVE = 1
    FINISH = 2
    LATE = 3
    CLIMB = 4
    START = 5
    OVERDUE = 6
    ROLE = 7


def arrive_key(index: Index, need: str, assignment: str) -> DueKey:
    place = index.needs.get(need)
    return DueKey(Rank.ARRIVE, 0 if place is None else place.step, "arrive", assignment)


def finish_key(index: Index, step_id: str) -> DueKey:
    return DueKey(Rank.FINISH, index.order[step_id], "finish", step_id)


def late_key(index: Index, step_id: str) -> DueKey:
    return DueKey(Rank.LATE, index.order[step_id], "late", step_id)


def climb_key(index: Index, step_id: str, climb: int) -> DueKey:
    return DueKey(Rank.CLIMB, index.order[step_id], "climb", step_id, climb)


def start_key(index: Index, step_id: str) -> DueKey:
    return DueKey(Rank.START, index.order[step_id], "start", step_id)


def overdue_key(index: Index, action: str) -> DueKey:
    return DueKey(Rank.OVERDUE, index.actions[action], "overdue", action)


def role_key(index: Index, reaction: str) -> DueKey:
    return DueKey(Rank.ROLE, index.reactions[reaction], "role", reaction)


def schedule(state: State, key: DueKey, at: datetime, *, now: datetime) -> None:
    """Let `key` come at `at`, or now where that is past; an earlier time for the same key no longer counts."""
    at = max(at, now)
    state.pending[key] = at
    heapq.heappush(state.agenda, (at, key))


def next_item(state: State) -> tuple[datetime, DueKey] | None:
    """Return the next due without taking it."""
    agenda = state.agenda
    while agenda:
        at, key = agenda[0]
        if state.pending.get(key) == at:
            return at, key
        heapq.heappop(agenda)
    return None


def cancel_step(state: State, index: Index, step_id: str) -> None:
    """Take back everything that time would bring to a step."""
    pending = state.pending
    pending.pop(start_key(index, step_id), None)
    pending.pop(finish_key(index, step_id), None)
    pending.pop(late_key(index, step_id), None)
    for climb in range(len(index.step(step_id).late)):
        pending.pop(climb_key(index, step_id, climb), None)


def set_moment(state: State, index: Index, name: str, moment: datetime, *, now: datetime) -> None:
    """Note when something happened, and schedule the thresholds and deadlines that count from it."""
    state.moments[name] = moment
    for which, after in enumerate(index.thresholds.get(name, ())):
        key = DueKey(Rank.MOMENT, index.moment_order[name], "moment", name, which)
        if moment + after > now:
            schedule(state, key, moment + after, now=now)
        else:
            state.pending.pop(key, None)
    for step_id in index.deadlines.get(name, ()):
        set_deadline(state, index, step_id, moment, now=now)


def unset_moment(state: State, index: Index, name: str) -> None:
    """Forget a moment that is undone (a step reopened, a level left)."""
    if state.moments.pop(name, None) is None:
        return
    for which in range(len(index.thresholds.get(name, ()))):
        state.pending.pop(DueKey(Rank.MOMENT, index.moment_order[name], "moment", name, which), None)
    for step_id in index.deadlines.get(name, ()):
        step = state.steps[step_id]
        if step.late_at is None and not step.is_done:
            step.due_at = None
            state.pending.pop(late_key(index, step_id), None)


def set_deadline(state: State, index: Index, step_id: str, since: datetime, *, now: datetime) -> None:
    """Let the deadline of a step count from `since`, unless it is done or was late already."""
    step, within = state.steps[step_id], index.step(step_id).within
    if within is None or step.is_done or step.late_at is not None:
        return
    step.due_at = since + within.limit
    schedule(state, late_key(index, step_id), step.due_at, now=now)
