"""What can be sent: teams, stock, and the sites they stand at."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from youbei import content
from youbei.actions import clock
from youbei.actions.stock.verbs import count
from youbei.actions.stores import set_team_status
from youbei.api.access import caller, may
from youbei.api.asked import demand_choice
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Cursor, Id, Line, PageOf, PageSize, Slug, as_page, find
from youbei.engine.access import Permission
from youbei.records.models import Site, StockLot, Team
from youbei.records.reports.resources import (
    ResourceFilter,
    SiteRow,
    StockRow,
    TeamRow,
    site_page,
    stock_page,
    stock_rows,
    team_page,
    team_rows,
)

router = Router(tags=["resources"])


class TeamStatusIn(Body):
    """A team that is assigned is released in its response, not here."""

    status: Literal["available", "out_of_service"]
    note: Line = ""


class ResourceCountIn(Body):
    quantity: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=3)]


@router.get("/teams", response=PageOf[TeamRow], **may(Permission.SEE))
def list_teams(
    request: HttpRequest,
    kind: Slug | None = None,
    status: Slug | None = None,
    text: Line = "",
    cursor: Cursor = "",
    size: PageSize = 50,
) -> dict[str, Any]:
    """List the teams you may see, with what they can do and whether they are free."""
    demand_choice("kind", kind or "", content.capabilities())
    demand_choice("status", status or "", Team.Status.values)
    filters = ResourceFilter(kind=kind or "", status=status or "", text=text)
    return as_page(team_page(caller(request), filters=filters, cursor=cursor, size=size))


@router.get("/stock", response=PageOf[StockRow], **may(Permission.SEE))
def list_stock(
    request: HttpRequest, kind: Slug | None = None, text: Line = "", cursor: Cursor = "", size: PageSize = 50
) -> dict[str, Any]:
    """List the stock you may see: what lies where, and how much of it is promised. `kind` is an item's code."""
    demand_choice("kind", kind or "", content.items())
    filters = ResourceFilter(kind=kind or "", text=text)
    return as_page(stock_page(caller(request), filters=filters, cursor=cursor, size=size))


@router.get("/sites", response=PageOf[SiteRow], **may(Permission.SEE))
def list_sites(
    request: HttpRequest, kind: Slug | None = None, text: Line = "", cursor: Cursor = "", size: PageSize = 50
) -> dict[str, Any]:
    """List the sites you may see: stores, shelters, hospitals, schools and the like."""
    demand_choice("kind", kind or "", Site.Kind.values)
    filters = ResourceFilter(kind=kind or "", text=text)
    return as_page(site_page(caller(request), filters=filters, cursor=cursor, size=size))


@router.post("/teams/{team_id}/status", response=TeamRow, **may(Permission.EDIT_RESOURCE))
@idempotent
def change_team_status(request: HttpRequest, team_id: Id, body: TeamStatusIn) -> TeamRow:
    """Take a team out of service, or return it."""
    by = caller(request)
    team = find(Team.objects.visible_to(by), pk=team_id)
    set_team_status(by=by, now=clock.now(), team=team, status=body.status, note=body.note)
    return team_rows([Team.objects.select_related("organisation").get(pk=team_id)])[0]


@router.post("/stock/{lot_id}/count", response=StockRow, **may(Permission.COUNT_STOCK))
@idempotent
def count_stock(request: HttpRequest, lot_id: Id, body: ResourceCountIn) -> StockRow:
    """Set a lot to what was counted; never below what is promised to responses."""
    by = caller(request)
    lot = find(StockLot.objects.visible_to(by), pk=lot_id)
    count(by=by, now=clock.now(), lot=lot.pk, counted=body.quantity)
    return stock_rows([StockLot.objects.select_related("item", "site", "organisation").get(pk=lot_id)])[0]
