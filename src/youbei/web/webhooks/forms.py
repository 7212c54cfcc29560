"""Forms of webhooks: where it goes, what it hears of, and from where on it is sent again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from youbei.actions.webhooks.keeping import Terms
from youbei.engine.access import Permission
from youbei.engine.events import KINDS
from youbei.engine.text import Text
from youbei.engine.webhooks import EVERYTHING, GROUPS, WhichModes, kinds_of
from youbei.records.models import Organisation, User, Webhook
from youbei.web.accounts.list import unit_field
from youbei.web.forms.choices import offer
from youbei.web.forms.facts import say

MODES = [
    (WhichModes.REAL.value, _("what is real")),
    (WhichModes.BOTH.value, _("what is real, and exercises")),
    (WhichModes.EXERCISE.value, _("exercises alone")),
]


class TermsForm(forms.Form):
    """Ask what a webhook is for, where it goes and what it hears of."""

    title = forms.CharField(label=_("What it is for"), max_length=120, help_text=_("Such as: wall display."))
    address = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("Where your program takes events in, such as https://example.org/youbei."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "autocapitalize": "none"}),
    )
    modes = forms.ChoiceField(label=_("Hears of"), choices=MODES, widget=forms.RadioSelect, initial="real")
    groups = forms.MultipleChoiceField(
        label=_("Whole subjects"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("With everything that is added to them later."),
    )
    kinds = forms.MultipleChoiceField(label=_("Single kinds"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, kept: Webhook | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = set(kept.kinds) if kept is not None else set()
        whole = [group.code for group in GROUPS if set(group.patterns) <= chosen]
        inside = {pattern for group in GROUPS if group.code in whole for pattern in group.patterns}
        # A family that a program chose alone stands among the single kinds, so that saving does not lose it.
        self.families = sorted(one for one in chosen - inside if one.endswith(".*"))
        offer(self, "groups", [(EVERYTHING, _("Everything")), *((one.code, say(one.title)) for one in GROUPS)])
        offer(self, "kinds", [*((one, one) for one in self.families), *((kind, kind) for kind in KINDS)])
        if kept is not None:
            self.initial.update(
                title=kept.title,
                address=kept.address,
                modes=kept.modes,
                groups=[*([EVERYTHING] if EVERYTHING in chosen else []), *whole],
                kinds=[one for one in chosen - inside if one != EVERYTHING],
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors and not given.get("groups") and not given.get("kinds"):
            self.add_error("groups", _("Choose at least one subject or kind; otherwise nothing would ever be sent."))
        return given

    @property
    def parts(self) -> list[dict[str, Any]]:
        """Return the single kinds under the titles of their subjects, with what is chosen."""
        given = self["kinds"].value() or []
        chosen = set(given if isinstance(given, list | tuple) else [given])
        parts = []
        for group in GROUPS:
            codes = [one for one in self.families if kinds_of([one]) <= set(group.kinds)] + list(group.kinds)
            lines = [{"code": code, "name": name_of(code), "is_on": code in chosen} for code in codes]
            parts.append({"code": group.code, "title": group.title, "kinds": lines, "on": len(chosen & set(codes))})
        return parts

    def terms(self) -> Terms:
        given = self.cleaned_data
        groups = [pattern for group in GROUPS if group.code in given["groups"] for pattern in group.patterns]
        everything = [EVERYTHING] if EVERYTHING in given["groups"] else []
        return Terms(
            given["title"], given["address"], [*everything, *groups, *given["kinds"]], WhichModes(given["modes"])
        )


def name_of(code: str) -> Text:
    return Text(*KINDS[code]) if code in KINDS else Text(f"{code}（整类）", f"{code} (all of it)")


class NewForm(TermsForm):
    """Ask also whose log it is."""

    organisation = unit_field(label=_("Organisation"), help_text=_("Its code: the log of the unit and all below it."))

    field_order = ["organisation"]

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Organisation.objects.visible_to(by, Permission.MANAGE_ACCESS).filter(retired_at__isnull=True)
        self.fields["organisation"].queryset = units  # type: ignore[attr-defined]


class AgainForm(forms.Form):
    """Ask from which entry of the log on it is sent."""

    position = forms.IntegerField(label=_("From entry number"), min_value=1, max_value=2**62)

    def __init__(self, *args: Any, last: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["position"].help_text = _(
            "What was sent already from there on comes again, under the same ids; what lies before it is skipped. "
            "The log ends at entry %(last)d: one more means from now on."
        ) % {"last": last}
