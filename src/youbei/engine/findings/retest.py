"""What a retest asks, and whether it passed: the old failure is the test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from youbei.engine.text import Text


class Way(StrEnum):
    """How a cure is proved: by simulating the new version, by an exercise of it, or by asking the checker again."""

    SIMULATION = "simulation"
    EXERCISE = "exercise"
    CHECK = "check"


WAY_NAMES: Mapping[Way, Text] = {
    Way.SIMULATION: Text("仿真复验", "simulation"),
    Way.EXERCISE: Text("演练复验（注入或小型演练）", "exercise (an inject or a small drill)"),
    Way.CHECK: Text("预案检查复验", "plan checker"),
}
# Assumption: a promise that is kept in nine of ten simulated courses, at 95 % confidence, counts as kept.
KEPT_SHARE = 0.9
# Assumption: fewer courses than these say too little for the interval to mean anything.
FEWEST_RUNS = 50


@dataclass(frozen=True, slots=True)
class Asks:
    """What must hold: `step` is finished in time, enough is free for its `need`, or the checker does not say `code` at
    `place`.
    """

    way: Way
    step: str = ""
    code: str = ""
    place: str = ""
    share: float = KEPT_SHARE
    need: str = ""

    def as_data(self) -> dict[str, Any]:
        return {"step": self.step, "code": self.code, "place": self.place, "share": self.share, "need": self.need}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a retest passed, and why, in numbers; `passed` None where what was seen decides nothing."""

    passed: bool | None
    why: Text


def asks_of(key: str, place: str) -> Asks:
    """Return what a retest of a finding asks, from what was found: `check:<plan>:<code>:<place>`, a need of a step
    (`stress:<plan>:<step>/<need>`), or a step.
    """
    parts = key.split(":", 3)
    if parts[0] == "check" and len(parts) == 4:
        return Asks(Way.CHECK, code=parts[2], place=parts[3])
    step = step_of(place)
    subject = parts[2].partition("#")[0] if parts[0] == "stress" and len(parts) == 3 else ""
    return Asks(Way.SIMULATION, step=step, need=subject.partition("/")[2]) if step else Asks(Way.EXERCISE)


def step_of(place: str) -> str:
    """Return the step that a place of a plan names, such as `steps.isolate.within`; empty for another place."""
    parts = place.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "steps" else ""


def judge_simulation(asks: Asks, *, tried: int, late: int, late_at_most: float, has_deadline: bool) -> Outcome:
    """Judge a step by how often it was late, a need by how often it was short; `late_at_most` is the upper end of the
    95 % interval of that share. has_deadline: whether there is such a step with a deadline, or such a need.

    Too few courses decide nothing: neither fewer than `FEWEST_RUNS`, nor so few that it was late seldom enough but the
    interval still reaches beyond what is asked.
    """
    if not has_deadline and asks.need:
        return Outcome(
            False,
            Text(
                f"新版预案中步骤“{asks.step}”没有需求“{asks.need}”，无从复验。",
                f"Step {asks.step!r} of the new version has no need {asks.need!r}, so nothing can be shown.",
            ),
        )
    if not has_deadline:
        return Outcome(
            False,
            Text(
                f"新版预案中步骤“{asks.step}”没有时限，或已不存在，无从复验。",
                f"The new version has no step {asks.step!r} with a deadline, so nothing can be shown.",
            ),
        )
    if tried < FEWEST_RUNS:
        return Outcome(
            None,
            Text(
                f"未定：该步骤只出现在 {tried} 次推演中，少于 {FEWEST_RUNS} 次，说明不了问题。",
                f"Undecided: the step came up in {tried} simulated courses, fewer than {FEWEST_RUNS}: too few to show "
                "anything.",
            ),
        )
    kept = 1 - late_at_most
    if asks.need:
        said = Text(
            f"推演 {tried} 次，无处可调 {late} 次；按 95% 置信，至少 {kept:.1%} 足够，要求 {asks.share:.0%}。",
            f"{tried} simulated courses, not enough free in {late}; with 95 % confidence there is enough in at least "
            f"{kept:.1%}, and {asks.share:.0%} are asked.",
        )
    else:
        said = Text(
            f"推演 {tried} 次，超时 {late} 次；按 95% 置信，至少 {kept:.1%} 按时完成，要求 {asks.share:.0%}。",
            f"{tried} simulated courses, late in {late}; with 95 % confidence at least {kept:.1%} are in time, and "
            f"{asks.share:.0%} are asked.",
        )
    if kept >= asks.share:
        return Outcome(True, said)
    if 1 - late / tried >= asks.share:
        return Outcome(None, Text(f"未定，推演次数不足：{said.zh}", f"Undecided, too few courses: {said.en}"))
    return Outcome(False, said)


def judge_check(asks: Asks, said: frozenset[tuple[str, str]]) -> Outcome:
    """Judge by what the checker says of the new version: (code, place) of each of its findings."""
    passed = (asks.code, asks.place) not in said
    zh, en = ("不再报告", "no longer says") if passed else ("仍然报告", "still says")
    return Outcome(
        passed,
        Text(f"预案检查{zh} {asks.code}（{asks.place}）。", f"The checker {en} {asks.code} at {asks.place}."),
    )


def judge_exercise(asks: Asks, *, verdict: str | None, is_over: bool, others: int) -> Outcome:
    """Judge by the log of a run: `verdict` of the step asked for, or `others`, how much went wrong without one."""
    if not is_over:
        return Outcome(None, Text("未定：演练尚未结束。", "Undecided: the run is not over yet."))
    if asks.step:
        passed = verdict == "met" if verdict in ("met", "late", "missed") else None
        words = {"met": ("按时完成", "in time"), "late": ("超时", "late"), "missed": ("未完成", "missed")}
        zh, en = words.get(verdict or "", ("未检验", "not tested"))
        return Outcome(passed, Text(f"步骤“{asks.step}”：{zh}。", f"Step {asks.step!r}: {en}."))
    passed = others == 0
    return Outcome(
        passed, Text(f"日志显示 {others} 处不符。", f"The log shows {others} things wrong with what was found before.")
    )
