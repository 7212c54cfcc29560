"""Forms of findings: what is wrong, how it is cured, and the words of each act."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from youbei.engine.findings.kinds import (
    ELEMENT_NAMES,
    SEVERITY_NAMES,
    SOURCE_NAMES,
    TREATMENT_NAMES,
    Source,
    Treatment,
)
from youbei.engine.findings.settlement import Settlement, stages_from_text
from youbei.web.forms.choices import offer
from youbei.web.forms.facts import say
from youbei.web.forms.runs import words

# What a person may say of where a finding comes from; the rest is said by the page that it is recorded from.
BY_HAND = (Source.INSPECTION, Source.CROSS_CHECK, Source.RULE_BREACH, Source.REPORT)


def said(names: Any) -> list[tuple[str, str]]:
    return [(one.value, say(text)) for one, text in names.items()]


class FindingForm(forms.Form):
    """What is wrong, with which unit, how grave, and which part of a capability it hurts."""

    unit = forms.CharField(
        label=_("Unit"),
        max_length=100,
        help_text=_("Code of the unit that has to cure it."),
        widget=forms.TextInput(attrs={"list": "units", "autocomplete": "off", "autocapitalize": "none"}),
    )
    source = forms.ChoiceField(label=_("Where it comes from"))
    severity = forms.ChoiceField(
        label=_("Severity"),
        widget=forms.RadioSelect,
        help_text=_("Major: great harm, or it needs a standstill and time to cure. Advice: only to be improved."),
    )
    element = forms.ChoiceField(
        label=_("Capability element"),
        widget=forms.RadioSelect,
        help_text=_("A finding of the element planning on a plan is cured by a change of the plan and then retested."),
    )
    title_zh = forms.CharField(label=_("What is wrong (Chinese)"), max_length=300, required=False)
    title_en = forms.CharField(label=_("What is wrong (English)"), max_length=300, required=False)
    detail = forms.CharField(label=_("More, and what shows it"), required=False, max_length=10_000, widget=words())
    cause = forms.CharField(label=_("Cause"), required=False, max_length=10_000, widget=words(2))

    def __init__(self, *args: Any, source: str = "", has_unit: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "severity", said(SEVERITY_NAMES), initial=self.initial.get("severity", "general"))
        offer(self, "element", said(ELEMENT_NAMES), initial=self.initial.get("element", "organisation"))
        offer(self, "source", [(one.value, say(SOURCE_NAMES[one])) for one in BY_HAND])
        if source:
            del self.fields["source"]
        if not has_unit:
            del self.fields["unit"]
            self.fields.pop("source", None)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("title_zh") and not data.get("title_en"):
            self.add_error("title_zh", _("Say what is wrong, in Chinese or in English."))
        return data


class SettleForm(forms.Form):
    """The five settled things, or why it cannot be cured now."""

    treatment = forms.ChoiceField(label=_("How it is treated"), widget=forms.RadioSelect)
    measures = forms.CharField(label=_("Measures"), required=False, max_length=10_000, widget=words())
    responsible = forms.CharField(label=_("Responsible unit and person"), max_length=200)
    funds = forms.CharField(
        label=_("Funds"),
        required=False,
        max_length=200,
        help_text=_("Amount and where from; “none needed” is an answer."),
    )
    due_on = forms.DateField(
        label=_("Time limit"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("For what cannot be cured now: the day on which it is looked at again."),
    )
    interim_plan = forms.CharField(
        label=_("Interim plan"),
        required=False,
        max_length=10_000,
        widget=words(),
        help_text=_("What keeps people safe until it is cured."),
    )
    stages = forms.CharField(
        label=_("Stages"),
        required=False,
        max_length=10_000,
        widget=words(),
        help_text=_(
            "Only for a cure by stages: one in each line, its day first, such as “2026-12-01 replace the valves”."
        ),
    )
    why_not = forms.CharField(label=_("Why it cannot be cured now"), required=False, max_length=10_000, widget=words(2))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "treatment", said(TREATMENT_NAMES), initial=self.initial.get("treatment") or "now", is_tall=True)


def settlement_from(data: dict[str, Any]) -> Settlement:
    """Return the settlement that a form describes; raise NotSettled for stages that cannot be read."""
    treatment = Treatment(data["treatment"])
    return Settlement(
        treatment=treatment,
        measures=data["measures"],
        responsible=data["responsible"],
        funds=data["funds"],
        due_on=data["due_on"],
        interim_plan=data["interim_plan"],
        stages=stages_from_text(data["stages"]) if treatment is Treatment.STAGES else (),
        why_not=data["why_not"] if treatment is Treatment.CANNOT else "",
    )


class WordsForm(forms.Form):
    """The words of one act; `label` and `help` say which."""

    note = forms.CharField(label=_("Words"), max_length=10_000, widget=words(4))

    def __init__(self, *args: Any, label: Any, help: Any = "", is_needed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["note"]
        field.label, field.help_text, field.required = label, help, is_needed
