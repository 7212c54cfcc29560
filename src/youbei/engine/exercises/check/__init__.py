"""The checker of exercises: like that of plans it names what is wrong, where, and how to cure it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from youbei.engine.exercises.check.codes import CODES
from youbei.engine.exercises.check.names import check_names
from youbei.engine.exercises.check.sense import check_sense
from youbei.engine.exercises.check.study import Said, Study
from youbei.engine.exercises.model import Exercise
from youbei.engine.incidents import FactKind
from youbei.engine.plans.check.finding import Finding
from youbei.engine.plans.model import Plan

__all__ = ["CODES", "check_exercise"]

FAMILIES: tuple[Callable[[Study], Iterator[Said]], ...] = (check_names, check_sense)


def check_exercise(exercise: Exercise, plan: Plan, facts: Mapping[str, FactKind] | None = None) -> tuple[Finding, ...]:
    """Return all findings about an exercise for the plan it tests, errors first; `facts` is the catalogue, if any."""
    study = Study(exercise, plan, facts)
    findings = {finding_of(said) for family in FAMILIES for said in family(study)}
    return tuple(sorted(findings, key=lambda finding: finding.order))


def finding_of(said: Said) -> Finding:
    code = CODES[said.code]
    return Finding(code.code, code.severity, said.place, said.sentence, code.cure)
