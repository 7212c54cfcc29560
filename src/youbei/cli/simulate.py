"""`youbei plan simulate`: carry a plan out many times, and say what its deadlines are worth."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from youbei.cli.data import database, has_database
from youbei.cli.options import Groups, Output, Say, add_data, read_input
from youbei.engine.errors import Refused
from youbei.engine.text import Text

if TYPE_CHECKING:
    from youbei.engine.plans.model import Plan, Scenario
    from youbei.engine.resources import World
    from youbei.engine.simulation.simulate import SimulationReport, StepResult
    from youbei.engine.simulation.statistics import Proportion, Summary


class NoSuchScenario(Refused):
    """Refuse a scenario that the plan does not have."""


def add(group: Groups, say: Say) -> None:
    text = say("仿真：多次推演预案", "simulate: carry a plan out many times")
    command = group.command("simulate", text, run)
    command.add_argument(
        "file", metavar="FILE", help=say("预案文件，- 为标准输入", "plan file, or - for standard input")
    )
    command.add_argument("--runs", type=int, default=200, metavar="N", help=say("次数（默认 200）", "how often (200)"))
    command.add_argument("--seed", type=int, default=1, metavar="S", help=say("随机种子（默认 1）", "seed (1)"))
    command.add_argument("--scenario", metavar="ID", help=say("情景（默认第一个）", "scenario (default: the first)"))
    add_data(command)


def run(options: argparse.Namespace, output: Output) -> int:
    """Return 0 where no deadline was missed and no need was short in any run, else 1."""
    from youbei.engine.plans.read import read_plan
    from youbei.engine.simulation.simulate import simulate

    plan = read_plan(read_input(options.file))
    scenario = choose_scenario(plan, options.scenario)
    world, source = find_world(options, plan, scenario)
    report = simulate(plan, world, scenario, runs=options.runs, seed=options.seed, go_on=progress(output, options.runs))
    show(output, report, source)
    output.data({**report.as_data(), "resources": source.as_data()})
    return 1 if report.any_late.count or any(need.short.count for need in report.needs) else 0


def choose_scenario(plan: Plan, wanted: str | None) -> Scenario:
    from youbei.engine.plans.model import Scenario

    if wanted is None:
        return plan.scenarios[0] if plan.scenarios else Scenario(id="", title=Text("无情景", "No scenario"))
    for scenario in plan.scenarios:
        if scenario.id == wanted:
            return scenario
    there = [scenario.id for scenario in plan.scenarios]
    raise NoSuchScenario(
        zh=f"预案中没有情景“{wanted}”。现有情景：{'、'.join(there) or '无'}。",
        en=f"The plan has no scenario {wanted!r}. It has: {', '.join(there) or 'none'}.",
    )


def find_world(options: argparse.Namespace, plan: Plan, scenario: Scenario) -> tuple[World, Text]:
    """Return the resources to simulate with, and where they come from: today's registers, or enough of everything."""
    from youbei.engine.simulation.plenty import plenty

    if not has_database(options.data):
        return plenty(plan, scenario), Text("假设现场资源充足（没有数据库）", "enough of everything on the spot")
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.ways import travel_times
        from youbei.records.checking import place_of
        from youbei.records.nearby import world_at

        near = scenario.place or place_of(plan)
        world = world_at(plan, near, today=clock.now().date(), travel=travel_times())
        return world, Text("今日登记的队伍和物资", "today's registers")


def progress(output: Output, runs: int) -> Callable[[int], bool] | None:
    """Show how far a long simulation is, on a terminal only."""
    if output.is_json or not sys.stderr.isatty():
        return None
    step = max(1, runs // 100)

    def told(done: int) -> bool:
        if done % step == 0 or done == runs:
            print(f"\r{done}/{runs}", end="\n" if done == runs else "", file=sys.stderr, flush=True)
        return True

    return told


def show(output: Output, report: SimulationReport, source: Text) -> None:
    output.line(
        f"{report.plan} {report.version}，情景 {report.scenario or '-'}：{report.runs} 次，种子 {report.seed}；"
        f"资源：{source.zh}",
        f"{report.plan} {report.version}, scenario {report.scenario or '-'}: {report.runs} runs, seed {report.seed}; "
        f"resources: {source.en}",
    )
    output.line("任务：平均完成时刻 [95% 置信区间]，超时比例", "Steps: mean finish [95 % interval], share late")
    for step in report.steps:
        output.line(f"  {step_line(step, step.title.zh)}", f"  {step_line(step, step.title.en)}")
    for need in report.needs:
        if need.short.count:
            share = percent(need.short)
            output.line(
                f"  资源短缺 {need.need}：{share}，最多缺 {need.most_missing:g}",
                f"  short of {need.need}: {share}, at most {need.most_missing:g} missing",
            )
    share = percent(report.any_late)
    output.line(f"至少有一项超时：{share}", f"Something late: {share}")


def step_line(step: StepResult, title: str) -> str:
    late = "" if step.late is None else f"  {percent(step.late)}"
    return f"{step.step:<24} {interval(step.finished_at):<32}{late}  {title}"


def interval(times: Summary) -> str:
    if not times.count:
        return "-"
    if times.count == 1:
        return clock_text(times.mean)
    return f"{clock_text(times.mean)} [{clock_text(times.low)}, {clock_text(times.high)}]"


def clock_text(seconds: float) -> str:
    """Write seconds as `h:mm:ss`, with the days before it where there are any."""
    days, rest = divmod(round(max(0.0, seconds)), 86_400)
    minutes, second = divmod(rest, 60)
    hour, minute = divmod(minutes, 60)
    return f"{f'{days}d ' if days else ''}{hour}:{minute:02}:{second:02}"


def percent(share: Proportion) -> str:
    return f"{share.share:.1%} [{share.low:.1%}, {share.high:.1%}]" if share.of else "-"
