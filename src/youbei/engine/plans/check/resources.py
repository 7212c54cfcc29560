"""Resources: can today's teams and stores meet what the steps need, and in time?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta

from youbei.engine.places import Point
from youbei.engine.plans.check.finding import Finding, explain
from youbei.engine.plans.check.study import Study, found, unknown_name
from youbei.engine.plans.model import Need, Step
from youbei.engine.resources import World
from youbei.engine.spans import word_span
from youbei.engine.text import Text

MINUTE = timedelta(minutes=1)

UNKNOWN_CAPABILITY = explain(
    "E501",
    ("未知的能力", "Unknown capability"),
    (
        "需求所写的能力不在能力目录中，没有队伍可以匹配。",
        "The capability is not in the catalogue; no team can match it.",
    ),
    ("请改正名称。", "Correct the name."),
)
UNKNOWN_ITEM = explain(
    "E502",
    ("未知的物资", "Unknown item"),
    ("需求所写的物资不在物资目录中。", "The item is not in the catalogue."),
    ("请改正名称。", "Correct the name."),
)
UNKNOWN_SITE = explain(
    "E503",
    ("未知的地点", "Unknown site"),
    ("需求的地点须为 incident 或登记册中的场所。", "The place of a need is incident or a site of the register."),
    ("请改正代码，或先登记该场所。", "Correct the code, or register the site."),
)
TOO_FEW_TEAMS = explain(
    "E504",
    ("队伍不足", "Too few teams"),
    (
        "今天有这种能力的可用队伍少于一项需求所要的数量。",
        "Fewer teams with the capability are available today than one need asks for.",
    ),
    ("请增建队伍、签订协议，或调整需求。", "Build or contract more teams, or change the need."),
)
TOO_LITTLE_STOCK = explain(
    "E505",
    ("库存不足", "Too little stock"),
    ("今天的库存少于一项需求所要的数量。", "Today's stock is less than one need asks for."),
    ("请补充储备、签订代储协议，或调整需求。", "Buy more, contract a supplier, or change the need."),
)
TOO_FAR = explain(
    "E506",
    ("不能按时到位", "Cannot arrive in time"),
    (
        "即使最近的合适资源立即出动，也不能在时限内到达。",
        "Even the nearest suitable resource, sent at once, arrives after the limit.",
    ),
    ("请前置资源、换用更近的资源，或放宽时限。", "Station resources nearer, use others, or allow more time."),
)
TOO_MANY_AT_ONCE = explain(
    "W507",
    ("同时需要的队伍超过现有", "More teams needed at once than there are"),
    (
        "单看每项需求都能满足，但按最可能的进程，同时进行的步骤合起来需要的队伍超过今天可用的数量。",
        "Each need alone can be met, but on the likely course the steps under way at once need more teams.",
    ),
    ("请错开步骤，或增加队伍。", "Let the steps follow each other, or add teams."),
)
MORE_THAN_STOCK = explain(
    "W508",
    ("合计需要的物资超过库存", "More stock needed in all than there is"),
    ("各步骤需要的同一种物资合计超过今天的库存。", "Together the steps need more of an item than is in store today."),
    ("请补充储备，或调整需求。", "Buy more, or change the needs."),
)
CLOSED_SITE = explain(
    "E509",
    ("场所已停用或关闭", "Site closed"),
    (
        "需求的地点已登记，但今天停用、撤销或因维修关闭，什么也不能送到那里、从那里取用。",
        "The place of a need is registered but out of use, closed or under repair today: nothing can be brought there.",
    ),
    ("请改用另一处场所，或恢复启用该场所。", "Name another site, or bring this one back into use."),
)

CODES = (
    UNKNOWN_CAPABILITY, UNKNOWN_ITEM, UNKNOWN_SITE, TOO_FEW_TEAMS, TOO_LITTLE_STOCK, TOO_FAR, TOO_MANY_AT_ONCE,
    MORE_THAN_STOCK, CLOSED_SITE,
)  # fmt: skip


INSTANT = timedelta(microseconds=1)


def check_resources(study: Study) -> Iterator[Finding]:
    short: set[str] = set()
    for step in study.plan.steps:
        for need in step.needs:
            place = f"steps.{step.id}.needs.{need.id}"
            named = list(_names(study, need, place))
            yield from named
            missing = [] if named else list(_quantities(study, need, place))
            yield from missing
            if missing:
                short.add(need.capability or need.item)
            elif not named:
                yield from _arrival(study, need, place)
    yield from _together(study, short)
    yield from _in_all(study, short)


def _names(study: Study, need: Need, place: str) -> Iterator[Finding]:
    known = study.known
    if need.capability and known.capabilities is not None and need.capability not in known.capabilities:
        what = Text(zh="能力", en="capability")
        yield unknown_name(UNKNOWN_CAPABILITY, f"{place}.capability", what, need.capability, known.capabilities)
    if need.item and known.items is not None and need.item not in known.items:
        yield unknown_name(UNKNOWN_ITEM, f"{place}.item", Text(zh="物资", en="item"), need.item, known.items)
    if known.sites is not None and need.place != "incident" and need.place not in known.sites:
        what = Text(zh="场所", en="site")
        yield unknown_name(UNKNOWN_SITE, f"{place}.place", what, need.place, {*known.sites, "incident"})
    elif need.place in (known.closed_sites or ()):
        yield found(
            CLOSED_SITE,
            f"{place}.place",
            f"场所“{known.called(need.place).zh}”今天停用或关闭。",
            f'The site "{known.called(need.place).en}" is closed or out of use today.',
        )


def _quantities(study: Study, need: Need, place: str) -> Iterator[Finding]:
    known, name = study.known, study.known.called(need.capability or need.item)
    if need.capability and known.capabilities is not None:
        there = known.capabilities[need.capability]
        if there is not None and there < need.count:
            yield found(
                TOO_FEW_TEAMS,
                place,
                f"需要 {need.count} 支具备“{name.zh}”的队伍，今天可用 {there} 支。",
                f'Needs {teams(need.count)} with "{name.en}"; {there} available today.',
            )
    if need.item and known.items is not None:
        stored = known.items[need.item]
        if stored is not None and stored < need.quantity:
            yield found(
                TOO_LITTLE_STOCK,
                place,
                f"需要“{name.zh}” {need.quantity:g}，今天库存 {stored:g}。",
                f'Needs {need.quantity:g} of "{name.en}"; {stored:g} in store today.',
            )


def teams(count: int) -> str:
    return f"{count} team" if count == 1 else f"{count} teams"


def _arrival(study: Study, need: Need, place: str) -> Iterator[Finding]:
    world = study.known.world
    if world is None or need.within is None:
        return
    for where in _destinations(study, world, need):
        needed = _needed_time(world, need, where)
        if needed is not None and needed > need.within:
            soonest, limit = word_span(-(-needed // MINUTE) * MINUTE), word_span(need.within)
            yield found(
                TOO_FAR,
                place,
                f"最快也要 {soonest.zh}才能到齐，时限是 {limit.zh}。",
                f"All of it can be there after {soonest.en} at the earliest; the limit is {limit.en}.",
            )
            return


def _destinations(study: Study, world: World, need: Need) -> list[Point]:
    if need.place != "incident":
        return [world.sites[need.place]] if need.place in world.sites else []
    return [scenario.place for scenario in study.plan.scenarios if scenario.place is not None]


def _needed_time(world: World, need: Need, where: Point) -> timedelta | None:
    """Return when all that is needed can be there at the earliest, or None where there is not enough of it."""
    if need.capability:
        arrivals = sorted(
            team.turn_out + world.travel(team.base, where)
            for team in world.teams
            if team.is_available and need.capability in team.capabilities
        )
        return arrivals[need.count - 1] if 0 < need.count <= len(arrivals) else None
    lots = sorted(
        (stock.lead + world.travel(stock.base, where), stock.quantity)
        for stock in world.stock
        if stock.item == need.item
    )
    total = 0.0
    for arrives, quantity in lots:
        total += quantity
        if total >= need.quantity:
            return arrives
    return None


def _together(study: Study, short: set[str]) -> Iterator[Finding]:
    known = study.known.capabilities
    if known is None:
        return
    by_capability: dict[str, list[tuple[Step, Need]]] = defaultdict(list)
    for step in study.plan.steps:
        for need in step.needs:
            if need.capability in known and need.capability not in short and step.id in study.likely:
                by_capability[need.capability].append((step, need))
    for capability, uses in sorted(by_capability.items()):
        most, steps = _peak(study, uses)
        there = known[capability]
        if there is not None and most > there:
            names, name = study.named(steps), study.known.called(capability)
            yield found(
                TOO_MANY_AT_ONCE,
                f"steps.{steps[0]}.needs",
                f"步骤{names.zh}同时进行，共需 {most} 支具备“{name.zh}”的队伍，今天可用 {there} 支。",
                f'Steps {names.en} run at once and need {most} teams with "{name.en}"; {there} available today.',
            )


def _peak(study: Study, uses: Sequence[tuple[Step, Need]]) -> tuple[int, list[str]]:
    """Return the most teams needed at one moment of the likely course, and the steps under way then.

    A step that takes no time needs its teams for an instant.
    """
    spans = []
    for step, need in uses:
        course = study.likely[step.id]
        spans.append((course.opens, max(course.finishes, course.opens + INSTANT), need.count, step.id))
    changes = sorted(
        [(start, 1, count) for start, _, count, _ in spans] + [(end, 0, -count) for _, end, count, _ in spans]
    )
    most, now, peak_at = 0, 0, timedelta(0)
    for at, _, count in changes:
        now += count
        if now > most:
            most, peak_at = now, at
    return most, sorted({name for start, end, _, name in spans if start <= peak_at < end})


def _in_all(study: Study, short: set[str]) -> Iterator[Finding]:
    known = study.known.items
    if known is None:
        return
    totals: dict[str, float] = defaultdict(float)
    steps: dict[str, set[str]] = defaultdict(set)
    for step in study.plan.steps:
        for need in step.needs:
            if need.item in known and need.item not in short:
                totals[need.item] += need.quantity
                steps[need.item].add(step.id)
    for item, total in sorted(totals.items()):
        stored = known[item]
        if stored is not None and total > stored:
            users = sorted(steps[item])
            names, name = study.named(users), study.known.called(item)
            yield found(
                MORE_THAN_STOCK,
                f"steps.{users[0]}.needs",
                f"步骤{names.zh}合计需要“{name.zh}” {total:g}，今天库存 {stored:g}。",
                f'Steps {names.en} need {total:g} of "{name.en}" in all; {stored:g} in store today.',
            )
