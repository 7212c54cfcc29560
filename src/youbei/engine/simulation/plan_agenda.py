"""The agenda of a compiled run and the watchers that must look again: heaps in flat arrays.

Dues are numbered in the order in which they come at one instant, as the keys of `run/agenda.py` are ordered.
"""

from __future__ import annotations

from youbei.engine.simulation.loops import Ints, part, stage
from youbei.engine.simulation.plan_memory import (
    DIRTY,
    DIRTY_LENGTH,
    HEAP,
    HEAP_LENGTH,
    HEAP_PLACE,
    IS_DIRTY,
    NUMBERS,
    PENDING,
    TOUCH,
    TOUCH_FIRST,
    WATCHERS,
)


@part
def comes_before(m: Ints, a: int, b: int) -> bool:
    at_a, at_b = m[m[PENDING] + a], m[m[PENDING] + b]
    return at_a < at_b or (at_a == at_b and a < b)


@part
def put(m: Ints, place: int, due: int) -> None:
    m[m[HEAP] + place] = due
    m[m[HEAP_PLACE] + due] = place


@stage
def rise(m: Ints, place: int) -> None:
    due = m[m[HEAP] + place]
    while place > 0:
        above = (place - 1) // 2
        other = m[m[HEAP] + above]
        if not comes_before(m, due, other):
            break
        put(m, place, other)
        place = above
    put(m, place, due)


@stage
def sink(m: Ints, place: int) -> None:
    length = m[m[NUMBERS] + HEAP_LENGTH]
    due = m[m[HEAP] + place]
    while True:
        below = 2 * place + 1
        if below >= length:
            break
        if below + 1 < length and comes_before(m, m[m[HEAP] + below + 1], m[m[HEAP] + below]):
            below += 1
        other = m[m[HEAP] + below]
        if not comes_before(m, other, due):
            break
        put(m, place, other)
        place = below
    put(m, place, due)


@stage
def schedule(m: Ints, due: int, at: int) -> None:
    """Let a due come at `at`; an earlier time for it no longer counts."""
    place = m[m[HEAP_PLACE] + due]
    m[m[PENDING] + due] = at
    if place < 0:
        place = m[m[NUMBERS] + HEAP_LENGTH]
        m[m[NUMBERS] + HEAP_LENGTH] = place + 1
        put(m, place, due)
        rise(m, place)
        return
    rise(m, place)
    sink(m, m[m[HEAP_PLACE] + due])


@part
def cancel(m: Ints, due: int) -> None:
    if m[m[HEAP_PLACE] + due] >= 0:
        remove(m, due)


@stage
def remove(m: Ints, due: int) -> None:
    place = m[m[HEAP_PLACE] + due]
    last = m[m[NUMBERS] + HEAP_LENGTH] - 1
    m[m[NUMBERS] + HEAP_LENGTH] = last
    m[m[HEAP_PLACE] + due] = -1
    if place != last:
        moved = m[m[HEAP] + last]
        put(m, place, moved)
        rise(m, place)
        sink(m, m[m[HEAP_PLACE] + moved])


@part
def is_pending(m: Ints, due: int) -> bool:
    return m[m[HEAP_PLACE] + due] >= 0


@part
def look_again(m: Ints, watcher: int) -> None:
    """Put a watcher among those that must look again, once."""
    if m[m[IS_DIRTY] + watcher]:
        return
    m[m[IS_DIRTY] + watcher] = 1
    first, place = m[DIRTY], m[m[NUMBERS] + DIRTY_LENGTH]
    m[m[NUMBERS] + DIRTY_LENGTH] = place + 1
    while place > 0:
        above = (place - 1) // 2
        if m[first + above] <= watcher:
            break
        m[first + place] = m[first + above]
        place = above
    m[first + place] = watcher


@stage
def next_dirty(m: Ints) -> int:
    """Take the lowest-numbered watcher that must look again."""
    first, length = m[DIRTY], m[m[NUMBERS] + DIRTY_LENGTH] - 1
    m[m[NUMBERS] + DIRTY_LENGTH] = length
    found, moved, place = m[first], m[first + length], 0
    m[m[IS_DIRTY] + found] = 0
    while True:
        below = 2 * place + 1
        if below >= length:
            break
        if below + 1 < length and m[first + below + 1] < m[first + below]:
            below += 1
        if m[first + below] >= moved:
            break
        m[first + place] = m[first + below]
        place = below
    m[first + place] = moved
    return found


@part
def touch(m: Ints, what: int) -> None:
    """Let all look again whose answer depends on what has changed."""
    for place in range(m[m[TOUCH_FIRST] + what], m[m[TOUCH_FIRST] + what + 1]):
        look_again(m, m[m[TOUCH] + place])


@stage
def touch_all(m: Ints) -> None:
    for watcher in range(m[WATCHERS]):
        look_again(m, watcher)
