"""What can be recorded as a finding: what the log of a run shows, and what the checker says of a plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from youbei.engine.exercises.model import ExpectedAction
from youbei.engine.exercises.wrongs import Shown, wrongs
from youbei.engine.findings.kinds import FindingSeverity, Source
from youbei.engine.plans.check import Finding as Checked
from youbei.engine.plans.check import Severity as CheckedSeverity
from youbei.records.casting import exercise_of
from youbei.records.load import load_plan
from youbei.records.log import read_stream
from youbei.records.models import Exercise, Finding, Run

# Assumption: what the checker calls an error breaks the plan, a warning may, a remark is advice.
GRAVITY = {
    CheckedSeverity.ERROR: FindingSeverity.MAJOR,
    CheckedSeverity.WARNING: FindingSeverity.GENERAL,
    CheckedSeverity.INFO: FindingSeverity.ADVICE,
}
# The families of the checker's codes, by their first digit or digits (see docs/reference/plan-checker.md).
STALE, LAW = "95", "7"


@dataclass(frozen=True, slots=True)
class RunWrong:
    """Something that a log shows, and the number of the finding in which it was recorded, None before."""

    shown: Shown
    finding: int | None


def run_wrongs(run: Run) -> tuple[RunWrong, ...]:
    """Return what the log of a run shows to be wrong, with what was recorded of it."""
    found = wrongs(load_plan(run.plan_version), read_stream(run.stream), expected_in(run))
    known = recorded(key_of_run(run, shown) for shown in found)
    return tuple(RunWrong(shown, known.get(key_of_run(run, shown))) for shown in found)


def expected_in(run: Run) -> tuple[ExpectedAction, ...]:
    """Return the actions that the script of an exercise expects; a response, or a drill without script, has none."""
    data = Exercise.objects.filter(run=run).filter(data__isnull=False).values_list("data", flat=True).first()
    return () if data is None else tuple(one for inject in exercise_of(data).injects for one in inject.expects)


def key_of_run(run: Run, shown: Shown) -> str:
    return f"run:{run.pk}:{shown.name}"[:200]


def source_of_run(run: Run) -> Source:
    return Source.EXERCISE if run.mode == Run.Mode.EXERCISE else Source.INCIDENT


def recorded(keys: Iterable[str]) -> dict[str, int]:
    return dict(Finding.objects.filter(key__in=list(keys)).values_list("key", "pk"))


def check_key(plan: int, one: Checked) -> str:
    """Name what the checker says, for all versions of a plan alike: as long as it is not cured, it is the same."""
    return f"check:{plan}:{one.code}:{one.place}"[:200]


def source_of_check(one: Checked) -> Source:
    digits = one.code[1:]
    if digits.startswith(STALE):
        return Source.STALE_PROMISE
    return Source.RULE_BREACH if digits.startswith(LAW) else Source.PLAN_CHECK
