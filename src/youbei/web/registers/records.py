"""The page of one record, and what can be done with it as it stands."""

from __future__ import annotations

import functools

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from youbei.actions import clock
from youbei.actions.registers.keep import confirm_records, restore_record, retire_record, revive_record
from youbei.engine.access import Permission
from youbei.engine.registers.field import FieldKind
from youbei.engine.registers.register import Register
from youbei.records.models import RecordChange, User
from youbei.records.models.scope import Registered
from youbei.records.registers.called import names_in
from youbei.records.registers.pages import as_record, referring_to, visible_row
from youbei.records.registers.tables import path_column, right_at
from youbei.web.access import access, user_of
from youbei.web.forms.incidents import ReasonToClose
from youbei.web.forms.runs import NothingForm
from youbei.web.registers.lists import register_for
from youbei.web.registers.panels import panels_for
from youbei.web.sheet import sheet
from youbei.web.stock.stated import tell_what_waits

CHANGES_SHOWN = 8


@access(Permission.SEE)
def show_record(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """Show a record: what it says, what belongs to it, whether it is still true, and what happened to it."""
    user = user_of(request)
    register, row = record_for(user, name, pk)
    record = as_record(register, row, clock.now())
    shown = panels_for(request, register, row)
    changes = list(RecordChange.objects.filter(register=register.name, record_id=pk).order_by("-id")[:CHANGES_SHOWN])
    context = {
        "register": register,
        "record": record,
        "fields": [field for field in register.fields if record.values[field.name] is not None],
        "empty_fields": [field for field in register.fields if record.values[field.name] is None],
        "referring": referring_to(register, row, user),
        "changes": changes,
        "names": names_in(changes),
        "panels": [panel for panel in shown if not panel.is_aside],
        "asides": [panel for panel in shown if panel.is_aside],
        "may_edit": may_edit(user, register, row),
        "has_map": any(field.kind is FieldKind.LATITUDE for field in register.fields),
    }
    return render(request, "registers/record.html", context)


def record_for(user: User, name: str, pk: int) -> tuple[Register, Registered]:
    register = register_for(name, user)
    return register, visible_row(register, pk, user)


def address_of(register: Register, pk: int) -> str:
    return reverse("record", args=[register.name, pk])


@access(Permission.SEE)
def confirm(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """Say of a record that it is still true."""
    by = user_of(request)
    register, row = record_for(by, name, pk)
    return sheet(
        request,
        form=NothingForm,
        do=lambda data: confirm_records(register=register, pks=[row.pk], by=by, now=clock.now()),
        title=_("Is this still true?"),
        submit=_("Still true"),
        back=address_of(register, pk),
        done=_("Confirmed."),
        after=lambda _done: address_of(register, pk),
    )


@access(Permission.SEE)
def retire(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """Take a record out of use, with a reason."""
    by = user_of(request)
    register, row = record_for(by, name, pk)
    return sheet(
        request,
        form=ReasonToClose,
        do=lambda data: retire_record(register=register, pk=row.pk, reason=data["reason"], by=by, now=clock.now()),
        title=_("Take this record out of use"),
        submit=_("Take out of use"),
        back=address_of(register, pk),
        done=_("The record is out of use."),
        after=lambda _done: address_of(register, pk),
    )


@access(Permission.SEE)
def revive(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """Bring a retired record back into use."""
    by = user_of(request)
    register, row = record_for(by, name, pk)
    return sheet(
        request,
        form=NothingForm,
        do=lambda data: revive_record(register=register, pk=row.pk, by=by, now=clock.now()),
        title=_("Bring this record back into use"),
        submit=_("Bring back"),
        back=address_of(register, pk),
        done=_("The record is in use again."),
        after=lambda _done: address_of(register, pk),
    )


@access(Permission.SEE)
def restore(request: HttpRequest, name: str, pk: int, change: int) -> HttpResponse:
    """Put back what a change has taken away."""
    by = user_of(request)
    register, row = record_for(by, name, pk)
    found = RecordChange.objects.filter(register=register.name, record_id=row.pk, pk=change).first()
    if found is None:
        raise Http404
    return sheet(
        request,
        form=NothingForm,
        do=functools.partial(put_back, request, found, by),
        title=_("Put back what stood there before this change"),
        submit=_("Put back"),
        back=address_of(register, pk),
        done=_("Put back."),
        after=lambda _done: address_of(register, pk),
    )


def put_back(request: HttpRequest, change: RecordChange, by: User, data: object) -> Registered:
    row = restore_record(change=change, by=by, now=clock.now())
    if change.register == "lot" and "quantity" in change.before:
        tell_what_waits(request, row, by)
    return row


def may_edit(user: User, register: Register, row: Registered) -> bool:
    return user.may(register.edit, right_at(register, getattr(row, path_column(register))))


urlpatterns = [
    path("registers/<slug:name>/<int:pk>/", show_record, name="record"),
    path("registers/<slug:name>/<int:pk>/confirm/", confirm, name="record_confirm"),
    path("registers/<slug:name>/<int:pk>/retire/", retire, name="record_retire"),
    path("registers/<slug:name>/<int:pk>/revive/", revive, name="record_revive"),
    path("registers/<slug:name>/<int:pk>/restore/<int:change>/", restore, name="record_restore"),
]
