"""Head-counts: the list, one as it stands, today's absentees, the alarm, and the league of schools."""

from __future__ import annotations

import functools
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import segno
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei.actions import clock
from youbei.actions.exercises import head_counts
from youbei.actions.exercises.head_counts import Count
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.text import Text
from youbei.records.log import head
from youbei.records.models import Exercise, HeadCount, Organisation, User
from youbei.records.reports.exercises import visible_exercises
from youbei.records.reports.head_counts import head_count_detail, head_count_page, league, visible_head_count
from youbei.web.access import access, user_of
from youbei.web.asked import WORDS, reads
from youbei.web.forms.exercises import UnitField
from youbei.web.forms.facts import say
from youbei.web.forms.runs import NothingForm
from youbei.web.sheet import sheet

YEAR = timedelta(days=365)
# Source: 中小学幼儿园应急疏散演练指南 (教基一厅〔2014〕2号): in principle, middle schools 2 minutes, primary 3.
TARGETS = [("", "–"), ("120", gettext_lazy("2 min (middle schools)")), ("180", gettext_lazy("3 min (primary schools)"))]


class HeadCountForm(forms.Form):
    """Prepare a head-count."""

    organisation = UnitField(label=gettext_lazy("Unit"))
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    target = forms.ChoiceField(label=gettext_lazy("To be outside within"), choices=TARGETS, required=False)
    exercise = forms.ChoiceField(label=gettext_lazy("Belongs to the exercise"), required=False)
    is_real = forms.BooleanField(label=gettext_lazy("This is real, no drill"), required=False)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        unit: Any = self.fields["organisation"]
        unit.user = user
        schools = Organisation.objects.visible_to(user, Permission.RUN_EXERCISE).order_by("path")
        first = schools.filter(kind=Organisation.Kind.SCHOOL).first() or schools.first()
        unit.initial = first.code if first else ""
        going_on = visible_exercises(user).exclude(status__in=[Exercise.Status.ENDED, Exercise.Status.CLOSED])
        chosen: Any = self.fields["exercise"]
        chosen.choices = [
            ("", "–"),
            *((str(one.pk), say(Text(one.title_zh, one.title_en))) for one in going_on.defer("data")[:50]),
        ]


