"""`youbei simulate compare A B`: two plans, or one in two worlds, with and without a measure, on the same luck."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from youbei.cli.options import Groups, Output, Say
from youbei.cli.simulate_many import add_how
from youbei.cli.simulate_work import STOPPED, Pool, WronglyAsked, watching, workers
from youbei.cli.simulate_world import prepared
from youbei.engine.text import Text

if TYPE_CHECKING:
    from youbei.engine.plans.model import Plan
    from youbei.engine.simulation.compare import Comparison, Difference
    from youbei.engine.simulation.ensemble import Setup

# What breaks is looked for in so many runs before a measure against it is taken.
LOOKED_AT = 1_000


def add(group: Groups, say: Say) -> None:
    text = say(
        "在相同的随机数上比较两个预案、两份资源，或有无一项改进、一支队伍",
        "compare two plans, two worlds, with and without a measure or a team, on the same luck",
    )
    command = group.command("compare", text, run)
    command.add_argument("first", metavar="A", help=say("预案文件", "plan file"))
    command.add_argument(
        "second", metavar="B", nargs="?", help=say("预案文件（默认与 A 相同）", "plan file (default: A)")
    )
    add_how(command, say)
    text = say("B 所用的资源（默认与 A 相同）", "resources for B (default: as for A)")
    command.add_argument("--world-b", metavar="FILE", help=text)
    text = say("B 中没有这支队伍、库存或供应商，可重复", "B goes without this team, lot or supplier; may be repeated")
    command.add_argument("--without", metavar="ID", action="append", default=[], help=text)
    text = say(
        "B 采取这项改进（simulate --improve --json 给出的 key），可重复",
        "B has this measure (a key that simulate --improve --json gives); may be repeated",
    )
    command.add_argument("--measure", metavar="KEY", action="append", default=[], help=text)


def run(options: argparse.Namespace, output: Output) -> int:
    from youbei.engine.simulation.compare import compare_setups

    check(options)
    first, source = prepared(options, options.first, options.world)
    second, other = prepared(options, options.second or options.first, options.world_b or options.world)
    with workers(options) as pool:
        second = altered(options, second, pool)
        with watching(output, options.runs, doing=Text("推演", "Runs")) as go_on:
            found = compare_setups(first, second, runs=options.runs, spread=pool.map, go_on=go_on)
    said = show(output, found, (first.plan, second.plan))
    output.data({**found.as_data(), "verdict": said.as_data(), "resources": [source.as_data(), other.as_data()]})
    return STOPPED if found.is_cancelled else 0


def check(options: argparse.Namespace) -> None:
    if options.first == "-" and options.second in ("-", None):
        raise WronglyAsked(
            zh="两个预案不能都从标准输入读取。请至少给出一个文件。",
            en="Both plans cannot be read from standard input. Name a file for one of them.",
        )
    if options.second is None and not (options.world_b or options.without or options.measure):
        raise WronglyAsked(
            zh="没有说明 B 有何不同。请给出第二个预案，或 --world-b、--without、--measure。",
            en="It is not said how B differs. Name a second plan, or use --world-b, --without or --measure.",
        )


def altered(options: argparse.Namespace, setup: Setup, pool: Pool) -> Setup:
    """Return B without whom it has to do, and with the measures that it has."""
    from youbei.engine.simulation.changes import without
    from youbei.engine.simulation.ensemble import set_up

    world = setup.world
    lots = {lot.id for lot in world.stock}
    there = {team.id for team in world.teams} | lots | {name.partition("#")[0] for name in lots}
    for name in options.without:
        if name not in there:
            raise WronglyAsked(
                zh=f"资源中没有“{name[:80]}”，无法去掉。请核对编号。",
                en=f"There is no {name[:80]!r} among the resources, so it cannot be left out. Check the id.",
            )
    if options.without:
        world = without(world, options.without)
        setup = set_up(setup.plan, world, setup.scenario, seed=setup.seed, level=setup.level)
    return with_measures(options, setup, pool) if options.measure else setup


def with_measures(options: argparse.Namespace, setup: Setup, pool: Pool) -> Setup:
    """Return B with measures against what breaks in it."""
    from youbei import content
    from youbei.engine.simulation.changes import change_of, changed
    from youbei.engine.simulation.ensemble import set_up, simulate_many
    from youbei.engine.simulation.improvements import improvements

    found = simulate_many(setup, runs=min(options.runs, LOOKED_AT), spread=pool.map)
    known = {one.key: one for one in improvements(setup, found, content.resource_names())}
    plan, world = setup.plan, setup.world
    for key in options.measure:
        if key not in known:
            there = "、".join(known) or "-"
            raise WronglyAsked(
                zh=f"没有改进“{key[:80]}”。可选：{there}。",
                en=f"There is no measure {key[:80]!r}. There are: {', '.join(known) or 'none'}.",
            )
        plan, world = changed(plan, world, change_of(setup.world, known[key]))
    return set_up(plan, world, setup.scenario, seed=setup.seed, level=setup.level)


def show(output: Output, found: Comparison, plans: tuple[Plan, Plan]) -> Text:
    from youbei.engine.simulation.verdict import name_of, reach_words, verdict

    output.line(
        f"{found.runs:,} 对推演，种子 {found.seed}；差值为 B 减 A，方括号内为 95% 配对置信区间，星号表示差异明显",
        f"{found.runs:,} pairs of runs, seed {found.seed}; differences are B less A, in brackets the paired 95 % "
        "interval, a star where it leaves out zero",
    )
    for one in found.differences:
        name, line = name_of(one, plans), difference_line(one)
        output.line(f"{line}  {name.zh}", f"{line}  {name.en}")
    for reach in found.reaches:
        words = reach_words(reach, plans)
        output.line(f"{'*' if reach.is_plain else ' '} {words.zh}", f"{'*' if reach.is_plain else ' '} {words.en}")
    said = verdict(found)
    output.line(said.zh, said.en)
    return said


def difference_line(one: Difference) -> str:
    star = "*" if one.is_plain else " "
    span = f"{one.difference:+.4g} [{one.low:.4g}, {one.high:.4g}]"
    first, second = f"{one.first:.4f} ± {one.first_half:.2g}", f"{one.second:.4f} ± {one.second_half:.2g}"
    return f"{star} {one.measure:<32} {first:>20} {second:>20}   {span}"
