"""`youbei simulate PLAN`: thousands of runs, by compiled loops on all cores."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from youbei.cli.options import Groups, Output, Parser, Say, add_data, check_writable, unwritable
from youbei.cli.simulate import clock_text, interval, percent
from youbei.cli.simulate_work import STOPPED, Pool, watching, workers
from youbei.cli.simulate_world import prepared
from youbei.engine.text import Text

if TYPE_CHECKING:
    from youbei.engine.plans.model import Plan
    from youbei.engine.simulation.ensemble import Ensemble, Setup
    from youbei.engine.simulation.improve import Gain, Search
    from youbei.engine.simulation.simulate import SimulationReport
    from youbei.engine.simulation.statistics import Summary

RUNS = 10_000


def add(group: Groups, say: Say) -> None:
    text = say(
        "预案推演成千上万次（可省略 plan 一词）", "carry a plan out thousands of times (the word plan may be left out)"
    )
    command = group.command("plan", text, run)
    command.add_argument(
        "file", metavar="PLAN", help=say("预案文件，- 为标准输入", "plan file, or - for standard input")
    )
    add_how(command, say)
    text = say(
        "各超时、不足比例的 95% 区间半宽达到 P 即停（如 0.01）",
        "stop once every share of late runs and short needs is known to ± P",
    )
    command.add_argument("--precision", type=float, metavar="P", help=text)
    text = say("再试哪些改进最能兑现承诺", "then try which measures would keep the most promises")
    command.add_argument("--improve", action="store_true", help=text)
    text = say(
        "把结果、图和改进写成一个中英文 HTML 文件，可打印",
        "write result, pictures and measures as one HTML file to print",
    )
    command.add_argument("--report", metavar="FILE.html", help=text)


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
    text = say(
        "按任意一天：夜间和节假日、队伍不能出动、岗位联系不上（资源文件已写明 troubles 时从其所写）",
        "on any day: nights, days off, teams off the road, posts out of reach (a world file's own troubles stand)",
    )
    command.add_argument("--any-day", action="store_true", help=text)
    text = say("线程数（默认按核数），不影响结果", "threads (default: one per core); the result is the same")
    command.add_argument("--threads", type=int, metavar="N", help=text)
    text = say(
        "把推演分到 Dask 调度器的各台机器（如 tcp://host:8786），结果相同",
        "spread the runs over the machines of a Dask scheduler (tcp://host:8786); the result is the same",
    )
    command.add_argument("--scheduler", metavar="ADDRESS", help=text)
    add_data(command)


def run(options: argparse.Namespace, output: Output) -> int:
    """Return 0 where no deadline was missed and no need was short in any run, else 1; STOPPED where it was stopped."""
    from youbei import content
    from youbei.engine.simulation.ensemble import gathered
    from youbei.engine.simulation.result import courses_of, promises_of, result_of

    if options.report:
        check_writable(options.report)
    setup, source = prepared(options, options.file, options.world)
    search: Search | None = None
    with workers(options) as pool:
        with watching(output, options.runs, doing=Text("推演", "Runs")) as go_on:
            found, part = gathered(setup, runs=options.runs, precision=options.precision, spread=pool.map, go_on=go_on)
        if (options.improve or options.report) and not found.report.is_cancelled:
            search = improved(setup, found, pool, output)
    names = content.resource_names()
    promises = promises_of(found, names)
    show(output, found, source)
    for promise in promises:
        output.line(f"· {promise['zh']}", f"· {promise['en']}")
    show_gains(output, search.gains if search else ())
    if options.report and search is not None and search.outcomes:
        result = result_of(found, part, search, courses_of(setup, search), names)
        write_report(options.report, setup.plan, result, source, output)
    better = {"improvements": [gain.as_data() for gain in search.gains]} if options.improve and search else {}
    output.data({**found.as_data(), "broken_promises": promises, **better, "resources": source.as_data()})
    return code_of(found.report)


def write_report(name: str, plan: Plan, result: dict[str, Any], source: Text, output: Output) -> None:
    from youbei.engine.simulation.report_page import report_page

    page = report_page(plan, result, resources=source, language=output.say.language)
    try:
        Path(name).write_text(page, encoding="utf-8")
    except (OSError, ValueError) as error:
        raise unwritable(name, error) from None
    output.note(f"报告已写入 {name}。", f"The report is written to {name}.")


def code_of(report: SimulationReport) -> int:
    if report.is_cancelled:
        return STOPPED
    return 1 if report.any_late.count or any(need.short.count for need in report.needs) else 0


def improved(setup: Setup, found: Ensemble, pool: Pool, output: Output) -> Search | None:
    """Try what would keep the promises that break; nothing where that is stopped."""
    from youbei import content
    from youbei.engine.simulation.improve import MOST_TRIED, searching, size_of
    from youbei.engine.simulation.improvements import improvements

    measures = improvements(setup, found, content.resource_names())
    size = size_of(setup, found.report.runs)
    search = None
    with watching(output, size.total(min(len(measures), MOST_TRIED)), doing=Text("改进", "Measures")) as go_on:
        for search in searching(setup, measures, size=size, spread=pool.map):
            if not go_on(search.done):
                break
    return search


def show_gains(output: Output, gains: tuple[Gain, ...]) -> None:
    if gains:
        output.line(
            f"最值得做的改进（{gains[0].change.runs:,} 次推演，相同的随机数，± 为 95% 配对区间）：",
            f"What would help most ({gains[0].change.runs:,} runs on the same luck, ± is the paired 95 % interval):",
        )
    for number, gain in enumerate(gains, start=1):
        output.line(f"{number:>3}. {gain.sentence.zh}", f"{number:>3}. {gain.sentence.en}")


def nine_of_ten(summary: Summary) -> str:
    """Write within which time nine of ten lie, with its interval."""
    return f"{clock_text(summary.p90)} [{clock_text(summary.p90_low)}, {clock_text(summary.p90_high)}]"


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
        late = "" if summary.count < 2 else f"  90%: {nine_of_ten(summary)}"
        output.line(f"{zh}：{interval(summary)}{late}", f"{en}: {interval(summary)}{late}")
    output.line("任务：平均完成时刻 [95% 置信区间]，超时比例", "Steps: mean finish [95 % interval], share late")
    for step in report.steps:
        share = "" if step.late is None else f"  {percent(step.late)}"
        line = f"  {step.step:<24} {interval(step.finished_at):<32}{share}"
        output.line(f"{line}  {step.title.zh}", f"{line}  {step.title.en}")
    for busy in found.busy[:5]:
        away = f"{busy.share:.1%} [{busy.low:.1%}, {busy.high:.1%}]"
        output.line(f"  出动时间占比 {away}  {busy.label}", f"  away for {away}  {busy.label_en}")
    share = percent(report.any_late)
    output.line(f"至少有一项超时：{share}", f"Something late: {share}")
