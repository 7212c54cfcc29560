"""What is done with a lot, each verb a sheet; and its label to print."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import segno
from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from youbei.actions import clock
from youbei.actions.registers.measures import AMOUNT, COUNTED, amount_of
from youbei.actions.stock import moving, verbs
from youbei.actions.stock.posting import Note
from youbei.actions.stock.writing_off import apply_for_write_off
from youbei.actions.stock_due import passed_today, rotate_out
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.records.models import Site, StockLot, StockMovement, User, Vehicle
from youbei.web.access import access, user_of
from youbei.web.forms.runs import ReasonForm
from youbei.web.forms.stock import LEAST, MOST, CountForm, IssueForm, MoveForm, ReceiveForm, WriteOffForm
from youbei.web.sheet import sheet

Data = dict[str, Any]
SITES_OFFERED = 200


class NoSuchPlace(Refused):
    """Refuse a code that is neither a site nor a vehicle that the person may see."""


class NoSuchLot(Refused):
    """Refuse a code that is not that of a lot which the person may see."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """How a verb is asked for: its form, heading, button and what is said when it is done."""

    form: type[Form]
    title: str | Promise
    submit: str | Promise
    done: str | Promise
    do: Callable[[User, StockLot, Data], object]


def note_of(data: Data) -> Note:
    return Note(reason=data.get("reason", ""), document=data.get("document", ""))


def receive(by: User, lot: StockLot, data: Data) -> object:
    replaces = lot_called(by, data["replaces"]).pk if data["replaces"] else None
    return verbs.receive(
        by=by,
        now=clock.now(),
        lot=lot.pk,
        quantity=data["quantity"],
        supplier=data["supplier"],
        replaces=replaces,
        note=note_of(data),
    )


def issue(by: User, lot: StockLot, data: Data) -> object:
    return verbs.issue(
        by=by,
        now=clock.now(),
        lot=lot.pk,
        quantity=data["quantity"],
        consumer=data["consumer"],
        note=note_of(data),
    )


def move(by: User, lot: StockLot, data: Data) -> object:
    return moving.move(
        by=by,
        now=clock.now(),
        lot=lot.pk,
        to=place_called(by, data["to"]),
        quantity=data["quantity"],
        note=note_of(data),
    )


def count(by: User, lot: StockLot, data: Data) -> object:
    return verbs.count(by=by, now=clock.now(), lot=lot.pk, counted=data["counted"], note=note_of(data))


def write_off(by: User, lot: StockLot, data: Data) -> object:
    return apply_for_write_off(
        by=by, now=clock.now(), lot=lot.pk, quantity=data["quantity"], why=data["why"], note=note_of(data)
    )


def rotate(by: User, lot: StockLot, data: Data) -> object:
    return verbs.rotate(
        by=by,
        now=clock.now(),
        lot=lot.pk,
        quantity=data["quantity"],
        consumer=data["consumer"],
        note=note_of(data),
    )


SHEETS: Mapping[str, Sheet] = {
    "receive": Sheet(ReceiveForm, _("Receive"), _("Receive"), _("Received."), receive),
    "issue": Sheet(IssueForm, _("Issue"), _("Issue"), _("Issued."), issue),
    "move": Sheet(MoveForm, _("Move to another place"), _("Move"), _("Moved."), move),
    "count": Sheet(CountForm, _("Count"), _("Enter the count"), _("Counted."), count),
    "write_off": Sheet(
        WriteOffForm,
        _("Apply to write off"),
        _("Apply"),
        _("Applied for. It is held back until somebody else who may count, and has not handled the lot, approves it."),
        write_off,
    ),
    "rotate": Sheet(IssueForm, _("Rotate: use before it expires"), _("Rotate"), _("Rotated."), rotate),
}


def settled(lot: StockLot, data: Data) -> Data:
    """Return what was entered with the quantity in the unit of the item; words as “3 boxes” go before the remark."""
    name, field = ("counted", COUNTED) if "counted" in data else ("quantity", AMOUNT)
    quantity, reason = amount_of(lot, data[name], field, reason=data.get("reason", ""))
    return {**data, name: quantity, "reason": reason}


@access(Permission.SEE)
def handle(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Receive, issue, move, count, write off or rotate part of a lot."""
    by, asked = user_of(request), SHEETS.get(verb)
    lot = lot_for(by, pk)
    if asked is None:
        raise Http404
    back = reverse("record", args=["lot", pk])
    return sheet(
        request,
        form=asked.form,
        do=lambda data: asked.do(by, lot, settled(lot, data)),
        title=str(asked.title),
        submit=str(asked.submit),
        back=back,
        done=str(asked.done),
        after=lambda _made: back,
        context={"lot": lot, "places": places(by) if verb == "move" else ()},
        template="stock/sheet_lot.html",
    )


