"""Set what a plan assumes beside what was measured, step by step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from youbei.engine.plans.calibration.measured import Measured, Origin, Sample, measured, proposal
from youbei.engine.plans.model import Duration, Plan, Step
from youbei.engine.text import Text


class Agreement(StrEnum):
    """How an assumption stands against the measurements."""

    INSIDE = "inside"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_FEW = "too_few"
    NOT_MEASURED = "not_measured"


AGREEMENT_NAMES = {
    Agreement.INSIDE: Text("与实测相符", "agrees with what was measured"),
    Agreement.TOO_SHORT: Text("假定偏短", "assumed too short"),
    Agreement.TOO_LONG: Text("假定偏长", "assumed too long"),
    Agreement.TOO_FEW: Text("实测次数太少", "measured too rarely"),
    Agreement.NOT_MEASURED: Text("尚无实测", "not measured yet"),
}


@dataclass(frozen=True, slots=True)
class Compared:
    """A step with what its plan assumes, what was measured, and the duration that this proposes."""

    step: Step
    assumed: timedelta
    measured: Measured | None
    proposal: Duration | None
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class StepRun:
    """How a step went in one run, as rows and logs keep it."""

    step: str
    run: int
    origin: Origin
    began: float
    ended: float
    is_skipped: bool = False


def samples_of(runs: Iterable[StepRun]) -> tuple[Sample, ...]:
    """Return the times of steps that were done, from start to finish; skipped ones took no time and say nothing."""
    return tuple(
        Sample(one.step, timedelta(seconds=one.ended - one.began), one.origin, one.run)
        for one in runs
        if not one.is_skipped and one.ended >= one.began
    )


def compare(plan: Plan, samples: Sequence[Sample]) -> tuple[Compared, ...]:
    """Return every step of a plan, in its order, with what was measured of it."""
    found = []
    for step in plan.steps:
        known = measured(step.id, samples)
        found.append(
            Compared(
                step, step.takes.likely, known, proposal(known) if known else None, agreement(step.takes.likely, known)
            )
        )
    return tuple(found)


def agreement(assumed: timedelta, known: Measured | None) -> Agreement:
    if known is None:
        return Agreement.NOT_MEASURED
    if not known.is_sure:
        return Agreement.TOO_FEW
    if known.agrees(assumed):
        return Agreement.INSIDE
    return Agreement.TOO_SHORT if assumed < known.low else Agreement.TOO_LONG
