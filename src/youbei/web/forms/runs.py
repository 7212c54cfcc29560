"""Forms of what is done in a run."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from youbei.web import wording
from youbei.web.forms.choices import offer

RATINGS = [
    ("P", _("P: performed without challenges")),
    ("S", _("S: performed with some challenges")),
    ("M", _("M: performed with major challenges")),
    ("U", _("U: unable to be performed")),
]
SPEEDS = [1.0, 2.0, 5.0, 10.0, 30.0, 60.0]


def words(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class NothingForm(forms.Form):
    """A button: nothing is asked."""


class NoteForm(forms.Form):
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=words())


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=words(), help_text=_("It stands in the log and cannot be changed.")
    )


class OptionalReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), required=False, max_length=2000, widget=words())


class LevelForm(forms.Form):
    """Choose another level than the present one."""

    level = forms.TypedChoiceField(label=_("New level"), coerce=int, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=words(), help_text=_("It stands in the log and cannot be changed.")
    )

    def __init__(self, *args: Any, present: int | None, proposed: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [number for number in (1, 2, 3, 4) if number != present]
        offer(self, "level", [(number, wording.level_choice(number)) for number in others], initial=proposed)


class HandOverForm(forms.Form):
    holder = forms.CharField(
        label=_("New holder"),
        max_length=120,
        help_text=_("The code of a post, person or agency, such as haizhou-emb/director or person:p17."),
        widget=forms.TextInput(attrs={"list": "holders", "autocomplete": "off"}),
    )
    briefing = forms.CharField(
        label=_("Briefing"), max_length=4000, widget=words(6), help_text=_("What the next holder must know.")
    )


class DeviationForm(forms.Form):
    subject = forms.ChoiceField(label=_("What is done differently"))
    text = forms.CharField(label=_("How, and why"), max_length=4000, widget=words(5))

    def __init__(self, *args: Any, subjects: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "subject", subjects)


class AssessForm(forms.Form):
    rating = forms.ChoiceField(label=_("Rating"), choices=RATINGS, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("Assessment"),
        max_length=10_000,
        widget=words(8),
        help_text=_("What went well, what did not, what is to be changed."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "rating", RATINGS, is_tall=True)


class SpeedForm(forms.Form):
    speed = forms.TypedChoiceField(
        label=_("Speed"), coerce=float, choices=[(speed, f"{speed:g}×") for speed in SPEEDS], widget=forms.RadioSelect
    )


class JumpForm(forms.Form):
    minutes = forms.IntegerField(label=_("Minutes forward"), min_value=1, max_value=60 * 24 * 14, initial=10)


class AssignForm(forms.Form):
    """Choose one of the proposals, or name another resource by its code."""

    resource = forms.ChoiceField(label=_("Who goes"), widget=forms.RadioSelect, required=False)
    other = forms.CharField(
        label=_("Another resource"),
        required=False,
        max_length=60,
        help_text=_("The number of a team or lot from the resource pages, such as team:12 or lot:40."),
    )
    quantity = forms.FloatField(label=_("Quantity"), min_value=0.001, initial=1)
    vehicle = forms.ChoiceField(
        label=_("Fetched by"),
        required=False,
        help_text=_("What lies in a store is fetched by a vehicle; those that are free, the first to be there first."),
    )
    reason = forms.CharField(label=_("Reason"), required=False, max_length=1000, widget=words(2))

    def __init__(
        self,
        *args: Any,
        choices: list[tuple[str, Any]],
        quantity: float,
        vehicles: list[tuple[str, Any]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if vehicles:
            self.fields["vehicle"].choices = [("", _("nobody is named")), *vehicles]  # type: ignore[attr-defined]
        else:
            del self.fields["vehicle"]
        if choices:
            offer(self, "resource", choices, initial=choices[0][0], is_tall=True)
        else:
            del self.fields["resource"]
        self.fields["quantity"].initial = quantity

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        chosen = data.get("other") or data.get("resource")
        if not chosen:
            self.add_error("other", _("Choose one of the proposals, or name another resource."))
        return {**data, "chosen": chosen}
