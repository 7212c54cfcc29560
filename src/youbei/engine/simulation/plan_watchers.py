"""The reaction of a compiled run: watchers are asked as `run/react.py` asks them, until none has more to say."""

from __future__ import annotations

from youbei.engine.simulation.loops import Floats, Ints, Words, part, stage
from youbei.engine.simulation.plan_agenda import cancel, is_pending, look_again, next_dirty, schedule, touch
from youbei.engine.simulation.plan_conditions import truth_of
from youbei.engine.simulation.plan_memory import (
    ACTIVE,
    AFTER,
    AFTER_FIRST,
    ANY,
    ANY_FIRST,
    ASKED,
    CLIMB_AFTER,
    CLIMB_DUES,
    CLIMB_FIRST,
    CONDITION,
    CONFIRMED,
    DELAY,
    DIRTY_LENGTH,
    DONE_BY,
    DONE_WATCHER,
    DONE_WHEN,
    DUE_AT,
    END_MESSAGES,
    END_PROPOSED_AT,
    END_WHEN,
    ENDED,
    EVENTS,
    FINISH_DUES,
    FINISHED,
    HAS_ANY,
    HAS_COMMANDER,
    HAS_RECOVERY,
    IS_AUTOMATIC,
    IS_BARRED,
    IS_CLOSED,
    IS_END_PROPOSED,
    IS_RECOVERED,
    LATE_AT,
    LATE_DUES,
    LEVEL,
    LEVEL_NUMBER,
    LEVEL_WHEN,
    LEVELS,
    LINK_PLAN,
    LINK_WHEN,
    MET_AT,
    MOMENT_AT,
    NEED_FIRST,
    NEED_OPENED,
    NEVER,
    NOW,
    NUMBERS,
    PHASE,
    POSTS_AT,
    PROPOSED_LEVEL,
    PROPOSED_PLANS,
    SINCE,
    STARTED,
    STATUS,
    STEPS,
    THERE,
    TOLERANCE,
    TOUCH_LEVEL,
    WAITING,
    WATCH_DONE,
    WATCH_END,
    WATCH_FILL,
    WATCH_LATE,
    WATCH_LEVEL,
    WATCH_LINK,
    WATCH_MET,
    WATCH_OPEN,
    WATCHER_KIND,
    WATCHER_OF,
)
from youbei.engine.simulation.plan_needs import begin_work, fill_needs, note_event, touch_needs
from youbei.engine.simulation.plan_steps import (
    finish_step,
    is_all_done,
    is_called_for,
    is_workable,
    open_step,
    phase_fits,
    reach_levels,
    touch_begun,
)

__all__ = ["ask_done", "react"]


@stage
def react(m: Ints, g: Floats, w: Words) -> None:
    while m[m[NUMBERS] + DIRTY_LENGTH]:
        watcher = next_dirty(m)
        kind, of = m[m[WATCHER_KIND] + watcher], m[m[WATCHER_OF] + watcher]
        if kind == WATCH_OPEN:
            check_open(m, g, w, of)
        elif kind == WATCH_MET:
            check_met(m, g, w, of)
        elif kind == WATCH_DONE:
            check_done(m, g, of)
        elif kind == WATCH_LATE:
            check_late(m, of)
        elif kind == WATCH_FILL:
            fill_needs(m, g, w, of)
        else:
            check_whole(m, kind, of)


@stage
def check_whole(m: Ints, kind: int, of: int) -> None:
    """Ask about what is not one step's."""
    if kind == WATCH_LEVEL:
        check_levels(m)
    elif kind == WATCH_LINK:
        check_link(m, of)
    elif kind == WATCH_END:
        check_end(m)
    else:
        check_recovery(m)


@stage
def check_levels(m: Ints) -> None:
    """Propose or raise the level that the facts call for, where it is more severe than the present one."""
    numbers = m[NUMBERS]
    if m[numbers + PHASE] != ACTIVE or not m[LEVELS]:
        return
    present, target = m[numbers + LEVEL], -1
    for place in range(m[LEVELS]):
        if truth_of(m, m[m[LEVEL_WHEN] + place]) == 1:
            target = place if m[m[LEVEL_NUMBER] + place] < present else -1
            break
    called_for = m[m[LEVEL_NUMBER] + target] if target >= 0 else 0
    if called_for == m[numbers + PROPOSED_LEVEL]:
        return
    if target >= 0 and m[m[IS_AUTOMATIC] + target]:
        raise_level(m, called_for)
        return
    note_event(m)
    m[numbers + PROPOSED_LEVEL] = called_for
    touch(m, TOUCH_LEVEL)
    if target >= 0 and m[HAS_COMMANDER]:
        m[numbers + EVENTS] += 1
        raise_level(m, called_for)


@stage
def raise_level(m: Ints, level: int) -> None:
    numbers = m[NUMBERS]
    note_event(m)
    m[numbers + LEVEL] = level
    if m[numbers + PROPOSED_LEVEL] >= level:
        m[numbers + PROPOSED_LEVEL] = 0
    m[numbers + IS_END_PROPOSED] = 0
    reach_levels(m, level)
    touch(m, TOUCH_LEVEL)
    m[numbers + EVENTS] += m[m[POSTS_AT] + level]


@stage
def check_open(m: Ints, g: Floats, w: Words, step: int) -> None:
    if m[m[STATUS] + step] == WAITING and is_called_for(m, step) and may_start(m, step):
        open_step(m, g, w, step)


