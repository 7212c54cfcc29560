"""Take a register away with its personal columns: only by a form that asks what they are needed for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei.actions import clock
from youbei.actions.sheets.exporting import Export, export_register
from youbei.engine.access import Permission
from youbei.engine.errors import NotFound, Refused
from youbei.engine.privacy import PURPOSES
from youbei.engine.registers.register import Register
from youbei.records.models import User
from youbei.records.registers.filters import read_filters
from youbei.web.access import access, user_of
from youbei.web.forms.choices import offer
from youbei.web.forms.facts import say
from youbei.web.registers.lists import register_for
from youbei.web.registers.sheets import language
from youbei.web.sheet import is_partial
from youbei.web.templatetags.records import export_word


class PersonalExportForm(forms.Form):
    """Say what the personal columns are needed for, and as which file; nothing is chosen beforehand."""

    purpose = forms.ChoiceField(label=gettext_lazy("What is it needed for?"), widget=forms.RadioSelect)
    format = forms.ChoiceField(label=gettext_lazy("File"), initial="xlsx")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "purpose", [(one.value, say(text)) for one, text in PURPOSES.items()])
        offer(self, "format", [(form, export_word(form)) for form in ("xlsx", "csv")])


def may_take_personal(user: User, register: Register) -> bool:
    """Say whether a user is offered an export with personal columns of this register."""
    held = (Permission.EXPORT_REGISTER, Permission.SEE_PERSONAL)
    return bool(register.personal) and all(user.paths_with(one) for one in held)


@access(Permission.SEE)
def export_personal(request: HttpRequest, name: str) -> HttpResponseBase:
    """Ask for the purpose, then send the register, narrowed as the address says, with its personal columns."""
    by = user_of(request)
    register = register_for(name, by)
    if not may_take_personal(by, register):
        raise NotFound(
            zh="这个登记册没有您可以导出的个人信息。", en="This register holds no personal data that you may take away."
        )
    form = PersonalExportForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return as_file(taken(request, register, by, form.cleaned_data))
            except Refused as refusal:
                if refusal.status in (403, 404):
                    raise
                form.add_error(None, say(refusal.text))
                status = refusal.status
    context = {
        "form": form,
        "title": _("Export with personal columns"),
        "back": reverse("register", args=[name]),
        "form_template": "registers/sheet_export.html",
    }
    page = context["form_template"] if is_partial(request) else "parts/sheet_page.html"
    return render(request, str(page), context, status=status)


def taken(request: HttpRequest, register: Register, by: User, data: dict[str, Any]) -> Export:
    return export_register(
        register=register,
        by=by,
        now=clock.now(),
        form=data["format"],
        language=language(),
        filters=read_filters(register, request.GET),
        reason=data["purpose"],
    )


def as_file(made: Export) -> StreamingHttpResponse:
    response = StreamingHttpResponse(made.content, content_type=made.content_type)
    response["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response


urlpatterns = [path("registers/<slug:name>/export/personal/", export_personal, name="register_export_personal")]
