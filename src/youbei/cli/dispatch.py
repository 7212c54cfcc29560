"""`youbei dispatch solve`: who goes where, for a problem in a file."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

from youbei.cli.options import Groups, Output, Say, read_input
from youbei.engine.errors import Refused

if TYPE_CHECKING:
    from youbei.engine.dispatch.solve import Answer

DEFAULT_SECONDS = 10.0
MOST_SECONDS = 3600.0


class SolversMissing(Refused):
    """Refuse where the numeric libraries are not installed."""


class BudgetOutOfRange(Refused):
    """Refuse a budget that makes no sense."""


def add(groups: Groups, say: Say) -> None:
    group = groups.group("dispatch", say("调度", "dispatch"))
    text = say("求解调度问题文件：派谁、为何、缺什么", "solve a problem file: who goes, why, and what is short")
    command = group.command("solve", text, run)
    command.add_argument(
        "file",
        metavar="PROBLEM",
        help=say("问题文件（JSON），- 为标准输入", "problem file (JSON), or - for standard input"),
    )
    command.add_argument(
        "--budget",
        type=float,
        default=DEFAULT_SECONDS,
        metavar="S",
        help=say("计算量，约合秒数（默认 10）", "work, in about seconds (10)"),
    )


def run(options: argparse.Namespace, output: Output) -> int:
    """Return 0 where the plan is proven optimal and nothing is short, else 1."""
    if not 0 <= options.budget <= MOST_SECONDS:
        raise BudgetOutOfRange(
            zh=f"计算量须在 0 至 {MOST_SECONDS:.0f} 秒之间。请改写 --budget。",
            en=f"The budget is between 0 and {MOST_SECONDS:.0f} seconds. Write another --budget.",
        )
    try:
        from youbei.engine.dispatch.budget import Budget
        from youbei.engine.dispatch.read import read_problem
        from youbei.engine.dispatch.solve import solve
    except ImportError as error:
        raise SolversMissing(
            zh=f"没有安装求解所需的程序库（{error.name}）。请安装：pip install 'youbei[solve]'。",
            en=f"The libraries for solving are missing ({error.name}). Install them: pip install 'youbei[solve]'.",
        ) from None
    problem = read_problem(read_input(options.file))
    answer = solve(problem, budget=Budget.of_seconds(options.budget, time.monotonic))
    show(output, answer)
    output.data(answer.as_data())
    return 0 if answer.is_proven and not answer.shortfalls else 1


def show(output: Output, answer: Answer) -> None:
    from youbei.engine.dispatch.score import LEVEL_NAMES

    verdict = answer.solution.verdict()
    output.line(verdict.zh, verdict.en)
    for proof in answer.solution.proofs:
        name = LEVEL_NAMES[proof.level]
        output.line(
            f"  {name.zh}：{proof.value}，下界 {proof.lower}，差距 {proof.gap:.2%}",
            f"  {name.en}: {proof.value}, bound {proof.lower}, gap {proof.gap:.2%}",
        )
    if answer.solution.was_stopped:
        output.line("时间保护提前结束了计算，换一台机器结果可能不同。", "The time guard ended the search early.")
    if answer.estimated:
        output.line(
            f"{answer.estimated} 段行驶时间按直线估算。", f"{answer.estimated} ways are estimated by the straight line."
        )
    show_picks(output, answer)
    for short in answer.shortfalls:
        output.line(
            f"缺口 {short.incident} / {short.need}：{short.text.zh}",
            f"Short {short.incident} / {short.need}: {short.text.en}",
        )
    for one in answer.cover:
        output.line(f"驻防 {one.cover}：{one.text.zh}", f"Cover {one.cover}: {one.text.en}")


def show_picks(output: Output, answer: Answer) -> None:
    if not answer.picks:
        output.line("没有可派出的。", "Nothing is sent.")
    for pick in answer.picks:
        data = pick.as_data()
        to = f"{data['incident']} / {data['need']}" if data["need"] else data["incident"]
        why = pick.whole_reason
        output.line(f"  {data['resource']} → {to}：{why.zh}", f"  {data['resource']} -> {to}: {why.en}")
