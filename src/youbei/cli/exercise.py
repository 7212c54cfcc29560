"""`youbei exercise run`: let an exercise run by itself, and say what it showed."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from youbei.cli import exercise_files, exercise_register, exercise_seal, exercise_warning
from youbei.cli.exercise_plan import add_plan, find_plan
from youbei.cli.options import Groups, Output, Say, add_data, read_input
from youbei.engine.errors import Refused

if TYPE_CHECKING:
    from youbei.engine.events import Event
    from youbei.engine.exercises.evaluate import Evaluation
    from youbei.engine.exercises.model import Exercise
    from youbei.engine.plans.model import Plan
    from youbei.engine.resources import World
    from youbei.engine.run import Run


class BadSpeed(Refused):
    """Refuse a speed at which nobody could follow, or at which time would stand still."""


class NoSuchInject(Refused):
    """Refuse an inject that the exercise does not have."""


def add(groups: Groups, say: Say) -> None:
    group = groups.group("exercise", say("演练", "exercises"))
    run = group.command("run", say("让演练自行推演一遍", "let an exercise run by itself"), run_exercise)
    add_file(run, say)
    add_plan(run, say)
    run.add_argument(
        "--speed",
        type=float,
        metavar="X",
        help=say("逐条显示，每秒过 X 秒情景时间", "show it as it happens, X seconds of the scenario per second"),
    )
    run.add_argument("--inject", metavar="ID", help=say("只排练这一注入", "rehearse this inject alone"))
    run.add_argument(
        "--seed", type=int, metavar="S", help=say("随机种子（默认取常值）", "seed (default: usual values)")
    )
    add_data(run)
    exercise_files.add(group, say)
    exercise_seal.add(group, say)
    exercise_register.add(group, say)
    exercise_warning.add(group, say)


def add_file(command: argparse.ArgumentParser, say: Say) -> None:
    text = say("演练文件（TOML 或 JSON），- 为标准输入", "exercise file (TOML or JSON), or - for standard input")
    command.add_argument("file", metavar="FILE", help=text)


def run_exercise(options: argparse.Namespace, output: Output) -> int:
    """Return 0 where every expected action was done in time, else 1."""
    from youbei.engine.exercises.evaluate import evaluate
    from youbei.engine.exercises.measures import Verdict
    from youbei.engine.exercises.read import read_exercise
    from youbei.engine.exercises.rehearse import moment_by_moment, rehearsal

    if options.speed is not None and not 0.1 <= options.speed <= 3600:
        raise BadSpeed(
            zh=f"倍速须在 0.1 至 3600 之间，收到的是 {options.speed}。请换一个倍速。",
            en=f"The speed is 0.1 to 3600, not {options.speed}. Choose one in that range.",
        )
    exercise = read_exercise(read_input(options.file))
    plan = find_plan(options, exercise.plan)
    exercise = chosen(exercise, options.inject)
    begins = beginning(exercise)
    run = rehearsal(exercise, plan, at=begins, world=world_of(plan), seed=options.seed)
    show_beginning(output, exercise, plan)
    told = 0
    latest = begins + exercise.end.at_most
    for lived in paced(moment_by_moment(run, latest), options.speed):
        show_events(output, exercise, lived.log[told:], begins)
        run, told = lived, len(lived.log)
    found = evaluate(exercise, plan, run.log)
    show_evaluation(output, found)
    output.data(result_data(exercise, plan, run, found))
    return 1 if found.count(Verdict.MISSED) or found.count(Verdict.LATE) else 0


def chosen(exercise: Exercise, inject: str | None) -> Exercise:
    """Return the exercise to run: the whole, or one inject alone."""
    from youbei.engine.exercises.rehearse import lone_inject

    if inject is None:
        return exercise
    known = [one.id for one in exercise.injects]
    if inject not in known:
        raise NoSuchInject(
            zh=f"演练中没有注入“{inject}”。现有：{'、'.join(known)}。",
            en=f"The exercise has no inject {inject!r}. It has: {', '.join(known)}.",
        )
    return lone_inject(exercise, inject)


def world_of(plan: Plan) -> World:
    """Return a world that has enough of everything: no team and no stock of the register is taken by a rehearsal."""
    from youbei.engine.plans.model import Scenario
    from youbei.engine.simulation.plenty import plenty
    from youbei.engine.text import Text

    return plenty(plan, plan.scenarios[0] if plan.scenarios else Scenario("", Text()))


def beginning(exercise: Exercise) -> datetime:
    """Return StartEx of a rehearsal: a fixed day, so that the same file gives the same log."""
    from youbei.engine.exercises.msel import time_of_day

    return datetime(2000, 1, 1, tzinfo=UTC) + time_of_day(exercise.start.clock)


def paced(runs: Iterator[Run], speed: float | None) -> Iterator[Run]:
    """Wait between the moments as long as they lie apart, at a speed; not at all without one."""
    last: datetime | None = None
    for run in runs:
        if speed and last is not None and run.now is not None and run.now > last:
            time.sleep((run.now - last).total_seconds() / speed)
        last = run.now
        yield run


def show_beginning(output: Output, exercise: Exercise, plan: Plan) -> None:
    output.line(
        f"{exercise.title.in_language('zh')}（{exercise.id} {exercise.version}），"
        f"预案 {plan.id} {plan.version}，全部岗位由引擎代演",
        f"{exercise.title.in_language('en')} ({exercise.id} {exercise.version}), plan {plan.id} {plan.version}, "
        "every post played by the engine",
    )


SHOWN = ("exercise.", "inject.", "action.", "plan.activated", "level.", "resource.failed", "road.", "response.", "end.")


def show_events(output: Output, exercise: Exercise, events: tuple[Event, ...], begins: datetime) -> None:
    """Print what happened at one moment: injects, actions, levels, lateness."""
    from youbei.engine.events import KINDS

    for event in events:
        if event.kind.startswith(SHOWN) or event.kind == "step.late":
            zh, en = KINDS[event.kind]
            clock, what = clock_text(exercise, begins, event.at), subject_of(event)
            output.line(f"{clock}  {zh}  {what}".rstrip(), f"{clock}  {en}  {what}".rstrip())


def clock_text(exercise: Exercise, begins: datetime, at: datetime) -> str:
    from youbei.engine.exercises.msel import shown_clock

    return shown_clock(exercise, begins, at)


def subject_of(event: Event) -> str:
    data = event.data
    return str(
        next((data[name] for name in ("inject", "action", "step", "resource", "road", "level") if name in data), "")
    )


def show_evaluation(output: Output, found: Evaluation) -> None:
    from youbei.engine.exercises.measures import Verdict

    counts = {verdict: found.count(verdict) for verdict in Verdict}
    output.line("", "")
    output.line("指标", "Measures")
    for one in found.measures:
        took = "-" if one.took is None else length(one.took)
        output.line(f"  {one.title.zh}  {took}", f"  {one.title.en}  {took}")
    output.line(
        f"预期行动：按时 {counts[Verdict.MET]}，超时 {counts[Verdict.LATE]}，未完成 {counts[Verdict.MISSED]}，"
        f"未检验 {counts[Verdict.NOT_TESTED]}",
        f"Expected actions: {counts[Verdict.MET]} in time, {counts[Verdict.LATE]} late, "
        f"{counts[Verdict.MISSED]} missed, {counts[Verdict.NOT_TESTED]} not tested",
    )
    for objective in found.objectives:
        score = "-" if objective.percent is None else f"{objective.percent:g} %"
        rating = objective.automatic.value if objective.automatic else "-"
        title = objective.title
        output.line(
            f"  {rating}  {score}  {title.in_language('zh')}", f"  {rating}  {score}  {title.in_language('en')}"
        )


def length(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def result_data(exercise: Exercise, plan: Plan, run: Run, found: Evaluation) -> dict[str, Any]:
    from youbei.engine.exercises.data import evaluation_data
    from youbei.engine.exercises.write import digest

    return {
        "exercise": exercise.id,
        "version": exercise.version,
        "digest": digest(exercise),
        "plan": plan.id,
        "plan_version": plan.version,
        "events": len(run.log),
        "evaluation": evaluation_data(found),
    }