@stage
def may_start(m: Ints, step: int) -> bool:
    """Return whether the steps before it are done and its time has come."""
    since = NEVER if m[m[SINCE] + step] < 0 else m[m[MOMENT_AT] + m[m[SINCE] + step]]
    if m[m[IS_BARRED] + step] or since == NEVER or m[m[NUMBERS] + NOW] < since + m[m[DELAY] + step]:
        return False
    for place in range(m[m[AFTER_FIRST] + step], m[m[AFTER_FIRST] + step + 1]):
        if m[m[STATUS] + m[m[AFTER] + place]] != FINISHED:
            return False
    if not m[m[HAS_ANY] + step]:
        return True
    for place in range(m[m[ANY_FIRST] + step], m[m[ANY_FIRST] + step + 1]):
        if m[m[STATUS] + m[m[ANY] + place]] == FINISHED:
            return True
    return False


@stage
def check_met(m: Ints, g: Floats, w: Words, step: int) -> None:
    for need in range(m[m[NEED_FIRST] + step], m[m[NEED_FIRST] + step + 1]):
        if not m[m[NEED_OPENED] + need] or m[m[IS_CLOSED] + need] or m[m[MET_AT] + need] != NEVER:
            continue
        if g[m[THERE] + need] >= g[m[ASKED] + need] - TOLERANCE:
            note_event(m)
            m[m[MET_AT] + need] = m[m[NUMBERS] + NOW]
            begin_work(m, g, w, step)
            touch_needs(m, step)


@stage
def check_done(m: Ints, g: Floats, step: int) -> None:
    if m[m[DONE_BY] + step] == CONFIRMED or not is_workable(m, step) or not phase_fits(m, step):
        return
    if m[m[DONE_BY] + step] == CONDITION:
        truth = -1 if m[m[DONE_WHEN] + step] < 0 else truth_of(m, m[m[DONE_WHEN] + step])
        is_done = truth == 1 or (truth == -1 and has_worked(m, step))
    else:
        is_done = has_all(m, step)
    if is_done:
        finish_step(m, g, step)


@part
def has_all(m: Ints, step: int) -> bool:
    for need in range(m[m[NEED_FIRST] + step], m[m[NEED_FIRST] + step + 1]):  # noqa: SIM110
        if m[m[MET_AT] + need] == NEVER:
            return False
    return True


@stage
def has_worked(m: Ints, step: int) -> bool:
    """Return whether the time of work, which began when all needs were met, is over."""
    return m[m[STATUS] + step] == STARTED and not is_pending(m, m[FINISH_DUES] + step) and has_all(m, step)


@stage
def check_late(m: Ints, step: int) -> None:
    """Call a step late once its deadline has gone by, if it is open, or waits although it is called for."""
    due_at, now = m[m[DUE_AT] + step], m[m[NUMBERS] + NOW]
    if due_at == NEVER or m[m[LATE_AT] + step] != NEVER or m[m[STATUS] + step] == FINISHED:
        return
    if due_at > now or is_pending(m, m[LATE_DUES] + step):
        return
    if phase_fits(m, step) and (is_workable(m, step) or is_called_for(m, step)):
        m[m[NUMBERS] + EVENTS] += 1
        m[m[LATE_AT] + step] = now
        cancel(m, m[LATE_DUES] + step)
        for climb in range(m[m[CLIMB_FIRST] + step], m[m[CLIMB_FIRST] + step + 1]):
            schedule(m, m[CLIMB_DUES] + climb, max(due_at + m[m[CLIMB_AFTER] + climb], now))
        touch_begun(m, step)


@stage
def check_link(m: Ints, link: int) -> None:
    proposed = m[PROPOSED_PLANS] + m[m[LINK_PLAN] + link]
    if not m[proposed] and m[m[NUMBERS] + PHASE] == ACTIVE and truth_of(m, m[m[LINK_WHEN] + link]) == 1:
        note_event(m)
        m[proposed] = 1


@stage
def check_end(m: Ints) -> None:
    """Propose the end once its condition holds; a plan that states none is at its end when all called for is done."""
    numbers = m[NUMBERS]
    if m[numbers + PHASE] != ACTIVE or m[numbers + IS_END_PROPOSED]:
        return
    if m[END_WHEN] < 0:
        if not (is_any_done(m) and is_all_done(m, 0)):
            return
    elif truth_of(m, m[END_WHEN]) != 1:
        return
    note_event(m)
    m[numbers + IS_END_PROPOSED] = 1
    m[numbers + END_PROPOSED_AT] = m[numbers + NOW]
    m[numbers + EVENTS] += m[END_MESSAGES]


@stage
def is_any_done(m: Ints) -> bool:
    for step in range(m[STEPS]):  # noqa: SIM110  (loops are compiled without generators)
        if m[m[STATUS] + step] == FINISHED:
            return True
    return False


@stage
def check_recovery(m: Ints) -> None:
    numbers = m[NUMBERS]
    if m[numbers + PHASE] == ENDED and not m[numbers + IS_RECOVERED] and m[HAS_RECOVERY] and is_all_done(m, 1):
        note_event(m)
        m[numbers + IS_RECOVERED] = 1


@stage
def ask_done(m: Ints, step: int) -> None:
    """Let a step whose work is over be asked whether it is done."""
    look_again(m, m[m[DONE_WATCHER] + step])
