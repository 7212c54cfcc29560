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
            f"The same page with {MANY:,} lots, {MANY // 10:,} teams and {MANY // 50:,} sites, and with {FEW:,}, 100 "
            "and 100, in milliseconds, through the whole stack, as three accounts: `admin` and `province` see all, "
            "`county` a hundredth."
        ),
        goal=f"at most {GOAL} times.",
        columns=("database", "page", f"ms at {FEW:,}", f"ms at {MANY:,}", f"ratio (goal {GOAL} at most)"),
        rows=tuple(
            (database, page, f"{small:.1f}", f"{large:.1f}", f"{large / small:.2f}")
            for database, page, small, large in found
        ),
        note=f"The best of {TURNS} turns, each the median of 5 requests; the two databases take turns.",
    )
