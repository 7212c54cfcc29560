"""The tree of organisations as an outline, and the sheets that move and merge units."""

from __future__ import annotations

import functools
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from youbei import content
from youbei.actions import clock
from youbei.actions.registers.splitting import NewUnit, divisible, own_records, split_unit
from youbei.actions.registers.tree import dissolve_unit, effect_of, merge_unit, move_unit
from youbei.engine.access import Permission
from youbei.records.models import Organisation, User
from youbei.records.reports.names import name_of
from youbei.records.reports.past_tree import end_of, tree_on
from youbei.web.access import access, user_of
from youbei.web.asked import DAY, UNIT, reads
from youbei.web.registers.records import address_of, record_for
from youbei.web.sheet import sheet
from youbei.web.templatetags.youbei import said

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
@reads(on=DAY, below=UNIT)
def outline(request: HttpRequest) -> HttpResponse:
    """Show the units below one, or the topmost that one may see; each opens its own."""
    user = user_of(request)
    today = timezone.localdate(clock.now())
    day = day_in(request.GET.get("on", ""))
    if day is not None and day < today:
        return outline_then(request, user, day)
    mine = Organisation.objects.visible_to(user).filter(retired_at__isnull=True)
    tops = user.paths_with(Permission.SEE)
    topmost = mine.filter(parent=None) if tops == ["/"] else mine.filter(path__in=tops)
    code = request.GET.get("below", "")
    # One unit above all others says nothing: what is below it is shown at once.
    above = mine.filter(code=code).first() if code else only(topmost)
    if above is not None:
        rows = mine.filter(parent=above)
        chain = [
            unit for unit in mine.filter(pk__in=[int(part) for part in above.path.split("/") if part]).order_by("path")
        ]
    else:
        rows = topmost
        chain = []
    shown = list(rows.order_by("path")[: CHILDREN + 1])
    below = Organisation.objects.filter(parent=OuterRef("pk"), retired_at__isnull=True)
    some = Organisation.objects.filter(pk__in=[unit.pk for unit in shown])
    with_children = set(some.filter(Exists(below)).order_by().values_list("pk", flat=True))
    context = {
        "chain": chain,
        "rows": [(unit, unit.pk in with_children) for unit in shown[:CHILDREN]],
        "is_cut": len(shown) > CHILDREN,
        "above": above,
        "today": today,
        "divisions": content.divisions(),
    }
    return render(request, "registers/tree.html", context)


def only(units: QuerySet[Organisation]) -> Organisation | None:
    """Return the one unit there is; None where there are none or several, or where nothing is below it."""
    found = list(units.order_by("path")[:2])
    if len(found) != 1 or not Organisation.objects.filter(parent=found[0], retired_at__isnull=True).exists():
        return None
    return found[0]


def day_in(text: str) -> date | None:
    """Read the day of an address; what is none is today."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def outline_then(request: HttpRequest, user: User, day: date) -> HttpResponse:
    """Show a part of the tree as it stood at the end of a day."""
    found = tree_on(user, end_of(day, timezone.get_current_timezone()), request.GET.get("below", ""))
    if found is None:
        raise Http404
    context = {"tree": found, "day": day, "today": timezone.localdate(clock.now()), "below": request.GET.get("below")}
    return render(request, "registers/tree_then.html", context)


@access(Permission.SEE)
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a unit under another superior."""
    submit, done = pgettext("unit", "Move"), pgettext("unit", "Moved.")
    return change(request, pk, move_unit, "to", _("Move under another superior"), submit, done)


@access(Permission.SEE)
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Merge a unit into another."""
    return change(request, pk, merge_unit, "into", _("Merge into another unit"), _("Merge"), _("Merged."))


@access(Permission.SEE)
def dissolve(request: HttpRequest, pk: int) -> HttpResponse:
    """Dissolve a unit in favour of a successor."""
    return change(
        request, pk, dissolve_unit, "successor", _("Dissolve, with a successor"), _("Dissolve"), _("Dissolved.")
    )


class SplitForm(forms.Form):
    """What the new unit is called, and what goes to it."""

    code = forms.SlugField(label=gettext_lazy("Code of the new unit"), max_length=80)
    name_zh = forms.CharField(label=gettext_lazy("Name (Chinese)"), max_length=200)
    name_en = forms.CharField(label=gettext_lazy("Name (English)"), max_length=200, required=False)
    document = forms.CharField(label=gettext_lazy("Document number"), max_length=200, required=False)

    def __init__(self, *args: Any, unit: Organisation, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.parts: list[str] = []
        below = Organisation.objects.filter(parent=unit, retired_at__isnull=True).order_by("path")
        self.offer("units", _("Units below it"), [(row.pk, said(name_of(row))) for row in below[:CHILDREN]])
        for register in divisible():
            if not user.may(register.edit, unit.path):
                continue
            rows = own_records(register, unit)[:CHILDREN]
            self.offer(register.name, said(register.title), [(row.pk, label_of(row)) for row in rows])

    def offer(self, name: str, label: str, choices: list[tuple[int, str]]) -> None:
        if choices:
            widget = forms.CheckboxSelectMultiple
            field = forms.TypedMultipleChoiceField(
                label=label, coerce=int, choices=choices, required=False, widget=widget
            )
            self.fields[f"go_{name}"] = field
            self.parts.append(f"go_{name}")

    @property
    def named(self) -> list[forms.BoundField]:
        return [self[name] for name in ("code", "name_zh", "name_en", "document")]

    @property
    def going(self) -> list[forms.BoundField]:
        return [self[name] for name in self.parts]


def label_of(row: Any) -> str:
    """Say which record it is: its name where it has one, else its code."""
    name = getattr(row, "name_zh", "")
    return f"{said(name_of(row))} ({row.code})" if name else str(getattr(row, "code", row.pk))


@access(Permission.SEE)
def split(request: HttpRequest, pk: int) -> HttpResponse:
    """Divide a unit in two."""
    by = user_of(request)
    register, row = record_for(by, "organisation", pk)
    if not isinstance(row, Organisation):
        raise TypeError("The register of organisations holds organisations")
    unit = row

    def do(data: dict[str, Any]) -> Organisation:
        going = {name.removeprefix("go_"): pks for name, pks in data.items() if name.startswith("go_") and pks}
        new = NewUnit(data["code"].lower(), data["name_zh"], data["name_en"])
        units = going.pop("units", [])
        return split_unit(
            unit=unit, new=new, units=units, records=going, document=data["document"], by=by, now=clock.now()
        )[0]

    return sheet(
        request,
        form=functools.partial(SplitForm, unit=unit, user=by),
        do=do,
        title=_("Divide into two units"),
        submit=_("Divide"),
        back=address_of(register, pk),
        done=_("Divided."),
        after=lambda made: address_of(register, made.pk),
        template="registers/sheet_split.html",
        context={"unit": unit},
    )


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
    path("registers/organisation/<int:pk>/dissolve/", dissolve, name="organisation_dissolve"),
    path("registers/organisation/<int:pk>/split/", split, name="organisation_split"),
]
