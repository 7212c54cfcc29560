"""Saved reports: tables of numbers under a name, each with the numbers of now, on a page and on the duty desk."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from youbei.actions import clock
from youbei.actions.reports import pin_report, remove_report, save_report
from youbei.actions.sheets.figures import TABLE_FORMS
from youbei.engine.access import Permission
from youbei.engine.text import Text
from youbei.records.models import User
from youbei.records.registers.asking import Asked, ask, narrowing
from youbei.records.registers.drilling import list_query
from youbei.records.registers.saved_reports import Kept, reports_of
from youbei.records.registers.statistics import Bucket
from youbei.web.access import access, user_of
from youbei.web.asked import NUMBER, YES, reads
from youbei.web.forms.kept import KeptForm
from youbei.web.forms.runs import NothingForm
from youbei.web.registers.lists import register_for
from youbei.web.registers.names import table_names
from youbei.web.registers.statistics import Cell
from youbei.web.registers.views import home_of
from youbei.web.sheet import sheet

# So many are counted for one page, and so many of their rows are shown: the largest.
AT_ONCE, SHOWN_ROWS = 10, 8


@dataclass(frozen=True, slots=True)
class Card:
    """A report with the numbers of now; `address` opens the whole table, every number its list."""

    kept: Kept
    asked: Asked
    address: str
    narrowed: list[tuple[Text, Text]]
    rows: list[tuple[Bucket, Cell]]
    total: Cell

    @property
    def more(self) -> int:
        return len(self.asked.pivot.rows) - len(self.rows) + self.asked.pivot.left_out


class ReportForm(KeptForm):
    """Name a report, say who else gets it, and whether it stands on one's duty desk."""

    name = forms.CharField(label=gettext_lazy("Name of the report"), max_length=80)
    is_pinned = forms.BooleanField(label=gettext_lazy("Show it on my duty desk"), required=False)


@access(Permission.SEE)
@reads(desk=YES, from_=NUMBER)
def show(request: HttpRequest) -> HttpResponse:
    """Show the reports that one may use, ten at a time, with the numbers of now."""
    user = user_of(request)
    is_desk = request.GET.get("desk") == "1"
    kept = reports_of(user, only_pinned=is_desk)
    first = int(request.GET["from"]) if request.GET.get("from", "").isdecimal() and len(request.GET["from"]) < 4 else 0
    shown = kept[first : first + AT_ONCE]
    context = {
        "cards": cards(shown, user),
        "is_desk": is_desk,
        "next": first + AT_ONCE if first + AT_ONCE < len(kept) else None,
        "table_forms": list(TABLE_FORMS),
        "may_export": bool(user.paths_with(Permission.EXPORT_REGISTER)),
    }
    return render(request, "registers/reports.html", context)


def cards(kept: Iterable[Kept], user: User) -> list[Card]:
    now = clock.now()
    return [card(one, ask(one.register, user, one.asked, now), user) for one in kept]


def card(kept: Kept, asked: Asked, user: User) -> Card:
    """Return a report with its largest rows, in the order of the table."""
    totals = asked.pivot.row_totals
    largest = sorted(asked.pivot.rows, key=lambda one: -totals[one.key])[:SHOWN_ROWS]
    rows = [(one, Cell(totals[one.key], list_address(asked, one))) for one in asked.pivot.rows if one in largest]
    return Card(
        kept=kept,
        asked=asked,
        address=table_address(kept),
        narrowed=narrowing(asked.register, asked.filters, user),
        rows=rows,
        total=Cell(asked.pivot.total, list_address(asked)),
    )


def list_address(asked: Asked, *buckets: Bucket) -> str:
    query = list_query(asked.query, *buckets)
    return "" if query is None else f"{reverse('register', args=[asked.register.name])}?{urlencode(query) or 'all=1'}"


def table_address(kept: Kept) -> str:
    return f"{reverse('register_statistics', args=[kept.register.name])}?{kept.query}"


@access(Permission.SEE)
@reads(found=table_names)
def keep(request: HttpRequest, name: str) -> HttpResponse:
    """Keep the table that the address asks for."""
    by = user_of(request)
    register = register_for(name, by)
    home = home_of(by)
    asked = request.GET.copy()
    asked.pop("cursor", None)
    query = asked.urlencode()

    def do(data: dict[str, Any]) -> Kept:
        return save_report(
            register=register,
            name=data["name"],
            query=data["query"],
            by=by,
            share_with=home if data.get("is_shared") else None,
            is_pinned=data["is_pinned"],
        )

    return sheet(
        request,
        form=functools.partial(ReportForm, query=query, can_share=home is not None),
        do=do,
        title=_("Keep as a report"),
        submit=_("Keep"),
        back=f"{reverse('register_statistics', args=[name])}?{query}",
        done=_("The report is kept."),
        after=lambda _kept: reverse("reports"),
    )


@access(Permission.SEE)
@require_POST
def pin(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a report on one's duty desk, or take it away."""
    pin_report(pk=pk, by=user_of(request), is_pinned=request.POST.get("pinned") == "1")
    return redirect("reports")


@access(Permission.SEE)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove one of one's own reports."""
    by = user_of(request)
    get_object_or_404(by.reports.all(), pk=pk)
    return sheet(
        request,
        form=NothingForm,
        do=lambda _data: remove_report(pk=pk, by=by),
        title=_("Remove this report"),
        submit=_("Remove"),
        back=reverse("reports"),
        done=_("The report is removed."),
        after=lambda _done: reverse("reports"),
    )


urlpatterns = [
    path("reports/", show, name="reports"),
    path("registers/<slug:name>/statistics/keep/", keep, name="report_keep"),
    path("me/reports/<int:pk>/pin/", pin, name="report_pin"),
    path("reports/<int:pk>/remove/", remove, name="report_remove"),
]
