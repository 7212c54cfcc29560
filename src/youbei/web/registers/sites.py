"""Sites on pages: open now or not, how much room is left, what a school, a hospital or a store holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei import content
from youbei.actions import clock
from youbei.actions.registers.save import save_record
from youbei.engine.access import Permission
from youbei.engine.opening import read_hours
from youbei.engine.registers.register import Register
from youbei.records.models import SchoolClass, Site, User
from youbei.records.models.scope import Registered
from youbei.records.registers.pages import visible_row
from youbei.records.registers.tables import register_called
from youbei.web.access import access, user_of
from youbei.web.forms.facts import say
from youbei.web.sheet import sheet

# Assumption: beds and places change within hours; an older figure is shown as old.
FRESH = timedelta(hours=12)
# Assumption: what people need who stay for days; the figure of GB 51143-2015 has not been checked against the printed
# standard, so this one stands beside the room there is and judges nothing.
AREA_PER_PERSON = Decimal(2)


class TakenForm(forms.Form):
    """Say how much is taken now, and whether the place takes anybody."""

    occupied = forms.IntegerField(label=gettext_lazy("Taken now"), min_value=0, max_value=10_000_000)
    operating = forms.ChoiceField(label=gettext_lazy("In operation"), required=False)

    def __init__(self, *args: Any, site: Site, **options: Any) -> None:
        options["initial"] = {"occupied": site.occupied, "operating": site.operating}
        super().__init__(*args, **options)
        titles = [(one.code, say(one.title)) for one in content.registers()["site"].field("operating").choices]
        self.fields["operating"].choices = [("", "–"), *titles]  # type: ignore[attr-defined]


def now_panel(request: HttpRequest, register: Register, row: Registered) -> Mapping[str, Any] | None:
    """Find what a site of its kind shows."""
    if not isinstance(row, Site):
        return None
    user, now = user_of(request), clock.now()
    local = now.astimezone(timezone.get_current_timezone()).replace(tzinfo=None)
    hours = read_hours(row.opening) if row.opening else None
    size = row.beds if row.kind == Site.Kind.HOSPITAL else row.capacity
    is_open = hours.is_open(local) if hours else None
    change = hours.next_change(local) if hours else None
    return {
        "site": row,
        "is_open": is_open,
        "next_change": timezone.make_aware(change) if change else None,
        "is_text_only": bool(row.opening) and hours is None,
        "size": size,
        "free": None if size is None or row.occupied is None else size - row.occupied,
        "is_old": row.occupied_at is not None and now - row.occupied_at > FRESH,
        "per_person": None if not row.area_m2 or not row.capacity else row.area_m2 / row.capacity,
        "least_area": AREA_PER_PERSON,
        "classes": classes_of(row, user),
        "may_edit": user.may(Permission.EDIT_RESOURCE, row.org_path),
    }


def classes_of(site: Site, user: User) -> Mapping[str, Any] | None:
    """Return how many classes and pupils a school has, and how many of them have no place to assemble."""
    if site.kind != Site.Kind.SCHOOL:
        return None
    rows = SchoolClass.objects.visible_to(user).filter(site=site, retired_at__isnull=True)
    found = rows.aggregate(classes=Count("pk"), pupils=Sum("pupils"))
    return {**found, "without_assembly": rows.filter(assembly__isnull=True).count()}


@access(Permission.EDIT_RESOURCE)
def say_taken(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how many beds or places are taken now: the hospital or shelter does so itself, in one line."""
    by = user_of(request)
    register = register_called("site")
    row = visible_row(register, pk, by)
    if not isinstance(row, Site):
        raise TypeError("The register of sites holds sites")
    site = row

    def form(*args: Any) -> TakenForm:
        return TakenForm(*args, site=site)

    def do(data: dict[str, Any]) -> Registered:
        now = clock.now()
        values = {"occupied": data["occupied"], "occupied_at": now, "operating": data["operating"] or None}
        return save_record(register=register, values=values, by=by, now=now, pk=pk, source="taken")

    return sheet(
        request,
        form=form,
        do=do,
        title=_("How much is taken now?"),
        submit=_("Save"),
        back=reverse("record", args=["site", pk]),
        done=_("Saved."),
        after=lambda _row: reverse("record", args=["site", pk]),
    )


urlpatterns = [path("registers/site/<int:pk>/taken/", say_taken, name="site_taken")]
