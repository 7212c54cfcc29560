"""Add up the rows of the kernel, column by column: what `parts.add` does one by one."""

from __future__ import annotations

from array import array
from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from youbei.engine.plans.model import LevelNumber, Phase
from youbei.engine.simulation.kernel import (
    NOT_OPENED,
    ROW_CALLS,
    ROW_ENDED,
    ROW_EVENTS,
    ROW_HAPPENED,
    ROW_HEAD,
    ROW_LEVEL,
    ROW_SINCE,
)
from youbei.engine.simulation.parts import ANY_NEED, ANY_STEP, Part, cause_of, empty_part
from youbei.engine.simulation.plan_memory import C_AT, C_FIELDS, C_RESPONSE, C_STREAM
from youbei.engine.simulation.plan_rows import MILLISECOND, Rows
from youbei.engine.simulation.service import (
    BIN,
    BINS,
    CAME,
    FIELDS,
    HOUR,
    HOURS,
    IN_TIME,
    OF_CELL,
    SERVED,
    SQUARES,
    TENTH,
    TIME,
    UNSERVED,
    WIDE_BIN,
    Groups,
    ServiceTally,
    products_of,
    tenths,
)
from youbei.engine.simulation.statistics import Times
from youbei.engine.troubles import HOUR_MS

Table = NDArray[np.int64]
# Sums below this are exact in 64 bits.
MOST_EXACT = 2**62
# Floats hold whole numbers up to this.
MOST_FLOAT = 2**53


def part_of(rows: Rows) -> Part:
    """Return what a block of replications gave."""
    plan, count = rows.program.plan, len(rows.numbers)
    table: Table = np.asarray(rows.rows).reshape(count, rows.width)
    # What has not come is -1, in milliseconds too; a need that was not opened is told before.
    times: Table = table // MILLISECOND
    steps = len(plan.steps)
    opened, started, finished, late = (
        times[:, ROW_HEAD + which * steps : ROW_HEAD + (which + 1) * steps] for which in range(4)
    )
    asked = table[:, ROW_HEAD + 4 * steps :] != NOT_OPENED
    met = times[:, ROW_HEAD + 4 * steps :]
    ended = times[:, ROW_ENDED]
    part = empty_part(plan)
    tally = part.tally
    tally.runs, tally.events = count, int(table[:, ROW_EVENTS].sum())
    tally.any_late = int((late >= 0).any(axis=1).sum())
    tally.levels = Counter(LevelNumber(int(level)).name for level in table[:, ROW_LEVEL])
    tally.ended = times_in(ended)
    for place, one in enumerate(tally.steps):
        is_done = (finished[:, place] >= 0) & (started[:, place] >= 0)
        one.opened, one.finished = times_in(opened[:, place]), times_in(finished[:, place])
        one.work = times_in((finished[:, place] - started[:, place])[is_done])
        one.late = int((late[:, place] >= 0).sum())
        one.tried = int(((late[:, place] >= 0) | (opened[:, place] >= 0)).sum())
    add_needs(part, rows, asked, met)
    add_whole(part, opened, finished, asked, met)
    for run, place in np.argwhere(late >= 0).tolist():
        step = plan.steps[place]
        first = sum(len(before.needs) for before in plan.steps[:place])
        waits = {need.id: known(met[run, first + which]) for which, need in enumerate(step.needs)}
        stood = [known(column[run, place]) for column in (opened, started, finished)]
        part.causes[place][cause_of(step, stood[0], stood[1], stood[2], waits, int(ended[run]))] += 1
    add_conditions(part, rows, table, late, opened)
    add_short(part, rows, table, asked)
    add_service(part, rows, table)
    return part


def add_conditions(part: Part, rows: Rows, table: Table, late: Table, opened: Table) -> None:
    is_late = late >= 0
    is_tried = is_late | (opened >= 0)
    for bit, name in enumerate(rows.program.conditions):
        met = (table[:, ROW_HAPPENED] >> bit & 1).astype(bool)
        count = int(met.sum())
        if not count:
            continue
        part.met[name] = count
        part.late_when[name, ANY_STEP] = int(is_late[met].any(axis=1).sum())
        for place, (tried, missed) in enumerate(
            zip(is_tried[met].sum(axis=0).tolist(), is_late[met].sum(axis=0).tolist(), strict=True)
        ):
            part.tried_when[name, place], part.late_when[name, place] = tried, missed


def add_short(part: Part, rows: Rows, table: Table, asked: NDArray[np.bool_]) -> None:
    """Count in how many runs anything was short, and under each condition which needs were asked for and short."""
    if not rows.program.needs:
        return
    is_short: NDArray[np.bool_] = np.asarray(rows.short).reshape(len(rows.numbers), -1) > 0
    part.tally.any_short = int(is_short.any(axis=1).sum())
    for bit, name in enumerate(rows.program.conditions):
        met = (table[:, ROW_HAPPENED] >> bit & 1).astype(bool)
        if not met.any():
            continue
        part.short_when[name, ANY_NEED] = int(is_short[met].any(axis=1).sum())
        for need, times, missed in zip(
            rows.program.needs, asked[met].sum(axis=0).tolist(), is_short[met].sum(axis=0).tolist(), strict=True
        ):
            part.asked_when[name, need], part.short_when[name, need] = times, missed


