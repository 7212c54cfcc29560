"""The plan checker: like a compiler, it names what is wrong with a plan, where, and how to cure it."""

from __future__ import annotations

from youbei.engine.plans.check.course import check_course
from youbei.engine.plans.check.facts import check_facts
from youbei.engine.plans.check.finding import Code, Finding, Severity
from youbei.engine.plans.check.flow import check_flow
from youbei.engine.plans.check.freshness import check_freshness
from youbei.engine.plans.check.known import FactKind, Held, Known, RequiredChapter, RequiredReport
from youbei.engine.plans.check.law import check_law
from youbei.engine.plans.check.level_duties import check_level_duties
from youbei.engine.plans.check.levels import check_levels
from youbei.engine.plans.check.measured import check_measured
from youbei.engine.plans.check.people import check_people
from youbei.engine.plans.check.resources import check_resources
from youbei.engine.plans.check.structure import check_structure
from youbei.engine.plans.check.study import Study
from youbei.engine.plans.check.timing import check_timing
from youbei.engine.plans.check.wording import check_wording
from youbei.engine.plans.model import Plan

__all__ = [
    "Code",
    "FactKind",
    "Finding",
    "Held",
    "Known",
    "RequiredChapter",
    "RequiredReport",
    "Severity",
    "check",
]

FAMILIES = (
    check_structure,
    check_course,
    check_flow,
    check_levels,
    check_level_duties,
    check_people,
    check_resources,
    check_freshness,
    check_timing,
    check_measured,
    check_law,
    check_wording,
    check_facts,
)


def check(plan: Plan, known: Known | None = None) -> tuple[Finding, ...]:
    """Return all findings about a plan, errors first; what is not known is not checked.

    The same plan and the same knowledge give the same findings, in whatever order posts and steps stand.
    """
    study = Study(plan, known or Known())
    findings = {finding for family in FAMILIES for finding in family(study)}
    return tuple(sorted(findings, key=lambda finding: finding.order))
