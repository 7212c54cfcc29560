"""Levels: does each apply in some situation, and is there no hole between them?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from youbei.engine.conditions import AllOf, Not
from youbei.engine.plans.check.finding import Finding, explain
from youbei.engine.plans.check.ladder import bounds, describe_state, has_upper_bound, holes, inverted, looks_at
from youbei.engine.plans.check.solve import domains, solve
from youbei.engine.plans.check.study import Study, found
from youbei.engine.plans.model import Level, LevelNumber

SAME = explain(
    "E301",
    ("两个级别条件相同", "Two levels with one condition"),
    (
        "条件相同的两个级别，总是较高的一个生效，较低的一个形同虚设。",
        "Of two levels with the same condition the more severe always applies, and the milder never does.",
    ),
    ("请为每个级别写明各自的界限。", "Give each level its own threshold."),
)
NEVER = explain(
    "E302",
    ("级别永不适用", "Level that never applies"),
    ("级别的条件自相矛盾，任何情况都达不到。", "The level's condition contradicts itself: no facts ever meet it."),
    ("请检查条件的界限。", "Look at the thresholds of the condition."),
)
SHADOWED = explain(
    "E303",
    ("级别总被更高级别盖过", "Level always overtaken by a more severe one"),
    (
        "凡是达到本级别的情况，也都达到更高的级别，所以本级别从不生效。",
        "Whatever meets this level also meets a more severe one, so this one never applies.",
    ),
    ("请放宽本级别的条件，或收紧更高级别的条件。", "Widen this level's condition, or narrow the more severe one's."),
)
HOLE = explain(
    "E304",
    ("级别之间有空档", "Hole between levels"),
    (
        "情况变得更严重时，响应级别反而降低或没有级别适用。",
        "As a figure gets worse, the level becomes milder, or no level applies at all.",
    ),
    (
        "请让相邻级别的界限首尾相接；较轻级别一般不必写上限，系统取条件成立的最高级别。",
        "Let the thresholds meet. A milder level needs no upper bound: the most severe level that holds applies.",
    ),
)
INVERTED = explain(
    "W305",
    ("较低级别的界限高于较高级别", "Milder level with the higher threshold"),
    (
        "同一项情况，较轻级别要求的数值不低于较重级别，这一支条件从不起作用。",
        "For one fact the milder level asks for no less than the more severe one; that part never decides.",
    ),
    ("请检查两个级别的界限是否写反。", "Check whether the two thresholds were swapped."),
)
APART = explain(
    "I312",
    ("较高级别不包含较低级别", "More severe level without the milder one"),
    (
        "两级看同样的情况，但存在达到较高级别而达不到较低级别的情形。系统取最高级别，不影响启动；情况缓和时可能直接降到没有级别。",
        "Both look at the same facts, but the more severe can hold while the milder does not. The most severe applies, "
        "so activation is not affected; as things ease, the level may drop to none.",
    ),
    ("请核对较低级别是否多写了条件。", "Check whether the milder level asks for too much."),
)

CODES = (SAME, NEVER, SHADOWED, HOLE, INVERTED, APART)


def check_levels(study: Study) -> Iterator[Finding]:
    same = _same(study)
    yield from same.values()
    dead = dict(_dead(study, set(same)))
    yield from dead.values()
    yield from _steepness(study, {*same, *dead})


def _place(level: Level) -> str:
    return f"levels.{level.number.name}.when"


def _same(study: Study) -> dict[LevelNumber, Finding]:
    """Find levels that repeat the condition of a more severe one."""
    result: dict[LevelNumber, Finding] = {}
    for index, level in enumerate(study.levels):
        twin = next((other for other in study.levels[:index] if other.when == level.when), None)
        if twin is not None and twin.number != level.number:
            name, other = level.number.name, twin.number.name
            result[level.number] = found(
                SAME,
                _place(level),
                f"{name}级与{other}级的条件相同，{name}级永不生效。",
                f"Level {name} has the condition of level {other} and never applies.",
            )
    return result


def _dead(study: Study, besides: set[LevelNumber]) -> Iterator[tuple[LevelNumber, Finding]]:
    within = domains(level.when for level in study.levels)
    for index, level in enumerate(study.levels):
        if level.number in besides:
            continue
        name = level.number.name
        if solve(level.when, within, budget=study.budget) is None:
            yield (
                level.number,
                found(
                    NEVER,
                    _place(level),
                    f"{name}级的条件无论如何都不会成立。",
                    f"No facts whatever make the condition of level {name} true.",
                ),
            )
            continue
        above = tuple(Not(other.when) for other in study.levels[:index])
        if above and solve(AllOf((level.when, *above)), within, budget=study.budget) is None:
            yield (
                level.number,
                found(
                    SHADOWED,
                    _place(level),
                    f"凡达到{name}级的情况都达到更高级别，{name}级从不生效。",
                    f"Whatever meets level {name} meets a more severe level, too; level {name} never applies.",
                ),
            )


def _steepness(study: Study, dead: set[LevelNumber]) -> Iterator[Finding]:
    live = tuple(level for level in study.levels if level.number not in dead)
    seen: set[tuple[LevelNumber, str]] = set()
    kinds = study.known.facts or {}
    fractions = {key for key, kind in kinds.items() if kind.type == "number"}
    for hole in holes(live, fractions, study.budget):
        if (hole.level, hole.fact) in seen:
            continue
        seen.add((hole.level, hole.fact))
        state = describe_state(hole.others)
        name = hole.level.name
        now = "没有级别适用" if hole.after is None else f"只到{hole.after.name}级"
        en = "no level applies" if hole.after is None else f"only level {hole.after.name} applies"
        yield found(
            HOLE,
            f"levels.{name}.when",
            f"“{hole.fact}”为 {hole.low:g} 时是{name}级，增至 {hole.high:g} 时{now}{state.zh}。",
            f'With "{hole.fact}" at {hole.low:g} level {name} applies, but at {hole.high:g} {en}{state.en}.',
        )
    yield from _apart(study, live)
    for index, mild in enumerate(live):
        for severe in live[:index]:
            for fact, mine, theirs in inverted(bounds(mild.when), bounds(severe.when)):
                yield found(
                    INVERTED,
                    _place(mild),
                    f"“{fact}”：{mild.number.name}级要求 {mine:g}，{severe.number.name}级只要求 {theirs:g}。",
                    f'"{fact}": level {mild.number.name} asks for {mine:g}, '
                    f"level {severe.number.name} only for {theirs:g}.",
                )


def _apart(study: Study, live: tuple[Level, ...]) -> Iterator[Finding]:
    """Find neighbours of which the more severe can hold alone; milder levels written as ranges are meant so."""
    for severe, mild in pairwise(live):
        mine, theirs = looks_at(mild.when), looks_at(severe.when)
        is_swapped = bool(inverted(bounds(mild.when), bounds(severe.when)))
        if not theirs or not theirs <= mine or has_upper_bound(mild.when) or is_swapped:
            continue
        within = domains((severe.when, mild.when))
        state = solve(AllOf((severe.when, Not(mild.when))), within, budget=study.budget)
        if state:
            shown = "，".join(f"{name} = {value}" for name, value in sorted(state.items()))
            yield found(
                APART,
                _place(mild),
                f"达到{severe.number.name}级而达不到{mild.number.name}级的情形：{shown}。",
                f"Level {severe.number.name} holds without level {mild.number.name} at {shown.replace('，', ', ')}.",
            )
