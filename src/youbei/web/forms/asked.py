"""The form by which a request of another system is taken into an incident: which one, and what is given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_CEILING
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei import content
from youbei.actions.exchange.answering import Offer
from youbei.engine.exchange.rm import CAPABILITIES, ITEMS
from youbei.records.models import Incident, OutsideLine, OutsideRequest
from youbei.web.forms.choices import offer
from youbei.web.forms.facts import say
from youbei.web.forms.incidents import WHEN, kinds_by_category

NEW = "new"
MOST = 1_000_000


class TakeForm(forms.Form):
    """Into which incident, and for each resource as what, how many and when; an empty number gives nothing of it."""

    incident = forms.ChoiceField(label=gettext_lazy("Into which incident"))
    kind = forms.ChoiceField(label=gettext_lazy("Kind of the new incident"), required=False)
    title = forms.CharField(
        label=gettext_lazy("The new incident in one line"),
        required=False,
        max_length=200,
    )
    reason = forms.CharField(
        label=gettext_lazy("Why not all of it"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy("Needed where something is not given. The asker reads it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, row: OutsideRequest, incidents: Sequence[Incident], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(str(one.pk), f"{one.number} {say(one.named)}") for one in incidents]
        offer(self, "incident", [*known, (NEW, _("a new one, reported now"))], initial=NEW)
        offer(self, "kind", [("", "–"), *kinds_by_category()])
        self.fields["title"].initial = (row.incident_there or row.words or row.sender)[:200]
        self.lines = list(row.lines.order_by("number"))
        reason = self.fields.pop("reason")
        for line in self.lines:
            self.fields.update(line_fields(line))
        self.fields["reason"] = reason

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("incident") == NEW:
            for name in ("kind", "title"):
                if not data.get(name):
                    self.add_error(name, _("A new incident needs it."))
        for line in self.lines:
            if data.get(f"quantity_{line.number}") is None:
                continue
            for name in ("what", "at"):
                if not data.get(f"{name}_{line.number}"):
                    self.add_error(f"{name}_{line.number}", _("What is given needs it."))
        return data

    def offers(self, data: dict[str, Any]) -> list[Offer]:
        found = []
        for line in self.lines:
            quantity = data.get(f"quantity_{line.number}")
            if quantity is None:
                continue
            form, _sep, code = str(data[f"what_{line.number}"]).partition(":")
            found.append(Offer(line.number, quantity, data[f"at_{line.number}"], **{form: code}))
        return found


def line_fields(line: OutsideLine) -> dict[str, forms.Field]:
    """Return the fields of a resource: as what of ours it counts, how many are given, and when they are there."""
    number = line.number
    abilities = [(f"capability:{code}", say(one.name)) for code, one in content.capabilities().items()]
    items = [(f"item:{code}", say(one.name)) for code, one in content.items().items()]
    choices = [("", "–"), (_("Teams that can"), abilities), (_("Items"), items)]
    called = {"number": number, "name": line.name}
    return {
        f"quantity_{number}": forms.IntegerField(
            label=_("%(number)s. %(name)s: how many we give") % called,
            required=False,
            min_value=1,
            max_value=MOST,
            initial=wanted(line),
            help_text=_("Empty: nothing of it."),
        ),
        f"what_{number}": forms.ChoiceField(
            label=_("%(number)s. %(name)s: as what it counts here") % called,
            required=False,
            choices=choices,
            initial=known_here(line),
        ),
        f"at_{number}": forms.DateTimeField(
            label=_("%(number)s. %(name)s: there at") % called,
            required=False,
            widget=WHEN,
            initial=at_the_latest(line.needed_by),
        ),
    }


def wanted(line: OutsideLine) -> int | None:
    """Return how many are asked for, where a form can offer it."""
    if line.quantity is None:
        return None
    return min(int(line.quantity.to_integral_value(ROUND_CEILING)), MOST)


def known_here(line: OutsideLine) -> str:
    """Return what a resource is with us, where the asker named it by our own lists."""
    if line.value_list == CAPABILITIES and line.value in content.capabilities():
        return f"capability:{line.value}"
    if line.value_list == ITEMS and line.value in content.items():
        return f"item:{line.value}"
    return ""


def at_the_latest(needed_by: datetime | None) -> datetime | None:
    return timezone.localtime(needed_by) if needed_by is not None else None
