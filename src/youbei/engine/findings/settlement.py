"""The five settled things of a finding, 五落实: measures, responsibility, funds, time, interim plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from youbei.engine.errors import Refused
from youbei.engine.findings.kinds import FindingSeverity, Treatment
from youbei.engine.text import Text


class NotSettled(Refused):
    """Refuse a settlement in which something that must be settled is not."""

    status = 422


class NoSuchStage(Refused):
    """Refuse to report a stage that is not there, or was reported before."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a cure that takes its time: what is done by which day; `done_on` once it is."""

    what: str
    due_on: date
    done_on: date | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a finding is to be cured. `due_on` of one that cannot be cured now is the day on which it is looked at again.

    `interim_plan` keeps people safe until the cure is there.
    """

    treatment: Treatment
    measures: str = ""
    responsible: str = ""
    funds: str = ""
    due_on: date | None = None
    interim_plan: str = ""
    stages: tuple[Stage, ...] = ()
    why_not: str = ""

    @property
    def next_due_on(self) -> date | None:
        """Return the day of the first stage that is not done, else the last day of all."""
        return next((stage.due_on for stage in self.stages if stage.done_on is None), self.due_on)


NAMES: Mapping[str, Text] = {
    "measures": Text("整改措施", "the measures"),
    "responsible": Text("责任单位和责任人", "who is responsible"),
    "funds": Text("资金", "the funds"),
    "due_on": Text("时限", "the day by which it is done"),
    "interim_plan": Text("整改期间的防范措施和预案", "the interim plan"),
    "why_not": Text("暂不能整改的原因", "why it cannot be fixed now"),
    "stages": Text("阶段", "the stages"),
}
# Source: SAWS Order 16 (2008), art. 15: the treatment plan of a major danger settles goals, methods and measures, funds
# and materials, organisation and people, time limit, safety measures and emergency plan. Art. 3: a general one can be
# fixed at once when found.
# Assumption: what is fixed at once needs neither funds set aside nor an interim plan.
NEEDED: Mapping[Treatment, tuple[str, ...]] = {
    Treatment.NOW: ("measures", "responsible", "due_on"),
    Treatment.STAGES: ("measures", "responsible", "funds", "due_on", "interim_plan", "stages"),
    Treatment.CANNOT: ("why_not", "responsible", "due_on", "interim_plan"),
}
ALL_FIVE = ("measures", "responsible", "funds", "due_on", "interim_plan")


def needed(treatment: Treatment, severity: FindingSeverity) -> tuple[str, ...]:
    """Return what a settlement must hold; one of a major finding that is cured holds all five, however quick it is."""
    asked = NEEDED[treatment]
    if severity is FindingSeverity.MAJOR and treatment is not Treatment.CANNOT:
        asked = (*asked, *(name for name in ALL_FIVE if name not in asked))
    return asked


def lacking(settlement: Settlement, severity: FindingSeverity) -> tuple[str, ...]:
    """Return the names of what is not settled yet."""
    return tuple(name for name in needed(settlement.treatment, severity) if not getattr(settlement, name))


def demand_settled(settlement: Settlement, severity: FindingSeverity, *, today: date) -> Settlement:
    """Return a settlement that is whole; raise NotSettled and say what it lacks otherwise."""
    missing = [NAMES[name] for name in lacking(settlement, severity)]
    if missing:
        zh, en = "、".join(one.zh for one in missing), ", ".join(one.en for one in missing)
        raise NotSettled(zh=f"尚未落实：{zh}。请补充后再提交。", en=f"Not settled yet: {en}. Fill it in and try again.")
    if settlement.due_on is not None and settlement.due_on < today:
        raise NotSettled(
            zh=f"时限 {settlement.due_on} 已经过去。请填写今天或以后的日期。",
            en=f"{settlement.due_on} has passed. Enter today or a later day.",
        )
    demand_in_order(settlement)
    return settlement


def demand_in_order(settlement: Settlement) -> None:
    days = [stage.due_on for stage in settlement.stages]
    last = settlement.due_on
    if days != sorted(days) or (days and last is not None and days[-1] > last):
        raise NotSettled(
            zh="各阶段须按时间先后排列，最后一个阶段不得晚于总时限。请调整。",
            en="Stages follow each other in time, and the last is not later than the whole. Put them in order.",
        )


def stage_done(settlement: Settlement, number: int, *, on: date) -> tuple[Stage, ...]:
    """Return the stages with one (counted from 1) done; stages are done one after the other."""
    first = next((index for index, stage in enumerate(settlement.stages, start=1) if stage.done_on is None), 0)
    if number != first:
        raise NoSuchStage(
            zh=f"第 {number} 阶段不能报完成：请按顺序办理，下一阶段是第 {first} 阶段。"
            if first
            else "各阶段均已完成。请直接报整改完成。",
            en=f"Stage {number} cannot be reported: they follow each other, and the next is stage {first}."
            if first
            else "All stages are done. Report the cure as done.",
        )
    done = settlement.stages[number - 1]
    return (
        *settlement.stages[: number - 1],
        Stage(done.what, done.due_on, on),
        *settlement.stages[number:],
    )


def stages_to_data(stages: Sequence[Stage]) -> list[dict[str, Any]]:
    return [
        {
            "what": one.what,
            "due_on": one.due_on.isoformat(),
            "done_on": one.done_on.isoformat() if one.done_on else None,
        }
        for one in stages
    ]


def stages_from_data(data: Sequence[Mapping[str, Any]]) -> tuple[Stage, ...]:
    return tuple(
        Stage(
            one["what"],
            date.fromisoformat(one["due_on"]),
            date.fromisoformat(one["done_on"]) if one.get("done_on") else None,
        )
        for one in data
    )


def stages_from_text(text: str) -> tuple[Stage, ...]:
    """Read stages as people type them: a line for each, its day first; raise NotSettled for a line without one."""
    found = []
    for line in text.splitlines():
        day, _, what = line.strip().partition(" ")
        if not day:
            continue
        try:
            due_on = date.fromisoformat(day)
        except ValueError as problem:
            raise NotSettled(
                zh=f"“{line.strip()[:40]}”不是一个阶段：每行先写日期，空一格再写内容，如“2026-12-01 更换阀门”。",
                en=f'"{line.strip()[:40]}" is no stage: write the day first, then what is done by it, such as '
                '"2026-12-01 replace the valves".',
            ) from problem
        found.append(Stage(what.strip() or day, due_on))
    return tuple(found)


def stages_to_text(stages: Sequence[Stage]) -> str:
    return "\n".join(f"{one.due_on} {one.what}" for one in stages)
