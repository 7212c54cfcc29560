"""The forms by which a request is answered and taken on, for accounts and for whoever holds its link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei.actions import call_offs, clock
from youbei.actions.permit import By
from youbei.engine.call_offs import NEXT, STEP_NAMES, CallOffState
from youbei.engine.errors import Refused
from youbei.engine.text import Text
from youbei.records.models import CallOff
from youbei.web.forms.facts import say

S = CallOffState
ANSWERS = (S.ACCEPTED.value, S.REFUSED.value)
OWN = (S.WITHDRAWN, S.SETTLED)
COUNTED = (S.DELIVERED, S.RETURNED)


class AcceptForm(forms.Form):
    """Promise a quantity within so many minutes."""

    quantity = forms.DecimalField(
        label=gettext_lazy("How much"), min_value=Decimal("0.001"), max_digits=14, decimal_places=3
    )
    minutes = forms.IntegerField(label=gettext_lazy("There in minutes"), min_value=0, max_value=14 * 24 * 60)
    people = forms.IntegerField(label=gettext_lazy("People"), required=False, min_value=0, max_value=10_000)


class RefuseForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why not"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


class StepForm(forms.Form):
    """Take a request on; for goods with the quantity that came or went back."""

    quantity = forms.DecimalField(
        label=gettext_lazy("How much"), min_value=Decimal(0), max_digits=14, decimal_places=3, required=False
    )


@dataclass(frozen=True, slots=True)
class Offered:
    """What somebody can do with a request: answer it, or take it one of the steps on."""

    accept: AcceptForm
    refuse: RefuseForm
    steps: Sequence[tuple[str, Text, StepForm | None]]
    is_wrong: bool = False


def offered(row: CallOff, *, may_ask: bool, wrong: forms.Form | None = None, verb: str = "") -> Offered:
    """Return the forms of what may follow; a form that was filled in wrongly stands in its place with its errors."""
    amount = f"{row.quantity.normalize():f}"
    accept = wrong if isinstance(wrong, AcceptForm) else AcceptForm(initial={"quantity": amount, "minutes": 30})
    refuse = wrong if isinstance(wrong, RefuseForm) else RefuseForm(auto_id="refuse_%s")
    steps = []
    for one in S:
        if one not in NEXT[S(row.state)] or one.value in ANSWERS or (one in OWN and not may_ask):
            continue
        counted = row.item is not None and one in COUNTED
        form = step_form(row, one) if counted else None
        steps.append((one.value, STEP_NAMES[one], wrong if counted and verb == one.value else form))
    return Offered(accept, refuse, steps, is_wrong=wrong is not None)  # type: ignore[arg-type]


def step_form(row: CallOff, to: CallOffState) -> StepForm:
    amount = row.accepted if to is S.DELIVERED else row.delivered
    return StepForm(initial={"quantity": f"{(amount or row.quantity).normalize():f}"}, auto_id=f"{to.value}_%s")


def form_for(request: HttpRequest, verb: str) -> forms.Form:
    if verb == S.ACCEPTED.value:
        return AcceptForm(request.POST)
    if verb == S.REFUSED.value:
        return RefuseForm(request.POST, auto_id="refuse_%s")
    if verb not in {one.value for one in call_offs.EVENTS}:
        raise Http404
    return StepForm(request.POST, auto_id=f"{verb}_%s")


def act(request: HttpRequest, row: CallOff, verb: str, by: By) -> forms.Form | None:
    """Do one step; where it cannot be done return its form, which says why and keeps what was entered."""
    form = form_for(request, verb)
    if not form.is_valid():
        return form
    try:
        carry_out(row, verb, form.cleaned_data, by)
    except Refused as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, say(refusal.text))
        return form
    messages.success(request, _("Noted."))
    return None


def carry_out(row: CallOff, verb: str, data: dict[str, Any], by: By) -> None:
    now = clock.now()
    if verb == S.ACCEPTED.value:
        at = now + timedelta(minutes=data["minutes"])
        people = data["people"]
        call_offs.accept(call_off=row, quantity=data["quantity"], arrives_at=at, people=people, by=by, now=now)
    elif verb == S.REFUSED.value:
        call_offs.refuse(call_off=row, reason=data["reason"], by=by, now=now)
    else:
        call_offs.move_on(call_off=row, to=S(verb), quantity=data["quantity"], by=by, now=now)
