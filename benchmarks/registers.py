"""Lists, filters, searches and records with a million lots, beside the same with a thousand."""

from __future__ import annotations

import os

from benchmarks.pages import FEW, MANY, ROUNDS, Measured, on_both
from benchmarks.result import Result

TURNS = int(os.environ.get("YOUBEI_BENCHMARK_TURNS", "8"))
MORE_TURNS = 24
ACCOUNTS = os.environ.get("YOUBEI_BENCHMARK_ACCOUNTS", "admin,province,county").split(",")
GOAL = 1.5


def run() -> Result:
    found = on_both("register_reader", TURNS, doubted)
    within = sum(ratio(one) <= GOAL for one in found)
    return Result(
        title="Registers as they grow",
        question=(
            f"The same page with {MANY:,} lots, {MANY // 10:,} teams and {MANY // 50:,} sites, and with {FEW:,} of "
            f"each, in milliseconds, through the whole stack, as {' and '.join(ACCOUNTS)}: `admin` and `province` see "
            "all, `county` a hundredth of the many and half of the few."
        ),
        goal=(f"at most {GOAL} times for every page; {within} of {len(found)} are."),
        columns=(
            "database",
            "page",
            "lists",
            f"ms at {FEW:,}",
            f"ms at {MANY:,}",
            "as many lines",
            f"ratio (goal {GOAL} at most)",
        ),
        rows=tuple(
            (
                one.database,
                one.page,
                f"{one.small_lists} / {one.large_lists}",
                f"{one.small:.1f}",
                f"{one.large:.1f}",
                f"{one.same:.1f}",
                f"{ratio(one):.2f}",
            )
            for one in sorted(found, key=lambda one: (one.database, -ratio(one)))
        ),
        note=(
            f"The best of {TURNS} turns, each the median of {ROUNDS} requests; both databases take turns. A page whose "
            f"ratio comes out above {GOAL}, or as far below one, has {MORE_TURNS} turns more on both sides, for on a "
            "shared machine a few turns may all be disturbed. A page that is opened for the first time finds what the "
            "worker has counted ahead and nothing else. `lists` is how many things the page shows in each. A list"
            " that is longer with many rows is asked for again with as "
            "many lines as with few, and the ratio is that of the two; what is no list (a store with its lots, what is "
            "due) cannot be cut, and each line more costs about a quarter of a millisecond."
        ),
    )


def doubted(ratio: float) -> int:
    """Say how many turns more are worth while."""
    return 0 if 1 / GOAL <= ratio <= GOAL else MORE_TURNS


def ratio(one: Measured) -> float:
    return one.same / one.small
