"""`youbei simulate PLAN` and `youbei simulate compare A B`: thousands of runs, by compiled loops on all cores."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from youbei.cli.options import Groups, Output, Parser, Say, add_data, read_input
from youbei.cli.simulate import choose_scenario, clock_text, find_world, interval, percent
from youbei.engine.errors import Refused
from youbei.engine.text import Text

if TYPE_CHECKING:
    from youbei.engine.plans.model import Plan, Scenario
    from youbei.engine.resources import World
    from youbei.engine.simulation.compare import Comparison, Difference
    from youbei.engine.simulation.ensemble import Ensemble, Setup

RUNS = 10_000


class WronglyAsked(Refused):
    """Refuse options that do not go together."""


def add(group: Groups, say: Say) -> None:
    text = say(
        "预案推演成千上万次（可省略 plan 一词）", "carry a plan out thousands of times (the word plan may be left out)"
    )
    command = group.command("plan", text, run)
    command.add_argument(
        "file", metavar="PLAN", help=say("预案文件，- 为标准输入", "plan file, or - for standard input")
    )
    add_how(command, say)
    text = say("各超时比例的 95% 区间半宽达到 P 即停（如 0.01）", "stop once every share of late runs is known to ± P")
    command.add_argument("--precision", type=float, metavar="P", help=text)
    text = say(
        "在相同的随机数上比较两个预案，或一个预案与两份资源", "compare two plans, or two worlds, on the same luck"
    )
    command = group.command("compare", text, run_compare)
    command.add_argument("first", metavar="A", help=say("预案文件", "plan file"))
    command.add_argument("second", metavar="B", help=say("预案文件", "plan file"))
    add_how(command, say)
    text = say("B 所用的资源（默认与 A 相同）", "resources for B (default: as for A)")
    command.add_argument("--world-b", metavar="FILE", help=text)


def add_how(command: Parser, say: Say) -> None:
    text = say(
        "资源：JSON 文件、demo（演示城市）或 plenty（充足）；默认用登记的资源，没有数据库时视为充足",
        "resources: a JSON file, demo, or plenty; default: today's registers, plenty where there is no database",
    )
    command.add_argument("--world", metavar="FILE", help=text)
    command.add_argument(
        "--runs", type=int, default=RUNS, metavar="N", help=say(f"次数（默认 {RUNS}）", f"how often ({RUNS})")
    )
    command.add_argument("--seed", type=int, default=1, metavar="S", help=say("随机种子（默认 1）", "seed (1)"))
    command.add_argument("--scenario", metavar="ID", help=say("情景（默认第一个）", "scenario (default: the first)"))
    text = say("线程数（默认按核数），不影响结果", "threads (default: one per core); the result is the same")
    command.add_argument("--threads", type=int, metavar="N", help=text)
    add_data(command)


def run(options: argparse.Namespace, output: Output) -> int:
    """Return 0 where no deadline was missed and no need was short in any run, else 1."""
    from youbei import content
    from youbei.engine.simulation.ensemble import simulate_many
    from youbei.engine.simulation.promises import broken_promises

    setup, source = prepared(options, options.file, options.world)
    with threads(options) as pool:
        told = progress(output, options.runs)
        found = simulate_many(setup, runs=options.runs, precision=options.precision, spread=pool.map, go_on=told)
    promises = broken_promises(found, content.resource_names())
    show(output, found, source)
    for promise in promises:
        output.line(f"· {promise.text.zh}", f"· {promise.text.en}")
    said = [{"subject": one.subject, "share": one.broken.share, **one.text.as_data()} for one in promises]
    output.data({**found.as_data(), "broken_promises": said, "resources": source.as_data()})
    report = found.report
    return 1 if report.any_late.count or any(need.short.count for need in report.needs) else 0


def run_compare(options: argparse.Namespace, output: Output) -> int:
    from youbei.engine.simulation.compare import compare_setups

    if options.first == options.second == "-":
        raise WronglyAsked(
            zh="两个预案不能都从标准输入读取。请至少给出一个文件。",
            en="Both plans cannot be read from standard input. Name a file for one of them.",
        )
    first, source = prepared(options, options.first, options.world)
    second, other = prepared(options, options.second, options.world_b or options.world)
    with threads(options) as pool:
        told = progress(output, options.runs)
        found = compare_setups(first, second, runs=options.runs, spread=pool.map, go_on=told)
    show_comparison(output, found)
    output.data({**found.as_data(), "resources": [source.as_data(), other.as_data()]})
    return 0


def prepared(options: argparse.Namespace, file: str, world: str | None) -> tuple[Setup, Text]:
    from youbei.engine.plans.read import read_plan
    from youbei.engine.simulation.ensemble import set_up

    plan = read_plan(read_input(file))
    scenario = choose_scenario(plan, options.scenario)
    resources, source = world_of(options, plan, scenario, world)
    return set_up(plan, resources, scenario, seed=options.seed), source


def world_of(options: argparse.Namespace, plan: Plan, scenario: Scenario, world: str | None) -> tuple[World, Text]:
    from youbei.engine.simulation.plenty import plenty
    from youbei.engine.simulation.world_file import read_world

    if world is None:
        return find_world(options, plan, scenario)
    if world == "plenty":
        return plenty(plan, scenario), Text("假设现场资源充足", "enough of everything on the spot")
    if world == "demo":
        return demo_world(options, plan, scenario), Text(
            "演示城市的队伍；物资视为充足", "the teams of the demo city; materials are taken to be plenty"
        )
    return read_world(read_input(world)), Text(f"文件 {Path(world).name}", f"the file {Path(world).name}")


def demo_world(options: argparse.Namespace, plan: Plan, scenario: Scenario) -> World:
    """Return the teams and sites of the demo city, with all the materials that the plan asks for on the spot."""
    from datetime import timedelta

    from youbei import content
    from youbei.cli.data import set_up

    set_up(options.data)
    from youbei.demo.city import point
    from youbei.engine.resources import Team
    from youbei.engine.simulation.plenty import plenty

    enough = plenty(plan, scenario)
    sites = {row["code"]: point(*row["at"]) for row in content.demo_table("sites")["sites"]}
    teams = tuple(
        Team(row["code"], row["zh"], frozenset(row["can"]), point(*row["at"]), timedelta(seconds=row["turn_out"]))
        for row in content.demo_table("teams")["teams"]
    )
    # Assumption: without a place of its own a scenario plays at the command centre.
    place = scenario.place or sites["haizhou-command-centre"]
    stock = tuple(replace(lot, base=place) for lot in enough.stock)
    return replace(enough, teams=teams, stock=stock, sites={**enough.sites, **sites, "incident": place})


@contextmanager
def threads(options: argparse.Namespace) -> Iterator[ThreadPoolExecutor]:
    pool = ThreadPoolExecutor(max(1, min(options.threads or os.cpu_count() or 1, 256)))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def progress(output: Output, runs: int) -> Callable[[int], bool] | None:
    """Show how far a long simulation is, on a terminal only; the first block says that loops are being compiled."""
    if output.is_json or not sys.stderr.isatty():
        return None
    output.note("准备计算，首次须编译，约一分钟。", "Getting ready; the first time it compiles, for about a minute.")

    def told(done: int) -> bool:
        print(f"\r{done:,}/{runs:,}", end="\n" if done == runs else "", file=sys.stderr, flush=True)
        return True

    return told


def show(output: Output, found: Ensemble, source: Text) -> None:
    report = found.report
    output.line(
        f"{report.plan} {report.version}，情景 {report.scenario or '-'}：{report.runs:,} 次，种子 {report.seed}；"
        f"资源：{source.zh}",
        f"{report.plan} {report.version}, scenario {report.scenario or '-'}: {report.runs:,} runs, seed {report.seed}; "
        f"resources: {source.en}",
    )
    times = (
        (found.first_arrival, "首批资源到场", "first need met"),
        (found.full_strength, "全部资源到齐", "all needs met"),
        (found.contained, "响应任务全部完成", "response done"),
        (report.ended_at, "全部结束", "all at rest"),
    )
    for summary, zh, en in times:
        late = "" if not summary.count else f"  90%: {clock_text(summary.p90)}"
        output.line(f"{zh}：{interval(summary)}{late}", f"{en}: {interval(summary)}{late}")
    output.line("任务：平均完成时刻 [95% 置信区间]，超时比例", "Steps: mean finish [95 % interval], share late")
    for step in report.steps:
        share = "" if step.late is None else f"  {percent(step.late)}"
        line = f"  {step.step:<24} {interval(step.finished_at):<32}{share}"
        output.line(f"{line}  {step.title.zh}", f"{line}  {step.title.en}")
    for busy in found.busy[:5]:
        away = f"{busy.share:.1%}  {busy.label}"
        output.line(f"  出动时间占比 {away}", f"  away for {away}")
    share = percent(report.any_late)
    output.line(f"至少有一项超时：{share}", f"Something late: {share}")


def show_comparison(output: Output, found: Comparison) -> None:
    output.line(
        f"{found.runs:,} 对推演，种子 {found.seed}；差值为 B 减 A，方括号内为 95% 配对置信区间，星号表示差异明显",
        f"{found.runs:,} pairs of runs, seed {found.seed}; differences are B less A, in brackets the paired 95 % "
        "interval, a star where it leaves out zero",
    )
    for one in found.differences:
        line = difference_line(one)
        output.line(line, line)


def difference_line(one: Difference) -> str:
    star = "*" if one.is_plain else " "
    span = f"{one.difference:+.4g} [{one.low:.4g}, {one.high:.4g}]"
    return f"{star} {one.measure:<32} {one.first:>12.4f} {one.second:>12.4f}   {span}"