class GroupForm(forms.Form):
    """What was counted of one group."""

    counted = forms.IntegerField(label=gettext_lazy("Counted here"), min_value=0, max_value=100_000)
    missing = forms.IntegerField(label=gettext_lazy("Missing"), min_value=0, max_value=100_000, initial=0)
    found = forms.IntegerField(
        label=gettext_lazy("Of these found since"), min_value=0, max_value=100_000, initial=0, required=False
    )
    note = forms.CharField(
        label=gettext_lazy("Who is missing, last seen where"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@access(Permission.SEE)
@reads(cursor=WORDS)
def list_counts(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    context = {
        "page": head_count_page(user, cursor=request.GET.get("cursor")),
        "query": "",
        "may_prepare": bool(user.paths_with(Permission.RUN_EXERCISE)),
    }
    return render(request, "exercises/counts.html", context)


@access(Permission.RUN_EXERCISE)
def new_count(request: HttpRequest) -> HttpResponse:
    """Prepare a head-count of a unit."""
    user = user_of(request)

    def do(data: dict[str, Any]) -> HeadCount:
        chosen = visible_exercises(user).filter(pk=data["exercise"]).first() if data["exercise"] else None
        return head_counts.prepare_head_count(
            by=user,
            now=clock.now(),
            organisation=data["organisation"],
            title=data["title"],
            exercise=chosen,
            is_real=data["is_real"],
            target=timedelta(seconds=int(data["target"])) if data["target"] else None,
        )

    return sheet(
        request,
        form=functools.partial(HeadCountForm, user=user),
        do=do,
        title=_("Prepare a head-count"),
        submit=_("Prepare"),
        back=reverse("head_counts"),
        done=_("The head-count is prepared. Enter today's absentees, then sound the alarm."),
        after=lambda row: reverse("head_count", args=[row.pk]),
    )


@access(Permission.SEE)
def show_count(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a head-count as it stands; with the header `X-Youbei-Parts` only the parts it names."""
    user = user_of(request)
    position = head().position
    row = visible_head_count(pk, user)
    leads = user.may(Permission.REPORT_INCIDENT if row.is_real else Permission.RUN_EXERCISE, row.org_path)
    context = {
        "count": head_count_detail(row),
        "row": row,
        "leads": leads,
        "is_exercise": not row.is_real,
        "stream": row.stream,
        "position": position,
        "until": row.ended_at or clock.now(),
    }
    if request.headers.get("X-Youbei-Parts"):
        return render(request, "parts/some.html", {**context, "templates": ["exercises/_count.html"]})
    if leads and user.may(Permission.RUN_EXERCISE, row.org_path):
        context["link"] = link_for(request, row, user)
    return render(request, "exercises/count.html", context)


def link_for(request: HttpRequest, row: HeadCount, user: User) -> dict[str, Any]:
    """Return the link of the unit for telephones, as an address and as a code to scan."""
    word = head_counts.link_of(by=user, now=clock.now(), organisation=row.organisation)
    address = request.build_absolute_uri(reverse("count_link", args=[word]))
    return {"address": address, "code": scannable(address)}


def scannable(address: str) -> str:
    """Return an address as a code to scan."""
    drawn = segno.make(address, micro=False).svg_inline(border=2, omitsize=True)
    return mark_safe(drawn)  # noqa: S308 (made by us)


@access(Permission.SEE)
def numbers(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take today's absentees, all classes on one form."""
    user = user_of(request)
    row = visible_head_count(pk, user)
    groups = list(row.groups.all())
    problem, status = "", 200
    if request.method == "POST":
        entered = {
            group.pk: (
                number_in(request.POST.get(f"enrolled-{group.pk}", ""), group.enrolled),
                number_in(request.POST.get(f"absent-{group.pk}", ""), 0),
            )
            for group in groups
        }
        try:
            head_counts.set_numbers(by=user, now=clock.now(), head_count=row, numbers=entered)
            return redirect("head_count", row.pk)
        except Refused as refusal:
            if refusal.status == 404:
                raise
            problem, status = say(refusal.text), refusal.status
            for group in groups:
                group.enrolled, group.absent = entered[group.pk]
    return render(
        request, "exercises/count_numbers.html", {"row": row, "groups": groups, "problem": problem}, status=status
    )


def number_in(text: str, otherwise: int) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else otherwise


@access(Permission.SEE)
def lead_count(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Sound the alarm, or end the head-count."""
    user = user_of(request)
    row = visible_head_count(pk, user)
    is_alarm = verb == "alarm"
    do = head_counts.sound_alarm if is_alarm else head_counts.end_head_count
    return sheet(
        request,
        form=NothingForm,
        do=lambda data: do(by=user, now=clock.now(), head_count=row),
        title=_("Sound the alarm") if is_alarm else _("End the head-count"),
        submit=_("Sound the alarm") if is_alarm else _("End the head-count"),
        back=reverse("head_count", args=[row.pk]),
        done=_("The alarm is sounded: the clock runs.") if is_alarm else _("The head-count is ended."),
        after=lambda _row: reverse("head_count", args=[row.pk]),
        context={"is_exercise": not row.is_real},
    )


@access(Permission.SEE)
def report_count(request: HttpRequest, pk: UUID, key: str) -> HttpResponse:
    """Enter the count of a group for somebody who calls it in."""
    user = user_of(request)
    row = visible_head_count(pk, user)
    group = row.groups.filter(key=key).first()
    initial = {} if group is None else {
        "counted": group.expected if group.counted is None else group.counted,
        "missing": group.missing,
        "found": group.found,
    }  # fmt: skip

    def do(data: dict[str, Any]) -> object:
        now = clock.now()
        given = Count(data["counted"], data["missing"], now, uuid4().hex, data["found"] or 0, data["note"])
        return head_counts.report_group(by=user, now=now, head_count=row, key=key, count=given)

    return sheet(
        request,
        form=functools.partial(GroupForm, initial=initial),
        do=do,
        title=_("Count: %(group)s") % {"group": group.name_in(request.LANGUAGE_CODE) if group else key},
        submit=_("Report"),
        back=reverse("head_count", args=[row.pk]),
        done=_("The count is taken."),
        context={"is_exercise": not row.is_real},
    )


@access(Permission.RUN_EXERCISE)
def renew_link(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make the unit's link for telephones anew; the old one is worthless from then on."""
    user = user_of(request)
    row = visible_head_count(pk, user)
    return sheet(
        request,
        form=NothingForm,
        do=lambda data: head_counts.link_of(by=user, now=clock.now(), organisation=row.organisation, renew=True),
        title=_("Make a new link"),
        submit=_("Make a new link"),
        back=reverse("head_count", args=[row.pk]),
        done=_("The old link no longer works. Give the new one to your teachers."),
        after=lambda _word: reverse("head_count", args=[row.pk]),
    )


@access(Permission.SEE)
def show_league(request: HttpRequest) -> HttpResponse:
    """Show how the schools stand in the last year, with what they are out of."""
    now = clock.now()
    context = {"league": league(user_of(request), since=now - YEAR, until=now), "since": now - YEAR}
    return render(request, "exercises/league.html", context)


urlpatterns = [
    path("head-counts/", list_counts, name="head_counts"),
    path("head-counts/new/", new_count, name="head_count_new"),
    path("head-counts/schools/", show_league, name="head_count_league"),
    path("head-counts/<uuid:pk>/", show_count, name="head_count"),
    path("head-counts/<uuid:pk>/absent/", numbers, name="head_count_numbers"),
    path("head-counts/<uuid:pk>/alarm/", lead_count, {"verb": "alarm"}, name="head_count_alarm"),
    path("head-counts/<uuid:pk>/end/", lead_count, {"verb": "end"}, name="head_count_end"),
    path("head-counts/<uuid:pk>/link/", renew_link, name="head_count_renew"),
    path("head-counts/<uuid:pk>/groups/<slug:key>/", report_count, name="head_count_report"),
]
