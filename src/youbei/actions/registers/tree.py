"""Change the tree of organisations: move a unit with all below it, merge one into another. One transaction each.

The paths of everything below follow in one statement per table. The log is not touched: its entries stay under the path
of their time (see docs/decisions).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Substr

from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.permit import require
from youbei.actions.registers.history import keep_change
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.records.campaign_tallies import count_anew
from youbei.records.models import (
    Campaign,
    CampaignUnit,
    DerivationDue,
    Grant,
    LogEntry,
    Organisation,
    OrganisationSpan,
    Run,
    SearchEntry,
    StockMovement,
    User,
    Webhook,
)
from youbei.records.registers.derivation import mark_due
from youbei.records.registers.indexing import index_under
from youbei.records.registers.spans import note_under, note_units
from youbei.records.registers.tables import register_called

# What ends with a unit that is merged: it would let somebody act for, or hear of, the other unit unasked.
ENDING = (Grant, Webhook)
LONGEST_DOCUMENT = 200


class TreeRefused(Refused):
    """Refuse a change of the tree that would break it, or that has no sense."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change of the tree takes along: units, records of all kinds, and grants on what moves."""

    units: int
    records: int
    grants: int


def scoped_tables() -> Iterator[tuple[type[models.Model], str]]:
    """Yield every table with a path into the tree, and the column.

    What is never changed (the log, the ledger of stock) keeps the path of its time; the search index is made anew.
    """
    for model in apps.get_app_config("records").get_models():
        if model in (LogEntry, StockMovement, SearchEntry):
            continue
        names = {column.name for column in model._meta.concrete_fields}
        if model is Organisation:
            yield model, "path"
        elif "org_path" in names:
            yield model, "org_path"


def effect_of(unit: Organisation) -> Effect:
    """Count what moves with a unit."""
    records = grants = units = 0
    for model, column in scoped_tables():
        rows: Any = model._default_manager.filter(**{f"{column}__under": unit.path})
        number = rows.count()
        if model is Organisation:
            units = number
        elif model is Grant:
            grants = number
        else:
            records += number
    return Effect(units, records, grants)


@transaction.atomic
def move_unit(
    *, unit: Organisation, to: Organisation, document: str, by: User | None, now: datetime
) -> tuple[Organisation, Effect]:
    """Put a unit, with all below it, under another superior. Its own grants go with it; those on its old superiors end
    to reach it, those on the new ones begin.

    Raises:
        TreeRefused: the new superior lies below the unit itself, is out of use, or is its superior already.
    """
    row, target = two_locked(unit, to)
    for path in (row.path, target.path):
        require(by, Permission.EDIT_PEOPLE, path)
    if row.parent_id is not None:
        require(by, Permission.EDIT_PEOPLE, path_of(row.parent_id))
    if target.path.startswith(row.path):
        raise TreeRefused(
            zh=f"{target.name_zh}在{row.name_zh}之下，不能作它的上级。请另选。",
            en=f"{target.name_en or target.name_zh} lies below {row.name_en or row.name_zh}: it cannot be above it.",
        )
    if row.parent_id == target.pk or target.retired_at is not None:
        raise TreeRefused(
            zh="已隶属该单位，或该单位已停用。请另选上级。", en="It stands there already, or that unit is out of use."
        )
    effect = effect_of(row)
    before = row.parent.code if row.parent else ""
    old, new = row.path, f"{target.path}{row.pk}/"
    move_paths(old, new)
    Organisation.objects.filter(pk=row.pk).update(parent=target)
    count_anew([new])
    row.refresh_from_db()
    index_under(new)
    note_under(new, now)
    keep(row, {"parent": before}, {"parent": target.code}, document, by, now)
    data = {"unit": row.code, "from": before, "to": target.code, "document": document[:LONGEST_DOCUMENT]}
    say(row, "organisation.moved", {**data, "records": effect.records}, by, now)
    return row, effect


