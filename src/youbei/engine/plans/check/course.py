"""The whole course: end, recovery, scenarios, and the links to other plans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from youbei.engine.conditions import AllOf, Always, Elapsed, Not, Quantity, Value, evaluate, leaves
from youbei.engine.plans.check.finding import Finding, explain
from youbei.engine.plans.check.solve import can_be_true, domains, solve
from youbei.engine.plans.check.study import Study, called, found, unknown_name
from youbei.engine.plans.model import Scenario
from youbei.engine.text import Text

NO_END = explain(
    "W120",
    ("没有终止条件", "No end condition"),
    ("没有终止条件，一启动就会建议终止。", "Without a condition the end is proposed as soon as the plan starts."),
    ("请写 end.when。", "Give end.when."),
)
NEVER_ENDS = explain(
    "E121",
    ("终止条件永不成立", "End condition never true"),
    ("终止条件自相矛盾，系统永远不会建议终止。", "The end condition contradicts itself, so the end is never proposed."),
    ("请检查条件。", "Look at the condition."),
)
NO_RECOVERY = explain(
    "W122",
    ("没有后期处置", "No recovery"),
    (
        "响应终止之后没有任何步骤：清点、善后、评估无人做。",
        "Nothing is done after the end: no counting, after-care or assessment.",
    ),
    ('请加 phase = "recovery" 的步骤。', 'Add steps with phase = "recovery".'),
)
NO_SCENARIO = explain(
    "W123",
    ("没有设计情景", "No scenario"),
    ("没有情景就不能推演和演练。", "Without a scenario the plan cannot be simulated or rehearsed."),
    ("请写一个最可能或最不利的情景。", "Write the most likely or the worst course of events."),
)
IDLE_SCENARIO = explain(
    "E124",
    ("情景不触发任何级别", "Scenario that triggers no level"),
    (
        "按情景的情况，没有一个级别的条件成立，预案不会启动。",
        "On the facts of the scenario no level applies, so the plan does not start.",
    ),
    ("请补充情况，或检查级别条件。", "Add facts, or check the levels."),
)
ENDLESS_SCENARIO = explain(
    "I125",
    ("情景达不到终止条件", "Scenario that never ends"),
    ("到情景结束时，终止条件仍不成立。", "At the end of the scenario the end condition still does not hold."),
    ("请补充情景后段的情况。", "Add the facts of its later part."),
)
UNKNOWN_PLAN = explain(
    "E126",
    ("未知的预案", "Unknown plan"),
    ("所衔接的预案不在预案库中。", "The linked plan is not in the register."),
    ("请改正标识符，或先导入该预案。", "Correct the identifier, or import that plan first."),
)
UNKNOWN_RELATION = explain(
    "E127",
    ("未知的衔接关系", "Unknown relation"),
    (
        "衔接关系只有 superior（上级）、parallel（平级）和 on_site（现场处置）。",
        "A relation is superior, parallel or on_site.",
    ),
    ("请改正。", "Correct it."),
)
SELF_LINK = explain(
    "E128",
    ("预案与自身衔接", "Plan linked to itself"),
    ("预案建议启动自己，没有意义。", "A plan that proposes itself says nothing."),
    ("请删去。", "Remove the link."),
)
ENDS_AT_ONCE = explain(
    "W129",
    ("达到级别时也满足终止条件", "May end while a level applies"),
    (
        "存在这样的情况：级别条件成立，终止条件同时成立。",
        "In some situations a level applies and the end condition holds as well.",
    ),
    ("请在终止条件中写明触发的情况已消除。", "Let the end condition ask that what triggered the plan is over."),
)

CODES = (
    NO_END, NEVER_ENDS, NO_RECOVERY, NO_SCENARIO, IDLE_SCENARIO, ENDLESS_SCENARIO, UNKNOWN_PLAN, UNKNOWN_RELATION,
    SELF_LINK, ENDS_AT_ONCE,
)  # fmt: skip

RELATIONS = ("superior", "parallel", "on_site")
START = datetime(2000, 1, 1, tzinfo=UTC)


def check_course(study: Study) -> Iterator[Finding]:
    yield from _end(study)
    if study.response and not study.recovery:
        yield found(NO_RECOVERY, "steps", "没有后期处置步骤。", "There is no recovery step.")
    if not study.plan.scenarios:
        yield found(NO_SCENARIO, "scenarios", "没有设计情景。", "There is no scenario.")
    for scenario in study.plan.scenarios:
        yield from _scenario(study, scenario)
    yield from _links(study)


def _end(study: Study) -> Iterator[Finding]:
    end = study.plan.end.when
    if isinstance(end, Always) or end == AllOf(()):
        yield found(NO_END, "end.when", "没有写何时可以终止。", "It is not said when the response may end.")
    elif not can_be_true(end, study.budget):
        yield found(
            NEVER_ENDS, "end.when", "终止条件无论如何都不会成立。", "No facts whatever make the end condition true."
        )
    elif study.levels and not any(isinstance(leaf, Elapsed) for leaf in leaves(end)):
        yield from _overlap(study)


def _overlap(study: Study) -> Iterator[Finding]:
    """Find the mildest level that asks for nothing but what the end asks for, too."""
    end = study.plan.end.when
    for level in study.levels:
        if isinstance(level.when, Always):
            continue
        within = domains((end, level.when))
        if solve(AllOf((end, Not(level.when))), within, budget=study.budget) is None:
            yield found(
                ENDS_AT_ONCE,
                "end.when",
                f"终止条件成立时，{level.number.name}级的条件也必然成立。",
                f"Whenever the end condition holds, level {level.number.name} applies as well.",
            )


@dataclass(frozen=True, slots=True)
class _Moment:
    """Show conditions one moment of a scenario, in which only facts and time count."""

    now: datetime
    facts: Mapping[str, Value]

    def fact(self, key: str) -> Value | None:
        return self.facts.get(key)

    def moment(self, name: str) -> datetime | None:
        return START if name in ("occurred", "known", "activation", "level") else None

    def count(self, of: Quantity, among: tuple[str, ...]) -> int:
        return 0


def _scenario(study: Study, scenario: Scenario) -> Iterator[Finding]:
    if not study.levels:
        return
    place = f"scenarios.{scenario.id}"
    after = {fact.after for fact in scenario.facts} | {timedelta(0)}
    conditions = [*(level.when for level in study.levels), study.plan.end.when]
    waits = {leaf.atleast for one in conditions for leaf in leaves(one) if isinstance(leaf, Elapsed)}
    moments = [_moment(scenario, at) for at in sorted(after | waits)]
    if not any(evaluate(level.when, moment) is True for moment in moments for level in study.levels):
        yield found(
            IDLE_SCENARIO,
            place,
            f"情景“{called(scenario).zh}”不触发任何级别。",
            f'Scenario "{called(scenario).en}" triggers no level.',
        )
    elif evaluate(study.plan.end.when, moments[-1]) is False:
        yield found(
            ENDLESS_SCENARIO,
            place,
            f"情景“{called(scenario).zh}”结束时，终止条件仍不成立。",
            f'At the end of scenario "{called(scenario).en}" the end condition does not hold.',
        )


def _moment(scenario: Scenario, at: timedelta) -> _Moment:
    known = sorted((fact for fact in scenario.facts if fact.after <= at), key=lambda fact: fact.after)
    return _Moment(START + at, {fact.key: fact.value for fact in known})


def _links(study: Study) -> Iterator[Finding]:
    known = study.known.plans
    for link in study.plan.links:
        place = f"links.{link.plan}"
        if link.plan == study.plan.id:
            yield found(SELF_LINK, place, "预案与自身衔接。", "The plan is linked to itself.")
        elif known is not None and link.plan not in known:
            yield unknown_name(UNKNOWN_PLAN, f"{place}.plan", Text(zh="预案", en="plan"), link.plan, known)
        if link.relation not in RELATIONS:
            what = Text(zh="衔接关系", en="relation")
            yield unknown_name(UNKNOWN_RELATION, f"{place}.relation", what, link.relation, RELATIONS)
