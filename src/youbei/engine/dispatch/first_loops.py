"""The inner loops of a first plan for crews: fill needs, call somebody back for one who is worse off, begin anew.

Columns are in order of their incidents. `left` is how many people each need still misses; below 0: to spare.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from youbei.engine.compiled import compiled

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bits = NDArray[np.uint8]


@compiled
def put(
    column: int,
    sign: int,
    column_first: Ints,
    column_unit: Ints,
    entry_need: Ints,
    people: Ints,
    left: Ints,
    taken: Ints,
    picked: Bits,
) -> None:
    """Send a column (sign 1) or call it back (-1). `taken` is by unit the column that it goes with, -1: it is free."""
    picked[column] = sign > 0
    taken[column_unit[column]] = column if sign > 0 else -1
    for entry in range(column_first[column], column_first[column + 1]):
        left[entry_need[entry]] -= sign * people[entry]


@compiled
def value_of(column: int, column_first: Ints, entry_need: Ints, people: Ints, left: Ints, worth: Floats) -> float:
    """Return what the people of a column are worth where they are still missing."""
    value = 0.0
    for entry in range(column_first[column], column_first[column + 1]):
        need = entry_need[entry]
        value += max(0, min(people[entry], left[need])) * worth[need]
    return value


@compiled
def gather(  # noqa: C901  (choosing and calling back the spare share their state)
    begin: int,
    end: int,
    column_first: Ints,
    column_unit: Ints,
    cost: Floats,
    entry_need: Ints,
    people: Ints,
    left: Ints,
    taken: Ints,
    picked: Bits,
    worth: Floats,
) -> None:
    """Send who is cheapest by what is missing, until nothing is missing or nobody is left; then call back the spare."""
    while True:
        best, best_column = np.inf, -1
        for column in range(begin, end):
            if taken[column_unit[column]] >= 0:
                continue
            value = value_of(column, column_first, entry_need, people, left, worth)
            if value > 0 and cost[column] / value < best:
                best, best_column = cost[column] / value, column
        if best_column < 0:
            break
        put(best_column, 1, column_first, column_unit, entry_need, people, left, taken, picked)
    for position in np.argsort(-cost[begin:end]):
        column = begin + position
        if not picked[column]:
            continue
        is_spare = True
        for entry in range(column_first[column], column_first[column + 1]):
            if left[entry_need[entry]] + people[entry] > 0:
                is_spare = False
        if is_spare:
            put(column, -1, column_first, column_unit, entry_need, people, left, taken, picked)


@compiled
def missing_at(incident: int, need_first: Ints, need_of: Ints, left: Ints) -> int:
    """Return how many people an incident misses."""
    missing = 0
    for position in range(need_first[incident], need_first[incident + 1]):
        missing += max(0, left[need_of[position]])
    return missing


@compiled
def begin_anew(
    incident: int,
    incident_first: Ints,
    column_first: Ints,
    column_unit: Ints,
    cost: Floats,
    entry_need: Ints,
    people: Ints,
    left: Ints,
    taken: Ints,
    picked: Bits,
    worths: Floats,
    need_first: Ints,
    need_of: Ints,
) -> None:
    """Gather for one incident anew from who is free, by each way to value people; keep the plan that misses least."""
    begin, end = incident_first[incident], incident_first[incident + 1]
    best = np.flatnonzero(picked[begin:end]) + begin
    least, price = missing_at(incident, need_first, need_of, left), cost[best].sum()
    for way in range(len(worths)):
        for column in np.flatnonzero(picked[begin:end]) + begin:
            put(column, -1, column_first, column_unit, entry_need, people, left, taken, picked)
        gather(begin, end, column_first, column_unit, cost, entry_need, people, left, taken, picked, worths[way])
        now = np.flatnonzero(picked[begin:end]) + begin
        missing, asked = missing_at(incident, need_first, need_of, left), cost[now].sum()
        if missing < least or (missing == least and asked < price):
            best, least, price = now, missing, asked
    for column in np.flatnonzero(picked[begin:end]) + begin:
        put(column, -1, column_first, column_unit, entry_need, people, left, taken, picked)
    for column in best:
        put(column, 1, column_first, column_unit, entry_need, people, left, taken, picked)


@compiled
def begin_both_anew(
    one: int,
    other: int,
    incident_first: Ints,
    column_first: Ints,
    column_unit: Ints,
    cost: Floats,
    entry_need: Ints,
    people: Ints,
    left: Ints,
    taken: Ints,
    picked: Bits,
    worth: Floats,
    need_first: Ints,
    need_of: Ints,
) -> None:
    """Gather for one incident anew, and then for another; leave both as they were where that is no better."""
    kept = np.zeros(0, np.int64)
    missing, price = 0, 0.0
    for incident in (one, other):
        mine = np.flatnonzero(picked[incident_first[incident] : incident_first[incident + 1]])
        kept = np.concatenate((kept, mine + incident_first[incident]))
        missing += missing_at(incident, need_first, need_of, left)
    for column in kept:
        price += cost[column]
        put(int(column), -1, column_first, column_unit, entry_need, people, left, taken, picked)
    after, asked = 0, 0.0
    for incident in (one, other):
        begin, end = incident_first[incident], incident_first[incident + 1]
        gather(begin, end, column_first, column_unit, cost, entry_need, people, left, taken, picked, worth)
        after += missing_at(incident, need_first, need_of, left)
        asked += (cost[begin:end] * picked[begin:end]).sum()
    if after < missing or (after == missing and asked < price):
        return
    for incident in (one, other):
        begin, end = incident_first[incident], incident_first[incident + 1]
        for column in np.flatnonzero(picked[begin:end]) + begin:
            put(column, -1, column_first, column_unit, entry_need, people, left, taken, picked)
    for column in kept:
        put(int(column), 1, column_first, column_unit, entry_need, people, left, taken, picked)


@compiled
def call_over(
    need: int,
    of_need_first: Ints,
    of_need: Ints,
    entry_column: Ints,
    column_incident: Ints,
    incident_first: Ints,
    column_first: Ints,
    column_unit: Ints,
    cost: Floats,
    entry_need: Ints,
    people: Ints,
    left: Ints,
    taken: Ints,
    picked: Bits,
    worth: Floats,
    need_first: Ints,
    need_of: Ints,
) -> bool:
    """Call somebody over for a need from another incident that can do without, or replace it; say whether one came."""
    for position in range(of_need_first[need], of_need_first[need + 1]):
        column = entry_column[of_need[position]]
        other = taken[column_unit[column]]
        if other < 0 or column_incident[other] == column_incident[column]:
            continue
        place = column_incident[other]
        begin, end = incident_first[place], incident_first[place + 1]
        before = np.flatnonzero(picked[begin:end]) + begin
        missing = missing_at(place, need_first, need_of, left)
        put(other, -1, column_first, column_unit, entry_need, people, left, taken, picked)
        put(column, 1, column_first, column_unit, entry_need, people, left, taken, picked)
        gather(begin, end, column_first, column_unit, cost, entry_need, people, left, taken, picked, worth)
        if missing_at(place, need_first, need_of, left) <= missing:
            return True
        for one in np.flatnonzero(picked[begin:end]) + begin:
            put(one, -1, column_first, column_unit, entry_need, people, left, taken, picked)
        put(column, -1, column_first, column_unit, entry_need, people, left, taken, picked)
        for one in before:
            put(one, 1, column_first, column_unit, entry_need, people, left, taken, picked)
    return False


@compiled
def first_plan(  # noqa: C901  (its steps share two dozen arrays)
    incident_first: Ints,
    column_incident: Ints,
    column_first: Ints,
    column_unit: Ints,
    cost: Floats,
    entry_need: Ints,
    entry_column: Ints,
    people: Ints,
    demand: Ints,
    need_first: Ints,
    need_of: Ints,
    of_need_first: Ints,
    of_need: Ints,
    worths: Floats,
    scarcest: Ints,
    units: int,
    rounds: int,
    begin: Ints,
    pairs: Ints,
) -> tuple[Bits, Ints]:
    """Return which columns are sent, those of `begin` or better ones, and how many people each need still misses.

    `need_of[need_first[i]:need_first[i + 1]]` are the needs of incident i, `of_need[of_need_first[k]:...]` the entries
    of need k, the cheapest first. `scarcest` is the order in which needs are filled, `worths` are ways to value
    people by need: the first one fills. For each of `pairs` two incidents that want the same unit begin anew together:
    a number draws a column, whose unit somebody else may have, and a way to value people.
    """
    picked = np.zeros(len(column_unit), np.uint8)
    taken = np.full(units, -1, np.int64)
    left = demand.copy()
    worth = worths[0]
    for column in begin:
        put(column, 1, column_first, column_unit, entry_need, people, left, taken, picked)
    for need in scarcest:
        while left[need] > 0:
            best, best_column = np.inf, -1
            for position in range(of_need_first[need], of_need_first[need + 1]):
                column = entry_column[of_need[position]]
                if taken[column_unit[column]] >= 0:
                    continue
                value = value_of(column, column_first, entry_need, people, left, worth)
                if cost[column] / value < best:
                    best, best_column = cost[column] / value, column
            if best_column < 0:
                break
            put(best_column, 1, column_first, column_unit, entry_need, people, left, taken, picked)
    for _round in range(rounds):
        for need in scarcest:
            while left[need] > 0 and call_over(
                need,
                of_need_first,
                of_need,
                entry_column,
                column_incident,
                incident_first,
                column_first,
                column_unit,
                cost,
                entry_need,
                people,
                left,
                taken,
                picked,
                worth,
                need_first,
                need_of,
            ):
                pass
        for incident in range(len(incident_first) - 1):
            begin_anew(
                incident,
                incident_first,
                column_first,
                column_unit,
                cost,
                entry_need,
                people,
                left,
                taken,
                picked,
                worths,
                need_first,
                need_of,
            )
    for number in pairs:
        column = number % len(column_unit)
        other = taken[column_unit[column]]
        if other < 0 or column_incident[other] == column_incident[column]:
            continue
        begin_both_anew(
            column_incident[column],
            column_incident[other],
            incident_first,
            column_first,
            column_unit,
            cost,
            entry_need,
            people,
            left,
            taken,
            picked,
            worths[number // len(column_unit) % len(worths)],
            need_first,
            need_of,
        )
    return picked, np.maximum(left, 0)
