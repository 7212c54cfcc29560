"""`youbei simulate queue`: how busy the servers of a service system are, who waits, who is lost."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from youbei.cli.options import Groups, Output, Say, read_input

if TYPE_CHECKING:
    from youbei.engine.simulation.queueing import QueueResult
    from youbei.engine.simulation.statistics import Estimate

CALLS = 1_000_000


def add(group: Groups, say: Say) -> None:
    text = say("排队服务系统：忙闲、等待和流失", "a service system: who is busy, who waits, who is lost")
    command = group.command("queue", text, run)
    command.add_argument("file", metavar="MODEL", help=say("模型文件（JSON），- 为标准输入", "model file (JSON), or -"))
    command.add_argument(
        "--calls",
        type=int,
        default=CALLS,
        metavar="N",
        help=say(f"呼叫数（默认 {CALLS}）", f"how many calls ({CALLS})"),
    )
    command.add_argument("--seed", type=int, default=1, metavar="S", help=say("随机种子（默认 1）", "seed (1)"))
    text = say("线程数（默认按核数），不影响结果", "threads (default: one per core); the result is the same")
    command.add_argument("--threads", type=int, metavar="N", help=text)


def run(options: argparse.Namespace, output: Output) -> int:
    from youbei.engine.simulation.queue_model import read_model
    from youbei.engine.simulation.queueing import simulate_queue

    model = read_model(read_input(options.file))
    threads = max(1, min(options.threads or os.cpu_count() or 1, 256))
    pool = ThreadPoolExecutor(threads)
    try:
        result = simulate_queue(
            model, calls=options.calls, seed=options.seed, spread=pool.map, go_on=progress(output, options.calls)
        )
    finally:
        pool.shutdown(cancel_futures=True)
    show(output, result)
    output.data(result.as_data())
    return 0


def progress(output: Output, calls: int) -> Callable[[int], bool] | None:
    """Show how far a long simulation is, on a terminal only."""
    if output.is_json or not sys.stderr.isatty():
        return None

    def told(done: int) -> bool:
        print(f"\r{done:,}/{calls:,}", end="\n" if done == calls else "", file=sys.stderr, flush=True)
        return True

    return told


def show(output: Output, result: QueueResult) -> None:
    output.line(
        f"{result.calls:,} 个呼叫，种子 {result.seed}；负荷 {result.model.load:.4f}；方括号内为 95% 置信区间",
        f"{result.calls:,} calls, seed {result.seed}; load {result.model.load:.4f}; in brackets the 95 % interval",
    )
    for server, workload in enumerate(result.workload):
        output.line(f"服务台 {server} 忙：{text(workload)}", f"server {server} busy: {text(workload)}")
    output.line(f"须等待：{text(result.p_wait)}", f"has to wait: {text(result.p_wait)}")
    output.line(f"流失：{text(result.p_lost)}", f"is lost: {text(result.p_lost)}")
    wait = text(result.mean_wait)
    output.line(f"平均等待（模型的时间单位）：{wait}", f"mean wait (in the model's unit of time): {wait}")


def text(found: Estimate) -> str:
    return f"{found.value:.5f} [{found.low:.5f}, {found.high:.5f}]"
