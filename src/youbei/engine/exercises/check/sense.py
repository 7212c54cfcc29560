"""What is written rightly and still makes no sense: circles, injects too late, objectives that nothing tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from youbei.engine.exercises.check.study import Said, Study
from youbei.engine.exercises.injects.resource_failure import ResourceFailure
from youbei.engine.exercises.model import Inject
from youbei.engine.exercises.msel import clock_offset
from youbei.engine.spans import word_span
from youbei.engine.text import Text


def check_sense(study: Study) -> Iterator[Said]:
    yield from check_circles(study)
    yield from check_times(study)
    yield from check_objectives(study)
    yield from check_failures(study)
    yield from check_languages(study)
    if study.exercise.end.when is None:
        yield Said("IX01", "end", Text("没有写 end.when。", "There is no end.when."))


def waits_for(inject: Inject) -> frozenset[str]:
    """Return the injects that must have fired before one can."""
    since = inject.at.since
    before = {since.split(":")[1]} if since.startswith("inject:") and since.endswith(":fired") else set()
    return frozenset({*inject.at.after, *(before if not inject.at.clock else ())})


def check_circles(study: Study) -> Iterator[Said]:
    waiting = {inject.id: waits_for(inject) & study.injects for inject in study.exercise.injects}
    while ready := [name for name, before in waiting.items() if not before & waiting.keys()]:
        for name in ready:
            del waiting[name]
    for name in waiting:
        others = ", ".join(sorted(waiting.keys() & waiting[name]))
        yield Said("EX08", f"injects.{name}.at", Text(f"“{name}”等待 {others}。", f"{name!r} waits for {others}."))


def earliest(study: Study, inject: Inject) -> timedelta | None:
    """Return how long after StartEx an inject may come at the earliest, where its time says so."""
    if inject.at.clock:
        return clock_offset(study.exercise.start.clock, inject.at.clock)
    return inject.at.delay if inject.at.since == "startex" else None


def check_times(study: Study) -> Iterator[Said]:
    longest = study.exercise.end.at_most
    for inject in study.exercise.injects:
        comes = earliest(study, inject)
        if comes is not None and comes > longest:
            yield Said("WX01", f"injects.{inject.id}.at", beyond(comes, longest))
            continue
        for action in inject.expects:
            if action.within > longest:
                yield Said("WX04", f"injects.{inject.id}.expects.{action.id}", beyond(action.within, longest))


def beyond(span: timedelta, longest: timedelta) -> Text:
    said, most = word_span(span), word_span(longest)
    return Text(f"{said.zh}，而演练最长 {most.zh}。", f"{said.en}, and the exercise lasts {most.en} at most.")


def check_objectives(study: Study) -> Iterator[Said]:
    exercise = study.exercise
    if not exercise.objectives:
        yield Said("WX03", "objectives", Text("没有目标。", "There are no objectives."))
    tested = {action.objective or inject.objective for inject, action in exercise.actions}
    for objective in exercise.objectives:
        if objective.id not in tested and not objective.targets:
            sentence = Text(f"“{objective.id}”没有对应的预期行动或指标。", f"Nothing tests {objective.id!r}.")
            yield Said("WX02", f"objectives.{objective.id}", sentence)


def check_failures(study: Study) -> Iterator[Said]:
    for inject in study.exercise.injects:
        content = inject.content
        if isinstance(content, ResourceFailure) and bool(content.resource) is bool(content.capability):
            sentence = Text("resource 与 capability 须写且只写一个。", "Write one of resource and capability.")
            yield Said("EX11", f"injects.{inject.id}", sentence)


def check_languages(study: Study) -> Iterator[Said]:
    """Check the words that players read; titles and notes are for controllers."""
    for inject in study.exercise.injects:
        for name in ("text", "subject", "sender"):
            text = getattr(inject.content, name, None)
            if isinstance(text, Text) and text and not (text.zh and text.en):
                missing = (
                    Text("缺英文。", "English is missing.") if text.zh else Text("缺中文。", "Chinese is missing.")
                )
                yield Said("WX05", f"injects.{inject.id}.{name}", missing)
