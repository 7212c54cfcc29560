"""Calling off under an agreement: the sheet that asks, the page of a request, and the page of its link."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei.actions import call_offs, clock
from youbei.actions.call_off_messages import call_off_behind, link_of, mandate_of, said_of
from youbei.actions.permit import By
from youbei.engine.access import Permission
from youbei.engine.call_offs import NEXT, STATE_NAMES, CallOffState
from youbei.engine.errors import Refused
from youbei.records.models import Agreement, CallOff, Incident, Item
from youbei.records.registers.pages import visible_row
from youbei.records.registers.tables import register_called
from youbei.records.reports.call_offs import agreements_for, call_off_page, estimate_of, visible_call_off
from youbei.records.reports.incident import visible_incident
from youbei.web.access import access, user_of
from youbei.web.forms.facts import say
from youbei.web.lists import query_without_cursor
from youbei.web.sheet import sheet

P = Permission
LINK_STEPS = ("en_route", "delivered", "returned")


class AskForm(forms.Form):
    """Ask for teams, or for a quantity of an item."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=60)
    item = forms.CharField(
        label=gettext_lazy("Item"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Code or name of an item of the catalogue. Empty: teams are asked for."),
    )
    quantity = forms.DecimalField(
        label=gettext_lazy("Quantity"), min_value=Decimal("0.001"), max_digits=14, decimal_places=3
    )
    what = forms.CharField(label=gettext_lazy("In words"), required=False, max_length=200)
    place = forms.CharField(label=gettext_lazy("Where to"), required=False, max_length=200)
    incident = forms.CharField(
        label=gettext_lazy("Incident"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Its number, if it is for one."),
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=400)

    def __init__(self, *args: Any, **options: Any) -> None:
        options["initial"] = {"once": uuid4().hex, "quantity": 1, **options.get("initial", {})}
        super().__init__(*args, **options)

    def clean_item(self) -> Item | None:
        word = self.cleaned_data["item"].strip()
        if not word:
            return None
        found = Item.objects.filter(code=word.lower()).first() or Item.objects.filter(name_zh=word).first()
        if found is None:
            raise forms.ValidationError(_("There is no such item in the catalogue. Use its code or its Chinese name."))
        return found


class AcceptForm(forms.Form):
    """Promise a quantity within so many minutes."""

    quantity = forms.DecimalField(
        label=gettext_lazy("How much"), min_value=Decimal("0.001"), max_digits=14, decimal_places=3
    )
    minutes = forms.IntegerField(label=gettext_lazy("There in minutes"), min_value=0, max_value=14 * 24 * 60)
    people = forms.IntegerField(label=gettext_lazy("People"), required=False, min_value=0, max_value=10_000)


class RefuseForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why not"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


def agreement_for(request: HttpRequest, pk: int) -> Agreement:
    found = visible_row(register_called("agreement"), pk, user_of(request))
    if not isinstance(found, Agreement):
        raise TypeError("The register of agreements holds agreements")
    return found


@access(P.EDIT_RESOURCE)
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the other side of an agreement for teams or a quantity."""
    by, agreement = user_of(request), agreement_for(request, pk)
    number = request.GET.get("incident", "")[:40]

    def form(*args: Any) -> AskForm:
        return AskForm(*args, initial={"incident": number})

    def do(data: dict[str, Any]) -> CallOff:
        wanted = call_offs.Wanted(data["quantity"], data["item"], data["what"], data["place"], data["note"])
        incident = incident_called(data["incident"].strip(), request)
        return call_offs.ask(
            agreement=agreement, wanted=wanted, once=data["once"], by=by, now=clock.now(), incident=incident
        )

    return sheet(
        request,
        form=form,
        do=do,
        title=_("Call off under the agreement"),
        submit=_("Ask"),
        back=reverse("record", args=["agreement", pk]),
        done=_("Asked. The answer comes by the link that was sent."),
        after=lambda row: reverse("call_off", args=[row.pk]),
    )


def incident_called(number: str, request: HttpRequest) -> Incident | None:
    if not number:
        return None
    found = Incident.objects.visible_to(user_of(request)).filter(number=number).first()
    if found is None:
        raise call_offs.CallOffRefused(
            zh=f"没有编号为“{number}”的事件，或您无权查看。请核对编号，或留空。",
            en=f"There is no incident {number} that you may see. Check the number, or leave it empty.",
        )
    return found


@access(P.SEE)
def list_call_offs(request: HttpRequest) -> HttpResponse:
    """Show what was called off, newest first."""
    page = call_off_page(user_of(request), state=request.GET.get("state", ""), cursor=request.GET.get("cursor"))
    context = {
        "page": page,
        "rows": [(row, said_of(row), STATE_NAMES[CallOffState(row.state)]) for row in page.rows],
        "states": [(state.value, name) for state, name in STATE_NAMES.items()],
        "chosen": request.GET.get("state", ""),
        "query": query_without_cursor(request),
        "now": clock.now(),
    }
    return render(request, "call_offs/list.html", context)


@access(P.EDIT_RESOURCE)
def choose(request: HttpRequest, incident_id: int) -> HttpResponse:
    """Show under which agreements something can be called off for an incident."""
    user = user_of(request)
    incident = visible_incident(incident_id, user)
    context = {"incident": incident, "agreements": agreements_for(user, clock.now())}
    return render(request, "call_offs/choose.html", context)


def found_for(request: HttpRequest, pk: int) -> CallOff:
    row = visible_call_off(pk, user_of(request))
    if row is None:
        raise Http404
    return row


@access(P.SEE)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a request with its clock, its answer, what it will cost, and what can be done next."""
    row, user = found_for(request, pk), user_of(request)
    may_ask = user.may(P.EDIT_RESOURCE, row.org_path)
    is_theirs = row.asked_of is not None and user.may(P.EDIT_RESOURCE, row.asked_of.path)
    context = {
        **shown(row),
        "link": link_of(row) if may_ask else "",
        "may_ask": may_ask,
        "may_answer": may_ask or is_theirs,
        "steps": steps_of(row, may_ask) if may_ask or is_theirs else [],
        "sees_incident": row.incident is not None and user.may(P.SEE, row.incident.org_path),
        "estimate": estimate_of(row),
    }
    return render(request, "call_offs/page.html", context)


def shown(row: CallOff) -> dict[str, Any]:
    state = CallOffState(row.state)
    return {
        "row": row,
        "what": said_of(row),
        "state": STATE_NAMES[state],
        "is_late": state is CallOffState.ASKED and clock.now() >= row.due_at,
        "is_exercise": row.mode == "exercise",
    }


def steps_of(row: CallOff, may_ask: bool) -> list[tuple[str, Any]]:
    """Return the steps that may follow, besides the answer itself."""
    later = [
        one for one in CallOffState if one in NEXT[CallOffState(row.state)] and one.value not in ("accepted", "refused")
    ]
    own = {CallOffState.WITHDRAWN, CallOffState.SETTLED}
    return [(one.value, STATE_NAMES[one]) for one in later if may_ask or one not in own]


@access(P.EDIT_RESOURCE)
def step(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Answer a request, or take it one step on, as somebody with an account."""
    row = found_for(request, pk)
    if request.method == "POST":
        act(request, row, verb, user_of(request))
    return redirect("call_off", pk)


def act(request: HttpRequest, row: CallOff, verb: str, by: By) -> None:
    """Do one step; a refusal or a field that is wrong becomes a notice."""
    now = clock.now()
    try:
        if verb == "accepted":
            form = AcceptForm(request.POST)
            if not form.is_valid():
                messages.error(request, first_error(form))
                return
            data = form.cleaned_data
            arrives_at = now + timedelta(minutes=data["minutes"])
            call_offs.accept(
                call_off=row, quantity=data["quantity"], arrives_at=arrives_at, people=data["people"], by=by, now=now
            )
        elif verb == "refused":
            call_offs.refuse(call_off=row, reason=request.POST.get("reason", ""), by=by, now=now)
        elif verb in {one.value for one in call_offs.EVENTS}:
            call_offs.move_on(call_off=row, to=CallOffState(verb), by=by, now=now)
        else:
            raise Http404
        messages.success(request, _("Noted."))
    except Refused as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, say(refusal.text))


def first_error(form: forms.Form) -> str:
    return next(f"{form.fields[name].label}: {errors[0]}" for name, errors in form.errors.items())


@access("public")
def link_page(request: HttpRequest, word: str) -> HttpResponse:
    """Show a request to whoever holds its link, and take the answer and the steps that follow."""
    row = call_off_behind(word, clock.now())
    if request.method == "POST":
        verb = request.POST.get("step", "")
        if verb not in ("accepted", "refused", *LINK_STEPS):
            raise Http404
        act(request, row, verb, mandate_of(row))
        return redirect("call_off_link", word)
    amount = f"{row.quantity.normalize():f}"
    context = {
        **shown(row),
        "word": word,
        "accept": AcceptForm(initial={"quantity": amount, "minutes": 30}),
        "refuse": RefuseForm(),
        "steps": [pair for pair in steps_of(row, may_ask=False) if pair[0] in LINK_STEPS],
        "estimate": estimate_of(row),
    }
    return render(request, "call_offs/link.html", context)


urlpatterns = [
    path("registers/agreement/<int:pk>/call-off/", ask, name="call_off_ask"),
    path("incidents/<int:incident_id>/call-off/", choose, name="incident_call_off"),
    path("call-offs/", list_call_offs, name="call_offs"),
    path("call-offs/<int:pk>/", show, name="call_off"),
    path("call-offs/<int:pk>/<slug:verb>/", step, name="call_off_step"),
    path("a/<str:word>/", link_page, name="call_off_link"),
]
