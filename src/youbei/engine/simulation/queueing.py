"""Simulate a service system: workloads, waits and losses, each with its 95 % interval.

Blocks of calls (`queue_blocks.py`) are replications of their own, from which the intervals are made.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from youbei.engine.simulation.loops import IS_COMPILED
from youbei.engine.simulation.queue_blocks import BLOCKS, PARTS, Block, part_of, warm_up_of
from youbei.engine.simulation.queue_model import BadModel, QueueModel
from youbei.engine.simulation.statistics import Estimate, student, wilson

MOST_CALLS = 1_000_000_000
# Assumption: without compiled loops a call takes a few microseconds, and nobody waits longer than some minutes.
MOST_CALLS_PLAIN = 50_000_000
# A warm-up of so many calls in all costs seconds; more must be worth it.
CHEAP_WARM_UP = 50_000_000


class BadQueueRun(BadModel):
    """Refuse a number of calls that gives no answer, or none in reasonable time."""


class Spread(Protocol):
    """Do the same for each of many numbers, in any way that keeps their order: `map`, or a pool's."""

    def __call__(
        self, work: Callable[[int], tuple[Block, ...]], numbers: Iterable[int], /
    ) -> Iterable[tuple[Block, ...]]: ...


@dataclass(frozen=True, slots=True)
class QueueResult:
    """What a simulation of a service system found. `served_by`: calls of each group by server.

    `mean_wait` is over all calls that were served, those that did not wait included, in the model's unit of time.
    """

    model: QueueModel
    seed: int
    calls: int
    blocks: int
    warm_up: int
    is_cancelled: bool
    workload: tuple[Estimate, ...]
    p_wait: Estimate
    p_lost: Estimate
    mean_wait: Estimate
    served_by: tuple[tuple[int, ...], ...]

    def as_data(self) -> dict[str, Any]:
        """Return JSON values."""
        measures = {"p_wait": self.p_wait, "p_lost": self.p_lost, "mean_wait": self.mean_wait}
        return {
            "workload": [one.value for one in self.workload],
            **{name: one.value for name, one in measures.items()},
            "ci95": {
                "workload": [[one.low, one.high] for one in self.workload],
                **{name: [one.low, one.high] for name, one in measures.items()},
            },
            "groups": [
                {"name": group.name, "served_by": list(served)}
                for group, served in zip(self.model.groups, self.served_by, strict=True)
            ],
            "calls": self.calls,
            "seed": self.seed,
            "blocks": self.blocks,
            "warm_up": self.warm_up,
            "is_cancelled": self.is_cancelled,
        }


def simulate_queue(
    model: QueueModel,
    *,
    calls: int,
    seed: int,
    spread: Spread = map,
    go_on: Callable[[int], bool] | None = None,
) -> QueueResult:
    """Measure `calls` calls. go_on is told after each part how many are done, and stops the work by returning False.

    Raise BadQueueRun where the number of calls is too small, too large, or too small for a system so near its limit.
    """
    warm_up = warm_up_of(model)
    demand_calls(model, calls, warm_up)
    done: list[Block] = []
    measured = 0
    for blocks in spread(lambda number: part_of(model, number, calls=calls, seed=seed), range(PARTS)):
        done += blocks
        measured += sum(block.calls for block in blocks)
        if go_on is not None and not go_on(measured):
            break
    return result_of(model, done, seed=seed, warm_up=warm_up)


def demand_calls(model: QueueModel, calls: int, warm_up: int) -> None:
    most = MOST_CALLS if IS_COMPILED else MOST_CALLS_PLAIN
    if not BLOCKS <= calls <= most:
        hint_zh, hint_en = (
            ("", "") if IS_COMPILED else ("安装 youbei[solve] 后可更多。", " Install youbei[solve] for more.")
        )
        raise BadQueueRun(
            zh=f"呼叫数须在 {BLOCKS} 到 {most:,} 之间，收到的是 {calls}。{hint_zh}",
            en=f"The number of calls must be from {BLOCKS} to {most:,}, not {calls}.{hint_en}",
        )
    least = warm_up * BLOCKS // 4
    if warm_up * BLOCKS > CHEAP_WARM_UP and calls < least:
        raise BadQueueRun(
            zh=f"系统几乎饱和（负荷 {model.load:.6g}），{calls:,} 个呼叫量不出结果，至少需要 {least:,} 个。"
            "请增加 --calls、增加服务台或降低呼叫率。",
            en=f"The system is near its limit (load {model.load:.6g}): {calls:,} calls measure nothing, at least "
            f"{least:,} are needed. Ask for more --calls, add servers, or lower the rates.",
        )


def result_of(model: QueueModel, blocks: Sequence[Block], *, seed: int, warm_up: int) -> QueueResult:
    """Merge blocks, in their order."""
    calls = [block.calls for block in blocks]
    windows = [block.window for block in blocks]
    served = [block.calls - block.lost for block in blocks]
    counts = [sum(column) for column in zip(*(block.sent for block in blocks), strict=True)]
    servers = model.servers
    return QueueResult(
        model=model,
        seed=seed,
        calls=sum(calls),
        blocks=len(blocks),
        warm_up=warm_up,
        is_cancelled=len(blocks) < BLOCKS,
        workload=tuple(
            within(ratio([block.busy[server] for block in blocks], windows), 0.0, 1.0) for server in range(servers)
        ),
        p_wait=share([block.waited for block in blocks], calls),
        p_lost=Estimate(0.0, 0.0, 0.0) if model.has_line else share([block.lost for block in blocks], calls),
        mean_wait=within(ratio([block.wait for block in blocks], served), 0.0, math.inf),
        served_by=tuple(tuple(counts[first : first + servers]) for first in range(0, len(counts), servers)),
    )


def ratio(above: Sequence[float], below: Sequence[float]) -> Estimate:
    """Estimate a ratio of two means from independent blocks, with Student's interval of the linearised ratio.

    Source: Cochran, Sampling Techniques, 3rd ed. 1977, chapter 6.
    """
    blocks, whole = len(above), math.fsum(below)
    if not whole:
        return Estimate(0.0, 0.0, 0.0)
    value = math.fsum(above) / whole
    squares = math.fsum((up - value * down) ** 2 for up, down in zip(above, below, strict=True))
    half = student(blocks - 1) * math.sqrt(blocks / (blocks - 1) * squares) / whole
    return Estimate(value, value - half, value + half)


def share(counts: Sequence[int], of: Sequence[int]) -> Estimate:
    """Estimate a share; where nothing or everything counted, the interval is that of independent calls."""
    if sum(counts) in (0, sum(of)):
        simple = wilson(sum(counts), sum(of))
        return Estimate(simple.share, simple.low, simple.high)
    return within(ratio(counts, of), 0.0, 1.0)


def within(found: Estimate, low: float, high: float) -> Estimate:
    return Estimate(found.value, max(low, found.low), min(high, found.high))
