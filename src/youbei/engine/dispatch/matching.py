"""Units into places at least cost, exactly: shortest augmenting paths over costs that are compared level by level.

A cost is a row of whole numbers, the most important first. Such rows can be added, subtracted and compared, which is
all that the method asks of costs, so the lexicographic optimum comes out of one run, and with it prices that prove it.

Source: Jonker and Volgenant, A shortest augmenting path algorithm for dense and sparse linear assignment problems,
Computing 38 (1987); here a need takes as many units as it has places.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from youbei.engine.compiled import compiled

Ints = NDArray[np.int64]
FREE = -1


@dataclass(frozen=True, slots=True)
class Offers:
    """Who could fill which need: the offers of need n are `first[n]` to `first[n + 1]`, each a unit and its cost.

    cost: offers x levels. asked: places of each need. missing: needs x levels, the cost of a place left empty.
    """

    first: Ints
    unit: Ints
    cost: Ints
    asked: Ints
    missing: Ints
    units: int


@dataclass(frozen=True, slots=True)
class Matched:
    """Which offers are taken; places left empty by need; and the prices of needs and units that prove it."""

    taken: Ints
    empty: Ints
    need_price: Ints
    unit_price: Ints
    value: tuple[int, ...]
    bound: tuple[int, ...]

    @property
    def is_proven(self) -> bool:
        return self.value == self.bound


def match(offers: Offers) -> Matched:
    """Return the assignment of least cost over these offers, with its proof: value and bound are equal."""
    taken_by, offer_of, empty, need_price, unit_price = augment_all(
        offers.first, offers.unit, offers.cost, offers.asked, offers.missing, offers.units
    )
    taken = np.sort(offer_of[taken_by != FREE])
    value = offers.cost[taken].sum(axis=0) + (empty[:, None] * offers.missing).sum(axis=0)
    bound = price_bound(offers, need_price, unit_price)
    return Matched(taken, empty, need_price, unit_price, totals(value), bound)


def totals(row: Ints) -> tuple[int, ...]:
    return tuple(int(one) for one in row)


def price_bound(offers: Offers, need_price: Ints, unit_price: Ints) -> tuple[int, ...]:
    """Return what the prices prove: a bound on every assignment, or the least there is where they prove nothing.

    Prices prove a bound where no offer, and no empty place, is cheaper than the price of its need plus (negative) that
    of its unit. All in whole numbers.
    """
    need_of = np.repeat(np.arange(len(offers.asked)), np.diff(offers.first))
    reduced = offers.cost - need_price[need_of] - unit_price[offers.unit]
    levels = offers.cost.shape[1]
    if any(is_any_negative(rows) for rows in (reduced, offers.missing - need_price, -unit_price)):
        return tuple(0 for _ in range(levels))
    bound: Ints = (offers.asked[:, None] * need_price).sum(axis=0) + unit_price.sum(axis=0)
    return totals(bound)


def is_any_negative(rows: Ints) -> bool:
    """Say whether any row is less than nothing: its first number that is not zero is negative."""
    if not len(rows):
        return False
    is_zero = np.ones(len(rows), np.bool_)
    for level in range(rows.shape[1]):
        if bool((is_zero & (rows[:, level] < 0)).any()):
            return True
        is_zero &= rows[:, level] == 0
    return False


@compiled
def is_less(one: Ints, other: Ints) -> bool:
    for level in range(len(one)):
        if one[level] != other[level]:
            return bool(one[level] < other[level])
    return False


@compiled
def push(heap: Ints, keys: Ints, size: int, unit: int, key: Ints) -> int:
    """Add a unit with its key to a binary heap; return the new size."""
    at = size
    while at > 0:
        parent = (at - 1) >> 1
        if not is_less(key, keys[parent]):
            break
        heap[at] = heap[parent]
        keys[at, :] = keys[parent, :]
        at = parent
    heap[at] = unit
    keys[at, :] = key
    return size + 1


@compiled
def pop(heap: Ints, keys: Ints, size: int) -> int:
    """Take the least off a binary heap (it is at 0 before); return the new size."""
    size -= 1
    last, key = heap[size], keys[size].copy()
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and is_less(keys[child + 1], keys[child]):
            child += 1
        if not is_less(keys[child], key):
            break
        heap[at] = heap[child]
        keys[at, :] = keys[child, :]
        at = child
    heap[at] = last
    keys[at, :] = key
    return size


@compiled
def augment_all(  # noqa: C901  (one loop: its parts share a dozen arrays)
    first: Ints, unit: Ints, cost: Ints, asked: Ints, missing: Ints, units: int
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Fill place after place, each by the cheapest chain of exchanges; see `match`.

    Returns for each unit the need that has it and the offer by which; the empty places; the prices of needs and units.
    """
    needs, levels = len(asked), cost.shape[1]
    owner = np.full(units, FREE, np.int64)
    offer_of = np.full(units, FREE, np.int64)
    empty = np.zeros(needs, np.int64)
    need_price = np.zeros((needs, levels), np.int64)
    unit_price = np.zeros((units, levels), np.int64)
    distance = np.zeros((units, levels), np.int64)
    seen = np.zeros(units, np.int64)
    done = np.zeros(units, np.int64)
    came = np.full(units, FREE, np.int64)
    came_need = np.full(units, FREE, np.int64)
    reached = np.zeros(needs, np.int64)
    reached_at = np.zeros((needs, levels), np.int64)
    reached_by = np.full(needs, FREE, np.int64)
    room = len(unit) + units + 1
    heap = np.empty(room, np.int64)
    keys = np.empty((room, levels), np.int64)
    scanned = np.empty(units, np.int64)
    visited = np.empty(needs, np.int64)
    here = np.empty(levels, np.int64)
    key = np.empty(levels, np.int64)
    best = np.empty(levels, np.int64)
    stamp = 0
    for source in range(needs):
        for _place in range(asked[source]):
            stamp += 1
            size = scanned_count = visited_count = 0
            has_best, best_unit, best_need = False, FREE, FREE
            need, here[:] = source, 0
            reached_by[source] = FREE
            while True:
                if reached[need] != stamp:
                    reached[need] = stamp
                    reached_at[need, :] = here
                    visited[visited_count] = need
                    visited_count += 1
                    for level in range(levels):
                        key[level] = here[level] + missing[need, level] - need_price[need, level]
                    if not has_best or is_less(key, best):
                        best[:] = key
                        has_best, best_unit, best_need = True, FREE, need
                    for at in range(first[need], first[need + 1]):
                        other = unit[at]
                        if done[other] == stamp:
                            continue
                        for level in range(levels):
                            key[level] = (
                                here[level] + cost[at, level] - need_price[need, level] - unit_price[other, level]
                            )
                        if not is_less(key, best):
                            continue
                        if seen[other] == stamp and not is_less(key, distance[other]):
                            continue
                        seen[other] = stamp
                        distance[other, :] = key
                        came[other], came_need[other] = at, need
                        if owner[other] == FREE:
                            best[:] = key
                            best_unit, best_need = other, need
                        else:
                            size = push(heap, keys, size, other, key)
                found = FREE
                while size > 0:
                    top = heap[0]
                    is_current = done[top] != stamp and not is_less(distance[top], keys[0])
                    key[:] = keys[0]
                    size = pop(heap, keys, size)
                    if is_current:
                        found = top
                        break
                if found == FREE or not is_less(key, best):
                    break
                done[found] = stamp
                scanned[scanned_count] = found
                scanned_count += 1
                need = owner[found]
                here[:] = key
                if reached[need] != stamp:
                    reached_by[need] = found
            for number in range(scanned_count):
                other = scanned[number]
                for level in range(levels):
                    unit_price[other, level] -= best[level] - distance[other, level]
            for number in range(visited_count):
                other = visited[number]
                for level in range(levels):
                    need_price[other, level] += best[level] - reached_at[other, level]
            if best_unit == FREE:
                empty[best_need] += 1
            else:
                owner[best_unit], offer_of[best_unit] = best_need, came[best_unit]
            need = best_need
            while need != source:
                give = reached_by[need]
                need = came_need[give]
                owner[give], offer_of[give] = need, came[give]
    return owner, offer_of, empty, need_price, unit_price
