"""Enter and keep up what can be sent: sites, teams and stock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.permit import require
from youbei.actions.registers.people import RegisterRefused, check_code, check_point, created
from youbei.actions.stock.verbs import receive
from youbei.engine.access import Permission
from youbei.engine.places import Point
from youbei.records.models import (
    Capability,
    Item,
    Organisation,
    Site,
    StockLot,
    Team,
    TeamCapability,
    User,
)


@transaction.atomic
def create_capability(*, by: User | None, now: datetime, code: str, name_zh: str, name_en: str = "") -> Capability:
    """Enter a kind of capability from the catalogue; one that is there already is returned as it is."""
    require(by, Permission.EDIT_RESOURCE, "/")
    known = Capability.objects.filter(code=code).first()
    if known is not None:
        return known
    check_code(Capability, code)
    capability = Capability.objects.create(code=code, name_zh=name_zh, name_en=name_en)
    created("capability", capability, {"code": code}, by=by, now=now, org_path="/")
    return capability


@transaction.atomic
def create_item(
    *,
    by: User | None,
    now: datetime,
    code: str,
    name_zh: str,
    unit_zh: str,
    name_en: str = "",
    unit_en: str = "",
    more: Mapping[str, Any] | None = None,
) -> Item:
    """Enter a kind of material from the catalogue; one that is there already is returned as it is.

    `more` are further columns: shelf life, test interval, weight, volume, class.
    """
    require(by, Permission.EDIT_RESOURCE, "/")
    known = Item.objects.filter(code=code).first()
    if known is not None:
        return known
    check_code(Item, code)
    item = Item.objects.create(
        code=code, name_zh=name_zh, name_en=name_en, unit_zh=unit_zh, unit_en=unit_en or unit_zh, **(more or {})
    )
    created("item", item, {"code": code, "unit": item.unit_zh}, by=by, now=now, org_path="/")
    return item


@transaction.atomic
def create_site(
    *,
    by: User | None,
    now: datetime,
    organisation: Organisation,
    code: str,
    kind: str,
    name_zh: str,
    point: Point,
    name_en: str = "",
    capacity: int | None = None,
) -> Site:
    require(by, Permission.EDIT_RESOURCE, organisation.path)
    check_code(Site, code)
    check_point(point)
    site = Site.objects.create(
        organisation=organisation,
        org_path=organisation.path,
        code=code,
        kind=kind,
        name_zh=name_zh,
        name_en=name_en,
        lat=point.lat,
        lon=point.lon,
        capacity=capacity,
    )
    created("site", site, {"code": code, "kind": kind}, by=by, now=now, org_path=organisation.path)
    return site


@transaction.atomic
def create_team(
    *,
    by: User | None,
    now: datetime,
    organisation: Organisation,
    code: str,
    kind: str,
    name_zh: str,
    point: Point,
    turn_out: timedelta,
    capabilities: Mapping[str, int],
    name_en: str = "",
    strength: int = 0,
    phone: str = "",
) -> Team:
    """Enter a team with its capabilities (code -> type, 1 the most capable), available from now."""
    require(by, Permission.EDIT_RESOURCE, organisation.path)
    check_code(Team, code)
    check_point(point)
    known = {capability.code: capability for capability in Capability.objects.filter(code__in=list(capabilities))}
    if missing := sorted(set(capabilities) - set(known)):
        raise RegisterRefused(
            zh=f"能力目录中没有“{'、'.join(missing)}”。请先登记该能力，或改用目录中的代码。",
            en=f"The catalogue has no capability {', '.join(missing)}. Enter it first, or use a code of the catalogue.",
        )
    team = Team.objects.create(
        organisation=organisation,
        org_path=organisation.path,
        code=code,
        kind=kind,
        name_zh=name_zh,
        name_en=name_en,
        strength=strength,
        lat=point.lat,
        lon=point.lon,
        turn_out_s=round(turn_out.total_seconds()),
        phone=phone,
        capabilities=dict(capabilities),
        confirmed_at=now,
    )
    TeamCapability.objects.bulk_create(
        TeamCapability(team=team, capability=known[slug], type=grade, lat=point.lat, lon=point.lon)
        for slug, grade in sorted(capabilities.items())
    )
    data = {"code": code, "kind": kind, "capabilities": sorted(capabilities)}
    created("team", team, data, by=by, now=now, org_path=organisation.path)
    return team


@transaction.atomic
def set_team_status(*, by: User | None, now: datetime, team: Team, status: str, note: str = "") -> Team:
    """Take a team out of service or return it; a team that is assigned must be released first."""
    require(by, Permission.EDIT_RESOURCE, team.org_path)
    row = Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    if row.status == status and row.status_note == note:
        return row
    if Team.Status.ASSIGNED in (row.status, status):
        raise RegisterRefused(
            zh=f"{row.name_zh}的状态由调派决定：请先在处置中归队。",
            en=f"Whether {row.name_en or row.name_zh} is assigned follows from the response: release it there first.",
        )
    row.status, row.status_note = status, note[:200]
    row.save(update_fields=["status", "status_note"])
    TeamCapability.objects.filter(team=row).update(is_available=status == Team.Status.AVAILABLE)
    what = [("record.changed", {"fields": ["status"], "status": status})]
    record(f"register:team:{row.pk}", what, by=actor_for(by, now), now=now, org_path=row.org_path)
    return row


@transaction.atomic
def create_lot(
    *,
    by: User | None,
    now: datetime,
    item: Item,
    site: Site,
    quantity: Decimal,
    organisation: Organisation | None = None,
    expires_on: date | None = None,
    code: str = "",
    reserve: str = "government",
    supplier: str = "",
    more: Mapping[str, Any] | None = None,
) -> StockLot:
    """Enter a lot of an item in a store, in the item's unit; without a code it gets the next of its store."""
    owner = organisation or site.organisation
    require(by, Permission.EDIT_RESOURCE, owner.path)
    check_quantity(quantity)
    lot = StockLot.objects.create(
        code=code or next_lot_code(site),
        reserve=reserve,
        item=item,
        site=site,
        organisation=owner,
        org_path=owner.path,
        quantity=0,
        expires_on=expires_on,
        lat=site.lat,
        lon=site.lon,
        confirmed_at=now,
        **(more or {}),
    )
    data = {"item": item.code, "site": site.code, "quantity": str(quantity)}
    created("lot", lot, data, by=by, now=now, org_path=owner.path)
    if quantity:
        receive(by=by, now=now, lot=lot.pk, quantity=quantity, supplier=supplier)
    lot.refresh_from_db()
    return lot


def next_lot_code(site: Site) -> str:
    """Return a code for a further lot of a store: the store's, and the number of lots it has had."""
    number = StockLot.objects.filter(site=site).count() + 1
    while StockLot.objects.filter(code=f"{site.code}-{number:03}").exists():
        number += 1
    return f"{site.code}-{number:03}"[:80]


def check_quantity(quantity: Decimal) -> None:
    if not quantity.is_finite() or quantity < 0:
        raise RegisterRefused(zh="数量不能为负。请改正。", en="A quantity cannot be negative. Correct it.")
