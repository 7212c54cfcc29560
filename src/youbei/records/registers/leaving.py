"""What follows when records are deleted: what refers to them, what goes with them, what must be reckoned anew.

Only an undone import deletes records; everywhere else they are taken out of use and kept. As with `follow`, a fixed
number of queries does for thousands.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import DO_NOTHING, ManyToOneRel, Model, Q

from youbei import content
from youbei.engine.registers.register import Register
from youbei.records.models import (
    DerivationDue,
    EquipmentTest,
    OrganisationSpan,
    Qualification,
    Requirement,
    StatedQuantity,
    StockLot,
    TeamCapability,
)
from youbei.records.models.scope import Registered
from youbei.records.registers.derivation import mark_changed
from youbei.records.registers.follow import count_certificates, set_next_tests, today
from youbei.records.registers.tables import model_of
from youbei.records.search.entries import drop_entries

# Rows that the system itself makes of a record: they go with it and keep nobody from deleting it.
GOING_ALONG: Mapping[tuple[type[Model], str], Q] = {
    (TeamCapability, "team"): Q(),
    (OrganisationSpan, "unit"): Q(),
    (DerivationDue, "organisation"): Q(),
    (Requirement, "organisation"): ~Q(source=""),
    (StatedQuantity, "lot"): Q(state__in=("withdrawn", "replaced")),
}


def relations_to(register: Register) -> list[ManyToOneRel]:
    """Return by what records of a register can be referred to, named from their side or not."""
    found = model_of(register)._meta.get_fields(include_hidden=True)
    return [one for one in found if isinstance(one, ManyToOneRel) and one.on_delete is not DO_NOTHING]


def referred_to(register: Register, pks: Collection[int]) -> set[int]:
    """Return which of these records something refers to that stays; what goes away with them does not count."""
    kept: set[int] = set()
    below: list[tuple[int, int]] = []
    for relation in relations_to(register) if pks else ():
        name, model = relation.field.attname, relation.related_model
        rows: Any = model._base_manager.filter(**{f"{name}__in": list(pks)}).order_by()
        along = GOING_ALONG.get((model, relation.field.name))
        if along == Q():
            continue
        if along is not None:
            rows = rows.exclude(along)
        if model is model_of(register):
            below.extend(rows.values_list(name, "pk"))
        else:
            kept.update(rows.values_list(name, flat=True).distinct())
    return with_what_is_above(kept, below, set(pks))


def with_what_is_above(kept: set[int], below: Sequence[tuple[int, int]], going: set[int]) -> set[int]:
    """Add to what is kept what that refers to within the same register: (record, what refers to it)."""
    has_more = True
    while has_more:
        more = {pk for pk, referring in below if pk not in kept and (referring not in going or referring in kept)}
        kept |= more
        has_more = bool(more)
    return kept


def forget(register: Register, pks: Sequence[int]) -> None:
    """Delete what goes along with records that are deleted next."""
    drop_entries(register, pks)
    for relation in relations_to(register):
        along = GOING_ALONG.get((relation.related_model, relation.field.name))
        if along is None:
            continue
        rows: Any = relation.related_model._base_manager.filter(along, **{f"{relation.field.attname}__in": list(pks)})
        if relation.related_model is Requirement:
            drop_entries(content.registers()["requirement"], list(rows.values_list("pk", flat=True)))
        rows.delete()


def settle(register: Register, rows: Sequence[Registered]) -> None:
    """Bring in line what was reckoned with records that are deleted now."""
    if register.name != "organisation":
        mark_changed(register, rows)
    count_certificates([row.person_id for row in rows if isinstance(row, Qualification)], today())
    if tested := {row.lot_id for row in rows if isinstance(row, EquipmentTest)}:
        StockLot.objects.filter(pk__in=tested).update(next_test_on=None)
        set_next_tests([row for row in rows if isinstance(row, EquipmentTest)])
