"""All p-median problems of the OR-Library that are at hand, one after the other, each to a proven optimum."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from benchmarks.result import Result
from youbei.engine.siting.median import p_median
from youbei.engine.siting.read import read_orlib

DATA = Path(__file__).parents[1] / ".." / "shared" / "data" / "siting" / "orlib_pmed"
# Source: J. E. Beasley, OR-Library, file pmedopt.txt: the optima of pmed1 to pmed6.
OPTIMA = (5819, 4093, 4250, 3034, 1355, 7824)


def run() -> Result:
    files = [(number, DATA / f"pmed{number}.txt") for number in range(1, len(OPTIMA) + 1)]
    there = [(number, path) for number, path in files if path.exists()]
    if not there:
        sys.exit(f"There are no problems of the OR-Library in {DATA}.")
    read = [(number, *read_orlib(path.read_bytes())) for number, path in there]
    for _, problem, p in read[:2]:
        p_median(problem, p)
    rows, whole = [], 0.0
    for number, problem, p in read:
        began = time.perf_counter()
        outcome = p_median(problem, p)
        seconds = time.perf_counter() - began
        whole += seconds
        assert outcome.is_proven
        assert outcome.objective == OPTIMA[number - 1]
        rows.append(
            (f"pmed{number}", str(len(problem.places)), str(p), f"{outcome.objective:.0f}", "proven", f"{seconds:.2f}")
        )
    rows.append((f"{len(rows)} together", "", "", "", "all proven", f"{whole:.2f}"))
    return Result(
        "Siting: p-median of the OR-Library",
        "Each problem to a proven optimum; asserted in the same run: the value is the published one.",
        "Together no more than about half a minute.",
        ("problem", "places", "p", "value", "proof", "seconds"),
        tuple(rows),
        "Only files that lie in the data folder are run. One thread; reading and all-pairs distances do not count.",
    )
