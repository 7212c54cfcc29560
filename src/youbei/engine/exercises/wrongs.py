"""What the log of a run shows to be wrong: late steps, missed actions, shortages, deviations. People judge.

Each has a name for good, so that it is recorded as a finding once, however often one looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from youbei.engine.events import Event
from youbei.engine.exercises.after_action import shortfall
from youbei.engine.exercises.measures import Verdict, step_times
from youbei.engine.exercises.model import ExpectedAction
from youbei.engine.findings.kinds import Element, FindingSeverity
from youbei.engine.plans.model import Plan
from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class Shown:
    """Something that a log shows; `place` is where the plan speaks of it, `seqs` the lines of the log that show it."""

    name: str
    title: Text
    severity: FindingSeverity
    element: Element
    place: str = ""
    seqs: tuple[int, ...] = ()


def wrongs(plan: Plan, events: Sequence[Event], actions: Iterable[ExpectedAction] = ()) -> tuple[Shown, ...]:
    """Return what a log shows to be wrong, steps first; `actions` are the expected actions of an exercise."""
    return (
        *late_steps(plan, events),
        *shortages(plan, events),
        *missed_actions(events, {action.id: action for action in actions}),
        *deviations(events),
    )


def seqs_of(events: Sequence[Event], kinds: tuple[str, ...], key: str, name: str) -> tuple[int, ...]:
    return tuple(event.seq for event in events if event.kind in kinds and event.data.get(key) == name)


def late_steps(plan: Plan, events: Sequence[Event]) -> Iterator[Shown]:
    for step in step_times(plan, events):
        if step.verdict not in (Verdict.LATE, Verdict.MISSED):
            continue
        took = None if step.finished_at is None else step.finished_at - step.opened_at
        within = None if step.due_at is None else step.due_at - step.opened_at
        yield Shown(
            f"step:{step.step}",
            shortfall(step.title, step.verdict, took, within),
            FindingSeverity.MAJOR if step.verdict is Verdict.MISSED else FindingSeverity.GENERAL,
            Element.PLANNING,
            f"steps.{step.step}",
            seqs_of(events, ("step.opened", "step.late", "step.finished"), "step", step.step),
        )


def shortages(plan: Plan, events: Sequence[Event]) -> Iterator[Shown]:
    titles = {step.id: step.title for step in plan.steps}
    for need in dict.fromkeys(event.data["need"] for event in events if event.kind == "need.short"):
        step, _, name = need.partition("/")
        title = titles.get(step, Text(step, step))
        yield Shown(
            f"need:{need}",
            Text(f"{title.in_language('zh')}：资源短缺（{name}）。", f"{title.in_language('en')}: short of {name}."),
            FindingSeverity.GENERAL,
            Element.EQUIPMENT,
            f"steps.{step}.needs.{name}",
            seqs_of(events, ("need.short",), "need", need),
        )


def missed_actions(events: Sequence[Event], actions: Mapping[str, ExpectedAction]) -> Iterator[Shown]:
    last = {event.data["action"]: event for event in events if event.kind.startswith("action.")}
    for name, event in last.items():
        is_late = event.kind == "action.late" or (event.kind == "action.met" and event.data["is_late"])
        if not is_late and event.kind != "action.missed":
            continue
        action = actions.get(name)
        title = action.title if action else Text(name, name)
        zh, en = ("超时", "late") if is_late else ("未完成", "missed")
        yield Shown(
            f"action:{name}",
            Text(f"预期行动“{title.in_language('zh')}”{zh}。", f"Expected action “{title.in_language('en')}”: {en}."),
            FindingSeverity.GENERAL if is_late else FindingSeverity.MAJOR,
            Element.TRAINING,
            f"steps.{action.step}" if action and action.step else "",
            seqs_of(events, ("action.met", "action.late", "action.missed"), "action", name),
        )


def deviations(events: Sequence[Event]) -> Iterator[Shown]:
    for event in events:
        if event.kind == "deviation.recorded":
            said = str(event.data["text"])[:200]
            yield Shown(
                f"deviation:{event.seq}",
                Text(f"偏离预案：{said}", f"Deviation from the plan: {said}"),
                FindingSeverity.ADVICE,
                Element.PLANNING,
                str(event.data["subject"]),
                (event.seq,),
            )
