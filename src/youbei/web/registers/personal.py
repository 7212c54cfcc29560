"""Personal data on pages: look at it for a purpose, note whether somebody was reached, erase it on request."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei.actions import clock
from youbei.actions.actors import ids_of
from youbei.actions.permit import require
from youbei.actions.registers.erasing import ask_erasure, waiting_erasure, withdraw_erasure
from youbei.actions.registers.personal import erase_expert, erase_person, look_at
from youbei.actions.registers.reached import note_reached
from youbei.engine.access import Permission
from youbei.engine.errors import NotFound
from youbei.engine.privacy import GROUNDS, ground_called, purpose_called
from youbei.records.models import ContactWay
from youbei.records.registers.tables import path_column
from youbei.web.access import access, user_of
from youbei.web.forms.purposes import ErasureForm, GroundForm, PurposeForm
from youbei.web.registers.records import address_of, record_for
from youbei.web.sheet import is_partial, sheet


class ReachedForm(forms.Form):
    """Say whether somebody was reached."""

    is_reached = forms.TypedChoiceField(
        label=gettext_lazy("Did you get through?"),
        choices=[("1", gettext_lazy("Reached")), ("0", gettext_lazy("Not reached"))],
        coerce=lambda word: word == "1",
        widget=forms.RadioSelect,
    )


@access(Permission.SEE)
def reveal(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """Ask for the purpose, then show the personal data of a record once."""
    by = user_of(request)
    register, row = record_for(by, name, pk)
    if not register.personal:
        raise NotFound(zh="这类记录没有个人信息。", en="Such records hold no personal data.")
    form = PurposeForm(request.POST or None)
    context: dict[str, Any] = {"register": register, "form": form, "back": address_of(register, pk), "row": row}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            purpose = purpose_called(form.cleaned_data["purpose"])
            said = look_at(register=register, row=row, purpose=purpose, by=by, now=clock.now(), via="page")
            context["said"] = [(register.field(field), value) for field, value in said.items() if value is not None]
            status = 200
    context["form_template"] = "registers/sheet_personal.html"
    context["title"] = _("Personal data")
    page = context["form_template"] if is_partial(request) else "parts/sheet_page.html"
    return render(request, page, context, status=status)


@access(Permission.SEE)
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Erase what is known about a person."""
    return erasing(request, "person", pk, _("Erase the personal data of this person"), erase_person)


@access(Permission.SEE)
def erase_one_expert(request: HttpRequest, pk: int) -> HttpResponse:
    """Erase who an expert is."""
    return erasing(request, "expert", pk, _("Erase the personal data of this expert"), erase_expert)


def erasing(request: HttpRequest, name: str, pk: int, title: str, erase_record: Callable[..., object]) -> HttpResponse:
    """Ask to erase a record and say why, or decide what somebody else has asked."""
    by = user_of(request)
    register, row = record_for(by, name, pk)
    require(by, register.edit, getattr(row, path_column(register)))
    waiting = waiting_erasure(name, pk)
    is_own = waiting is not None and waiting.by is not None and bool(ids_of(waiting.by) & ids_of(by))

    def do(data: dict[str, Any]) -> object:
        now = clock.now()
        if waiting is None:
            return ask_erasure(name=name, pk=pk, ground=ground_called(data["ground"]), by=by, now=now)
        if data["answer"] == "withdraw":
            return withdraw_erasure(name=name, pk=pk, by=by, now=now)
        return erase_record(pk=pk, by=by, now=now)

    return sheet(
        request,
        form=GroundForm if waiting is None else functools.partial(ErasureForm, is_own=is_own),
        do=do,
        title=title,
        submit=_("Ask for it") if waiting is None else _("Do it"),
        back=address_of(register, pk),
        done=_("Asked: somebody else who keeps the register confirms it.") if waiting is None else _("Done."),
        after=lambda _done: address_of(register, pk),
        template="registers/sheet_erase.html",
        context={"waiting": waiting, "ground": GROUNDS.get(waiting.after.get("ground")) if waiting else None},
    )


@access(Permission.SEE)
def reached(request: HttpRequest, pk: int) -> HttpResponse:
    """Note whether somebody was reached by a contact way."""
    by = user_of(request)
    register, row = record_for(by, "contact_way", pk)

    def do(data: dict[str, Any]) -> object:
        if not isinstance(row, ContactWay):
            raise TypeError("The register of contact ways holds contact ways")
        return note_reached(way=row, is_reached=data["is_reached"], by=by, now=clock.now())

    return sheet(
        request,
        form=ReachedForm,
        do=do,
        title=_("Was somebody reached by this?"),
        submit=_("Note"),
        back=address_of(register, pk),
        done=_("Noted."),
        after=lambda _done: address_of(register, pk),
    )


urlpatterns = [
    path("registers/person/<int:pk>/erase/", erase, name="person_erase"),
    path("registers/expert/<int:pk>/erase/", erase_one_expert, name="expert_erase"),
    path("registers/contact_way/<int:pk>/reached/", reached, name="way_reached"),
    path("registers/<slug:name>/<int:pk>/personal/", reveal, name="record_personal"),
]
