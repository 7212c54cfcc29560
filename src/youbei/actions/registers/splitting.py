"""Divide a unit in two: a new one beside it takes over what is named, and the old one keeps the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from youbei import content
from youbei.actions.permit import require
from youbei.actions.registers.save import save_record
from youbei.actions.registers.tree import LONGEST_DOCUMENT, Effect, TreeRefused, keep, move_paths, path_of, say
from youbei.engine.access import Permission
from youbei.engine.registers.register import Register
from youbei.records.campaign_tallies import count_anew
from youbei.records.models import Organisation, User
from youbei.records.registers.carrying import carry_along
from youbei.records.registers.derivation import mark_due
from youbei.records.registers.indexing import index_under
from youbei.records.registers.spans import note_under
from youbei.records.registers.tables import in_use, records_of

# Of each register; a unit that has more of them moves the rest as a whole.
AT_ONCE = 1000
COPIED = ("kind", "level", "division", "sector", "hazard_class")


@dataclass(frozen=True, slots=True)
class NewUnit:
    """What the new unit is called."""

    code: str
    name_zh: str
    name_en: str = ""


@transaction.atomic
def split_unit(
    *,
    unit: Organisation,
    new: NewUnit,
    units: Sequence[int] = (),
    records: Mapping[str, Sequence[int]] | None = None,
    document: str,
    by: User | None,
    now: datetime,
) -> tuple[Organisation, Effect]:
    """Set up a new unit beside another and give it some of that one's lower units and records (register -> keys).

    What belongs to a record goes with it. The log and the ledger keep the path of their time, and grants stay where
    they were given. A lower unit or record that is not the unit's own is refused.
    """
    row = Organisation.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    require(by, Permission.EDIT_PEOPLE, row.path)
    require(by, Permission.EDIT_PEOPLE, path_of(row.parent_id) if row.parent_id is not None else "/")
    if row.retired_at is not None:
        raise TreeRefused(zh="该单位已停用，不能再拆分。", en="The unit is out of use: it cannot be divided any more.")
    made = set_up(row, new, by=by, now=now)
    children = own_children(row, units)
    for child in children:
        move_paths(child.path, f"{made.path}{child.pk}/")
        Organisation.objects.filter(pk=child.pk).update(parent=made)
    count_anew([f"{made.path}{child.pk}/" for child in children])
    moved = 0
    for name, pks in sorted((records or {}).items()):
        register = content.registers().get(name)
        if register is None:
            raise not_its_own()
        moved += give_records(register, row, made, pks, by=by)
    note_under(made.path, now)
    mark_due([row.pk, made.pk])
    index_under(made.path)
    index_under(row.path)
    keep(row, {}, {"reason": f"→ {made.code} {document}".strip()}, document, by, now)
    data = {
        "unit": row.code,
        "to": made.code,
        "document": document[:LONGEST_DOCUMENT],
        "units": len(children),
        "records": moved,
    }
    say(row, "organisation.split", data, by, now)
    return made, Effect(len(children), moved, 0)


def set_up(row: Organisation, new: NewUnit, *, by: User | None, now: datetime) -> Organisation:
    values = {"code": new.code, "name_zh": new.name_zh, "name_en": new.name_en or None}
    values |= {name: getattr(row, name) or None for name in COPIED}
    values["parent"] = row.parent.code if row.parent else None
    register = content.registers()["organisation"]
    made = save_record(register=register, values=values, by=by, now=now, source=f"split:{row.code}"[:60])
    if not isinstance(made, Organisation):
        raise TypeError("The register of organisations holds organisations")
    return made


def own_children(row: Organisation, pks: Sequence[int]) -> list[Organisation]:
    found = list(Organisation.objects.filter(parent=row, pk__in=list(pks)).order_by("pk"))
    if len(found) < len(set(pks)):
        raise not_its_own()
    return found


def divisible() -> list[Register]:
    """Return the registers whose records belong to a unit directly."""
    return [one for one in content.registers().values() if "organisation" in one.owners]


def own_records(register: Register, row: Organisation) -> Any:
    return in_use(records_of(register)).filter(organisation=row).order_by("pk")


def give_records(
    register: Register, row: Organisation, made: Organisation, pks: Sequence[int], *, by: User | None
) -> int:
    """Give records of a unit to another with all that belongs to them; return how many of them themselves."""
    if "organisation" not in register.owners:
        raise not_its_own()
    require(by, register.edit, row.path)
    keys = sorted(set(pks))[:AT_ONCE]
    if not keys:
        return 0
    rows = records_of(register).filter(pk__in=keys, organisation=row)
    if rows.count() < len(set(pks)):
        raise not_its_own()
    rows.update(organisation=made, org_path=made.path)
    carry_along(register, keys, made.path)
    return len(keys)


def not_its_own() -> TreeRefused:
    return TreeRefused(
        zh="所选内容有的不属于该单位，或一次超过一千条。请重新选择。",
        en="Some of what was chosen does not belong to the unit, or it is more than a thousand of a kind. Choose anew.",
    )
