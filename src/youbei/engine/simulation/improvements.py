"""What could be made better: from the causes of broken promises to measures, each a plan and a world with it in them.

Every measure is small enough to be decided by somebody. Which are worth it, only running them shows (`improve.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from youbei.engine.places import Point
from youbei.engine.plans.model import Duration, Need, Plan, Step
from youbei.engine.resources import Candidate, Stock, Team, World, ranked
from youbei.engine.simulation.ensemble import Ensemble, Setup
from youbei.engine.simulation.parts import BEFORE, WORK
from youbei.engine.simulation.plenty import NOWHERE
from youbei.engine.simulation.promises import LEAST_SHARE
from youbei.engine.text import Text

# Assumption: a team that is added is as quick as a professional one on duty.
NEW_TURN_OUT = timedelta(minutes=1)
# Assumption: who comes by an agreement is there within half an hour; what is bought by one can leave after an hour.
AGREED_TURN_OUT = timedelta(minutes=30)
AGREED_LEAD = timedelta(hours=1)
# Assumption: drill and readiness halve a turn-out; one more officer takes a third off the work of a post.
QUICKER = 0.5
SHARED = 2 / 3
# A shorter way than this is not worth moving a lot for.
LEAST_WAY = timedelta(minutes=1)
# Assumption: what stands further back than so many steps is not what makes a step late.
DEEPEST = 6


class ImprovementKind(StrEnum):
    TEAM = "team"
    TURN_OUT = "turn_out"
    LOT_MOVED = "lot_moved"
    STOCK = "stock"
    AGREEMENT = "agreement"
    OFFICER = "officer"
    DEPUTY = "deputy"
    REACH = "reach"


@dataclass(frozen=True, slots=True)
class Improvement:
    """One measure. `key` names it, `subject` is the step (`<step>`) or need (`<step>/<need>`) that it springs from.

    weight: how many runs broke a promise for the cause that it takes away.
    """

    key: str
    kind: ImprovementKind
    subject: str
    weight: int
    text: Text
    plan: Plan
    world: World


@dataclass(frozen=True, slots=True)
class Lack:
    """What breaks promises: a need, or the work of a step where `need` is None; in so many runs, at most so much."""

    step: Step
    need: Need | None
    weight: int
    missing: float = 0.0


def improvements(setup: Setup, found: Ensemble, names: Mapping[str, Text] | None = None) -> tuple[Improvement, ...]:
    """Return what could keep the promises that `found` shows to be broken, the most frequent causes first.

    `names` say what capabilities and items are called, by their codes, and sites, by `site:` and their codes.
    """
    measures: dict[str, Improvement] = {}
    for lack in lacks(found):
        for one in measures_against(setup, lack, names or {}):
            known = measures.get(one.key)
            measures[one.key] = one if known is None else replace(known, weight=known.weight + one.weight)
    measures |= {one.key: one for one in posts_in_reach(setup, found)}
    return tuple(sorted(measures.values(), key=lambda one: (-one.weight, one.key)))


def lacks(found: Ensemble) -> Iterator[Lack]:
    """Follow late steps back to what held them up, and add what was short."""
    steps = {step.id: step for step in found.plan.steps}
    causes = {step: dict(counts) for step, counts in found.causes}
    missing = {need.need: need.most_missing for need in found.report.needs}
    for result in found.report.steps:
        if result.late is not None and result.late.share >= LEAST_SHARE:
            for cause, count in causes.get(result.step, {}).items():
                yield from behind(steps, steps[result.step], cause, count, missing, depth=0)
    for short in found.report.needs:
        if short.short.share >= LEAST_SHARE:
            step = steps[short.step]
            need = next(need for need in step.needs if f"{step.id}/{need.id}" == short.need)
            yield Lack(step, need, short.short.count, short.most_missing)


def behind(
    steps: Mapping[str, Step], step: Step, cause: str, count: int, missing: Mapping[str, float], *, depth: int
) -> Iterator[Lack]:
    """Return what stands behind one cause; where that is earlier steps, the needs and the work of all of these."""
    if cause == WORK:
        yield Lack(step, None, count)
    elif cause == BEFORE:
        if depth < DEEPEST:
            for name in (*step.start.after, *step.start.after_any):
                if (earlier := steps.get(name)) is not None:
                    for one in (WORK, BEFORE, *(f"need:{need.id}" for need in earlier.needs)):
                        yield from behind(steps, earlier, one, count, missing, depth=depth + 1)
    else:
        for need in step.needs:
            if cause == f"need:{need.id}":
                yield Lack(step, need, count, missing.get(f"{step.id}/{need.id}", 0.0))


def measures_against(setup: Setup, lack: Lack, names: Mapping[str, Text]) -> Iterator[Improvement]:
    if lack.need is None:
        yield from quicker_work(setup, lack)
        return
    code = lack.need.capability or lack.need.item
    name = names.get(code, Text(code, code))
    place = setup.world.sites.get(lack.need.place)
    if lack.need.capability:
        yield from more_teams(setup, lack, lack.need, name, place, place_words(lack.need, names))
    else:
        yield from more_stock(setup, lack, lack.need, name, place, place_words(lack.need, names))


# --- work ------------------------------------------------------------------------------------------------------------


def quicker_work(setup: Setup, lack: Lack) -> Iterator[Improvement]:
    """Give the post of the step one more officer, which helps all its steps."""
    plan, owner = setup.plan, lack.step.owner
    if not any(step.owner == owner and is_long(step.takes) for step in plan.steps):
        return
    post = next((post for post in plan.posts if post.id == owner), None)
    title = post.title if post else Text(owner, owner)
    yield Improvement(
        key=f"officer:{owner}",
        kind=ImprovementKind.OFFICER,
        subject=lack.step.id,
        weight=lack.weight,
        text=Text(
            f"岗位“{title.in_language('zh')}”增加一人，各项任务用时减少三分之一",
            f"One more officer for the post “{title.in_language('en')}”: its steps take a third less",
        ),
        plan=with_one_more(plan, owner),
        world=setup.world,
    )


def with_one_more(plan: Plan, owner: str) -> Plan:
    """Return the plan with one more officer at a post."""
    steps = tuple(replace(step, takes=scaled(step.takes)) if step.owner == owner else step for step in plan.steps)
    return replace(plan, steps=steps)


def is_long(takes: Duration) -> bool:
    return max(takes.likely, takes.high) > timedelta(0)


def scaled(takes: Duration) -> Duration:
    return replace(takes, likely=takes.likely * SHARED, low=takes.low * SHARED, high=takes.high * SHARED)


def posts_in_reach(setup: Setup, found: Ensemble) -> Iterator[Improvement]:
    """Name a deputy for a post that promises are broken without, or see to it that it is always reached."""
    steps = {step.owner: step.id for step in reversed(setup.plan.steps)}
    for condition in found.conditions:
        kind, _, name = condition.name.partition(":")
        post = next((one for one in setup.plan.posts if one.id == name), None)
        is_worse = condition.late.share > condition.late_otherwise.share
        if kind != "unreachable" or post is None or name not in steps or not is_worse:
            continue
        zh, en = post.title.in_language("zh"), post.title.in_language("en")
        does = ImprovementKind.REACH if post.deputies else ImprovementKind.DEPUTY
        text = (
            Text(f"岗位“{zh}”保证随时联系得上", f"The post “{en}” can be reached at any time")
            if post.deputies
            else Text(f"为岗位“{zh}”明确代理人", f"A deputy is named for the post “{en}”")
        )
        world = in_reach(setup.world, name, always=bool(post.deputies))
        yield Improvement(f"{does.value}:{name}", does, steps[name], condition.late.count, text, setup.plan, world)


def in_reach(world: World, post: str, *, always: bool) -> World:
    """Return the world with a deputy standing in for a post, or with the post reached by all."""
    unreachable = tuple(
        replace(one, alone_after=one.deputy_after) if one.post == post else one
        for one in world.troubles.unreachable
        if one.post != post or not always
    )
    return replace(world, troubles=replace(world.troubles, unreachable=unreachable))


# --- teams -----------------------------------------------------------------------------------------------------------


def more_teams(
    setup: Setup, lack: Lack, need: Need, name: Text, place: Point | None, where: Text
) -> Iterator[Improvement]:
    world = setup.world
    candidates = ranked(world, "capability", need.capability, place).candidates
    count = max(1, round(lack.missing))
    zh, en = name.in_language("zh"), name.in_language("en")
    # Without a place only turn-out counts, and any base will do.
    base = place or NOWHERE
    yield measure(
        setup,
        lack,
        ImprovementKind.TEAM,
        f"team:{need.capability}:{need.place}:{count}",
        Text(f"{where.zh}增设 {count} 支“{zh}”队伍", f"{count} more × {en} {where.en}"),
        replace(world, teams=(*world.teams, *new_teams(need, base, count, NEW_TURN_OUT, "new"))),
    )
    if len(candidates) < need.count + round(lack.missing):
        minutes = round(AGREED_TURN_OUT.total_seconds() / 60)
        yield measure(
            setup,
            lack,
            ImprovementKind.AGREEMENT,
            f"agreement:{need.capability}:{need.place}:{count}",
            Text(
                f"订立协议：{count} 支“{zh}”队伍 {minutes} 分钟内到{where.zh}",
                f"An agreement that brings {count} more × {en} {where.en} within {minutes} min",
            ),
            replace(world, teams=(*world.teams, *new_teams(need, base, count, AGREED_TURN_OUT, "agreed"))),
        )
    yield from quicker_turn_out(setup, lack, need, candidates)


def new_teams(need: Need, base: Point, count: int, turn_out: timedelta, how: str) -> Iterator[Team]:
    for number in range(1, count + 1):
        name = f"{how}:{need.capability}:{need.place}:{number}"
        yield Team(name, need.capability, frozenset({need.capability}), base, turn_out)


def quicker_turn_out(setup: Setup, lack: Lack, need: Need, candidates: tuple[Candidate, ...]) -> Iterator[Improvement]:
    """Halve the turn-out of each team that is called first and does not turn out at once."""
    for called in candidates[: need.count]:
        if called.turn_out <= NEW_TURN_OUT:
            continue
        name = called.named
        teams = tuple(
            replace(team, turn_out=team.turn_out * QUICKER) if team.id == called.resource else team
            for team in setup.world.teams
        )
        before, after = minutes_of(called.turn_out), minutes_of(called.turn_out * QUICKER)
        yield measure(
            setup,
            lack,
            ImprovementKind.TURN_OUT,
            f"turn_out:{called.resource}",
            Text(
                f"“{name.zh}”的出动时间由 {before} 分钟减到 {after} 分钟",
                f"“{name.en}” turns out in {after} min instead of {before}",
            ),
            replace(setup.world, teams=teams),
        )


# --- stock -----------------------------------------------------------------------------------------------------------


def more_stock(
    setup: Setup, lack: Lack, need: Need, name: Text, place: Point | None, where: Text
) -> Iterator[Improvement]:
    lots = ranked(setup.world, "item", need.item, place).candidates
    if place is not None:
        yield from lots_moved(setup, lack, need, name, place, where, lots)
    if lack.missing > 0:
        yield from lots_added(setup, lack, need, name, place or NOWHERE, where)


def lots_moved(
    setup: Setup, lack: Lack, need: Need, name: Text, place: Point, where: Text, lots: tuple[Candidate, ...]
) -> Iterator[Improvement]:
    """Bring to the place the lot that is there first, and the first that is enough by itself."""
    zh, en = name.in_language("zh"), name.in_language("en")
    enough = [lot for lot in lots if lot.quantity >= need.quantity]
    for lot in dict.fromkeys((*lots[:1], *enough[:1])):
        if lot.travel <= LEAST_WAY:
            continue
        store = lot.named
        stock = tuple(replace(one, base=place) if one.id == lot.resource else one for one in setup.world.stock)
        yield measure(
            setup,
            lack,
            ImprovementKind.LOT_MOVED,
            f"lot:{lot.resource}:{need.place}",
            Text(
                f"把“{store.zh}”的“{zh}”×{lot.quantity:g} 前置到{where.zh}",
                f"Keep the {lot.quantity:g} × {en} of “{store.en}” {where.en}",
            ),
            replace(setup.world, stock=stock),
        )


def lots_added(setup: Setup, lack: Lack, need: Need, name: Text, base: Point, where: Text) -> Iterator[Improvement]:
    """Store what was missing at most, or agree with a supplier on it."""
    zh, en = name.in_language("zh"), name.in_language("en")
    ready = minutes_of(AGREED_LEAD)
    ways = (
        (
            ImprovementKind.STOCK,
            timedelta(0),
            Text(f"{where.zh}增储“{zh}”×{lack.missing:g}", f"Store {lack.missing:g} more × {en} {where.en}"),
        ),
        (
            ImprovementKind.AGREEMENT,
            AGREED_LEAD,
            Text(
                f"订立代储协议：“{zh}”×{lack.missing:g}，{ready} 分钟后可由附近发出",
                f"An agreement with a supplier nearby for {lack.missing:g} × {en}, ready after {ready} min",
            ),
        ),
    )
    for kind, lead, said in ways:
        key = f"{kind.value}:{need.item}:{need.place}:{lack.missing:g}"
        new = Stock(key, need.item, lack.missing, base, lead)
        yield measure(setup, lack, kind, key, said, replace(setup.world, stock=(*setup.world.stock, new)))


# --- words -----------------------------------------------------------------------------------------------------------


def measure(setup: Setup, lack: Lack, kind: ImprovementKind, key: str, text: Text, world: World) -> Improvement:
    subject = lack.step.id if lack.need is None else f"{lack.step.id}/{lack.need.id}"
    return Improvement(key, kind, subject, lack.weight, text, setup.plan, world)


def place_words(need: Need, names: Mapping[str, Text]) -> Text:
    if need.place == "incident":
        return Text("事发地", "at the place of the incident")
    name = names.get(f"site:{need.place}", Text(need.place, need.place))
    return Text(f"“{name.in_language('zh')}”", f"at “{name.in_language('en')}”")


def minutes_of(span: timedelta) -> str:
    return f"{span.total_seconds() / 60:.1f}".removesuffix(".0")
