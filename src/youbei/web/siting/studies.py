"""Ask where the next reserves should stand or who is out of reach, watch the work, read the answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language, gettext_lazy

from youbei import content
from youbei.actions import clock
from youbei.actions.siting.asking import QUESTIONS, Question, Terms, ask_siting, stop_siting, study_for
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.text import Text
from youbei.records.models import SitingStudy, User
from youbei.records.pages import keyset_page
from youbei.records.reports.city_map import CityMap, Mark, ground
from youbei.web.access import access, user_of
from youbei.web.asked import PROGRESS, WORDS, reads
from youbei.web.lists import query_without_cursor
from youbei.web.mapchart import draw
from youbei.web.siting.areas import maps_of
from youbei.web.stopping import is_under_way, stopped


def said(text: Text) -> str:
    return text.in_language(get_language() or "en")


class StudyForm(forms.Form):
    """What is asked, about which sites."""

    question = forms.ChoiceField(label=gettext_lazy("What is asked"))
    places = forms.ChoiceField(label=gettext_lazy("Sites to be served"))
    standing = forms.ChoiceField(label=gettext_lazy("Served already from"), required=False)
    candidates = forms.ChoiceField(label=gettext_lazy("The next may stand at"), required=False)
    p = forms.IntegerField(label=gettext_lazy("How many more"), min_value=1, max_value=50, initial=1)
    minutes = forms.IntegerField(label=gettext_lazy("Within minutes"), min_value=1, max_value=1440, initial=15)
    capability = forms.ChoiceField(
        label=gettext_lazy("Teams that can"), required=False, help_text=gettext_lazy("For who cannot be reached.")
    )
    weigh = forms.BooleanField(label=gettext_lazy("Sites count by their capacity"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(one.code, said(one.title)) for one in content.registers()["site"].field("kind").choices]
        abilities = [(code, said(one.name)) for code, one in content.capabilities().items()]
        self.choose("question", [(one.value, said(name)) for one, name in QUESTIONS.items()])
        self.choose("places", kinds)
        self.choose("standing", [("", "–"), *kinds])
        self.choose("candidates", [("", "–"), *kinds])
        self.choose("capability", [("", "–"), *abilities])

    def choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def terms(self) -> Terms:
        data = self.cleaned_data
        return Terms(**{**data, "question": Question(data["question"])})


@access(Permission.SEE)
@reads(cursor=WORDS)
def studies(request: HttpRequest) -> HttpResponse:
    """Ask, and list what was asked in one's units, the newest first."""
    user = user_of(request)
    form, status = StudyForm(), 200
    if request.method == "POST":
        form, status = StudyForm(request.POST), 422
        if form.is_valid():
            try:
                study = ask_siting(by=user, now=clock.now(), terms=form.terms())
            except Refused as refusal:
                form.add_error(None, said(refusal.text))
                status = refusal.status
            else:
                return redirect("siting_study", study.pk)
    rows = SitingStudy.objects.visible_to(user).select_related("job", "by")
    page = keyset_page(rows, order=("-id",), cursor=request.GET.get("cursor") or None, read=list)
    context = {
        "form": form,
        "page": page,
        "rows": [(row, QUESTIONS[Question(row.question)]) for row in page.rows],
        "query": query_without_cursor(request),
    }
    return render(request, "siting/list.html", context, status=status)


@access(Permission.SEE)
@reads(part=PROGRESS)
def study(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far the work has come, then the answer, as figures, tables and a map."""
    user = user_of(request)
    row = study_for(user, pk)
    context = {"study": row, "is_working": is_under_way(row.job), "is_own": row.by_id == user.pk}
    if request.GET.get("part") == "progress":
        return render(request, "siting/_progress.html", context)
    context |= shown(row, user)
    return render(request, "siting/study.html", context)


def shown(row: SitingStudy, user: User) -> dict[str, Any]:
    terms, kinds = Terms.of(row), {one.code: one.title for one in content.registers()["site"].field("kind").choices}
    ability = content.capabilities().get(terms.capability)
    about: dict[str, Any] = {
        "terms": terms,
        "question": QUESTIONS[terms.question],
        "places": kinds.get(terms.places),
        "standing": kinds.get(terms.standing),
        "candidates": kinds.get(terms.candidates),
        "capability": ability.name if ability else None,
    }
    if row.answer is None:
        return about
    sites, far = row.answer.get("sites", ()), row.answer.get("unreached", row.answer.get("late", ()))
    return {
        **about,
        "answer": row.answer,
        "gap": 100 * row.answer.get("gap", 0.0),
        "sites": [(Text(one["zh"], one["en"]), one) for one in sites],
        "far": [(Text(one["zh"], one["en"]), one, team_of(one)) for one in far],
        "areas": row.answer.get("areas"),
        "maps": maps_of(row.answer, marks("team", "available", sites)),
        "drawing": draw(CityMap((), marks("team", "available", sites), marks("site", "late", far), ()), ground()),
    }


def team_of(one: dict[str, Any]) -> Text:
    team = one.get("team")
    return Text(team["zh"], team["en"]) if team else Text()


def marks(layer: str, kind: str, rows: Any) -> tuple[Mark, ...]:
    return tuple(Mark(layer, one["pk"], kind, Text(one["zh"], one["en"]), one["lat"], one["lon"]) for one in rows)


@access(Permission.SEE)
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop the work."""
    user = user_of(request)
    row = study_for(user, pk)
    return stopped(request, lambda: stop_siting(by=user, study=row), back="siting_study", pk=pk)


urlpatterns = [
    path("siting/", studies, name="siting"),
    path("siting/<int:pk>/", study, name="siting_study"),
    path("siting/<int:pk>/stop/", stop, name="siting_stop"),
]
