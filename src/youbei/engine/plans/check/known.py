"""What the checker may know besides the plan: today's registers, vocabularies and law. Every part may be absent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from youbei.engine.plans.model import PlanKind
from youbei.engine.resources import World
from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class Held:
    """Say of an office, a duty post or a person: is somebody there today, and with which qualifications."""

    is_filled: bool = True
    qualifications: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FactKind:
    """Say what values a fact takes: `integer`, `number`, `boolean` or `code` (then one of `choices`, if any)."""

    type: str
    choices: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RequiredReport:
    """Name a report that the law asks for, for plans of some hazards and kinds (none named: all).

    `limit` is the law's time for it, where it gives one.
    """

    rule: str
    title: Text
    hazards: frozenset[str] = frozenset()
    kinds: frozenset[PlanKind] = frozenset()
    limit: timedelta | None = None


@dataclass(frozen=True, slots=True)
class RequiredChapter:
    """Name a chapter that a plan of some kind must have; a chapter below it (`6.5.1` for `6.5`) counts, too."""

    clause: str
    title: Text


def _chapters(*pairs: tuple[str, str, str]) -> tuple[RequiredChapter, ...]:
    return tuple(RequiredChapter(clause, Text(zh, en)) for clause, zh, en in pairs)


# Source: GB/T 29639-2020, chapters 6, 7 and 8.
STANDARD_CHAPTERS: Mapping[PlanKind, tuple[RequiredChapter, ...]] = {
    PlanKind.COMPREHENSIVE: _chapters(
        ("6.1.1", "适用范围", "Scope"),
        ("6.1.2", "响应分级", "Response levels"),
        ("6.2", "应急组织机构及职责", "Organisation and duties"),
        ("6.3.1", "信息报告", "Reporting of information"),
        ("6.3.2", "预警", "Warning"),
        ("6.3.3", "响应启动", "Activation"),
        ("6.3.4", "应急处置", "Disposal"),
        ("6.3.5", "应急支援", "Support"),
        ("6.3.6", "响应终止", "End of the response"),
        ("6.4", "后期处置", "After-care"),
        ("6.5", "应急保障", "Safeguards"),
    ),
    PlanKind.SPECIAL: _chapters(
        ("7.1", "适用范围", "Scope"),
        ("7.2", "应急组织机构及职责", "Organisation and duties"),
        ("7.3", "响应启动", "Activation"),
        ("7.4", "处置措施", "Measures"),
        ("7.5", "应急保障", "Safeguards"),
    ),
    PlanKind.ON_SITE: _chapters(
        ("8.1", "事故风险描述", "Description of the risk"),
        ("8.2", "应急工作职责", "Duties"),
        ("8.3", "应急处置", "Disposal"),
        ("8.4", "注意事项", "Cautions"),
    ),
}


@dataclass(frozen=True, slots=True)
class Known:
    """Hold what a plan is checked against; a part that is None is not checked.

    posts: offices and duty posts by code `<organisation>/<post>`. persons: by code. capabilities: available teams per
    capability. items: quantity in store per item, in its unit. plans: ids of the plans in the register.
    world: where the teams and stores are; gives the arrival times.
    """

    today: date | None = None
    organisations: frozenset[str] | None = None
    posts: Mapping[str, Held] | None = None
    persons: Mapping[str, Held] | None = None
    qualifications: frozenset[str] | None = None
    capabilities: Mapping[str, int] | None = None
    items: Mapping[str, float] | None = None
    sites: frozenset[str] | None = None
    facts: Mapping[str, FactKind] | None = None
    hazards: frozenset[str] | None = None
    rules: frozenset[str] | None = None
    plans: frozenset[str] | None = None
    required_reports: tuple[RequiredReport, ...] | None = None
    required_chapters: Mapping[PlanKind, tuple[RequiredChapter, ...]] | None = None
    world: World | None = None
