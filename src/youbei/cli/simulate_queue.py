"""`youbei simulate queue`: how busy the servers of a service system are, who waits, who is lost."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from youbei.cli.options import Groups, Output, Say, read_input
from youbei.cli.simulate_work import STOPPED, threads, watching
from youbei.engine.text import Text

if TYPE_CHECKING:
    from youbei.engine.simulation.queueing import QueueResult
    from youbei.engine.simulation.statistics import Estimate

CALLS = 1_000_000
Model = TypeVar("Model")


class Measured(Protocol):
    """What a simulation found, as JSON values, and whether it was stopped."""

    @property
    def is_cancelled(self) -> bool: ...

    def as_data(self) -> dict[str, Any]: ...


Result = TypeVar("Result", bound=Measured)


def add(group: Groups, say: Say) -> None:
    text = say("排队服务系统：忙闲、等待和流失", "a service system: who is busy, who waits, who is lost")
    add_run(group.command("queue", text, run), say)


def add_run(command: argparse.ArgumentParser, say: Say) -> None:
    """Add what every run of a service system asks for."""
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

    result = served(options, output, read_model, simulate_queue)
    show(output, result)
    return STOPPED if result.is_cancelled else 0


def served(
    options: argparse.Namespace, output: Output, read: Callable[[bytes], Model], simulate: Callable[..., Result]
) -> Result:
    """Read a model of a service system, let it serve the calls that were asked for, and write what was measured."""
    model = read(read_input(options.file))
    with threads(options) as pool, watching(output, options.calls, doing=Text("呼叫", "Calls")) as go_on:
        result = simulate(model, calls=options.calls, seed=options.seed, spread=pool.map, go_on=go_on)
    output.data(result.as_data())
    return result


def show(output: Output, result: QueueResult) -> None:
    output.line(
        f"{result.calls:,} 个呼叫，种子 {result.seed}；负荷 {result.model.load:.4f}；方括号内为 95% 置信区间",
        f"{result.calls:,} calls, seed {result.seed}; load {result.model.load:.4f}; in brackets the 95 % interval",
    )
    for server, workload in enumerate(result.workload):
        output.line(f"服务台 {server} 忙：{figure(workload)}", f"server {server} busy: {figure(workload)}")
    output.line(f"须等待：{figure(result.p_wait)}", f"has to wait: {figure(result.p_wait)}")
    output.line(f"流失：{figure(result.p_lost)}", f"is lost: {figure(result.p_lost)}")
    wait = figure(result.mean_wait)
    output.line(f"平均等待（模型的时间单位）：{wait}", f"mean wait (in the model's unit of time): {wait}")


def figure(found: Estimate) -> str:
    return f"{found.value:.5f} [{found.low:.5f}, {found.high:.5f}]"
