"""Levels: does each apply in some situation, is there no hole between them, and is something done at each?"""

from __future__ import annotations

from collections.abc import Iterator

from youbei.engine.conditions import AllOf, Not
from youbei.engine.plans.check.finding import Finding, explain
from youbei.engine.plans.check.ladder import bounds, describe_state, holes, inverted
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
GAP = explain(
    "W306",
    ("级别编号不连续", "Level left out"),
    (
        "级别编号中间缺一级，人们会以为遗漏了。",
        "A level between two others is missing; readers will take it for forgotten.",
    ),
    ("请补上该级，或重新编号。", "Add it, or number the levels anew."),
)
ALONE = explain(
    "W307",
    ("Ⅰ级不经人决定自动启动", "Level I raised without a person"),
    (
        "最高级别的响应影响面大，一般须由人决定；自动提升时，一条误报就会启动。",
        "The most severe level reaches far and is usually a person's decision; one false report would raise it.",
    ),
    ("请写 automatic = false，由总指挥决定。", "Say automatic = false and let the commander decide."),
)
EMPTY = explain(
    "W308",
    ("级别没有可做的事", "Level at which nothing is done"),
    ("按这一级别启动时，没有任何步骤会执行。", "When the plan is activated at this level, no step is done."),
    ("请为这一级别写步骤，或把步骤的 from_level 调低。", "Add steps for it, or lower the from_level of others."),
)
NOBODY = explain(
    "I309",
    ("没有写明谁可降级或终止", "Not said who may lower or end"),
    ("没有写明时由总指挥决定。", "Where nobody is named, the commander decides."),
    ("请在 may_lower、may_end 中写明。", "Name posts in may_lower and may_end."),
)
NO_DIFFERENCE = explain(
    "I310",
    ("级别与较低一级没有差别", "Level that changes nothing"),
    ("这一级别没有增加步骤、岗位，也没有写措施。", "The level adds no step and no post, and names no measures."),
    ("请写明 measures，或增加步骤。", "Write its measures, or add steps."),
)
UNDEFINED = explain(
    "W311",
    ("从未定义的级别起执行", "Starts at a level that is not defined"),
    (
        "步骤或岗位从某级别起启用，而预案没有该级别，也没有更高的级别。",
        "A step or post begins at a level, but the plan defines neither that level nor a more severe one.",
    ),
    ("请改正 from_level，或定义该级别。", "Correct from_level, or define the level."),
)

CODES = (SAME, NEVER, SHADOWED, HOLE, INVERTED, GAP, ALONE, EMPTY, NOBODY, NO_DIFFERENCE, UNDEFINED)


def check_levels(study: Study) -> Iterator[Finding]:
    same = _same(study)
    yield from same.values()
    dead = dict(_dead(study, set(same)))
    yield from dead.values()
    yield from _steepness(study, {*same, *dead})
    yield from _authority(study)
    yield from _work(study)


def _place(level: Level, part: str = "when") -> str:
    return f"levels.{level.number.name}.{part}"


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
        if solve(level.when, within) is None:
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
        if above and solve(AllOf((level.when, *above)), within) is None:
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
    for hole in holes(live, {key for key, kind in kinds.items() if kind.type == "number"}):
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


def _authority(study: Study) -> Iterator[Finding]:
    numbers = [level.number for level in study.levels]
    for number in LevelNumber:
        if numbers and min(numbers) < number < max(numbers) and number not in numbers:
            yield found(GAP, "levels", f"缺少{number.name}级。", f"Level {number.name} is missing between the others.")
    for level in study.levels:
        name = level.number.name
        if level.is_automatic and level.number is LevelNumber.I:
            yield found(ALONE, _place(level, "automatic"), "Ⅰ级会自动启动。", "Level I is raised automatically.")
        missing = [key for key, posts in (("may_lower", level.may_lower), ("may_end", level.may_end)) if not posts]
        if missing:
            keys = "、".join(missing)
            yield found(
                NOBODY,
                f"levels.{name}",
                f"{name}级没有写 {keys}，由总指挥决定。",
                f"Level {name} does not say {' and '.join(missing)}: the commander decides.",
            )


def _work(study: Study) -> Iterator[Finding]:
    if not study.response or not study.levels:
        return
    most_severe, mildest = study.levels[0].number, study.levels[-1].number
    for level in study.levels:
        name = level.number.name
        if all(step.from_level < level.number for step in study.response):
            yield found(EMPTY, f"levels.{name}", f"{name}级启动时没有步骤执行。", f"No step is done at level {name}.")
        elif level.number != mildest and not level.measures and not _adds(study, level.number):
            yield found(
                NO_DIFFERENCE,
                f"levels.{name}",
                f"{name}级没有增加步骤和岗位，也没有写措施。",
                f"Level {name} adds no step and no post, and names no measures.",
            )
    begins = [(f"steps.{step.id}.from_level", step.from_level) for step in study.plan.steps]
    begins += [(f"posts.{post.id}.from_level", post.from_level) for post in study.plan.posts]
    for place, number in begins:
        if number < most_severe:
            yield found(
                UNDEFINED,
                place,
                f"从{number.name}级起才启用，而预案最高只有{most_severe.name}级。",
                f"This begins at level {number.name}, but the plan's most severe level is {most_severe.name}.",
            )


def _adds(study: Study, number: LevelNumber) -> bool:
    """Tell whether something begins between the next milder level, exclusive, and this one."""
    milder = min((level.number for level in study.levels if level.number > number), default=LevelNumber.IV)
    begins = [step.from_level for step in study.response] + [post.from_level for post in study.plan.posts]
    return any(number <= begin < milder for begin in begins)
