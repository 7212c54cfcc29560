"""Broken promises in sentences: which step, how often, and what it waits for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from youbei.engine.plans.model import Need, Step
from youbei.engine.simulation.ensemble import Ensemble
from youbei.engine.simulation.parts import BEFORE, WORK
from youbei.engine.simulation.simulate import NeedResult, StepResult
from youbei.engine.simulation.statistics import Proportion
from youbei.engine.spans import word_span
from youbei.engine.text import Text

# Assumption: what fails in fewer runs than this is not worth a sentence of its own.
LEAST_SHARE = 0.01
# Assumption: fewer runs than this under a condition tell nothing about it.
FEWEST_RUNS = 20


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise of the plan that does not always hold. `subject` is a step's id or `<step>/<need>`."""

    subject: str
    broken: Proportion
    text: Text


def broken_promises(found: Ensemble, names: Mapping[str, Text] | None = None) -> tuple[Promise, ...]:
    """Return what the plan promises and does not keep, the most often broken first.

    `names` say what capabilities and items are called, by their codes.
    """
    called = names or {}
    causes = {step: dict(counts) for step, counts in found.causes}
    steps = {step.id: step for step in found.plan.steps}
    promises = [
        late_promise(steps[result.step], result, causes.get(result.step, {}), called, worse_when(found, result.step))
        for result in found.report.steps
        if result.late is not None and result.late.of and result.late.share >= LEAST_SHARE
    ]
    promises += [
        short_promise(steps[result.step], result, called, worse_when(found, result.need))
        for result in found.report.needs
        if result.short.of and result.short.share >= LEAST_SHARE
    ]
    return tuple(sorted(promises, key=lambda promise: (-promise.broken.share, promise.subject)))


def worse_under(found: Ensemble, subject: str) -> list[tuple[Text, Proportion, Proportion]]:
    """Return the conditions under which a promise is plainly broken more often than otherwise (a step late, a need
    short), and how often, the worst first.
    """
    shares = [
        (condition.label, when, otherwise)
        for condition in found.conditions
        for name, when, otherwise in (*condition.steps, *condition.needs)
        if name == subject and when.of >= FEWEST_RUNS and when.low > otherwise.high
    ]
    return sorted(shares, key=lambda one: one[2].share - one[1].share)


def worse_when(found: Ensemble, subject: str) -> Text:
    """Say when a promise is broken most plainly more often than otherwise; nothing where no condition stands out."""
    worse = worse_under(found, subject)
    if not worse:
        return Text()
    label, when, otherwise = worse[0]
    zh, en = label.in_language("zh"), label.in_language("en")
    return Text(
        f"；{zh}为 {plus_minus(when)}，其余为 {plus_minus(otherwise)}",
        f"; {en} it is {plus_minus(when)}, otherwise {plus_minus(otherwise)}",
    )


def late_promise(
    step: Step, result: StepResult, causes: dict[str, int], names: Mapping[str, Text], worse: Text
) -> Promise:
    late = result.late
    assert late is not None  # noqa: S101  (asked for above)
    limit = word_span(step.within.limit) if step.within is not None else Text()
    zh, en = step.title.in_language("zh"), step.title.in_language("en")
    why = cause_words(step, next(iter(causes), ""), names)
    return Promise(
        step.id,
        late,
        Text(
            f"任务“{zh}”须在 {limit.zh}内完成，在 {plus_minus(late)} 的推演中没有做到{why.zh}{worse.zh}。",
            f"Step “{en}” has to be done within {limit.en} and is not in {plus_minus(late)} of the runs"
            f"{why.en}{worse.en}.",
        ),
    )


def cause_words(step: Step, cause: str, names: Mapping[str, Text]) -> Text:
    """Say what held a step up most often."""
    if cause == BEFORE:
        return Text("：多因前面的任务或条件未到", ": mostly it waits for what comes before it")
    if cause == WORK:
        return Text("：多因办理本身耗时", ": mostly the work itself takes too long")
    need = next((need for need in step.needs if cause == f"need:{need.id}"), None)
    if need is None:
        return Text()
    said = asked(need, names)
    return Text(f"：多因等待{said.zh}", f": mostly it waits for {said.en}")


def short_promise(step: Step, result: NeedResult, names: Mapping[str, Text], worse: Text) -> Promise:
    need = next(need for need in step.needs if f"{step.id}/{need.id}" == result.need)
    zh, en = step.title.in_language("zh"), step.title.in_language("en")
    said, most = asked(need, names), f"{result.most_missing:g}"
    return Promise(
        result.need,
        result.short,
        Text(
            f"任务“{zh}”所需的{said.zh}，在 {plus_minus(result.short)} 的推演中一时无处可调，最多缺 {most}{worse.zh}。",
            f"Step “{en}” asks for {said.en}; in {plus_minus(result.short)} of the runs not enough is free when "
            f"it asks, at most {most} missing{worse.en}.",
        ),
    )


def asked(need: Need, names: Mapping[str, Text]) -> Text:
    code = need.capability or need.item
    name = names.get(code, Text(code, code))
    zh, en = name.in_language("zh"), name.in_language("en")
    if need.capability:
        return Text(f" {need.count} 支“{zh}”队伍", f"{need.count} × {en}")
    return Text(f"“{zh}”×{need.quantity:g}", f"{need.quantity:g} × {en}")


def plus_minus(share: Proportion) -> str:
    half = (share.high - share.low) / 2
    return f"{share.share:.0%} ± {max(half, 0.001):.1%}"
