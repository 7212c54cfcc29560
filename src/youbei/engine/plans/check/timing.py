"""Time: can deadlines be kept even at best, and is what happens after them in order?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import pairwise

from youbei.engine.plans.check.finding import Finding, explain
from youbei.engine.plans.check.study import Study, called, found
from youbei.engine.plans.graph import Case, StepTimes, moment_step, path_to
from youbei.engine.plans.model import Done, Duration, DurationShape, DurationSource, Step
from youbei.engine.spans import word_span
from youbei.engine.text import Text

TOO_SHORT = explain(
    "E601",
    ("时限短于最快所需", "Deadline shorter than the fastest course"),
    (
        "即使一切顺利、每一步都按最短时间完成，也赶不上时限。",
        "Even if all goes well and every step takes its least time, the deadline is missed.",
    ),
    (
        "请放宽时限、缩短前面的步骤，或让它们并行。",
        "Allow more time, shorten the steps before it, or let them run side by side.",
    ),
)
TIGHT = explain(
    "W602",
    ("按最可能的时间会超时", "Deadline missed on the likely course"),
    (
        "各步按最可能的时间进行时，完成时刻晚于时限；只有比平常快才赶得上。",
        "With every step at its most likely time the deadline is missed; it is kept only by being faster than usual.",
    ),
    ("请放宽时限，或缩短前面的步骤。", "Allow more time, or shorten the steps before it."),
)
DISORDERED = explain(
    "E603",
    ("三角分布的三个数次序不对", "Triangular duration out of order"),
    (
        "三角分布须有 low ≤ likely ≤ high，且 high 大于 0。",
        "A triangular duration has low ≤ likely ≤ high, and high above 0.",
    ),
    ("请改正三个数。", "Correct the three figures."),
)
NO_SPREAD = explain(
    "E604",
    ("对数正态分布的离散度不大于 1", "Lognormal spread not above 1"),
    (
        "几何标准差须大于 1；等于 1 就是固定值。",
        "A geometric standard deviation is above 1; at 1 the duration is fixed.",
    ),
    ("请填写大于 1 的数，如 1.5，或改为 fixed。", "Give a number above 1, such as 1.5, or make it fixed."),
)
NO_TIME = explain(
    "E605",
    ("时限为零", "Deadline of zero"),
    ("时限为零，步骤一下达就超时。", "With a deadline of zero the step is late the instant it opens."),
    ("请填写时限。", "Give the time allowed."),
)
IDLE_CLIMBS = explain(
    "W606",
    ("有催告而没有时限", "Climbs without deadline"),
    ("没有时限就不会超时，催告永远不会发出。", "Without a deadline the step is never late, and nobody is ever told."),
    ("请写 within，或删去 late。", "Give within, or remove late."),
)
CLIMBS_BACK = explain(
    "W607",
    ("催告的时间没有递增", "Climb times not increasing"),
    ("逐级催告应一次比一次晚；时间更早的一级反而写在后面。", "Each climb comes no earlier than the one before it."),
    ("请按时间先后排列。", "Put them in order of time."),
)
NO_DURATION = explain(
    "W608",
    ("没有写需要多久", "No duration given"),
    (
        "没有写时间的步骤在推演中不占时间，推演会过于乐观。",
        "A step without duration takes no time in simulation, which makes it too hopeful.",
    ),
    ("请写 takes，并注明数据来源。", "Give takes, and say where the figure comes from."),
)
ASSUMED = explain(
    "I609",
    ("时间全是假定", "All durations are assumptions"),
    ("没有一个时间来自演练、实战或标准。", "No duration comes from a drill, an incident or a standard."),
    ("请用演练记录校正。", "Correct them from drill records."),
)
SILENT = explain(
    "I610",
    ("超时无人知晓", "Nobody is told when it is late"),
    ("步骤有时限，但没有写超时后催告谁。", "The step has a deadline, but nobody is told when it is missed."),
    ("请写 late。", "Give late."),
)

CODES = (
    TOO_SHORT, TIGHT, DISORDERED, NO_SPREAD, NO_TIME, IDLE_CLIMBS, CLIMBS_BACK, NO_DURATION, ASSUMED, SILENT,
)  # fmt: skip


def check_timing(study: Study) -> Iterator[Finding]:
    for step in study.plan.steps:
        yield from _duration(step)
        yield from _deadline(study, step)
        yield from _climbs(step)
    silent = sorted(step.id for step in study.plan.steps if step.within is not None and not step.late)
    if silent:
        shown = study.named(silent[:8])
        more = " …" if len(silent) > 8 else ""
        yield found(
            SILENT,
            "steps",
            f"{len(silent)} 个步骤超时无人知晓：{shown.zh}{more}。",
            f"Nobody is told when these {len(silent)} steps are late: {shown.en}{more}.",
        )
    takes = [step.takes for step in study.plan.steps if step.takes != Duration()]
    if takes and all(one.source is DurationSource.ASSUMPTION for one in takes):
        yield found(
            ASSUMED,
            "steps",
            f"{len(takes)} 个步骤的时间全是假定。",
            f"The durations of {len(takes)} steps are all assumptions.",
        )


def _duration(step: Step) -> Iterator[Finding]:
    takes, place = step.takes, f"steps.{step.id}.takes"
    if takes.shape is DurationShape.TRIANGULAR and not takes.low <= takes.likely <= takes.high:
        yield found(
            DISORDERED,
            place,
            f"{word_span(takes.low).zh}、{word_span(takes.likely).zh}、{word_span(takes.high).zh}不是由小到大。",
            f"{word_span(takes.low).en}, {word_span(takes.likely).en}, {word_span(takes.high).en} do not rise.",
        )
    if takes.shape is DurationShape.LOGNORMAL and takes.spread <= 1:
        yield found(NO_SPREAD, place, f"离散度是 {takes.spread:g}。", f"The spread is {takes.spread:g}.")
    is_empty = takes.likely <= timedelta(0) and takes.high <= timedelta(0)
    if is_empty and step.done is Done.CONFIRMED:
        yield found(
            NO_DURATION,
            place,
            f"“{called(step).zh}”没有写需要多久。",
            f'"{called(step).en}" does not say how long it takes.',
        )


def _deadline(study: Study, step: Step) -> Iterator[Finding]:
    if step.within is None:
        return
    place, limit = f"steps.{step.id}.within", step.within.limit
    if limit <= timedelta(0):
        yield found(
            NO_TIME,
            f"{place}.limit",
            f"“{called(step).zh}”的时限为零。",
            f'The deadline of "{called(step).en}" is zero.',
        )
        return
    for code, case, course in ((TOO_SHORT, Case.BEST, study.best), (TIGHT, Case.LIKELY, study.likely)):
        needed = needed_time(course, step)
        if needed is not None and needed > limit:
            way = _way(study, course, step)
            at = ("最快", "at best") if case is Case.BEST else ("按最可能的时间", "most likely")
            yield found(
                code,
                f"{place}.limit",
                f"“{called(step).zh}”{at[0]}要 {word_span(needed).zh}，时限是 {word_span(limit).zh}（{way.zh}）。",
                f'"{called(step).en}" takes {word_span(needed).en} {at[1]}; '
                f"the limit is {word_span(limit).en} ({way.en}).",
            )
            return


def needed_time(course: Mapping[str, StepTimes], step: Step) -> timedelta | None:
    """Return how long after the moment of its deadline a step is finished, or None where that cannot be told."""
    if step.within is None or step.id not in course:
        return None
    mine = course[step.id]
    if step.within.since == "opened":
        return mine.finishes - mine.opens
    named = moment_step(step.within.since)
    if named is not None:
        other = course.get(named[0])
        return None if other is None else mine.finishes - (other.opens if named[1] == "opened" else other.finishes)
    if step.within.since == "ended":
        first = course[step.id]
        return first.finishes - first.opens if first.because is None else None
    return mine.finishes


def _way(study: Study, course: Mapping[str, StepTimes], step: Step) -> Text:
    """Name the chain of steps that decides, or the step alone where its deadline counts from its opening."""
    if step.within is not None and step.within.since in ("opened", "ended"):
        return called(step)
    path = path_to(course, step.id)
    return study.way(path if len(path) <= 6 else (*path[:2], "…", *path[-3:]))


def _climbs(step: Step) -> Iterator[Finding]:
    place = f"steps.{step.id}.late"
    if step.late and step.within is None:
        yield found(
            IDLE_CLIMBS,
            place,
            f"“{called(step).zh}”没有时限，催告不会发出。",
            f'"{called(step).en}" has no deadline to climb from.',
        )
    after = [climb.after for climb in step.late]
    if any(later < earlier for earlier, later in pairwise(after)):
        yield found(
            CLIMBS_BACK,
            place,
            f"“{called(step).zh}”的催告时间没有递增。",
            f'The climbs of "{called(step).en}" go back in time.',
        )
