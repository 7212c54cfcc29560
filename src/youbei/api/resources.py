"""What can be sent: teams, stock, and the sites they stand at."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from youbei.api.access import caller, may
from youbei.api.values import Cursor, Line, PageOf, PageSize, Slug, as_page
from youbei.engine.access import Permission
from youbei.records.reports.resources import (
    ResourceFilter,
    SiteRow,
    StockRow,
    TeamRow,
    site_page,
    stock_page,
    team_page,
)

router = Router(tags=["resources"])


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
    filters = ResourceFilter(kind=kind or "", status=status or "", text=text)
    return as_page(team_page(caller(request), filters=filters, cursor=cursor, size=size))


@router.get("/stock", response=PageOf[StockRow], **may(Permission.SEE))
def list_stock(
    request: HttpRequest, kind: Slug | None = None, text: Line = "", cursor: Cursor = "", size: PageSize = 50
) -> dict[str, Any]:
    """List the stock you may see: what lies where, and how much of it is promised. `kind` is an item's code."""
    filters = ResourceFilter(kind=kind or "", text=text)
    return as_page(stock_page(caller(request), filters=filters, cursor=cursor, size=size))


@router.get("/sites", response=PageOf[SiteRow], **may(Permission.SEE))
def list_sites(
    request: HttpRequest, kind: Slug | None = None, text: Line = "", cursor: Cursor = "", size: PageSize = 50
) -> dict[str, Any]:
    """List the sites you may see: stores, shelters, hospitals, schools and the like."""
    filters = ResourceFilter(kind=kind or "", text=text)
    return as_page(site_page(caller(request), filters=filters, cursor=cursor, size=size))