@access(Permission.SEE)
def rotate_as_proposed(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a lot out for use as it was proposed, in one tap."""
    by = user_of(request)
    lot = lot_for(by, pk)
    if request.method == "POST":
        shares = {}
        for name, value in request.POST.items():
            if name.startswith("share-"):
                shares[name.removeprefix("share-")] = quantity_in(str(value))
        told(
            request,
            lambda: rotate_out(by=by, now=clock.now(), today=today(), lot=lot.pk, shares=shares),
            str(_("Rotated.")),
        )
    return redirect("stock_due")


@access(Permission.SEE)
def tested_today(request: HttpRequest, pk: int) -> HttpResponse:
    """Say in one tap that equipment passed the test of its keeper."""
    by = user_of(request)
    lot = lot_for(by, pk)
    if request.method == "POST":
        told(
            request,
            lambda: passed_today(by=by, now=clock.now(), today=today(), lot=lot.pk),
            str(_("The test is entered.")),
        )
    return redirect(f"{reverse('stock_due')}#tests")


def told(request: HttpRequest, act: Callable[[], object], done: str) -> None:
    """Do something and say that it is done, or why it was refused; what one may not see is answered as ever."""
    try:
        act()
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, refusal.text.in_language(get_language() or "en"))
    else:
        messages.success(request, done)


def quantity_in(text: str) -> Decimal:
    """Read a quantity that a page of ours wrote; what is none counts as nothing."""
    try:
        found = Decimal(text.strip()).quantize(LEAST)
    except InvalidOperation:
        return Decimal(0)
    return found if found.is_finite() and 0 < found <= MOST else Decimal(0)


def today() -> date:
    return timezone.localdate(clock.now())


@access(Permission.SEE)
def reverse_movement(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a movement by another, with the reason."""
    by = user_of(request)
    movement = StockMovement.objects.visible_to(by).filter(pk=pk).first()
    posting = movement.postings.order_by("pk").first() if movement else None
    if movement is None or posting is None:
        raise Http404
    back = reverse("record", args=["lot", posting.lot_id])
    return sheet(
        request,
        form=ReasonForm,
        do=lambda data: verbs.reverse(by=by, now=clock.now(), movement=pk, reason=data["reason"]),
        title=str(_("Reverse this movement")),
        submit=str(_("Reverse")),
        back=back,
        done=str(_("Reversed.")),
        after=lambda _made: back,
    )


@access(Permission.SEE)
def label(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the label of a lot to print: code, item, expiry, and a code to scan that leads to its page."""
    lot = lot_for(user_of(request), pk)
    address = request.build_absolute_uri(reverse("record", args=["lot", pk]))
    return render(request, "stock/label.html", {"lot": lot, "drawn": qr(address)})


def qr(text: str) -> SafeString:
    drawn = segno.make(text, error="m", micro=False).svg_inline(border=4, light="#fff", dark="#000", omitsize=True)
    return mark_safe(drawn)  # noqa: S308  (drawn from an address of ours)


def lot_for(by: User, pk: int) -> StockLot:
    found = StockLot.objects.visible_to(by).select_related("item", "site", "organisation").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def lot_called(by: User, code: str) -> StockLot:
    found = StockLot.objects.visible_to(by).filter(code=code.strip()).first()
    if found is None:
        raise NoSuchLot(
            zh=f"没有编码为“{code}”的批次。请核对批次编码。", en=f"There is no lot {code!r}. Check its code."
        )
    return found


def place_called(by: User, code: str) -> Site:
    """Return the site of that code, or the inside of the vehicle of that code."""
    site = Site.objects.visible_to(by).filter(code=code.strip(), retired_at__isnull=True).first()
    if site is not None:
        return site
    vehicle = Vehicle.objects.visible_to(by).filter(code=code.strip(), retired_at__isnull=True).first()
    if vehicle is None:
        raise NoSuchPlace(
            zh=f"没有编码为“{code}”的场所或车辆。请从列表中选择。",
            en=f"There is no site or vehicle {code!r}. Choose one from the list.",
        )
    return moving.board_of(by=by, vehicle=vehicle)


def places(by: User) -> list[Site | Vehicle]:
    """Return the places that are offered to move to: stores and the like, and vehicles."""
    kinds = (Site.Kind.STORE, Site.Kind.SHELTER, Site.Kind.STATION)
    sites = Site.objects.visible_to(by).filter(kind__in=kinds, retired_at__isnull=True).order_by("pk")
    vehicles = Vehicle.objects.visible_to(by).filter(retired_at__isnull=True).order_by("pk")
    return [*sites[:SITES_OFFERED], *vehicles[:SITES_OFFERED]]


urlpatterns = [
    path("stock/lots/<int:pk>/label/", label, name="lot_label"),
    path("stock/lots/<int:pk>/rotate-out/", rotate_as_proposed, name="lot_rotate_out"),
    path("stock/lots/<int:pk>/tested/", tested_today, name="lot_tested"),
    path("stock/lots/<int:pk>/<slug:verb>/", handle, name="lot_verb"),
    path("stock/movements/<int:pk>/reverse/", reverse_movement, name="movement_reverse"),
]
