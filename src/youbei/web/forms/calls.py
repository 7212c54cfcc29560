"""Forms of calls to experts and of compensation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class QuestionForm(forms.Form):
    question = forms.CharField(label=_("Question"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))


class AnswerForm(forms.Form):
    """Say whether the expert comes to the call."""

    accepts = forms.TypedChoiceField(
        label=_("What did the expert answer?"),
        choices=[("1", _("Accepts")), ("0", _("Declines"))],
        coerce=lambda word: word == "1",
        widget=forms.RadioSelect,
    )


class AdviceForm(forms.Form):
    advice = forms.CharField(label=_("Advice"), max_length=8000, widget=forms.Textarea(attrs={"rows": 7}))
    minutes = forms.IntegerField(label=_("Time spent (min)"), required=False, min_value=0, max_value=100_000)


class AttachForm(forms.Form):
    """Choose the incident that an advice belongs to."""

    incident = forms.TypedChoiceField(label=_("Incident"), coerce=int)

    def __init__(self, *args: Any, incidents: Sequence[tuple[int, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["incident"] = forms.TypedChoiceField(label=_("Incident"), coerce=int, choices=incidents)


class JudgeForm(forms.Form):
    """Say whether the advice was followed, and what came of it."""

    usefulness = forms.ChoiceField(
        label=_("Was the advice followed?"),
        choices=[("followed", _("Followed")), ("partly", _("Partly followed")), ("not_followed", _("Not followed"))],
        widget=forms.RadioSelect,
    )
    result = forms.CharField(
        label=_("What came of it"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class PaidForm(forms.Form):
    note = forms.CharField(label=_("Voucher or note"), required=False, max_length=200)
