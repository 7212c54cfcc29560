"""Enter and change a record, and suggest what a reference may mean."""

from __future__ import annotations

import functools
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from youbei import content
from youbei.actions import clock
from youbei.actions.registers.personal import look_at
from youbei.actions.registers.save import save_record
from youbei.engine.access import Permission
from youbei.engine.privacy import Purpose
from youbei.engine.registers.register import Register
from youbei.records.models import RecordChange
from youbei.records.models.scope import Registered
from youbei.records.registers.tables import in_use, path_column, visible
from youbei.records.registers.values import Values, values_of
from youbei.web.access import access, user_of
from youbei.web.asked import WORDS, Names, reads
from youbei.web.forms.facts import say
from youbei.web.forms.records import RecordForm
from youbei.web.registers.lists import register_for, register_for_entering
from youbei.web.registers.records import address_of, record_for
from youbei.web.sheet import sheet
from youbei.web.stock.stated import tell_what_waits

SUGGESTED = 12


def fields_named(request: HttpRequest, name: str) -> Names:
    """Return what the address of a new record may hold: what is to be filled in."""
    register = content.registers().get(name)
    return {} if register is None else {field.name: WORDS for field in register.fields}


@access(Permission.SEE)
@reads(found=fields_named)
def new_record(request: HttpRequest, name: str) -> HttpResponse:
    """Enter a record; what the address names is filled in already."""
    by = user_of(request)
    register = register_for_entering(name, by)
    given = {field.name: request.GET[field.name][:200] for field in register.fields if field.name in request.GET}

    def do(data: dict[str, Any]) -> Registered:
        data.pop("seen", None)
        return save_record(register=register, values=data, by=by, now=clock.now())

    return sheet(
        request,
        form=functools.partial(RecordForm, register=register, values=defaults(register), given=given),
        do=do,
        title=_("Enter: %(what)s") % {"what": say(register.one)},
        submit=_("Enter"),
        back=reverse("register", args=[register.name]),
        done=_("Entered."),
        after=lambda row: address_of(register, row.pk),
        template="registers/sheet_record.html",
        context={"register": register},
    )


def defaults(register: Register) -> Values:
    return {field.name: field.default for field in register.fields if field.default is not None}


@access(Permission.SEE)
def change_record(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """Change a record. Its key stays, and what others change meanwhile is not overwritten."""
    by = user_of(request)
    register, row = record_for(by, name, pk)
    sees = bool(register.personal) and by.may(Permission.SEE_PERSONAL, getattr(row, path_column(register)))
    if sees and request.method == "GET":
        look_at(register=register, row=row, purpose=Purpose.KEEPING, by=by, now=clock.now(), via="form")
    last = RecordChange.objects.filter(register=register.name, record_id=pk).order_by("-id").first()

    def do(data: dict[str, Any]) -> Registered:
        seen, why = data.pop("seen", None), data.pop("why", "")
        saved = save_record(register=register, values=data, by=by, now=clock.now(), pk=pk, seen=seen, reason=why)
        if "quantity" in data and register.name == "lot":
            tell_what_waits(request, saved, by)
        return saved

    return sheet(
        request,
        form=functools.partial(
            RecordForm,
            register=register,
            values=values_of(register, row),
            fixed=fixed_fields(register, sees),
            given={"seen": last.pk if last else 0},
            asks_why=True,
        ),
        do=do,
        title=_("Change: %(what)s") % {"what": say(register.one)},
        submit=_("Save"),
        back=address_of(register, pk),
        done=_("Saved."),
        after=lambda _done: address_of(register, pk),
        template="registers/sheet_record.html",
        context={"register": register},
    )


def fixed_fields(register: Register, sees_personal: bool) -> frozenset[str]:
    """Return what a change leaves alone: the key, personal values that the form may not show, a unit's superior."""
    superior = {"parent"} if register.name == "organisation" else set()
    hidden = frozenset() if sees_personal else register.personal
    return frozenset({*register.key, *superior, *hidden})


@access(Permission.SEE)
def suggest(request: HttpRequest, name: str) -> HttpResponse:
    """Return the records whose name or code begins with what is typed, for the list under a field."""
    user = user_of(request)
    register = register_for(name, user)
    if not register.has("code"):  # nothing refers to its records
        raise Http404
    typed = str(next((value for key, value in request.GET.items() if key != "field"), "")).strip()[:80]
    rows = in_use(visible(register, user))
    if register.has("name_zh"):
        named = Q(code__startswith=typed.lower()) | Q(name_zh__startswith=typed) | Q(name_en__istartswith=typed)
    else:
        named = Q(code__startswith=typed.lower())
    return render(request, "registers/_suggestions.html", {"rows": rows.filter(named).order_by("code")[:SUGGESTED]})


urlpatterns = [
    path("registers/<slug:name>/new/", new_record, name="record_new"),
    path("registers/<slug:name>/suggest/", suggest, name="record_suggest"),
    path("registers/<slug:name>/<int:pk>/change/", change_record, name="record_change"),
]
