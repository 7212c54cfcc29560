"""Steps, moments and deadlines of a compiled run."""

from __future__ import annotations

from youbei.engine.simulation.loops import Floats, Ints, Words, part, stage
from youbei.engine.simulation.plan_agenda import cancel, schedule, touch
from youbei.engine.simulation.plan_conditions import truth_of
from youbei.engine.simulation.plan_memory import (
    ACTIVE,
    CLIMB_DUES,
    CLIMB_FIRST,
    DEADLINE,
    DEADLINE_FIRST,
    DUE_AFTER,
    DUE_AT,
    ENDED,
    EVENTS,
    FINISH_DUES,
    FINISHED,
    FINISHED_AT,
    FROM_LEVEL,
    IS_RECOVERY,
    LATE_AT,
    LATE_DUES,
    LEVEL,
    LEVEL_MOMENT,
    LIMIT,
    LIMIT_FROM_OPENING,
    MOMENT_AT,
    MOMENT_DUE_FIRST,
    MOMENT_FINISHED,
    MOMENT_LEVEL,
    MOMENT_OPENED,
    NEED_FIRST,
    NEVER,
    NOW,
    NUMBERS,
    OPEN,
    OPENED_AT,
    PHASE,
    REACTS_IN,
    REPORTS,
    START_DUES,
    START_WHEN,
    STARTED,
    STARTED_AT,
    STATUS,
    STEPS,
    TELLS,
    TOUCH_BEGUN,
    TOUCH_EACH,
    TOUCH_STEPS,
    WAITING,
)
from youbei.engine.simulation.plan_needs import begin_work, close_needs, note_event, open_need, release_all, touch_needs


@stage
def set_moment(m: Ints, moment: int) -> None:
    """Note that something happens now, and schedule the thresholds and deadlines that count from it."""
    if moment < 0:
        return
    now = m[m[NUMBERS] + NOW]
    m[m[MOMENT_AT] + moment] = now
    for due in range(m[m[MOMENT_DUE_FIRST] + moment], m[m[MOMENT_DUE_FIRST] + moment + 1]):
        if m[m[DUE_AFTER] + due] > 0:
            schedule(m, due, now + m[m[DUE_AFTER] + due])
        else:
            cancel(m, due)
    for place in range(m[m[DEADLINE_FIRST] + moment], m[m[DEADLINE_FIRST] + moment + 1]):
        set_deadline(m, m[m[DEADLINE] + place])


@stage
def unset_moment(m: Ints, moment: int) -> None:
    if moment < 0 or m[m[MOMENT_AT] + moment] == NEVER:
        return
    m[m[MOMENT_AT] + moment] = NEVER
    for due in range(m[m[MOMENT_DUE_FIRST] + moment], m[m[MOMENT_DUE_FIRST] + moment + 1]):
        cancel(m, due)
    for place in range(m[m[DEADLINE_FIRST] + moment], m[m[DEADLINE_FIRST] + moment + 1]):
        step = m[m[DEADLINE] + place]
        if m[m[LATE_AT] + step] == NEVER and m[m[STATUS] + step] != FINISHED:
            m[m[DUE_AT] + step] = NEVER
            cancel(m, m[LATE_DUES] + step)


@stage
def set_deadline(m: Ints, step: int) -> None:
    """Let the deadline of a step count from now, unless it is done or was late already."""
    if m[m[LIMIT] + step] < 0 or m[m[STATUS] + step] == FINISHED or m[m[LATE_AT] + step] != NEVER:
        return
    due_at = m[m[NUMBERS] + NOW] + m[m[LIMIT] + step]
    m[m[DUE_AT] + step] = due_at
    schedule(m, m[LATE_DUES] + step, due_at)


@stage
def reach_levels(m: Ints, level: int) -> None:
    """Note since when each level, or a more severe one, has been in force."""
    set_moment(m, m[MOMENT_LEVEL])
    for number in range(1, 5):
        for name in range(2):
            moment = m[m[LEVEL_MOMENT] + 2 * (number - 1) + name]
            if number < level:
                unset_moment(m, moment)
            elif moment >= 0 and m[m[MOMENT_AT] + moment] == NEVER:
                set_moment(m, moment)


