"""Carry out what time brings to a compiled run, in the order of the agenda, as `run/carry.py` does."""

from __future__ import annotations

from youbei.engine.simulation.loops import Floats, Ints, Words, stage
from youbei.engine.simulation.plan_agenda import cancel, look_again
from youbei.engine.simulation.plan_memory import (
    CONDITION,
    DONE_BY,
    DUE_ARRIVE,
    DUE_FINISH,
    DUE_KIND,
    DUE_LATE,
    DUE_MOMENT,
    DUE_START,
    DUE_SUBJECT,
    DUE_WATCH,
    DUE_WATCH_FIRST,
    EVENTS,
    GOING_HOME,
    HEAP,
    HEAP_LENGTH,
    LATE_WATCHER,
    NOW,
    NUMBERS,
    OPEN,
    PENDING,
    SENT_NEED,
    SENT_STATE,
    STATUS,
)
from youbei.engine.simulation.plan_needs import arrive, come_home
from youbei.engine.simulation.plan_steps import finish_step, start_step
from youbei.engine.simulation.plan_watchers import ask_done, react


@stage
def carry(m: Ints, g: Floats, w: Words, until: int) -> None:
    """Carry out everything due at or before `until`, and leave the clock there."""
    numbers = m[NUMBERS]
    react(m, g, w)
    while m[numbers + HEAP_LENGTH]:
        due = m[m[HEAP]]
        at = m[m[PENDING] + due]
        if at > until:
            break
        cancel(m, due)
        m[numbers + NOW] = max(at, m[numbers + NOW])
        bring(m, g, w, due)
        if m[m[DUE_KIND] + due] != DUE_MOMENT or not is_threshold_next(m):
            react(m, g, w)
    m[numbers + NOW] = max(until, m[numbers + NOW])


@stage
def is_threshold_next(m: Ints) -> bool:
    if not m[m[NUMBERS] + HEAP_LENGTH]:
        return False
    due = m[m[HEAP]]
    return m[m[PENDING] + due] <= m[m[NUMBERS] + NOW] and m[m[DUE_KIND] + due] == DUE_MOMENT


@stage
def bring(m: Ints, g: Floats, w: Words, due: int) -> None:
    """Do what has come due."""
    kind, subject = m[m[DUE_KIND] + due], m[m[DUE_SUBJECT] + due]
    if kind == DUE_ARRIVE:
        if m[m[SENT_STATE] + subject] == GOING_HOME:
            come_home(m, g, subject)
        else:
            arrive(m, g, subject, m[m[SENT_NEED] + subject])
    elif kind == DUE_FINISH:
        if m[m[DONE_BY] + subject] == CONDITION:
            ask_done(m, subject)
        else:
            finish_step(m, g, subject)
    elif kind == DUE_LATE:
        look_again(m, m[m[LATE_WATCHER] + subject])
    elif kind == DUE_MOMENT:
        for place in range(m[m[DUE_WATCH_FIRST] + due], m[m[DUE_WATCH_FIRST] + due + 1]):
            look_again(m, m[m[DUE_WATCH] + place])
    elif kind == DUE_START:
        if m[m[STATUS] + subject] == OPEN:
            start_step(m, g, w, subject)
    else:
        # A step climbs, and somebody is told.
        m[m[NUMBERS] + EVENTS] += 2
