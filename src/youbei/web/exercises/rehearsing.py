"""Rehearse an exercise, or one inject, with every post played: what would be sent to whom, and what never comes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from youbei.actions import clock
from youbei.actions.exercises import coverage
from youbei.records.models import Exercise
from youbei.records.reports.codes import names_of_codes
from youbei.records.reports.msel import rehearsal_of
from youbei.web.access import access
from youbei.web.asked import NUMBER, WORDS, reads
from youbei.web.exercises.one import script_or_404, shell


@access("signed_in")
@reads(inject=WORDS, seed=NUMBER)
def rehearse(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a rehearsal to those who may know the script; looking at it changes nothing."""
    context = shell(request, pk, "rehearsal")
    msel = script_or_404(context)
    chosen = request.GET.get("inject", "")
    known = [(one.id, one.title) for one in msel.exercise.injects]
    if chosen and chosen not in {name for name, _title in known}:
        raise Http404
    seed = seed_in(request.GET.get("seed", ""))
    result = rehearsal_of(msel, inject=chosen, seed=seed)
    context |= {"known": known, "chosen": chosen, "seed": seed, "result": result}
    context |= who_is_told(context["row"])
    return render(request, "exercises/rehearsal.html", context)


def seed_in(entered: str) -> int | None:
    return int(entered) if entered.isascii() and entered.isdecimal() and len(entered) < 10 else None


def who_is_told(row: Exercise) -> dict[str, Any]:
    """Return who fills each post today, whether one of them takes part, and their names."""
    fills = coverage.holders(row, clock.now())
    listed = list(row.participants.values_list("ref", "post"))
    refs, posts = {ref for ref, _post in listed}, {post for _ref, post in listed}
    names = names_of_codes({ref for held in fills.values() for ref in held})
    return {
        "holders": {post: [names.get(ref) for ref in held if names.get(ref)] for post, held in fills.items()},
        "is_enrolled": {post: post in posts or bool(refs.intersection(held)) for post, held in fills.items()},
    }


urlpatterns = [path("exercises/<uuid:pk>/rehearsal/", rehearse, name="exercise_rehearsal")]