@part
def phase_fits(m: Ints, step: int) -> bool:
    return m[m[NUMBERS] + PHASE] == (ENDED if m[m[IS_RECOVERY] + step] else ACTIVE)


@stage
def is_called_for(m: Ints, step: int) -> bool:
    """Return whether phase, level and the step's own condition ask for it now."""
    if not phase_fits(m, step) or m[m[NUMBERS] + LEVEL] > m[m[FROM_LEVEL] + step]:
        return False
    return truth_of(m, m[m[START_WHEN] + step]) == 1


@part
def is_workable(m: Ints, step: int) -> bool:
    status = m[m[STATUS] + step]
    return status in (OPEN, STARTED)


@part
def touch_begun(m: Ints, step: int) -> None:
    touch(m, m[TOUCH_BEGUN] + step)
    touch(m, TOUCH_STEPS)


@stage
def open_step(m: Ints, g: Floats, w: Words, step: int) -> None:
    """Open a step, with what it tells and needs; it is started at once where its post is within reach."""
    note_event(m)
    now = m[m[NUMBERS] + NOW]
    m[m[STATUS] + step] = OPEN
    m[m[OPENED_AT] + step] = now
    if m[m[LIMIT_FROM_OPENING] + step]:
        set_deadline(m, step)
    set_moment(m, m[m[MOMENT_OPENED] + step])
    reacts_in = m[m[REACTS_IN] + step]
    if reacts_in > 0:
        schedule(m, m[START_DUES] + step, now + reacts_in)
    touch_begun(m, step)
    m[m[NUMBERS] + EVENTS] += m[m[TELLS] + step]
    for need in range(m[m[NEED_FIRST] + step], m[m[NEED_FIRST] + step + 1]):
        open_need(m, g, need)
    if reacts_in == 0:
        start_step(m, g, w, step)


@stage
def start_step(m: Ints, g: Floats, w: Words, step: int) -> None:
    note_event(m)
    m[m[STATUS] + step] = STARTED
    m[m[STARTED_AT] + step] = m[m[NUMBERS] + NOW]
    begin_work(m, g, w, step)
    touch_begun(m, step)


@stage
def finish_step(m: Ints, g: Floats, step: int) -> None:
    """Finish a step, with what it reports; what it used goes home."""
    if m[m[STATUS] + step] == OPEN:
        note_event(m)
        m[m[STARTED_AT] + step] = m[m[NUMBERS] + NOW]
    note_event(m)
    m[m[STATUS] + step] = FINISHED
    m[m[FINISHED_AT] + step] = m[m[NUMBERS] + NOW]
    close_needs(m, g, step)
    cancel_step(m, step)
    set_moment(m, m[m[MOMENT_FINISHED] + step])
    touch(m, TOUCH_EACH + step)
    touch(m, TOUCH_STEPS)
    touch_needs(m, step)
    m[m[NUMBERS] + EVENTS] += m[m[REPORTS] + step]
    release_all(m, g, step)


@stage
def cancel_step(m: Ints, step: int) -> None:
    """Take back everything that time would bring to a step."""
    cancel(m, m[FINISH_DUES] + step)
    cancel(m, m[LATE_DUES] + step)
    cancel(m, m[START_DUES] + step)
    for climb in range(m[m[CLIMB_FIRST] + step], m[m[CLIMB_FIRST] + step + 1]):
        cancel(m, m[CLIMB_DUES] + climb)


@stage
def is_all_done(m: Ints, is_recovery: int) -> bool:
    """Return whether no step of a phase is open, or waits although it is called for; the last are left the longest."""
    for step in range(m[STEPS] - 1, -1, -1):
        if m[m[IS_RECOVERY] + step] != is_recovery:
            continue
        if is_workable(m, step) or (m[m[STATUS] + step] == WAITING and is_called_for(m, step)):
            return False
    return True
