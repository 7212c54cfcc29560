"""The forty p-median problems of the OR-Library: those at hand, and graphs of the same sizes drawn for the others."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.result import Result
from youbei.engine.siting.median import p_median
from youbei.engine.siting.problem import Siting
from youbei.engine.siting.read import read_orlib

DATA = Path(__file__).parents[1] / ".." / "shared" / "data" / "siting" / "orlib_pmed"
# Source: J. E. Beasley, OR-Library, file pmedopt.txt: the optima of pmed1 to pmed6.
OPTIMA = (5819, 4093, 4250, 3034, 1355, 7824)
# Source: J. E. Beasley, OR-Library, pmed1 to pmed40: nodes, and the p of each problem of that size.
SIZES = (
    (100, (5, 10, 10, 20, 33)),
    (200, (5, 10, 20, 40, 67)),
    (300, (5, 10, 30, 60, 100)),
    (400, (5, 10, 40, 80, 133)),
    (500, (5, 10, 50, 100, 167)),
    (600, (5, 10, 60, 120, 200)),
    (700, (5, 10, 70, 140)),
    (800, (5, 10, 80)),
    (900, (5, 10, 90)),
)


def drawn(nodes: int, p: int, seed: int) -> bytes:
    """Return a file as the OR-Library writes it: n * n / 50 edges of 1 to 100, enough of them to join all nodes."""
    rng = np.random.default_rng(seed)
    edges = nodes * nodes // 50
    tail = np.concatenate([np.arange(1, nodes), rng.integers(1, nodes + 1, edges - nodes + 1)])
    head = np.concatenate([np.arange(2, nodes + 1), rng.integers(1, nodes + 1, edges - nodes + 1)])
    keep = tail != head
    lines = [f"{a} {b} {w}" for a, b, w in zip(tail[keep], head[keep], rng.integers(1, 101, keep.sum()), strict=True)]
    return "\n".join([f"{nodes} {len(lines)} {p}", *lines]).encode()


def problems() -> Iterator[tuple[str, Siting, int, int | None]]:
    """Yield name, problem, p, and the published optimum where it is known."""
    number = 0
    for nodes, wanted in SIZES:
        for p in wanted:
            number += 1
            path = DATA / f"pmed{number}.txt"
            if number <= len(OPTIMA) and path.exists():
                yield (f"pmed{number}", *read_orlib(path.read_bytes()), OPTIMA[number - 1])
            else:
                yield (f"drawn {number}", *read_orlib(drawn(nodes, p, seed=number)), None)


def run() -> Result:
    rows, whole, most = [], 0.0, 0.0
    for number, (name, problem, p, optimum) in enumerate(problems()):
        if not number:
            p_median(problem, p)
        began = time.process_time()
        outcome = p_median(problem, p)
        seconds = time.process_time() - began
        whole, most = whole + seconds, max(most, seconds)
        assert outcome.is_proven
        assert optimum is None or outcome.objective == optimum
        published = "–" if optimum is None else str(optimum)
        size = (str(len(problem.places)), str(p), f"{outcome.objective:.0f}", published)
        rows.append((name, *size, "proven", f"{seconds:.2f}"))
    rows.append((f"{len(rows)} together", "", "", "", "", "all proven", f"{whole:.1f}"))
    return Result(
        "Siting: p-median in the sizes of the OR-Library",
        "The problems at hand and, for the others, graphs of the same sizes drawn as theirs were, each to a proven "
        "optimum; asserted in the same run: the value is the published one where there is one.",
        "The forty together no more than about half a minute.",
        ("problem", "places", "p", "value", "published", "proof", "seconds"),
        tuple(rows),
        "One thread, seconds of the processor; reading and all-pairs distances do not count. The drawn ones are not "
        f"the problems of the OR-Library, which are not at hand; the longest of all took {most:.1f} s.",
    )