@transaction.atomic
def merge_unit(
    *, unit: Organisation, into: Organisation, document: str, by: User | None, now: datetime,
    children_to: Organisation | None = None,
) -> tuple[Organisation, Effect]:  # fmt: skip
    """Merge a unit into another: its records, posts and lower units go over, it is kept out of use and points there.
    `children_to` is where the lower units go instead.

    Grants on the unit itself end with it: who shall act for the other one is given that anew.
    """
    row, target = two_locked(unit, into)
    for path in (row.path, target.path):
        require(by, Permission.EDIT_PEOPLE, path)
    if row.pk == target.pk or target.path.startswith(row.path) or target.retired_at is not None:
        raise TreeRefused(
            zh="不能并入自身、下属单位或已停用的单位。请另选。",
            en="A unit cannot be merged into itself, into one below it, or into one that is out of use.",
        )
    if Run.objects.filter(organisation=row, phase__in=[Run.Phase.NEW, Run.Phase.ACTIVE]).exists():
        raise TreeRefused(
            zh="该单位有正在进行的响应，结束后才能合并。",
            en="The unit has a response that is going on. Merge it when that has ended.",
        )
    demand_campaigns_written(row)
    effect = effect_of(row)
    above = children_to or target
    below = []
    for child in Organisation.objects.filter(parent=row).order_by("pk"):
        below.append(f"{above.path}{child.pk}/")
        move_paths(child.path, below[-1])
        Organisation.objects.filter(pk=child.pk).update(parent=above)
    hand_over(row, target)
    count_anew(below, changed=target, was=row.pk)
    grants = Grant.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), organisation=row)
    grants.filter(starts_at__gte=now).delete()
    grants.update(ends_at=now)
    Organisation.objects.filter(pk=row.pk).update(succeeded_by=target, retired_at=now)
    row.refresh_from_db()
    for path in sorted({target.path, row.path, above.path}):
        index_under(path)
    note_under(above.path, now)
    note_units([row], now)
    mark_due([row.pk, target.pk])
    keep(row, {}, {"reason": f"→ {target.code} {document}".strip()}, document, by, now, kind="retired")
    data = {"unit": row.code, "to": target.code, "document": document[:LONGEST_DOCUMENT], "records": effect.records}
    say(target, "organisation.dissolved" if children_to else "organisation.merged", data, by, now)
    return target, effect


@transaction.atomic
def dissolve_unit(
    *, unit: Organisation, successor: Organisation, document: str, by: User | None, now: datetime
) -> tuple[Organisation, Effect]:
    """Dissolve a unit: its records and posts go to a successor, the units below it to its superior.

    A topmost unit has no superior: what was below it goes to the successor too.
    """
    above = Organisation.objects.filter(children=unit).first()
    if above is not None:
        require(by, Permission.EDIT_PEOPLE, above.path)
    return merge_unit(unit=unit, into=successor, document=document, by=by, now=now, children_to=above)


def demand_campaigns_written(row: Organisation) -> None:
    """Refuse to merge a unit while a campaign that has asked it already still writes down whom it asks."""
    if CampaignUnit.objects.filter(organisation=row, campaign__status=Campaign.Status.OPENING).exists():
        raise TreeRefused(
            zh="一次信息核实正在登记要问的单位。请几分钟后再合并。",
            en="A collection campaign is still writing down the units that it asks. Merge them in a few minutes.",
        )


def hand_over(row: Organisation, target: Organisation) -> None:
    """Give everything that belongs to a unit to another, and put it on that one's path."""
    try:
        for relation in pointing_at(Organisation):
            model: Any = relation.related_model
            if (
                model in (Organisation, OrganisationSpan, DerivationDue, *ENDING)
                or relation.field.name == "succeeded_by"
            ):
                continue
            names = {column.name for column in model._meta.concrete_fields}
            moved: dict[str, Any] = {relation.field.name: target}
            if "org_path" in names and relation.field.name == "organisation":
                moved["org_path"] = target.path
            with transaction.atomic():
                model._default_manager.filter(**{relation.field.name: row}).update(**moved)
    except IntegrityError as problem:
        raise TreeRefused(
            zh="两个单位都参加了同一项任务（如信息核实），请先结束该任务再合并。",
            en="Both units take part in the same thing, such as a collection campaign. Close it and merge then.",
        ) from problem
    for model, column in scoped_tables():
        if model is not Organisation and model not in ENDING:
            model._default_manager.filter(**{column: row.path}).update(**{column: target.path})


def pointing_at(target: type[models.Model]) -> list[Any]:
    """Return the relations of all tables that point at one, also those without a name for the way back."""
    fields = target._meta.get_fields(include_hidden=True)
    return [one for one in fields if (one.one_to_many or one.one_to_one) and one.auto_created and not one.concrete]


def two_locked(unit: Organisation, other: Organisation) -> tuple[Organisation, Organisation]:
    """Lock two units, the one with the smaller key first."""
    keys = sorted({unit.pk, other.pk})
    rows = {
        row.pk: row for row in Organisation.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    }
    return rows[unit.pk], rows[other.pk]


def path_of(pk: int) -> str:
    return Organisation.objects.values_list("path", flat=True).get(pk=pk)


def move_paths(old: str, new: str) -> None:
    """Replace the beginning of every path in a subtree, one statement for each table."""
    for model, column in scoped_tables():
        rows: Any = model._default_manager.filter(**{f"{column}__under": old})
        rows.update(**{column: Concat(Value(new), Substr(F(column), len(old) + 1))})


def keep(
    row: Organisation, before: dict[str, Any], after: dict[str, Any], document: str, by: User | None, now: datetime,
    kind: str = "changed",
) -> None:  # fmt: skip
    source = f"tree:{document}"[:60] if document else "tree"
    keep_change(register_called("organisation"), row, kind, before, after, by=by, now=now, source=source)


def say(row: Organisation, kind: str, data: dict[str, Any], by: User | None, now: datetime) -> None:
    record(f"register:organisation:{row.pk}", [(kind, data)], by=actor_for(by, now), now=now, org_path=row.path)
