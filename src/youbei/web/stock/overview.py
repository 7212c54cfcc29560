"""The reserves at a glance: four pools, what lacks by when, what is due in the stores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _

from youbei.actions import clock
from youbei.actions.stock_due import KEEPERS_OWN
from youbei.engine.access import Permission
from youbei.engine.stock.requirement import HOURS, RESERVE_NAMES, Reserve
from youbei.engine.text import Text
from youbei.records.models import CapacityLine, DerivationDue, MarketOffer, StockLot, User
from youbei.records.registers.keeping import NotCountedYet
from youbei.records.registers.pages import Count, counted
from youbei.records.registers.tables import in_use
from youbei.records.reports.stated import first_waiting
from youbei.records.reports.stock_due import SHOWN, equipment_due, rotations
from youbei.records.reports.stock_gap import ItemGap, figures, gap_report
from youbei.records.reports.stock_rotation import with_consumers
from youbei.web.access import access, user_of
from youbei.web.stock.drawing import BarDrawn, bars
from youbei.web.stock.stated import deciding

GAPS_SHOWN = 40
GAPS_LISTED = 200
DUE_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Pool:
    """One reserve: how many records there are, and where they are listed."""

    reserve: Reserve
    name: Text
    count: Count
    register: str
    query: str = ""


@dataclass(frozen=True, slots=True)
class GapShown:
    row: ItemGap
    bars: list[tuple[Any, BarDrawn, Text]]


def pools(user: User) -> list[Pool]:
    lots = in_use(StockLot.objects.visible_to(user))
    held = [
        Pool(reserve, RESERVE_NAMES[reserve], counted(lots.filter(reserve=reserve)), "lot", f"reserve={reserve}")
        for reserve in (Reserve.GOVERNMENT, Reserve.OWN, Reserve.AGREEMENT)
    ]
    offers, lines = in_use(MarketOffer.objects.visible_to(user)), in_use(CapacityLine.objects.visible_to(user))
    return [
        *held,
        Pool(Reserve.MARKET, RESERVE_NAMES[Reserve.MARKET], counted(offers), "market_offer"),
        Pool(Reserve.CAPACITY, RESERVE_NAMES[Reserve.CAPACITY], counted(lines), "capacity_line"),
    ]


def gaps_so_far(paths: list[str]) -> tuple[list[ItemGap], bool]:
    """Return the gaps, and whether what lies in the stores is counted yet; if not, there are none to show."""
    now = clock.now()
    try:
        return gap_report(paths, today=now.date(), waits_at=now), True
    except NotCountedYet:
        return [], False


@access(Permission.SEE)
def overview(request: HttpRequest) -> HttpResponse:
    """Show the reserves, the gaps against what is required, and what the stores must do soon."""
    user, today = user_of(request), clock.now().date()
    paths = user.paths_with(Permission.SEE)
    found, is_counted = gaps_so_far(paths)
    context = {
        "is_counted": is_counted,
        "pools": pools(user),
        "hours": HOURS,
        "gaps": [shown(row) for row in found[:GAPS_SHOWN]],
        "gaps_left_out": max(len(found) - GAPS_SHOWN, 0),
        "lacking": sum(1 for row in found if row.gap.lacking),
        "rotations": rotations(paths, today=today, limit=DUE_SHOWN),
        "tests": equipment_due(paths, today=today, limit=DUE_SHOWN),
        "waiting": first_waiting(user, limit=DUE_SHOWN),
        "reserves": list(RESERVE_NAMES.items()),
    }
    return render(request, "stock/overview.html", context)


def shown(row: ItemGap) -> GapShown:
    drawn = bars(row.gap)
    return GapShown(
        row, [(moment, bar, row.explained(moment)) for moment, bar in zip(row.gap.moments, drawn, strict=True)]
    )


@access(Permission.SEE)
def due_soon(request: HttpRequest) -> HttpResponse:
    """Show what must be rotated, by when, and which equipment must be tested."""
    user, today = user_of(request), clock.now().date()
    paths = user.paths_with(Permission.SEE)
    context = {
        "rotations": with_consumers(paths, rotations(paths, today=today), today=today),
        "tests": equipment_due(paths, today=today),
        "waiting": first_waiting(user, limit=SHOWN),
        **deciding(user),
        "may_edit": user.paths_with(Permission.EDIT_RESOURCE),
        "keepers_own": KEEPERS_OWN.days,
        "most": SHOWN,
    }
    return render(request, "stock/due.html", context)


BASES = {"plan": _("Plan"), "standard": _("Standard"), "needs": _("Needs model"), "order": _("Order")}


@access(Permission.SEE)
def gaps(request: HttpRequest) -> HttpResponse:
    """Show each requirement with its sources, what is kept by reserve, the gap and the cheapest way to close it."""
    found, is_counted = gaps_so_far(user_of(request).paths_with(Permission.SEE))
    stand = figures(found)
    context = {
        "is_counted": is_counted,
        "gaps": found[:GAPS_LISTED],
        "left_out": max(len(found) - GAPS_LISTED, 0),
        "figures": stand,
        "bases": [
            (BASES.get(basis.rstrip("+"), basis), "+" in basis, count) for basis, count in stand.by_basis.items()
        ],
        "is_working": DerivationDue.objects.exists(),
    }
    return render(request, "stock/gaps.html", context)


urlpatterns = [
    path("stock/gaps/", gaps, name="stock_gaps"),
    path("stock/", overview, name="stock"),
    path("stock/due/", due_soon, name="stock_due"),
]
