"""A run replayed: board, map and log at any moment, for those who may see it and, by a link, for others."""

from __future__ import annotations

import functools
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei.actions import clock, debriefs
from youbei.engine.access import Permission
from youbei.engine.clock import Clock
from youbei.engine.events import iso, parse_iso
from youbei.records.holders import reader_of
from youbei.records.models import DebriefLink, Run
from youbei.records.reports.city_map import ground
from youbei.records.reports.replay import FRAME_SECONDS, NOBODY, SPEEDS, Frame, Moment, frame, later, without_people
from youbei.web.access import access, user_of
from youbei.web.asked import NUMBER, WORDS, one_of, reads
from youbei.web.exercises.counts import scannable
from youbei.web.mapchart import draw
from youbei.web.runs.board import context_of
from youbei.web.runs.chart import chart_of
from youbei.web.runs.here import board_address, run_for
from youbei.web.sheet import is_partial, sheet

DAYS = (1, 3, 7, 30, 90)
NO_RIGHTS = dict.fromkeys(("work", "command", "assign", "facts", "see_incident", "exercise"), False)
STEPS = 400


MOMENT = {
    "entry": NUMBER,
    "share": NUMBER,
    "from": WORDS,
    "to": WORDS,
    "at": WORDS,
    "play": one_of(["0", *(str(speed) for speed in SPEEDS)]),
}


@access(Permission.SEE)
@reads(MOMENT)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a run as it was at a moment."""
    run, user, now = run_for(request, pk), user_of(request), clock.now()
    found = frame(run, moment_of(request), reader=reader_of(user, now), now=now)
    if found is None:
        raise Http404
    context = context_for(request, run, found)
    if is_partial(request):
        return render(request, "runs/_replay.html", context)
    may_share = user.may(debriefs.permission_for(run), run.org_path)
    if may_share:
        context["links"] = [shown_link(request, one, now) for one in run.debrief_links.all()[:20]]
    context |= {"may_share": may_share and debriefs.is_over(run), "board_address": board_address(run)}
    return render(request, "runs/replay.html", context)


@access("public")
@reads(MOMENT)
def debrief(request: HttpRequest, word: str) -> HttpResponse:
    """Show the replay of a run to whoever holds the link, without names of persons; log that it was opened."""
    now = clock.now()
    link = debriefs.link_behind(word, now)
    found = frame(link.run, moment_of(request), reader=NOBODY, now=now)
    if found is None:
        raise Http404
    context = context_for(request, link.run, without_people(found)) | {"link": link, "is_link": True}
    if is_partial(request):
        return render(request, "runs/_replay.html", context)
    debriefs.note_opened(link=link, now=now)
    return render(request, "runs/debrief.html", context)


def moment_of(request: HttpRequest) -> Moment:
    """Read the moment that the address asks for: `entry`, a time `at` with or without zone, or a share of the whole."""
    asked = request.GET
    entry = asked.get("entry", "")
    if entry.isascii() and entry.isdigit() and len(entry) <= 9:
        return Moment(seq=int(entry))
    share, since, until = asked.get("share", ""), read_time(asked.get("from", "")), read_time(asked.get("to", ""))
    if share.isascii() and share.isdigit() and len(share) <= 4 and since is not None and until is not None:
        return Moment(at=since + (until - since) * (int(share) / STEPS))
    return Moment(at=read_time(asked.get("at", "")))


def read_time(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.replace(" ", "+")) if text else None
        if found is None or not 1971 <= found.year <= 9000:
            return None
        return parse_iso(iso(found if found.tzinfo else found.replace(tzinfo=get_current_timezone())))
    except (ValueError, OverflowError):
        return None


def context_for(request: HttpRequest, run: Run, found: Frame) -> dict[str, Any]:
    """Return what the page shows: the board at that moment with its clocks held, the map, and how to go on."""
    still = Clock(wall=found.at, scenario=found.at, is_paused=True)
    board = replace(found.board, clock=still)
    whole = (found.ends_at - found.starts_at).total_seconds()
    passed = (found.at - found.starts_at).total_seconds()
    asked = request.GET.get("play", "")
    speed = int(asked) if asked in {str(one) for one in SPEEDS} else 0
    going = speed and not found.is_at_end
    return {
        **context_of(board),
        "may": NO_RIGHTS,
        "run": run,
        "frame": found,
        "chart": chart_of(board),
        "drawing": draw(found.map, ground(), is_near=True) if not found.map.is_empty else None,
        "share": round(passed / whole * STEPS) if whole else STEPS,
        "steps": STEPS,
        "speeds": SPEEDS,
        "speed": speed,
        "every": FRAME_SECONDS,
        "ahead": urlencode({"at": iso(min(later(found.at, speed), found.ends_at)), "play": speed}) if going else "",
        "here": urlencode({"at": iso(found.at)}),
        "starts": iso(found.starts_at),
        "ends": iso(found.ends_at),
        "field": f"{localtime(found.at):%Y-%m-%dT%H:%M:%S}",
        "is_link": False,
    }


def shown_link(request: HttpRequest, link: DebriefLink, now: datetime) -> dict[str, Any]:
    is_good = link.ended_at is None and now < link.expires_at
    address = request.build_absolute_uri(reverse("debrief_link", args=[debriefs.word_of(link)])) if is_good else ""
    return {"row": link, "is_good": is_good, "address": address, "code": scannable(address) if is_good else ""}


class ShareForm(forms.Form):
    """Whom the link is for, and for how long."""

    purpose = forms.CharField(label=gettext_lazy("Whom it is for, and why"), max_length=200)
    days = forms.TypedChoiceField(label=gettext_lazy("Good for"), coerce=int, initial=7)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        days: Any = self.fields["days"]
        days.choices = [(n, _("%(n)s d") % {"n": n}) for n in DAYS]


@access(Permission.SEE)
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a link under which the replay is shown without an account."""
    run, user = run_for(request, pk), user_of(request)

    def do(data: dict[str, Any]) -> object:
        lasts = timedelta(days=data["days"])
        return debriefs.share_debrief(by=user, now=clock.now(), run=run, purpose=data["purpose"], lasts=lasts)

    return sheet(
        request,
        form=functools.partial(ShareForm),
        do=do,
        title=_("Share the replay"),
        submit=_("Make a link"),
        back=reverse("run_replay", args=[run.pk]),
        done=_("The link is made. Whoever has it sees the replay until it expires or you end it."),
        after=lambda _link: reverse("run_replay", args=[run.pk]),
    )


@access(Permission.SEE)
def end_link(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    """Make a link worthless at once."""
    run, user = run_for(request, pk), user_of(request)
    row = run.debrief_links.filter(pk=link).first()
    if row is None:
        raise Http404
    return sheet(
        request,
        form=forms.Form,
        do=lambda data: debriefs.end_debrief(by=user, now=clock.now(), link=row),
        title=_("End the link"),
        submit=_("End the link"),
        back=reverse("run_replay", args=[run.pk]),
        done=_("The link no longer works."),
        after=lambda _link: reverse("run_replay", args=[run.pk]),
    )


urlpatterns = [
    path("runs/<int:pk>/replay/", show, name="run_replay"),
    path("runs/<int:pk>/replay/share/", share, name="run_replay_share"),
    path("runs/<int:pk>/replay/links/<int:link>/end/", end_link, name="run_replay_end"),
    path("d/<slug:word>/", debrief, name="debrief_link"),
]
