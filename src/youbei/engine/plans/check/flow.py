"""Flow: can every step open, and does every moment that is waited for come?"""

from __future__ import annotations

from collections.abc import Iterator

from youbei.engine.plans.check.finding import Finding, explain
from youbei.engine.plans.check.solve import can_be_true
from youbei.engine.plans.check.study import Study, called, found
from youbei.engine.plans.graph import cycles, moment_step
from youbei.engine.plans.model import LevelNumber, Phase, Step

CYCLE = explain(
    "E201",
    ("步骤互相等待", "Steps wait for each other"),
    (
        "几个步骤围成一圈，每一个都等前一个完成，谁也不会开始。",
        "Several steps stand in a circle, each waiting for the one before it; none ever opens.",
    ),
    ("请去掉圈中的一条先后关系。", "Take out one of the dependencies of the circle."),
)
NEVER_TRUE = explain(
    "E202",
    ("条件永不成立", "Condition that is never true"),
    (
        "条件的各部分互相矛盾，无论情况如何都不会成立。",
        "The parts of the condition contradict each other: no facts make it true.",
    ),
    ("请检查其中的界限与“all”“any”。", "Look at its thresholds and at all and any."),
)
MORE_SEVERE = explain(
    "E203",
    ("所等的步骤要到更高级别才执行", "Waits for a step of a more severe level"),
    (
        "步骤从较低级别起执行，却等待只在更高级别才执行的步骤，在较低级别时永远等不到。",
        "The step is done from a mild level on, but waits for one that is only done at a more severe level.",
    ),
    (
        "请把前一步骤的 from_level 调低，或改为等待别的步骤。",
        "Let the earlier step start at the same level, or wait for another.",
    ),
)
AFTER_RECOVERY = explain(
    "E204",
    ("响应步骤等待后期处置步骤", "A response step waits for recovery"),
    ("后期处置在响应终止之后才开始，响应期间等不到。", "Recovery begins after the response has ended."),
    ("请把两个步骤放在同一阶段。", "Put both into the same phase."),
)
NEVER_COMES = explain(
    "E205",
    ("时刻永不到来", "Moment that never comes"),
    (
        "所等的时刻不会到来：预案没有该级别，或响应期间等待“响应终止”。",
        "The moment never comes: the plan has no such level, or the response waits for its own end.",
    ),
    ("请改用会到来的时刻，如 activation。", "Name a moment that comes, such as activation."),
)
AFTER_ITSELF = explain(
    "E206",
    ("时限从步骤自身完成之后起算", "Deadline that counts from after the step"),
    (
        "时限起算的时刻在本步骤完成之后才会到来，永远不会超时，等于没有时限。",
        "The deadline counts from a moment that only comes once the step is done: it never falls due.",
    ),
    ("请从更早的时刻起算。", "Count from an earlier moment."),
)

CODES = (CYCLE, NEVER_TRUE, MORE_SEVERE, AFTER_RECOVERY, NEVER_COMES, AFTER_ITSELF)


def check_flow(study: Study) -> Iterator[Finding]:
    yield from _cycles(study)
    yield from _conditions(study)
    for step in study.plan.steps:
        yield from _predecessors(study, step)
    yield from _moments(study)
    yield from _deadlines(study)


def _cycles(study: Study) -> Iterator[Finding]:
    for circle in cycles(study.plan):
        way = study.way((*circle, circle[0]))
        yield found(
            CYCLE,
            f"steps.{circle[0]}.start",
            f"步骤互相等待：{way.zh}。",
            f"Steps wait for each other: {way.en}.",
        )


def _conditions(study: Study) -> Iterator[Finding]:
    for place, condition in study.conditions:
        if place != "end.when" and not place.startswith("levels.") and not can_be_true(condition, study.budget):
            yield found(
                NEVER_TRUE, place, "这个条件无论如何都不会成立。", "No facts whatever make this condition true."
            )