def add_service(part: Part, rows: Rows, table: Table) -> None:
    """Add the calls of every day: sums of each replication by group, then over replications."""
    groups = Groups(rows.program.demand)
    if not groups.demand.streams:
        return
    runs, count = len(rows.numbers), groups.kept
    part.service.runs = runs
    own = table[:, ROW_CALLS]
    calls: Table = np.asarray(rows.calls)[: C_FIELDS * int(own.sum())].reshape(-1, C_FIELDS)
    run: Table = np.repeat(np.arange(runs), own)
    hour: Table = (table[run, ROW_SINCE] + calls[:, C_AT] // 1000) // HOUR_MS % HOURS
    place: Table = np.array(groups.place_of, dtype=np.int64)[calls[:, C_STREAM]]
    places, is_served = len(groups.places), calls[:, C_RESPONSE] >= 0
    time: Table = np.where(is_served, (calls[:, C_RESPONSE] + TENTH // 2) // TENTH, 0)
    in_time: NDArray[np.bool_] = (time <= tenths(round(groups.demand.within.total_seconds() * 1e6))) & is_served
    weights = (np.ones_like(time), ~is_served, is_served, time, time * time, in_time)
    for group in (place, places + hour):
        key = run * count + group
        add_sums(part.service, [summed(key, one, runs * count).reshape(runs, count) for one in weights])
    add_cells(part.service, run, places + HOURS + place * HOURS + hour, weights)
    bins: Table = np.where(time < HOUR, time // BIN, np.minimum(120 + (time - HOUR) // WIDE_BIN, BINS - 1))
    for group in (place, places + hour):
        key = (group * BINS + bins)[is_served]
        found, times = np.unique(key, return_counts=True)
        part.service.bins.update(dict(zip(found.tolist(), times.tolist(), strict=True)))


def add_sums(tally: ServiceTally, sums: list[Table]) -> None:
    """Add sums by replication and group, and their products over replications."""
    for which, table in enumerate(fields_of(sums)):
        add_column(tally, which, table.sum(axis=0))


def add_cells(tally: ServiceTally, run: Table, cell: Table, weights: tuple[NDArray[Any], ...]) -> None:
    """Add sums by hour of place, and their products over replications; few of them have calls in any one replication.

    Hours of places are numbered on; a replication that has a call in one is a key of its own.
    """
    if not len(cell):
        return
    width = int(cell.max()) + 1
    key = run * width + cell
    order = np.argsort(key, kind="stable")
    begins = np.flatnonzero(np.diff(key[order], prepend=-1))
    sums = [np.add.reduceat(one[order].astype(np.int64), begins) for one in weights]
    cells, fields = key[order][begins] % width, fields_of(sums)
    for which in OF_CELL:
        add_column(tally, which, summed(cells, fields[which], width))


def fields_of(sums: list[Table]) -> tuple[NDArray[Any], ...]:
    """Return sums and their products, exactly: by whole numbers of any length where they could grow too long."""
    most = sum(int(one.max(initial=0)) for one in sums[:IN_TIME] if one is not sums[SQUARES])
    if most**2 * sums[CAME].shape[0] >= MOST_EXACT:
        sums = [one.astype(object) for one in sums]
    return (*sums, *products_of(sums[CAME], sums[UNSERVED], sums[SERVED], sums[TIME], sums[IN_TIME]))


def add_column(tally: ServiceTally, which: int, column: NDArray[Any]) -> None:
    (groups,) = np.nonzero(column)
    tally.sums.update({int(group) * FIELDS + which: int(column[group]) for group in groups})


def summed(key: Table, weight: NDArray[Any], count: int) -> NDArray[Any]:
    """Return sums of whole numbers by key, to the last digit; floats are quicker where they hold them exactly."""
    if weight.dtype != object and int(weight.max(initial=0)) * len(weight) < MOST_FLOAT:
        return np.rint(np.bincount(key, weight, count)).astype(np.int64)
    sums = np.zeros(count, dtype=object if weight.dtype == object else np.int64)
    np.add.at(sums, key, weight)
    return sums


def known(at: int) -> int | None:
    return None if at < 0 else int(at)


def times_in(column: Table) -> Times:
    """Collect the times that have come; sums are exact."""
    values: Table = np.ascontiguousarray(column[column >= 0])
    collected = array("q")
    collected.frombytes(values.tobytes())
    high, low = values >> 16, values & 0xFFFF
    squares = (int((high * high).sum()) << 32) + (int((high * low).sum()) << 17) + int((low * low).sum())
    least, most = (int(values.min()), int(values.max())) if len(values) else (0, 0)
    return Times(collected, int(values.sum()), squares, len(values), least, most)


def add_needs(part: Part, rows: Rows, asked: NDArray[np.bool_], met: Table) -> None:
    missing = np.asarray(rows.short).reshape(len(rows.numbers), -1) if rows.program.needs else None
    for place, name in enumerate(rows.program.needs):
        need = part.tally.needs[name]
        need.asked = int(asked[:, place].sum())
        need.met = times_in(met[:, place])
        if missing is not None:
            need.short = int((missing[:, place] > 0).sum())
            need.most_missing = float(missing[:, place].max(initial=0.0))


def add_whole(part: Part, opened: Table, finished: Table, asked: NDArray[np.bool_], met: Table) -> None:
    """Add when the first need was met, when all were, and when the response was done."""
    if met.shape[1]:
        is_any = (met >= 0).any(axis=1)
        never = np.iinfo(np.int64).max
        part.first_arrival = times_in(np.where(met >= 0, met, never).min(axis=1)[is_any])
        part.full_strength = times_in(met.max(axis=1)[is_any & ((met >= 0) | ~asked).all(axis=1)])
    response = [step.phase is Phase.RESPONSE for step in part.tally.plan.steps]
    done, begun = finished[:, response], opened[:, response]
    is_done = (done >= 0).any(axis=1) & ~((begun >= 0) & (done < 0)).any(axis=1)
    part.contained = times_in(done.max(axis=1, initial=-1)[is_done])
