"""Structure: is everything there, and does every name inside the plan lead somewhere?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from youbei.engine.conditions import Count
from youbei.engine.plans.check.finding import Finding, explain
from youbei.engine.plans.check.study import Study, called, found, unknown_name
from youbei.engine.plans.graph import moment_step
from youbei.engine.plans.model import PostRole
from youbei.engine.text import Text

DUPLICATE = explain(
    "E101",
    ("标识符重复", "Identifier used twice"),
    (
        "步骤、岗位、级别、情景以及一个步骤内的需求，标识符必须各不相同，否则引用不知指谁。",
        "Steps, posts, levels, scenarios, and the needs of one step have distinct identifiers.",
    ),
    ("请给其中一个另起标识符。", "Give one of them another identifier."),
)
NO_LEVELS = explain(
    "E102",
    ("没有响应分级", "No response levels"),
    (
        "突发事件应对法（2024）第七十一条要求预案确定自己的响应级别；没有级别，就不知何时启动。",
        "Emergency Response Law (2024), Art 71: every plan fixes its levels; without them nobody knows when it starts.",
    ),
    ("请至少定义一个级别及其条件。", "Define at least one level with its condition."),
)
NO_STEPS = explain(
    "E103",
    ("没有响应步骤", "No response steps"),
    ("预案没有可执行的步骤，启动之后什么也不会发生。", "A plan without steps does nothing once it is activated."),
    ("请把处置措施逐条写成步骤。", "Write the measures as steps."),
)
NO_COMMANDER = explain(
    "E104",
    ("没有总指挥", "No commander"),
    (
        "必须有一个 role 为 commander 的岗位：无人负责的催告、级别和终止都由他决定。",
        "One post has the role commander: climbs, levels and the end come to it where nobody else is named.",
    ),
    ('请给总指挥岗位写上 role = "commander"。', 'Give the commanding post role = "commander".'),
)
TWO_COMMANDERS = explain(
    "W105",
    ("不止一个总指挥", "More than one commander"),
    ("指挥须统一；系统以第一个为准。", "Command is one; the first of them counts."),
    ('请把其余的改为 role = "deputy"。', 'Make the others role = "deputy".'),
)
UNKNOWN_STEP = explain(
    "E106",
    ("引用了不存在的步骤", "Unknown step"),
    (
        "start.after、after_any、时刻 step:… 和计数 among 里的名称必须是本预案的步骤。",
        "Names in start.after, after_any, moments step:… and counts are steps of this plan.",
    ),
    ("请改正名称。", "Correct the name."),
)
UNKNOWN_POST = explain(
    "E107",
    ("引用了不存在的岗位", "Unknown post"),
    (
        "步骤的负责岗位、可降级或终止的岗位必须是本预案的岗位。",
        "Owners of steps and those who may lower or end are posts of this plan.",
    ),
    ("请改正名称，或增设岗位。", "Correct the name, or add the post."),
)
EMPTY_NEED = explain(
    "E108",
    ("需求没有说清要什么", "Need that asks for nothing, or for two things"),
    (
        "一项需求要么是若干支有某种能力的队伍，要么是某种物资若干。",
        "A need asks for a number of teams with a capability, or for a quantity of an item; exactly one of the two.",
    ),
    ("请写 capability 与 count，或写 item 与 quantity。", "Give capability and count, or item and quantity."),
)
NO_MEANS = explain(
    "E109",
    ("以资源到位为完成标志，却没有需求", "Done when needs arrive, but no needs"),
    (
        'done = "needs_arrived" 的步骤没有需求，永远不会自行完成。',
        'A step with done = "needs_arrived" and no needs is never done by itself.',
    ),
    ('请写明需求，或改为 done = "confirmed"。', 'Add needs, or make it done = "confirmed".'),
)
UNKNOWN_CLAUSE = explain(
    "W110",
    ("步骤所依据的章节不在正文中", "Clause without a chapter"),
    ("步骤写明依据某章节，而正文没有该章节。", "A step cites a clause that the plan's text does not have."),
    ("请改正章节号，或补写该章节。", "Correct the number, or write the chapter."),
)
CHAPTER_TWICE = explain(
    "W111",
    ("章节号重复", "Clause used twice"),
    ("同一章节号出现两次，引用不知指哪一处。", "Two chapters have the same number, so a reference is ambiguous."),
    ("请合并，或改正章节号。", "Merge them, or correct the number."),
)
NO_HAZARDS = explain(
    "W112",
    ("没有写明针对什么事件", "No hazards named"),
    ("没有写明事件种类，接报时就不会建议启动本预案。", "Without kinds of incident the plan is never proposed."),
    ("请在 hazards 中写明。", "Name them in hazards."),
)

CODES = (
    DUPLICATE, NO_LEVELS, NO_STEPS, NO_COMMANDER, TWO_COMMANDERS, UNKNOWN_STEP, UNKNOWN_POST, EMPTY_NEED, NO_MEANS,
    UNKNOWN_CLAUSE, CHAPTER_TWICE, NO_HAZARDS,
)  # fmt: skip

STEP = Text(zh="步骤", en="step")
POST = Text(zh="岗位", en="post")


def check_structure(study: Study) -> Iterator[Finding]:
    yield from _duplicates(study)
    yield from _missing(study)
    yield from _steps_named(study)
    yield from _posts_named(study)
    yield from _needs(study)
    yield from _chapters(study)


def _duplicates(study: Study) -> Iterator[Finding]:
    plan = study.plan
    groups = [
        ("levels", [level.number.name for level in plan.levels]),
        ("posts", [post.id for post in plan.posts]),
        ("steps", [step.id for step in plan.steps]),
        ("scenarios", [scenario.id for scenario in plan.scenarios]),
        *((f"steps.{step.id}.needs", [need.id for need in step.needs]) for step in plan.steps),
    ]
    for where, names in groups:
        for name, times in Counter(names).items():
            if times > 1:
                place = f"{where}.{name}"
                yield found(DUPLICATE, place, f"“{name}”用了 {times} 次。", f'"{name}" is used {times} times.')


def _missing(study: Study) -> Iterator[Finding]:
    plan = study.plan
    if not plan.levels:
        yield found(NO_LEVELS, "levels", "预案没有任何响应级别。", "The plan has no response level.")
    if not study.response:
        yield found(NO_STEPS, "steps", "预案没有任何响应步骤。", "The plan has no step for the response.")
    commanders = [post.id for post in plan.posts if post.role is PostRole.COMMANDER]
    if not commanders:
        yield found(NO_COMMANDER, "posts", "没有一个岗位是总指挥。", "No post is the commander.")
    for extra in commanders[1:]:
        yield found(
            TWO_COMMANDERS,
            f"posts.{extra}.role",
            f"“{extra}”也是总指挥；系统以“{commanders[0]}”为准。",
            f'"{extra}" is a commander, too; "{commanders[0]}" counts.',
        )
    if not plan.hazards:
        yield found(NO_HAZARDS, "hazards", "预案没有写明针对哪些事件。", "The plan names no kind of incident.")


def _steps_named(study: Study) -> Iterator[Finding]:
    for place, name in _step_names(study):
        if name not in study.steps:
            yield unknown_name(UNKNOWN_STEP, place, STEP, name, study.steps)


def _step_names(study: Study) -> Iterator[tuple[str, str]]:
    """Yield every place at which a step is named, with the name."""
    for step in study.plan.steps:
        for which, names in (("after", step.start.after), ("after_any", step.start.after_any)):
            yield from ((f"steps.{step.id}.start.{which}[{index}]", name) for index, name in enumerate(names))
    for place, moment, _ in study.moments:
        named = moment_step(moment)
        if named is not None:
            yield place, named[0]
    for place, leaf in study.leaves:
        if isinstance(leaf, Count):
            yield from ((place, name) for name in leaf.among)


def _posts_named(study: Study) -> Iterator[Finding]:
    plan = study.plan
    named = [(f"steps.{step.id}.owner", step.owner) for step in plan.steps]
    for level in plan.levels:
        place = f"levels.{level.number.name}"
        named += [(f"{place}.may_lower[{index}]", name) for index, name in enumerate(level.may_lower)]
        named += [(f"{place}.may_end[{index}]", name) for index, name in enumerate(level.may_end)]
    named += [(f"end.by[{index}]", name) for index, name in enumerate(plan.end.by)]
    for place, name in named:
        if name not in study.posts:
            yield unknown_name(UNKNOWN_POST, place, POST, name, study.posts)


def _needs(study: Study) -> Iterator[Finding]:
    for step in study.plan.steps:
        if step.done.value == "needs_arrived" and not step.needs:
            yield found(
                NO_MEANS,
                f"steps.{step.id}.done",
                f"“{called(step).zh}”要等资源到位，却没有写需要什么资源。",
                f'"{called(step).en}" waits for its needs to arrive, but has none.',
            )
        for need in step.needs:
            asks_teams, asks_items = bool(need.capability) and need.count > 0, bool(need.item) and need.quantity > 0
            if asks_teams is not asks_items and bool(need.capability) is not bool(need.item):
                continue
            yield found(
                EMPTY_NEED,
                f"steps.{step.id}.needs.{need.id}",
                f"需求“{need.id}”没有说清：须写能力与队伍数，或物资与数量，二者取一。",
                f'Need "{need.id}" is not clear: a capability and a count, or an item and a quantity, one of the two.',
            )


def _chapters(study: Study) -> Iterator[Finding]:
    clauses = [chapter.clause for chapter in study.plan.chapters]
    for clause, times in Counter(clauses).items():
        if times > 1:
            yield found(
                CHAPTER_TWICE,
                f"chapters.{clause}",
                f"章节 {clause} 出现 {times} 次。",
                f"Clause {clause} stands {times} times.",
            )
    for step in study.plan.steps:
        if step.clause and clauses and not _has_clause(step.clause, clauses):
            yield unknown_name(
                UNKNOWN_CLAUSE, f"steps.{step.id}.clause", Text(zh="章节", en="clause"), step.clause, clauses
            )


def _has_clause(clause: str, clauses: list[str]) -> bool:
    """Tell whether the text has a clause, one that holds it, or one below it."""
    return any(one == clause or one.startswith(f"{clause}.") or clause.startswith(f"{one}.") for one in clauses)
