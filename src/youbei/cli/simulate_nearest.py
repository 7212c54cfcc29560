"""`youbei simulate nearest`: how soon the nearest free team is there, where calls come anywhere in a square."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from youbei.cli.options import Groups, Output, Say
from youbei.cli.simulate_queue import add_run, figure, served
from youbei.cli.simulate_work import STOPPED

if TYPE_CHECKING:
    from youbei.engine.simulation.nearest import NearestResult


def add(group: Groups, say: Say) -> None:
    text = say("就近派队：忙闲、到达和等待", "the nearest free team goes: who is busy, how soon, who waits")
    add_run(group.command("nearest", text, run), say)


def run(options: argparse.Namespace, output: Output) -> int:
    from youbei.engine.simulation.nearest import simulate_nearest
    from youbei.engine.simulation.nearest_file import read_nearest_model

    result = served(options, output, read_nearest_model, simulate_nearest)
    show(output, result)
    return STOPPED if result.is_cancelled else 0


def show(output: Output, result: NearestResult) -> None:
    output.line(
        f"{result.calls:,} 个呼叫，{result.teams:,} 支队伍，种子 {result.seed}；方括号内为 95% 置信区间",
        f"{result.calls:,} calls, {result.teams:,} teams, seed {result.seed}; in brackets the 95 % interval",
    )
    output.line(f"队伍在外：{figure(result.workload)}", f"teams are out: {figure(result.workload)}")
    output.line(f"须等待：{figure(result.p_wait)}", f"has to wait: {figure(result.p_wait)}")
    wait, response = figure(result.mean_wait), figure(result.response)
    output.line(f"平均等待（模型的时间单位）：{wait}", f"mean wait (in the model's unit of time): {wait}")
    output.line(f"平均到达（自呼叫起）：{response}", f"mean time from the call to the arrival: {response}")
