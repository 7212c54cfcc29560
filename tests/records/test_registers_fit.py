"""The description of each register fits the table that holds it."""

from __future__ import annotations

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from youbei import content
from youbei.actions.registers.division_codes import SURE
from youbei.engine.registers.field import NUMBERS, FieldKind
from youbei.engine.registers.register import Register
from youbei.records.registers.conditions import begins_index
from youbei.records.registers.filters import filterable
from youbei.records.registers.tables import TABLES, model_of

REGISTERS = content.registers()


@pytest.fixture(params=REGISTERS.values(), ids=REGISTERS.keys())
def register(request: pytest.FixtureRequest) -> Register:
    found: Register = request.param
    return found


def test_every_register_has_a_table_and_every_table_a_register() -> None:
    assert list(TABLES) == list(REGISTERS)


def test_every_field_has_its_column(register: Register) -> None:
    for field in register.fields:
        try:
            column = model_of(register)._meta.get_field(field.name)
        except FieldDoesNotExist:
            assert isinstance(getattr(model_of(register), field.name), property), field.name
            continue
        if field.kind is FieldKind.REFERENCE:
            assert isinstance(column, models.ForeignKey)
            assert column.related_model is TABLES[field.refers_to]
            assert column.null is not field.is_required, field.name
        elif isinstance(column, models.CharField):
            # What says that a code is meant is taken off before it is kept.
            longest = field.max_length - (len(SURE) if field.name == "division" else 0)
            assert longest <= (column.max_length or 0) or field.choices, field.name
            for choice in field.choices:
                assert len(choice.code) <= (column.max_length or 0), (field.name, choice.code)
        elif field.kind in NUMBERS or field.kind in (FieldKind.DATE, FieldKind.MOMENT):
            assert column.null or field.is_required or field.default is not None, field.name


def test_choices_of_model_and_register_are_the_same(register: Register) -> None:
    for field in register.fields:
        try:
            offered = model_of(register)._meta.get_field(field.name).choices  # type: ignore[union-attr]
        except FieldDoesNotExist:
            continue
        if offered:
            assert {code for code, _ in offered} == {choice.code for choice in field.choices}, field.name


def test_key_label_and_owners_are_fields(register: Register) -> None:
    for name in (*register.key, *register.label, *register.owners):
        assert register.has(name), name
    for field in register.references:
        assert REGISTERS[field.refers_to].key == ("code",)


def test_titles_are_said_in_both_languages_and_mean_one_column_each(register: Register) -> None:
    for language in ("zh", "en"):
        titles = [field.title.in_language(language) for field in register.fields]
        assert len(set(titles)) == len(titles)
        assert all(titles)
    for field in register.fields:
        for choice in field.choices:
            assert choice.title.zh
            assert choice.title.en


def test_a_register_stands_behind_those_it_refers_to() -> None:
    order = list(REGISTERS)
    for register in REGISTERS.values():
        for field in register.references:
            assert order.index(field.refers_to) <= order.index(register.name), (register.name, field.name)


def test_every_filter_of_every_register_can_be_asked_for_an_index() -> None:
    """Indexes of expressions name no column, and must not be in the way of the others."""
    begun = {
        (register.name, field.name)
        for register in content.registers().values()
        for field in filterable(register)
        if field.kind is not FieldKind.GRADES and begins_index(register, field.name)
    }

    assert {("lot", "reserve"), ("team", "kind"), ("organisation", "kind")} <= begun
