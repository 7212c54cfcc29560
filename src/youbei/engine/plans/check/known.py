"""What the checker may know besides the plan: today's registers, vocabularies and law. Every part may be absent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from youbei.engine.plans.calibration.measured import Measured
from youbei.engine.plans.model import PlanKind
from youbei.engine.resources import World
from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class Held:
    """Say of an office, a duty post or a person: is somebody there today, and with which qualifications.

    `is_fresh` says that at least one of those there was confirmed lately.
    """

    is_filled: bool = True
    is_fresh: bool = True
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


@dataclass(frozen=True, slots=True)
class Known:
    """Hold what a plan is checked against; a part that is None is not checked.

    posts: offices and duty posts by code `<organisation>/<post>`. persons: by code. capabilities: the catalogue, each
    with the number of teams available today; items: the catalogue, each with the quantity in store, in its unit; a
    figure of None is not checked. plans: ids of the plans in the register. required_chapters: by kind of plan, as the
    standard lists them. fresh_teams and fresh_items: how much of capabilities and items rests on entries that were
    confirmed lately; stale_sites: those that were not; closed_sites: those that serve nobody today. measured: by step
    of this plan, the times that it took. world: where the teams and stores are; gives the arrival times. names: what
    capabilities, items, sites and posts are called, by code. Of a large register only what the plan names need be
    here, and for what leads nowhere some codes that may have been meant.
    """

    today: date | None = None
    organisations: frozenset[str] | None = None
    posts: Mapping[str, Held] | None = None
    persons: Mapping[str, Held] | None = None
    qualifications: frozenset[str] | None = None
    capabilities: Mapping[str, int | None] | None = None
    items: Mapping[str, float | None] | None = None
    sites: frozenset[str] | None = None
    facts: Mapping[str, FactKind] | None = None
    hazards: frozenset[str] | None = None
    rules: frozenset[str] | None = None
    plans: frozenset[str] | None = None
    required_reports: tuple[RequiredReport, ...] | None = None
    required_chapters: Mapping[PlanKind, tuple[RequiredChapter, ...]] | None = None
    fresh_teams: Mapping[str, int] | None = None
    fresh_items: Mapping[str, float] | None = None
    stale_sites: frozenset[str] | None = None
    closed_sites: frozenset[str] | None = None
    measured: Mapping[str, Measured] | None = None
    world: World | None = None
    names: Mapping[str, Text] = field(default_factory=dict)

    def called(self, code: str) -> Text:
        """Return the name of a capability, an item, a site or a post; its code where it has none."""
        return self.names.get(code, Text(code, code))
