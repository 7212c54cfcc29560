"""Teams, stock and sites as lists, grouped by the organisation they belong to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from youbei.engine.text import Text
from youbei.records.models import Site, StockLot, Team, TeamCapability, User
from youbei.records.pages import PAGE_SIZE, Page, keyset_page
from youbei.records.reports.names import name_of

ORDER = ("org_path", "id")
Found = TypeVar("Found", bound=Model)


@dataclass(frozen=True, slots=True)
class ResourceFilter:
    """Narrow a list; empty means all. `kind` is a capability for teams, an item for stock, a use for sites (codes)."""

    kind: str = ""
    status: str = ""
    text: str = ""


ALL = ResourceFilter()


@dataclass(frozen=True, slots=True)
class CapabilityAt:
    """What a team can do, at a type from 1, the most capable."""

    code: str
    name: Text
    type: int


@dataclass(frozen=True, slots=True)
class TeamRow:
    pk: int
    code: str
    name: Text
    organisation: Text
    org_path: str
    kind: str
    status: str
    status_note: str
    strength: int
    capabilities: tuple[CapabilityAt, ...]
    turn_out: timedelta
    phone: str
    lat: float
    lon: float
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class StockRow:
    """A lot; quantities are in `unit`. `free` is what is not promised to a run."""

    pk: int
    item_code: str
    item: Text
    unit: Text
    site: Text
    organisation: Text
    org_path: str
    quantity: Decimal
    reserved: Decimal
    expires_on: date | None
    lat: float
    lon: float
    confirmed_at: datetime | None

    @property
    def free(self) -> Decimal:
        return self.quantity - self.reserved


@dataclass(frozen=True, slots=True)
class SiteRow:
    pk: int
    code: str
    name: Text
    organisation: Text
    org_path: str
    kind: str
    lat: float
    lon: float
    capacity: int | None


def team_page(
    user: User, *, filters: ResourceFilter = ALL, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[TeamRow]:
    """Return a page of the teams that the user may see."""
    rows = named(Team.objects.visible_to(user), filters.text, "name_zh", "name_en", "code")
    if filters.kind:
        rows = rows.filter(team_capabilities__capability__code=filters.kind)
    if filters.status:
        rows = rows.filter(status=filters.status)
    return keyset_page(rows.select_related("organisation"), order=ORDER, cursor=cursor, read=team_rows, size=size)


def named(rows: QuerySet[Found], text: str, *columns: str) -> QuerySet[Found]:
    """Keep the rows in one of whose columns the text occurs."""
    wanted = Q()
    for column in columns if text.strip() else ():
        wanted |= Q(**{f"{column}__icontains": text.strip()})
    return rows.filter(wanted)


def team_rows(teams: Sequence[Team]) -> list[TeamRow]:
    able: dict[int, list[CapabilityAt]] = defaultdict(list)
    pairs = TeamCapability.objects.filter(team__in=[team.pk for team in teams]).select_related("capability")
    for pair in pairs.order_by("capability__code"):
        able[pair.team_id].append(CapabilityAt(pair.capability.code, name_of(pair.capability), pair.type))
    return [
        TeamRow(
            pk=team.pk,
            code=team.code,
            name=name_of(team),
            organisation=name_of(team.organisation),
            org_path=team.org_path,
            kind=team.kind,
            status=team.status,
            status_note=team.status_note,
            strength=team.strength,
            capabilities=tuple(able[team.pk]),
            turn_out=timedelta(seconds=team.turn_out_s),
            phone=team.phone,
            lat=team.lat,
            lon=team.lon,
            confirmed_at=team.confirmed_at,
        )
        for team in teams
    ]


def stock_page(
    user: User, *, filters: ResourceFilter = ALL, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[StockRow]:
    """Return a page of the lots that the user may see."""
    rows = named(StockLot.objects.visible_to(user), filters.text, "item__name_zh", "item__name_en", "site__name_zh")
    if filters.kind:
        rows = rows.filter(item__code=filters.kind)
    rows = rows.select_related("item", "site", "organisation")
    return keyset_page(rows, order=ORDER, cursor=cursor, read=stock_rows, size=size)


def stock_rows(lots: Sequence[StockLot]) -> list[StockRow]:
    return [
        StockRow(
            pk=lot.pk,
            item_code=lot.item.code,
            item=name_of(lot.item),
            unit=Text(zh=lot.item.unit_zh, en=lot.item.unit_en),
            site=name_of(lot.site),
            organisation=name_of(lot.organisation),
            org_path=lot.org_path,
            quantity=lot.quantity,
            reserved=lot.reserved,
            expires_on=lot.expires_on,
            lat=lot.lat,
            lon=lot.lon,
            confirmed_at=lot.confirmed_at,
        )
        for lot in lots
    ]


def site_page(
    user: User, *, filters: ResourceFilter = ALL, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[SiteRow]:
    """Return a page of the sites that the user may see."""
    rows = named(Site.objects.visible_to(user), filters.text, "name_zh", "name_en", "code")
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    return keyset_page(rows.select_related("organisation"), order=ORDER, cursor=cursor, read=site_rows, size=size)


def site_rows(sites: Sequence[Site]) -> list[SiteRow]:
    return [
        SiteRow(
            pk=site.pk,
            code=site.code,
            name=name_of(site),
            organisation=name_of(site.organisation),
            org_path=site.org_path,
            kind=site.kind,
            lat=site.lat,
            lon=site.lon,
            capacity=site.capacity,
        )
        for site in sites
    ]
