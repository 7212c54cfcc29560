"""What an after-action report is made of: sections, tables, and the rows of its improvement plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from youbei.engine.findings.kinds import Element
from youbei.engine.text import Text


class Layout(StrEnum):
    HSEEP = "hseep"
    CN = "cn"


@dataclass(frozen=True, slots=True)
class Improvement:
    """One row of the improvement plan; what is not settled yet is empty or None."""

    issue: Text
    action: Text = Text()
    objective: str = ""
    element: Element | None = None
    responsible: str = ""
    contact: str = ""
    starts_on: date | None = None
    due_on: date | None = None
    status: str = "open"


@dataclass(frozen=True, slots=True)
class Table:
    head: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its title, paragraphs, lists and tables in order, and the sections below it."""

    title: Text
    paragraphs: tuple[Text, ...] = ()
    points: tuple[Text, ...] = ()
    tables: tuple[Table, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report. `gaps` says what is still blank."""

    layout: Layout
    title: Text
    sections: tuple[Section, ...]
    improvements: tuple[Improvement, ...]
    gaps: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What no log holds: when and where it was held, who took part, who evaluated, and what people wrote."""

    held_on: date | None = None
    place: Text = Text()
    sponsor: Text = Text()
    participants: tuple[Text, ...] = ()
    evaluators: tuple[Text, ...] = ()
    contact: Text = Text()
    strengths: Mapping[str, tuple[Text, ...]] | None = None
    improvements: tuple[Improvement, ...] = ()
    conclusion: Text = Text()
