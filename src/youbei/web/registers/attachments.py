"""The files of a record on its page: add one, open it (what concerns a person for a purpose), remove it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei.actions import clock
from youbei.actions.registers import attachments
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.privacy import purpose_called
from youbei.engine.registers.register import Register
from youbei.engine.text import Text
from youbei.records.models import Attachment
from youbei.records.models.scope import Registered
from youbei.records.registers.pages import visible_row
from youbei.records.registers.tables import path_column, right_at
from youbei.records.registers.values import values_of
from youbei.records.reports.who import looks_at
from youbei.web.access import access, user_of
from youbei.web.forms.facts import say
from youbei.web.forms.purposes import PurposeForm
from youbei.web.forms.runs import NothingForm
from youbei.web.registers.known import sees_persons
from youbei.web.registers.lists import register_for
from youbei.web.sheet import sheet


class AttachmentForm(forms.Form):
    """Choose a file and say what it shows."""

    file = forms.FileField(
        label=gettext_lazy("File (PDF, JPEG, PNG or WebP, 10 MB at most)"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.webp"}),
    )
    title = forms.CharField(
        label=gettext_lazy("What it shows"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For example: certificate, front page. Empty: the name of the file."),
    )


def attachment_panel(request: HttpRequest, register: Register, row: Registered) -> Mapping[str, Any] | None:
    """Find the files of a record; None where there are none and the user may add none."""
    user, where = user_of(request), getattr(row, path_column(register))
    found = list(attachments.attachments_of(register, row.pk))
    may_edit = user.may(register.edit, right_at(register, where))
    if not (found or may_edit):
        return None
    shows_looks = found and may_edit and register.is_about_persons and not register.personal
    return {
        "attachments": found,
        "may_edit": may_edit,
        "may_open": sees_persons(user, register, row),
        "for_a_purpose": register.is_about_persons,
        "looks": looks_at(register, row.pk) if shows_looks else [],
    }


@access(Permission.SEE)
def add(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """Add a file to a record."""
    by = user_of(request)
    register = register_for(name, by)
    row = visible_row(register, pk, by)
    form = AttachmentForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            file = form.cleaned_data["file"]
            title = form.cleaned_data["title"] or file.name or ""
            content = file.read(attachments.LARGEST + 1)
            try:
                attachments.attach(register=register, row=row, title=title, content=content, by=by, now=clock.now())
            except Refused as refusal:
                if refusal.status in {403, 404}:
                    raise
                form.add_error("file", say(refusal.text))
            else:
                return redirect("record", register.name, row.pk)
    context = {"register": register, "row": row, "named": named(register, row), "form": form}
    return render(request, "registers/attach.html", context, status=status)


@access(Permission.SEE)
def fetch(request: HttpRequest, name: str, pk: int, attachment: int) -> HttpResponse:
    """Give a file of a record; what concerns a person after the purpose was said."""
    by = user_of(request)
    register = register_for(name, by)
    row = visible_row(register, pk, by)
    found = attachments.attachment_of(register, row, attachment)
    if not register.is_about_persons:
        return as_answer(found)
    form, status = PurposeForm(request.POST or None), 200
    if request.method == "POST":
        if form.is_valid():
            opened = attachments.open_attachment(
                register=register,
                row=row,
                pk=attachment,
                purpose=purpose_called(form.cleaned_data["purpose"]),
                by=by,
                now=clock.now(),
                via="page",
            )
            return as_answer(opened)
        status = 422
    context = {"register": register, "row": row, "found": found, "form": form, "named": named(register, row)}
    context["may_open"] = sees_persons(by, register, row)
    return render(request, "registers/attachment.html", context, status=status)


@access(Permission.SEE)
def remove(request: HttpRequest, name: str, pk: int, attachment: int) -> HttpResponse:
    """Remove a file from a record for good."""
    by = user_of(request)
    register = register_for(name, by)
    row = visible_row(register, pk, by)
    found = attachments.attachment_of(register, row, attachment)
    back = f"/registers/{register.name}/{row.pk}/"
    return sheet(
        request,
        form=NothingForm,
        do=lambda data: attachments.detach(register=register, row=row, pk=found.pk, by=by, now=clock.now()),
        title=_("Remove this file for good?"),
        submit=_("Remove"),
        back=back,
        done=_("Removed."),
        after=lambda _done: back,
    )


def named(register: Register, row: Registered) -> Text:
    return register.name_of(values_of(register, row))


def as_answer(found: Attachment) -> HttpResponse:
    """Return a file to be shown by the browser, which may run nothing in it and keep no copy for others."""
    response = HttpResponse(bytes(found.content), content_type=found.media_type)
    ending = found.media_type.rsplit("/", 1)[-1]
    response["Content-Disposition"] = f'inline; filename="{found.register}-{found.record_id}-{found.pk}.{ending}"'
    response["Content-Security-Policy"] = "default-src 'none'; img-src 'self'; object-src 'self'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


urlpatterns = [
    path("registers/<slug:name>/<int:pk>/files/add/", add, name="attachment_add"),
    path("registers/<slug:name>/<int:pk>/files/<int:attachment>/", fetch, name="attachment"),
    path("registers/<slug:name>/<int:pk>/files/<int:attachment>/remove/", remove, name="attachment_remove"),
]
