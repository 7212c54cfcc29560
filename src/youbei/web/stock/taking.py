"""Take so much of an item: what is proposed, first expired first out, and one tap that reserves or issues it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from youbei.actions import clock
from youbei.actions.stock_orders import Wanted, proposal_for, take
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.stock.proposal import DETOUR_M, Proposal, Taken, Terms
from youbei.engine.stock.requirement import RESERVE_NAMES
from youbei.engine.text import Text
from youbei.records.models import Incident, Item, Site, User
from youbei.records.reports.stock_offers import Source
from youbei.web.access import access, user_of
from youbei.web.asked import reads
from youbei.web.forms.stock import LEAST, MOST

METRES = 1000
ITEMS_OFFERED = 500


class TakeForm(forms.Form):
    """What is wanted, for what, and within which bounds."""

    item = forms.CharField(
        label=gettext_lazy("Item"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "take-items", "autocomplete": "off"}),
    )
    quantity = forms.DecimalField(label=gettext_lazy("Quantity"), min_value=LEAST, max_value=MOST, decimal_places=3)
    purpose = forms.CharField(
        label=gettext_lazy("For"),
        max_length=200,
        help_text=gettext_lazy("The number of an incident, the code of a site, or what it is for in words."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    use_on = forms.DateField(
        label=gettext_lazy("Used on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    keeps_days = forms.IntegerField(
        label=gettext_lazy("Must keep for days"), required=False, min_value=0, max_value=3650, initial=0
    )
    within_h = forms.DecimalField(
        label=gettext_lazy("Needed within hours"), required=False, min_value=Decimal(0), max_value=Decimal(10_000)
    )
    detour_km = forms.DecimalField(
        label=gettext_lazy("Detour allowed (km)"),
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(20_000),
        initial=Decimal(int(DETOUR_M / METRES)),
        help_text=gettext_lazy("So much farther than the nearest store, if that one's lots expire first."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_item(self) -> Item:
        entered = self.cleaned_data["item"].strip()
        rows = Item.objects.filter(retired_at__isnull=True)
        found = list(rows.filter(code=entered.lower())[:1]) or list(rows.filter(name_zh=entered)[:2])
        found = found or list(rows.filter(name_en__iexact=entered)[:2])
        if len(found) != 1:
            raise forms.ValidationError(_("There is no such item, or several. Enter its code from the catalogue."))
        return found[0]

    def wanted(self) -> Wanted:
        """Return what is wanted; only of a form that is valid."""
        data = self.cleaned_data
        entered = data["purpose"].strip()
        incident = Incident.objects.visible_to(self.user).filter(number=entered).first()
        site = None if incident else Site.objects.visible_to(self.user).filter(code=entered.lower()).first()
        detour = data["detour_km"]
        terms = Terms(
            quantity=data["quantity"],
            on=data["use_on"] or timezone.localdate(clock.now()),
            keeps_for=timedelta(days=data["keeps_days"] or 0),
            within_h=data["within_h"],
            detour_m=DETOUR_M if detour is None else float(detour) * METRES,
        )
        return Wanted(data["item"], terms, incident, site, "" if incident or site else entered)


@dataclass(frozen=True, slots=True)
class SourceShown:
    """A source with how much of it is proposed or was typed, and why."""

    source: Source
    taken: Taken | None
    typed: str
    reserve: Text


@access(Permission.SEE)
@reads(TakeForm)
def taking(request: HttpRequest) -> HttpResponse:
    """Propose what to take, and take it: exactly what stands in the form, in one transaction."""
    by = user_of(request)
    is_asked = "quantity" in request.GET
    form = TakeForm(request.GET, user=by) if is_asked else TakeForm(initial=request.GET.dict(), user=by)
    context: dict[str, Any] = {
        "form": form,
        "items": Item.objects.filter(retired_at__isnull=True).order_by("code")[:ITEMS_OFFERED],
        "may_issue": bool(by.paths_with(Permission.EDIT_RESOURCE)),
        "may_take": bool(by.paths_with(Permission.EDIT_RESOURCE) or by.paths_with(Permission.ASSIGN_RESOURCE)),
    }
    status = 200
    if form.is_bound and form.is_valid():
        wanted = form.wanted()
        if request.method == "POST":
            try:
                order = take(
                    by=by,
                    now=clock.now(),
                    wanted=wanted,
                    chosen=chosen_in(request.POST),
                    is_issued=request.POST.get("do") == "issue",
                    reason=request.POST.get("reason", "")[:1000],
                )
            except Refused as refusal:
                if refusal.status == 404:
                    raise
                context["refusal"] = refusal.text.in_language(get_language() or "en")
                status = refusal.status
            else:
                messages.success(request, _("Issued.") if order.state == order.State.ISSUED else _("Reserved."))
                return redirect("stock_order", order.pk)
        proposal, found = proposal_for(by, wanted)
        typed = request.POST if request.method == "POST" else None
        context |= {"wanted": wanted, "proposal": proposal, **shown(proposal, found, typed)}
    return render(request, "stock/take.html", context, status=status)


def chosen_in(sent: QueryDict) -> dict[str, Decimal]:
    """Read the quantities of a form: `take-lot:12`. What is no number counts as nothing."""
    chosen = {}
    for name, value in sent.items():
        if name.startswith("take-") and str(value).strip():
            try:
                quantity = Decimal(str(value).strip()).quantize(LEAST)
            except InvalidOperation:
                continue
            if quantity.is_finite() and 0 < quantity <= MOST:
                chosen[name.removeprefix("take-")] = quantity
    return chosen


def shown(proposal: Proposal, found: list[Source], typed: Mapping[str, Any] | None) -> dict[str, Any]:
    """Part the sources into those proposed, those that would do too, and those passed over with the reason."""
    by_key = {source.key: source for source in found}
    passed = {one.lot: one.why for one in proposal.passed_over}
    taken = {one.key: one for one in proposal.taken}

    def row(source: Source) -> SourceShown:
        one = taken.get(source.key)
        value = f"{one.quantity.normalize():f}" if one else ""
        entered = value if typed is None else str(typed.get(f"take-{source.key}", ""))[:20]
        return SourceShown(source, one, entered, RESERVE_NAMES[source.offer.reserve])

    return {
        "proposed": [row(by_key[one.key]) for one in proposal.taken],
        "others": [row(source) for source in found if source.key not in taken and source.key not in passed],
        "passed": [(by_key[key], why) for key, why in passed.items()],
        "is_changed": typed is not None,
    }


urlpatterns = [path("stock/take/", taking, name="stock_take")]
