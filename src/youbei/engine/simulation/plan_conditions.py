"""Conditions of a compiled run, in three values: a small stack machine with the meaning of `engine/conditions.py`."""

from __future__ import annotations

from youbei.engine.simulation.loops import Ints, part, stage
from youbei.engine.simulation.plan_memory import (
    ALL_OF,
    AMONG,
    ANY_OF,
    CODE,
    CODE_FIRST,
    COMPARE,
    COUNT,
    ELAPSED,
    EQ,
    FINISHED,
    GT,
    GTE,
    INSTRUCTION,
    IS_CLOSED,
    IS_SHORT,
    KNOWN_FACTS,
    LATE_AT,
    LT,
    MET_AT,
    MOMENT_AT,
    NE,
    NEED_FIRST,
    NEED_OPENED,
    NEEDS_MET,
    NEEDS_OPEN,
    NEEDS_SHORT,
    NEVER,
    NOT,
    NOW,
    NUMBERS,
    OPEN,
    STACK,
    STARTED,
    STATUS,
    STEPS,
    STEPS_FINISHED,
    STEPS_LATE,
    STEPS_OPEN,
    TEAMS_ARRIVED,
    TEAMS_ASSIGNED,
    TEAMS_OUT,
    TEAMS_THERE,
    TRUE,
    TRUTH,
    UNKNOWN,
)


@stage
def truth_of(m: Ints, condition: int) -> int:
    """Return 1, 0 or UNKNOWN; no condition (below 0) holds."""
    if condition < 0:
        return 1
    stack, height = m[STACK], 0
    for number in range(m[m[CODE_FIRST] + condition], m[m[CODE_FIRST] + condition + 1]):
        at = m[CODE] + number * INSTRUCTION
        op = m[at]
        if op in (ALL_OF, ANY_OF):
            height -= m[at + 1]
            m[stack + height] = joined(m, stack + height, m[at + 1], op == ANY_OF)
        elif op == NOT:
            height -= 1
            m[stack + height] = negated(m[stack + height])
        else:
            m[stack + height] = leaf(m, at)
        height += 1
    return m[stack]


@stage
def leaf(m: Ints, at: int) -> int:
    op = m[at]
    if op == TRUE:
        return 1
    if op == COMPARE:
        return m[m[TRUTH] + m[at + 1] + m[m[NUMBERS] + KNOWN_FACTS]]
    if op == ELAPSED:
        since = m[m[MOMENT_AT] + m[at + 1]]
        if since == NEVER:
            return UNKNOWN
        return 1 if m[m[NUMBERS] + NOW] >= since + m[at + 2] else 0
    return counted(m, at) if op == COUNT else UNKNOWN


@part
def negated(truth: int) -> int:
    return UNKNOWN if truth == UNKNOWN else 1 - truth


@stage
def joined(m: Ints, first: int, count: int, is_any: bool) -> int:
    """Return the conjunction of truths, or their disjunction: the conjunction of what is negated, negated."""
    result = 1
    for place in range(first, first + count):
        truth = negated(m[place]) if is_any else m[place]
        if truth == 0:
            result = 0
            break
        if truth == UNKNOWN:
            result = UNKNOWN
    return negated(result) if is_any else result


@stage
def counted(m: Ints, at: int) -> int:
    """Count among the steps that stand from `m[at + 4]` in AMONG, after their number; below 0 among all."""
    of, op, value, among = m[at + 1], m[at + 2], m[at + 3], m[at + 4]
    total = 0
    if among < 0:
        for step in range(m[STEPS]):
            total += count_of(m, step, of)
    else:
        first = m[AMONG] + among + 1
        for place in range(first, first + m[first - 1]):
            total += count_of(m, m[place], of)
    return 1 if compares(total, op, value) else 0


@part
def compares(total: int, op: int, value: int) -> bool:
    if op == EQ:
        return total == value
    if op == NE:
        return total != value
    if op == GT:
        return total > value
    if op == GTE:
        return total >= value
    return total < value if op == LT else total <= value


@stage
def count_of(m: Ints, step: int, of: int) -> int:
    status = m[m[STATUS] + step]
    if of == STEPS_OPEN:
        return 1 if status in (OPEN, STARTED) else 0
    if of == STEPS_FINISHED:
        return 1 if status == FINISHED else 0
    if of == STEPS_LATE:
        return 1 if m[m[LATE_AT] + step] != NEVER else 0
    total = 0
    for need in range(m[m[NEED_FIRST] + step], m[m[NEED_FIRST] + step + 1]):
        total += count_need(m, need, of)
    return total


@stage
def count_need(m: Ints, need: int, of: int) -> int:
    is_met, is_closed = m[m[MET_AT] + need] != NEVER, m[m[IS_CLOSED] + need] != 0
    if of == TEAMS_ASSIGNED:
        return m[m[TEAMS_OUT] + need]
    if of == TEAMS_ARRIVED:
        return m[m[TEAMS_THERE] + need]
    if not m[m[NEED_OPENED] + need]:
        return 0
    if of == NEEDS_OPEN:
        return 0 if is_met or is_closed else 1
    if of == NEEDS_MET:
        return 1 if is_met else 0
    return 1 if of == NEEDS_SHORT and m[m[IS_SHORT] + need] and not is_closed else 0
