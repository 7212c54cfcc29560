"""Lists, filters, searches and records with a million lots, beside the same with a thousand."""

from __future__ import annotations

import os

from benchmarks.pages import FEW, MANY, MORE_TURNS, ROUNDS, SETS, Measured, on_both
from benchmarks.result import Result

PEOPLE = int(os.environ.get("YOUBEI_BENCHMARK_PEOPLE", "2000000"))
TURNS = int(os.environ.get("YOUBEI_BENCHMARK_TURNS", "8"))
ACCOUNTS = os.environ.get("YOUBEI_BENCHMARK_ACCOUNTS", "admin,city,county").split(",")
GOAL = 1.5
# So many pages of each database are listed: those whose ratio is the largest.
LISTED = 30


def run() -> Result:
    found = on_both("register_reader", TURNS, is_doubtful)
    by_clock = sum(one.by_clock <= GOAL for one in found)
    by_processor = sum(one.by_processor <= GOAL for one in found)
    return Result(
        title="Registers as they grow",
        question=(
            f"The same page with {MANY:,} lots, {MANY // 10:,} teams, {MANY // 50:,} sites, 100,111 units and "
            f"{PEOPLE:,} people with posts, and with about {FEW:,} of each, in milliseconds, through the whole stack, "
            f"as {' and '.join(ACCOUNTS)}: `admin` and `province` see all, `city` a tenth and `county` a hundredth of "
            "the many, and both half of the few."
        ),
        goal=(
            f"at most {GOAL} times for every page; by the clock {by_clock} of {len(found)} are, by processor time "
            f"{by_processor}."
        ),
        columns=(
            "database",
            "page",
            "lists",
            f"ms at {FEW:,}",
            f"ms at {MANY:,}",
            "as many lines",
            f"ratio (goal {GOAL} at most)",
            "of processor time",
        ),
        rows=tuple(
            (
                one.database,
                one.page,
                f"{one.small_lists} / {one.large_lists}",
                f"{one.small.clock:.1f}",
                f"{one.large.clock:.1f}",
                f"{one.same.clock:.1f}",
                f"{one.by_clock:.2f}",
                f"{one.by_processor:.2f}",
            )
            for one in worst(found)
        ),
        note=(
            f"Of each database the {LISTED} pages with the largest ratios, by the clock or of the processor, are "
            "listed; all others lie below. "
            f"The best of {TURNS} turns, each the median of {ROUNDS} requests. In a turn the small database is asked, "
            "the large one and the large one for as many lines, every other time the other way round, so that what "
            "disturbs one side disturbs the others. What others do on a machine only adds to a time, so the least is "
            f"nearest to the truth; a page whose ratio comes out above {GOAL} by either measure, or as far below one, "
            f"has {MORE_TURNS} turns more on all sides, up to {SETS} times. Processor time is that of the process that "
            "serves the page and, on PostgreSQL, of the one that answers it; waiting for a disk or for a processor "
            "that others use is in the clock's alone. A page that is opened for the first time finds what the worker "
            "has counted ahead and nothing else. `lists` is how many things the page shows in each. A list that is "
            "longer with many rows is asked for again with as many lines as with few, and the ratio is that of the "
            "two; what is no list (a store with its lots, what is due) cannot be cut, and each line more costs about "
            "a quarter of a millisecond."
        ),
    )


def worst(found: list[Measured]) -> list[Measured]:
    """Return the pages of each database whose ratios are the largest, the largest first."""
    ordered = sorted(found, key=lambda one: -max(one.by_clock, one.by_processor))
    kept = {name: [one for one in ordered if one.database == name][:LISTED] for name in ("PostgreSQL", "SQLite")}
    return [one for pages in kept.values() for one in pages]


def is_doubtful(one: Measured) -> bool:
    """Say whether a page is worth more turns: it seems slower than it may be, or faster than it can be."""
    return max(one.by_clock, one.by_processor) > GOAL or one.by_clock < 1 / GOAL
