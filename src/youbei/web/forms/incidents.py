"""The form on which an incident is reported: one screen, most of it optional."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei import content
from youbei.engine.access import Permission
from youbei.engine.incidents import CATEGORY_NAMES, Category
from youbei.engine.places import Point
from youbei.records.models import Organisation, User
from youbei.web.forms.choices import offer
from youbei.web.forms.facts import PREFIX, fact_fields, say
from youbei.web.wording import SOURCES

MODES = [("real", gettext_lazy("Real")), ("exercise", gettext_lazy("Exercise"))]
WHEN = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def kinds_by_category() -> list[tuple[str, list[tuple[str, str]]]]:
    """List the kinds of incidents under the four categories of the law."""
    groups: dict[Category, list[tuple[str, str]]] = {category: [] for category in CATEGORY_NAMES}
    for code, kind in content.incident_kinds().items():
        groups[kind.category].append((code, say(kind.name)))
    return [(say(CATEGORY_NAMES[category]), kinds) for category, kinds in groups.items() if kinds]


class IncidentForm(forms.Form):
    """What a caller says, in the order in which one asks."""

    kind = forms.ChoiceField(label=gettext_lazy("What is it?"), widget=forms.RadioSelect)
    title = forms.CharField(
        label=gettext_lazy("In one line"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Left empty, it is made from place and kind."),
    )
    organisation = forms.CharField(
        label=gettext_lazy("Unit concerned"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "organisations", "autocomplete": "off"}),
    )
    place = forms.CharField(label=gettext_lazy("Where"), required=False, max_length=200)
    point = forms.CharField(
        label=gettext_lazy("Coordinates"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Latitude, longitude; or point at the map."),
        widget=forms.TextInput(attrs={"inputmode": "text", "placeholder": "34.6012, 119.2200", "autocomplete": "off"}),
    )
    source = forms.ChoiceField(label=gettext_lazy("Who tells us"), choices=list(SOURCES.items()), initial="phone")
    reporter = forms.CharField(label=gettext_lazy("Name of the caller"), required=False, max_length=120)
    reporter_phone = forms.CharField(
        label=gettext_lazy("Call back at"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    known_at = forms.DateTimeField(
        label=gettext_lazy("Known to us since"),
        required=False,
        widget=WHEN,
        help_text=gettext_lazy("Empty means now. The legal time limits count from it."),
    )
    occurred_at = forms.DateTimeField(label=gettext_lazy("Happened at"), required=False, widget=WHEN)
    description = forms.CharField(
        label=gettext_lazy("More"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    mode = forms.ChoiceField(label=gettext_lazy("Is it real?"), choices=MODES, initial="real", widget=forms.RadioSelect)
    enrolled = forms.CharField(
        label=gettext_lazy("Who takes part in the exercise"),
        required=False,
        max_length=4000,
        help_text=gettext_lazy("One code per line, such as agency:haizhou-fire. Only these get its messages."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    once = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput, initial=lambda: uuid4().hex)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        offer(self, "kind", kinds_by_category())
        if not user.paths_with(Permission.RUN_EXERCISE):
            del self.fields["mode"], self.fields["enrolled"]
        self.fact_keys = list(fact_fields(facts_asked(self.chosen_kind())))
        self.fields.update(fact_fields(facts_asked(self.chosen_kind())))

    def chosen_kind(self) -> str:
        return str(self.data.get("kind") or self.initial.get("kind") or "")

    def fact_bound_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fact_keys]

    def clean_organisation(self) -> Organisation:
        """Find the unit by code or by name in either language, among those the user may report for."""
        entered = self.cleaned_data["organisation"].strip()
        mine = Organisation.objects.visible_to(self.user, Permission.REPORT_INCIDENT)
        found = list(mine.filter(Q(code=entered) | Q(name_zh=entered) | Q(name_en__iexact=entered))[:2])
        found = found or list(mine.filter(Q(name_zh__contains=entered) | Q(name_en__icontains=entered))[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise ValidationError(_("Several units are called so. Choose one of the list, or enter its code."))
        raise ValidationError(
            _("You may report for no unit of that name. Choose one of the list, or take the unit above it.")
        )

    def clean_point(self) -> Point | None:
        entered = self.cleaned_data["point"].strip()
        if not entered:
            return None
        parts = [part for part in re.split(r"[\s,，;]+", entered) if part]
        try:
            lat, lon = (float(part) for part in parts)
        except ValueError:
            raise ValidationError(
                _("Coordinates are two numbers, latitude first, such as 34.6012, 119.2200. Or leave this empty.")
            ) from None
        return Point(lat, lon)

    def clean(self) -> dict[str, Any]:
        """Make the title where none was given, and gather the facts that were."""
        data: dict[str, Any] = super().clean() or {}
        kind = content.incident_kinds().get(data.get("kind", ""))
        if kind is None:
            return data
        if not data.get("title"):
            where = data.get("place") or (data["organisation"].name_zh if data.get("organisation") else "")
            data["title"] = (
                f"{where}{kind.name.zh}" if re.search(r"[\u4e00-\u9fff]", where) else made_title(where, kind)
            )
        facts = {name.removeprefix(PREFIX): data[name] for name in self.fact_keys if data.get(name) is not None}
        enrolled = [line.strip() for line in data.get("enrolled", "").splitlines() if line.strip()]
        return {**data, "category": kind.category.value, "facts": facts, "enrolled": enrolled}


def made_title(where: str, kind: Any) -> str:
    if re.search(r"[\u4e00-\u9fff]", where):
        return f"{where}{kind.name.zh}"
    return f"{say(kind.name)}, {where}" if where else say(kind.name)


def facts_asked(kind: str) -> tuple[str, ...]:
    """Return the facts to ask for first: those of the kind, or of any incident while none is chosen."""
    known = content.incident_kinds().get(kind)
    return known.facts if known else ("deaths", "serious_injured", "missing", "trapped")


class ReasonToClose(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class ActivateForm(forms.Form):
    """Confirm the level at which a plan is activated."""

    level = forms.TypedChoiceField(label=gettext_lazy("Level"), coerce=int, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Needed where the level differs from what the plan's conditions give."),
    )

    def __init__(self, *args: Any, levels: list[tuple[int, str]], offered: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "level", levels, initial=offered)
