"""Lists, filters, searches and records with a million lots, beside the same with a thousand."""

from __future__ import annotations

import os

from benchmarks.pages import FEW, MANY, on_both
from benchmarks.result import Result

TURNS = int(os.environ.get("YOUBEI_BENCHMARK_TURNS", "5"))
GOAL = 1.5


def run() -> Result:
    found = on_both("register_reader", TURNS)
    return Result(
        title="Registers as they grow",
        question=(
            f"The same page with {MANY:,} lots, {MANY // 10:,} teams and {MANY // 50:,} sites, and with {FEW:,} of "
            "each, in milliseconds, through the whole stack, as three accounts: `admin` and `province` see all, "
            "`county` a hundredth of the many and half of the few."
        ),
        goal=f"at most {GOAL} times.",
        columns=(
            "database",
            "page",
            "lists",
            f"ms at {FEW:,}",
            f"ms at {MANY:,}",
            f"ratio (goal {GOAL} at most)",
        ),
        rows=tuple(
            (
                one.database,
                one.page,
                f"{one.small_lists} / {one.large_lists}",
                f"{one.small:.1f}",
                f"{one.large:.1f}",
                f"{one.large / one.small:.2f}",
            )
            for one in found
        ),
        note=(
            f"The best of {TURNS} turns, each the median of 5 requests; the two databases take turns. `lists` is how "
            "many things the page shows in each: where the small database has fewer, the pages are not the same, and "
            "each line more costs about a quarter of a millisecond."
        ),
    )