def _predecessors(study: Study, step: Step) -> Iterator[Finding]:
    waited = [(f"after[{index}]", name) for index, name in enumerate(step.start.after)]
    named = moment_step(step.start.since)
    if named is not None:
        waited.append(("since", named[0]))
    anys = [name for name in step.start.after_any if name in study.steps]
    if len(anys) == 1 or (anys and all(_never(study.steps[name], step) for name in anys)):
        waited += [(f"after_any[{index}]", name) for index, name in enumerate(step.start.after_any)]
    for where, name in waited:
        other = study.steps.get(name)
        if other is None:
            continue
        place = f"steps.{step.id}.start.{where}"
        mine, theirs = called(step), called(other)
        if step.phase is Phase.RESPONSE and other.phase is Phase.RECOVERY:
            yield found(
                AFTER_RECOVERY,
                place,
                f"“{mine.zh}”等待后期处置步骤“{theirs.zh}”，响应期间永远等不到。",
                f'"{mine.en}" waits for the recovery step "{theirs.en}", which only comes after the response.',
            )
        elif other.from_level < step.from_level:
            yield found(
                MORE_SEVERE,
                place,
                f"“{mine.zh}”从{step.from_level.name}级起执行，却等待{other.from_level.name}级才执行的“{theirs.zh}”。",
                f'"{mine.en}" is done from level {step.from_level.name} on, but waits for "{theirs.en}", '
                f"which is only done from level {other.from_level.name} on.",
            )


def _never(other: Step, step: Step) -> bool:
    is_later = step.phase is Phase.RESPONSE and other.phase is Phase.RECOVERY
    return is_later or other.from_level < step.from_level


def _moments(study: Study) -> Iterator[Finding]:
    most_severe = min((level.number for level in study.plan.levels), default=LevelNumber.I)
    for place, moment, waiting in study.moments:
        number = level_of(moment)
        if number is not None and number < most_severe:
            yield found(
                NEVER_COMES,
                place,
                f"预案没有{number.name}级，“{moment}”永不到来。",
                f'The plan has no level {number.name}, so "{moment}" never comes.',
            )
        is_response = place == "end.when" or place.startswith(("levels.", "links."))
        if moment == "ended" and (is_response or (waiting is not None and waiting.phase is Phase.RESPONSE)):
            yield found(
                NEVER_COMES,
                place,
                "这里等待响应终止，而它只在响应期间起作用。",
                "This waits for the end of the response, but matters during the response only.",
            )


def level_of(moment: str) -> LevelNumber | None:
    """Return the level of a moment such as `level:2` or `level:II`, else None."""
    if not moment.startswith("level:"):
        return None
    name = moment.removeprefix("level:")
    return LevelNumber[name] if name in LevelNumber.__members__ else LevelNumber(int(name))


def _deadlines(study: Study) -> Iterator[Finding]:
    for step in study.plan.steps:
        named = None if step.within is None else moment_step(step.within.since)
        if named is None or named[0] not in study.steps:
            continue
        if named == (step.id, "finished") or (named[0] != step.id and _waits_for(study, named[0], step.id)):
            mine, theirs = called(step), called(study.steps[named[0]])
            yield found(
                AFTER_ITSELF,
                f"steps.{step.id}.within.since",
                f"“{mine.zh}”的时限从“{theirs.zh}”起算，而后者要等“{mine.zh}”完成。",
                f'The deadline of "{mine.en}" counts from "{theirs.en}", which waits for "{mine.en}" itself.',
            )


def _waits_for(study: Study, step_id: str, before: str) -> bool:
    """Tell whether a step can only come after another is finished."""
    seen: set[str] = set()
    trail = [step_id]
    while trail:
        step = study.steps.get(trail.pop())
        if step is None or step.id in seen:
            continue
        seen.add(step.id)
        if before in step.start.after:
            return True
        trail += step.start.after
    return False
