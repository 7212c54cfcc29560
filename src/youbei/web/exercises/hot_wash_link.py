"""The page of a hot wash on a participant's telephone: a few questions, without an account and without JavaScript."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei import content
from youbei.actions import clock
from youbei.actions.exercises import hot_wash
from youbei.engine.errors import Refused
from youbei.engine.exercises.hot_wash import GRADES, LONGEST_ANSWER, Question, QuestionKind
from youbei.records.models import HotWash, User
from youbei.records.reports.hot_wash import questions_of
from youbei.web.access import access
from youbei.web.forms.facts import say


class AnswerForm(forms.Form):
    """The questions of one hot wash, none of which must be answered."""

    mark = forms.CharField(max_length=64, widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Your name and unit"), max_length=120)

    def __init__(self, *args: Any, wash: HotWash, **options: Any) -> None:
        super().__init__(*args, **options)
        if wash.is_anonymous:
            del self.fields["name"]
        for question in questions_of(wash):
            self.fields[f"q-{question.id}"] = field_for(question)

    def given(self) -> dict[str, Any]:
        return {name.removeprefix("q-"): value for name, value in self.cleaned_data.items() if name.startswith("q-")}


def field_for(question: Question) -> forms.Field:
    label = say(question.text)
    if question.kind is QuestionKind.SCALE:
        names = zip(GRADES, content.agreement_scale(), strict=True)
        grades = [(str(grade), f"{grade} {say(name)}") for grade, name in names]
        return forms.ChoiceField(
            label=label, choices=[*grades, ("", _("cannot say"))], required=False, initial="", widget=forms.RadioSelect
        )
    area = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, required=False, max_length=LONGEST_ANSWER, widget=area)


@access("public")
def answer(request: HttpRequest, word: str) -> HttpResponse:
    """Take the answers of one participant; what was typed stays where they are refused."""
    wash = hot_wash.wash_behind(word)
    now = clock.now()
    status = 200
    if request.method == "POST":
        form = AnswerForm(request.POST, wash=wash)
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                hot_wash.answer(
                    wash=wash,
                    given=form.given(),
                    mark=mark_for(request, wash, data["mark"]),
                    name=data.get("name", ""),
                    now=now,
                )
            except Refused as refusal:
                form.add_error(None, say(refusal.text))
                status = refusal.status
            else:
                return redirect("hot_wash_thanks", word)
    else:
        form = AnswerForm(wash=wash, initial={"mark": uuid4().hex, "name": name_for(request, wash)})
    return render(request, "exercises/hot_wash_link.html", {**shown(wash), "form": form, "word": word}, status=status)


def mark_for(request: HttpRequest, wash: HotWash, mark: str) -> str:
    """Return what names the answer: of one by name from an account the account, so that it answers once."""
    if not wash.is_anonymous and isinstance(request.user, User):
        return f"user:{request.user.pk}"
    return f"form:{mark}"[:64]


def name_for(request: HttpRequest, wash: HotWash) -> str:
    if wash.is_anonymous or not isinstance(request.user, User):
        return ""
    person = request.user.person
    return person.name_in(request.LANGUAGE_CODE) if person else request.user.username


def shown(wash: HotWash) -> dict[str, Any]:
    return {
        "wash": wash,
        "row": wash.exercise,
        "unit": wash.exercise.organisation,
        "is_open": wash.is_open(clock.now()),
    }


@access("public")
def thanks(request: HttpRequest, word: str) -> HttpResponse:
    """Say that the answer is kept."""
    wash = hot_wash.wash_behind(word)
    return render(request, "exercises/hot_wash_link.html", {**shown(wash), "is_thanks": True, "word": word})


urlpatterns = [
    path("w/<slug:word>/", answer, name="hot_wash_link"),
    path("w/<slug:word>/thanks/", thanks, name="hot_wash_thanks"),
]
