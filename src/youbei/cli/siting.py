"""`youbei siting`: where to put stations or reserves, from problems in files."""

from __future__ import annotations

import argparse
import math
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING

from youbei.cli.options import Groups, Output, Parser, Say, read_input
from youbei.engine.errors import Refused

if TYPE_CHECKING:
    from youbei.engine.siting.problem import Outcome, Siting

BUDGET_S = 60.0
NEEDED = ("numpy", "scipy", "numba")


class NotInstalled(Refused):
    """Refuse what needs numeric libraries that are not there."""


class WronglyAsked(Refused):
    """Refuse options that do not go together."""


def demand_numbers() -> None:
    """Refuse in a sentence where the numeric libraries are missing."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise NotInstalled(
            zh=f"该命令需要数值计算库（缺少 {'、'.join(missing)}）。请安装 youbei[solve]。",
            en=f"This command needs numeric libraries ({', '.join(missing)} missing). Install youbei[solve].",
        )


def add(groups: Groups, say: Say) -> None:
    group = groups.group("siting", say("选址", "where to put stations and reserves"))
    add_problem(group.command("pmedian", say("总距离最小", "least sum of weighted distances"), run_median), say)
    add_problem(group.command("pcenter", say("最远距离最小", "least distance of the farthest place"), run_center), say)
    text = say(
        "半径内覆盖最多；不给 --p 时求全覆盖所需的最少站点",
        "most within a radius; without --p the fewest that cover all",
    )
    cover = group.command("cover", text, run_cover)
    add_problem(cover, say)
    text = say("覆盖半径，与距离同单位", "radius, in the unit of the distances")
    cover.add_argument("--radius", type=float, required=True, metavar="R", help=text)


def add_problem(command: Parser, say: Say) -> None:
    file = command.add_mutually_exclusive_group(required=True)
    file.add_argument(
        "--orlib", metavar="FILE", help=say("OR-Library p-中位数文件，- 为标准输入", "OR-Library p-median file, or -")
    )
    text = say("距离表（CSV，长表或宽表），- 为标准输入", "distances (CSV, long or wide), or -")
    file.add_argument("--matrix", metavar="FILE", help=text)
    text = say("站点数（OR-Library 文件默认用其中的 p）", "how many sites (default: the p of an OR-Library file)")
    command.add_argument("--p", type=int, metavar="N", help=text)
    text = say(f"最多计算几秒（默认 {BUDGET_S:g}）", f"how many seconds at most ({BUDGET_S:g})")
    command.add_argument("--budget", type=float, default=BUDGET_S, metavar="S", help=text)


def run_median(options: argparse.Namespace, output: Output) -> int:
    demand_numbers()
    from youbei.engine.siting.median import p_median

    problem, p = read_problem(options)
    watch = Watch(options.budget)
    return show(output, p_median(problem, demand_p(p), left=watch.left), watch)


def run_center(options: argparse.Namespace, output: Output) -> int:
    demand_numbers()
    from youbei.engine.siting.center import p_center

    problem, p = read_problem(options)
    watch = Watch(options.budget)
    return show(output, p_center(problem, demand_p(p), left=watch.left), watch)


def run_cover(options: argparse.Namespace, output: Output) -> int:
    demand_numbers()
    from youbei.engine.siting.cover import maximal_cover
    from youbei.engine.siting.setcover import least_cover

    problem, _ = read_problem(options)
    watch = Watch(options.budget)
    if options.p is None:
        return show(output, least_cover(problem, options.radius, left=watch.left), watch)
    return show(output, maximal_cover(problem, options.p, options.radius, left=watch.left), watch)


class Watch:
    """Keep the time budget; the solver's own limits are not relied upon."""

    def __init__(self, seconds: float) -> None:
        if not seconds > 0:
            raise WronglyAsked(
                zh=f"--budget 是 {seconds:g} 秒；须大于零。",
                en=f"--budget is {seconds:g} seconds; it must be above zero.",
            )
        self.seconds = seconds
        self.started = time.monotonic()

    @property
    def passed(self) -> float:
        return time.monotonic() - self.started

    def left(self) -> float:
        return math.inf if math.isinf(self.seconds) else self.seconds - self.passed


def read_problem(options: argparse.Namespace) -> tuple[Siting, int | None]:
    from youbei.engine.siting.read import read_matrix, read_orlib

    if options.orlib is None:
        return read_matrix(read_input(options.matrix)), options.p
    problem, p = read_orlib(read_input(options.orlib))
    return problem, p if options.p is None else options.p


def demand_p(p: int | None) -> int:
    if p is None:
        raise WronglyAsked(zh="请用 --p 给出站点数。", en="Say how many sites with --p.")
    return p


def show(output: Output, outcome: Outcome, watch: Watch) -> int:
    """Print the outcome. Whether it is proven is said in it; the exit code is 0 either way."""
    seconds = watch.passed
    state = (
        ("最优（已证明）", "optimal (proven)") if outcome.is_proven else ("可行，未证明最优", "feasible, not proven")
    )
    output.line(f"结果：{state[0]}", f"status: {state[1]}")
    output.line(f"目标值：{outcome.objective:.12g}", f"objective: {outcome.objective:.12g}")
    output.line(f"界：{outcome.bound:.12g}", f"bound: {outcome.bound:.12g}")
    output.line(f"差距：{outcome.gap:.4%}", f"gap: {outcome.gap:.4%}")
    names = " ".join(outcome.sites)
    output.line(f"站点：{names}", f"sites: {names}")
    output.line(f"用时：{seconds:.3f} 秒", f"seconds: {seconds:.3f}")
    output.data({**outcome.as_data(), "seconds": round(seconds, 3)})
    return 0
