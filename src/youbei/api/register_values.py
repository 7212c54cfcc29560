"""How registers, their records and the changes of these look in answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from ninja import Schema

from youbei.engine.registers.field import Field
from youbei.engine.registers.register import Freshness, Register
from youbei.engine.text import Text
from youbei.records.models import RecordChange, User
from youbei.records.registers.filters import filterable
from youbei.records.registers.pages import Record, mask
from youbei.records.registers.tables import may_enter
from youbei.records.registers.values import as_json
from youbei.records.registers.walk import orders


class FieldChoiceOut(Schema):
    code: str
    title: Text


class FieldOut(Schema):
    """One field. `kind` says what a value is; `refers_to` names the register that a reference points into."""

    name: str
    title: Text
    kind: str
    is_required: bool
    is_personal: bool
    is_filter: bool
    choices: list[FieldChoiceOut]
    refers_to: str
    unit: Text
    help: Text
    least: str | None
    most: str | None
    max_length: int


class RegisterOut(Schema):
    """A register. `key`: the fields by which a record is known again; `fresh_for_days` null: its records do not age.

    `orders`: the fields by which its list can be sorted.
    """

    name: str
    title: Text
    one: Text
    subject: str
    help: Text
    key: list[str]
    label: list[str]
    has_place: bool
    fresh_for_days: int | None
    orders: list[str]
    may_edit: bool
    fields: list[FieldOut]


class LinkOut(Schema):
    register_name: str
    pk: int
    name: Text


class RecordOut(Schema):
    """A record. `links`: what its references point to. `last_change`: see `seen`; null in lists.

    `waits`: of a lot, the numbers of the quantities that wait for a second person (`/stock-stated`); empty in lists.
    """

    pk: int
    name: Text
    values: dict[str, Any]
    links: dict[str, LinkOut]
    freshness: Freshness
    confirmed_at: datetime | None
    confirmed_by: str
    retired_at: datetime | None
    last_change: int | None
    waits: list[int]


class ChangeOut(Schema):
    """One change. `source` says how it came: empty for a page, `api`, `import:<number>`, `campaign:<number>`."""

    pk: int
    at: datetime
    by: str
    kind: str
    before: dict[str, Any]
    after: dict[str, Any]
    source: str


def register_out(register: Register, by: User) -> RegisterOut:
    return RegisterOut(
        name=register.name,
        title=register.title,
        one=register.one,
        subject=register.subject.value,
        help=register.help,
        key=list(register.key),
        label=list(register.label),
        has_place=register.has_place,
        fresh_for_days=register.fresh_for.days if register.fresh_for else None,
        orders=orders(register),
        may_edit=may_enter(register, by),
        fields=[field_out(field, register) for field in register.fields],
    )


def field_out(field: Field, register: Register) -> FieldOut:
    return FieldOut(
        name=field.name,
        title=field.title,
        kind=field.kind.value,
        is_required=field.is_required,
        is_personal=field.is_personal,
        is_filter=field in filterable(register),
        choices=[FieldChoiceOut(code=choice.code, title=choice.title) for choice in field.choices],
        refers_to=field.refers_to,
        unit=field.unit,
        help=field.help,
        least=None if field.least is None else format(field.least, "f"),
        most=None if field.most is None else format(field.most, "f"),
        max_length=field.max_length,
    )


def record_out(record: Record, last_change: int | None = None, waits: Iterable[int] = ()) -> RecordOut:
    return RecordOut(
        pk=record.pk,
        name=record.name,
        values=plain(record.values),
        links={
            name: LinkOut(register_name=link.register, pk=link.pk, name=link.name)
            for name, link in record.links.items()
        },
        freshness=record.freshness,
        confirmed_at=record.confirmed_at,
        confirmed_by=record.confirmed_by,
        retired_at=record.retired_at,
        last_change=last_change,
        waits=list(waits),
    )


def change_out(register: Register, change: RecordChange) -> ChangeOut:
    return ChangeOut(
        pk=change.pk,
        at=change.at,
        by=change.by_label,
        kind=change.kind,
        before=without_personal(register, change.before),
        after=without_personal(register, change.after),
        source=change.source,
    )


def without_personal(register: Register, said: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: mask(str(value)) if name in register.personal and value is not None else value
        for name, value in said.items()
    }


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as JSON holds them: numbers with decimals as text, so that none is rounded on its way."""
    return as_json(values)
