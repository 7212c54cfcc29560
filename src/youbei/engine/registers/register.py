"""A register: one table that users keep, described as data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from youbei.engine.access import Permission
from youbei.engine.registers.field import Field, FieldKind
from youbei.engine.text import Text


class Subject(StrEnum):
    """Where a register stands in the house; also how the index of the registers is grouped."""

    PEOPLE = "people"
    RESOURCES = "resources"
    STOCK = "stock"
    PLACES = "places"


class Freshness(StrEnum):
    """How old a record's last confirmation is."""

    FRESH = "fresh"
    STALE = "stale"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Register:
    """Describe one register.

    `title` names all of it and `one` one record. `key` names the fields by which a re-import finds a record: they
    never change together. `label` names the fields that a record is called by. A confirmation older than `fresh_for`
    is stale; None means that its records do not age. `owners` names the references from which a record's place in the
    tree of organisations follows, the first that is given; without any it is shared by the whole installation.
    """

    name: str
    title: Text
    one: Text
    subject: Subject
    fields: tuple[Field, ...]
    edit: Permission
    key: tuple[str, ...] = ("code",)
    label: tuple[str, ...] = ("name_zh", "name_en")
    owners: tuple[str, ...] = ("organisation",)
    see: Permission = Permission.SEE
    fresh_for: timedelta | None = timedelta(days=365)
    help: Text = Text()

    def field(self, name: str) -> Field:
        """Return a field; raise KeyError for a name the register does not have."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    def has(self, name: str) -> bool:
        return any(field.name == name for field in self.fields)

    @property
    def has_place(self) -> bool:
        """Say whether its records stand somewhere: they go on maps and into GeoJSON and KML."""
        return any(field.kind is FieldKind.LATITUDE for field in self.fields)

    @property
    def filters(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.is_filter)

    @property
    def references(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.kind is FieldKind.REFERENCE)

    @property
    def personal(self) -> frozenset[str]:
        """Return the names of the fields that hold personal data."""
        return frozenset(field.name for field in self.fields if field.is_personal)

    @property
    def is_about_persons(self) -> bool:
        """Say whether a record tells of one person, or holds personal data."""
        return bool(self.personal) or "person" in {field.name for field in self.references}

    def freshness(self, confirmed_at: datetime | None, now: datetime) -> Freshness:
        """Say whether a confirmation still counts. A record that does not age is fresh from its first entry on."""
        if self.fresh_for is None:
            return Freshness.FRESH
        if confirmed_at is None:
            return Freshness.NEVER
        return Freshness.FRESH if now - confirmed_at < self.fresh_for else Freshness.STALE

    def name_of(self, values: dict[str, Any]) -> Text:
        """Return what a record is called, from its values."""
        if self.label == ("name_zh", "name_en"):
            return Text(values.get("name_zh") or "", values.get("name_en") or "")
        said = " · ".join(str(values[name]) for name in self.label if values.get(name) not in (None, ""))
        return Text(said, said)


def by_name(registers: Iterable[Register]) -> dict[str, Register]:
    return {register.name: register for register in registers}
