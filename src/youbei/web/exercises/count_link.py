"""The page on a teacher's telephone: choose the class, count, send; without an account, and without network."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from youbei.actions import clock
from youbei.actions.exercises import head_counts
from youbei.actions.exercises.head_counts import Count
from youbei.actions.exercises.keeping import ExerciseRefused
from youbei.engine.errors import Refused
from youbei.engine.events import parse_iso
from youbei.records.models import HeadCount, HeadCountGroup, Organisation
from youbei.web.access import access
from youbei.web.exercises.counts import number_in
from youbei.web.forms.facts import say
from youbei.web.link_pages import OUTBOX, in_words, offline_script


@access("public")
def choose(request: HttpRequest, word: str) -> HttpResponse:
    """List the classes of the unit; each leads to its own page, which the telephone keeps."""
    unit = head_counts.unit_behind(word)
    now = clock.now()
    count = head_counts.present_count(unit, now, now)
    context = {"unit": unit, "word": word, "count": count, "groups": groups_for(unit, count)}
    return render(request, "exercises/link.html", context)


def groups_for(unit: Organisation, count: HeadCount | None) -> list[HeadCountGroup]:
    """Return the groups of the head-count that goes on; without one, those that the next would have."""
    if count is not None:
        return list(count.groups.all())
    return head_counts.groups_of(HeadCount(organisation=unit), unit)


@csrf_exempt
@access("public")
def count_group(request: HttpRequest, word: str, key: str) -> HttpResponse:
    """Take the count of one group: all here at one touch, or how many are and who is missing.

    Who holds the link may report, and nobody else: a page that the telephone has kept for months must still work.
    """
    unit = head_counts.unit_behind(word)
    if request.method == "POST":
        return taken(request, unit, word, key)
    return form_of(request, unit, word, key)


def form_of(
    request: HttpRequest, unit: Organisation, word: str, key: str, *, problem: str = "", status: int = 200
) -> HttpResponse:
    now = clock.now()
    count = head_counts.present_count(unit, now, now)
    group = next((one for one in groups_for(unit, count) if one.key == key), None)
    if group is None:
        raise Http404
    context = {
        "unit": unit,
        "word": word,
        "count": count,
        "group": group,
        "problem": problem,
        "mark": uuid4().hex,
        "entered": request.POST,
        "is_exercise": count is not None and not count.is_real,
    }
    return render(request, "exercises/link_group.html", context, status=status)


def taken(request: HttpRequest, unit: Organisation, word: str, key: str) -> HttpResponse:
    """Take one report; a script that keeps reports until there is network is answered in plain words."""
    now = clock.now()
    is_script = OUTBOX in request.headers
    try:
        given = count_in(request, now)
        row = head_counts.present_count(unit, given.at, now)
        if row is None:
            raise ExerciseRefused(
                zh="目前没有正在进行的清点。请等待警报，或请负责人先拉响。",
                en="No head-count goes on. Wait for the alarm, or ask whoever leads to sound it.",
            )
        head_counts.report_group(by=None, now=now, head_count=row, key=key, count=given, via="link")
    except Refused as refusal:
        if is_script:
            return in_words(say(refusal.text), refusal.status)
        if refusal.status == 404:
            raise
        return form_of(request, unit, word, key, problem=say(refusal.text), status=refusal.status)
    if is_script:
        return in_words(_("The count is taken."))
    return redirect("count_link", word)


def count_in(request: HttpRequest, now: datetime) -> Count:
    """Read a report: `counted`, `missing`, `found`, `note`, and from a script `at` and `mark`."""
    sent = request.POST
    missing = number_in(sent.get("missing", ""), 0)
    counted = number_in(sent.get("counted", ""), -1)
    try:
        at = parse_iso(sent["at"]) if sent.get("at") else now
    except ValueError:
        at = now
    found = number_in(sent.get("found", ""), 0)
    return Count(counted, missing, at, sent.get("mark") or uuid4().hex, found, sent.get("note", ""))


@access("public")
def offline(request: HttpRequest) -> HttpResponse:
    """Give the script that lets the telephone open these pages without network."""
    return offline_script()


urlpatterns = [
    path("h/offline.js", offline, name="count_offline"),
    path("h/<slug:word>/", choose, name="count_link"),
    path("h/<slug:word>/<slug:key>/", count_group, name="count_link_group"),
]
