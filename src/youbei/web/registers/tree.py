"""The tree of organisations as an outline, and the sheets that move and merge units."""

from __future__ import annotations

import functools
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei.actions import clock
from youbei.actions.registers.tree import effect_of, merge_unit, move_unit
from youbei.engine.access import Permission
from youbei.records.models import Organisation, User
from youbei.web.access import access, user_of
from youbei.web.registers.records import address_of, record_for
from youbei.web.sheet import sheet

CHILDREN = 200


class UnitForm(forms.Form):
    """Name the other unit, and the document by which it is done."""

    unit = forms.CharField(
        label=gettext_lazy("Unit"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "suggest-unit", "autocomplete": "off"}),
    )
    document = forms.CharField(label=gettext_lazy("Document number"), max_length=200, required=False)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def clean_unit(self) -> Organisation:
        """Find the unit by its code, or by its name where only one has it."""
        entered = self.cleaned_data["unit"].strip()
        mine = Organisation.objects.visible_to(self.user).filter(retired_at__isnull=True)
        found = (
            list(mine.filter(code=entered)[:1])
            or list(mine.filter(name_zh=entered)[:2])
            or list(mine.filter(name_en__iexact=entered)[:2])
        )
        if len(found) != 1:
            raise ValidationError(_("Enter the code of a unit, or its whole name where only one has it."))
        return found[0]


@access(Permission.SEE)
def outline(request: HttpRequest) -> HttpResponse:
    """Show the units below one, or the topmost that one may see; each opens its own."""
    user = user_of(request)
    mine = Organisation.objects.visible_to(user).filter(retired_at__isnull=True)
    above = None
    if code := request.GET.get("below", ""):
        above = mine.filter(code=code).first()
    if above is not None:
        rows = mine.filter(parent=above)
        chain = [
            unit for unit in mine.filter(pk__in=[int(part) for part in above.path.split("/") if part]).order_by("path")
        ]
    else:
        tops = user.paths_with(Permission.SEE)
        rows = mine.filter(parent=None) if tops == ["/"] else mine.filter(path__in=tops)
        chain = []
    shown = list(rows.order_by("path")[: CHILDREN + 1])
    with_children = set(
        Organisation.objects.filter(parent__in=shown, retired_at__isnull=True).values_list("parent", flat=True)
    )
    context = {
        "chain": chain,
        "rows": [(unit, unit.pk in with_children) for unit in shown[:CHILDREN]],
        "is_cut": len(shown) > CHILDREN,
        "above": above,
    }
    return render(request, "registers/tree.html", context)


@access(Permission.SEE)
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a unit under another superior."""
    return change(request, pk, move_unit, "to", _("Move under another superior"), _("Move"), _("Moved."))


@access(Permission.SEE)
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Merge a unit into another."""
    return change(request, pk, merge_unit, "into", _("Merge into another unit"), _("Merge"), _("Merged."))


def change(request: HttpRequest, pk: int, act: Any, name: str, title: str, submit: str, done: str) -> HttpResponse:
    by = user_of(request)
    register, row = record_for(by, "organisation", pk)
    if not isinstance(row, Organisation):
        raise TypeError("The register of organisations holds organisations")
    unit = row

    def do(data: dict[str, Any]) -> Organisation:
        other: Organisation = data["unit"]
        result: Organisation = act(unit=unit, document=data["document"], by=by, now=clock.now(), **{name: other})[0]
        return result

    return sheet(
        request,
        form=functools.partial(UnitForm, user=by),
        do=do,
        title=title,
        submit=submit,
        back=address_of(register, pk),
        done=done,
        after=lambda result: address_of(register, result.pk),
        template="registers/sheet_tree.html",
        context={"unit": unit, "effect": effect_of(unit)},
    )


urlpatterns = [
    path("registers/organisation/tree/", outline, name="organisation_tree"),
    path("registers/organisation/<int:pk>/move/", move, name="organisation_move"),
    path("registers/organisation/<int:pk>/merge/", merge, name="organisation_merge"),
]
