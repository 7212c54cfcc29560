"""Forms of controllers and evaluators."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from youbei import content
from youbei.actions.exercises.control import Improvised
from youbei.engine.conditions import Value
from youbei.engine.plans.model import Post
from youbei.web.forms.choices import offer
from youbei.web.forms.facts import say
from youbei.web.forms.runs import RATINGS, words

YES = ("true", "yes", "是")
NO = ("false", "no", "否")


def value_of(entered: str) -> Value:
    """Read a fact: yes or no, a number, else a word."""
    text = entered.strip()
    if text.lower() in YES:
        return True
    if text.lower() in NO:
        return False
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


class ImproviseForm(forms.Form):
    """An inject that the script does not hold; filled in from one that it does, to change it."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    to = forms.ChoiceField(label=gettext_lazy("To"), required=False)
    text = forms.CharField(label=gettext_lazy("What it says"), required=False, max_length=4000, widget=words(4))
    fact = forms.ChoiceField(label=gettext_lazy("What becomes known"), required=False)
    value = forms.CharField(label=gettext_lazy("Its value"), required=False, max_length=200)

    def __init__(self, *args: Any, posts: Iterable[Post], line: Any = None, **options: Any) -> None:
        initial = {} if line is None else {"title": say(line.title), "to": line.to, "text": say(line.text)}
        super().__init__(*args, **{"initial": initial, **options})
        offer(self, "to", [("", "–"), *((post.id, say(post.title)) for post in posts)])
        facts = content.fact_kinds()
        offer(self, "fact", [("", "–"), *((key, say(kind.name)) for key, kind in facts.items())])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        facts = {data["fact"]: value_of(data.get("value", ""))} if data.get("fact") else {}
        inject = Improvised(data.get("title", ""), data.get("to", ""), data.get("text", ""), facts)
        return {"inject": inject}


class ObserveForm(forms.Form):
    """What an evaluator saw, on a telephone: of what, how it went, in words, with a photograph."""

    subject = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    rating = forms.ChoiceField(label=gettext_lazy("Rating"), required=False, choices=RATINGS, widget=forms.RadioSelect)
    percent = forms.IntegerField(
        label=gettext_lazy("Or per cent"), required=False, min_value=0, max_value=100,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    text = forms.CharField(label=gettext_lazy("What you saw"), required=False, max_length=4000, widget=words(3))
    photo = forms.FileField(
        label=gettext_lazy("Photograph"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )

    def __init__(self, *args: Any, subjects: list[tuple[str, Any]], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "subject", subjects)
        offer(self, "rating", RATINGS, is_tall=True)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        percent = data.pop("percent", None)
        data["rating"] = data.get("rating") or ("" if percent is None else str(percent))
        return data
