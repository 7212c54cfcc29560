"""What levels bring: who decides about them, and what is done at each."""

from __future__ import annotations

from collections.abc import Iterator

from youbei.engine.plans.check.finding import Finding, explain
from youbei.engine.plans.check.study import Study, found
from youbei.engine.plans.model import LevelNumber

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

CODES = (GAP, ALONE, EMPTY, NOBODY, NO_DIFFERENCE, UNDEFINED)


def check_level_duties(study: Study) -> Iterator[Finding]:
    yield from _authority(study)
    yield from _work(study)


def _authority(study: Study) -> Iterator[Finding]:
    numbers = [level.number for level in study.levels]
    for number in LevelNumber:
        if numbers and min(numbers) < number < max(numbers) and number not in numbers:
            yield found(GAP, "levels", f"缺少{number.name}级。", f"Level {number.name} is missing between the others.")
    for level in study.levels:
        name = level.number.name
        if level.is_automatic and level.number is LevelNumber.I:
            yield found(
                ALONE, f"levels.{level.number.name}.automatic", "Ⅰ级会自动启动。", "Level I is raised automatically."
            )
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
