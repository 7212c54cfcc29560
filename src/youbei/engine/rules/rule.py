"""Rules of law as data: dated values, each with its source, and examples that say what the rule means.

A rule never carries a date of its own: which value applies is asked with a date. Values are half-open periods
(`starts_on <= day < ends_on`) that do not overlap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from youbei.engine.conditions import Condition
from youbei.engine.rules.kinds import Body
from youbei.engine.text import Text


class RuleKind(StrEnum):
    GRADING = "grading"
    DEADLINE = "deadline"
    COMPLETE = "complete"
    CODES = "codes"


class Evidence(StrEnum):
    """Say how well the source is known: its text was read, a page about it was seen, or it is known by heart only."""

    TEXT = "text"
    SECONDARY = "secondary"
    KNOWLEDGE = "knowledge"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule stands: the document, its number, how it was seen and when it was read."""

    title: Text
    number: str
    evidence: Evidence
    read_on: date


@dataclass(frozen=True, slots=True)
class DatedValue:
    """What the rule says from a day on. `citation` names the article.

    `is_start_known` is false where the day of entry into force was not seen; then `starts_on` is the day the text was
    read, and the rule is applied from there only.
    """

    starts_on: date
    ends_on: date | None
    citation: Text
    body: Body
    is_start_known: bool = True

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


@dataclass(frozen=True, slots=True)
class Example:
    """What the rule must answer: on a day, given this, expect that. The keys depend on the kind; see `evaluate`."""

    on: date
    given: Mapping[str, Any] = field(default_factory=dict)
    expect: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to tell whenever `when` holds, such as: missing persons are not counted as dead."""

    when: Condition
    text: Text


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    is_confirmed: somebody has seen the source; rules that nobody has seen are not enabled.
    needs_check: a newer law may have moved it; it is applied, and says so.
    jurisdiction: `cn`, or `cn/<province>/...` for a local layer.
    scale: gradings with the same scale can be compared by severity.
    sums: facts that the rule counts together, by the name of their sum; it is known once all its parts are.
    """

    id: str
    kind: RuleKind
    title: Text
    source: Source
    values: tuple[DatedValue, ...]
    examples: tuple[Example, ...]
    is_confirmed: bool
    jurisdiction: str = "cn"
    scale: str = ""
    needs_check: bool = False
    note: Text = Text()
    remarks: tuple[Remark, ...] = ()
    sums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def value_on(self, day: date) -> DatedValue | None:
        """Return the value in force on a day, or None where the rule was not in force."""
        return next((value for value in self.values if value.holds_on(day)), None)

    def citation(self, value: DatedValue) -> Text:
        """Write document and article in one line."""
        number = f"（{self.source.number}）" if self.source.number else ""
        number_en = f" ({self.source.number})" if self.source.number else ""
        return Text(
            f"《{self.source.title.zh}》{number}{value.citation.zh}",
            f"{self.source.title.en}{number_en}, {value.citation.en}",
        )
