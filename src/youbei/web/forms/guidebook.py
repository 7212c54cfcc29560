"""The part of the form of a toxic release that asks the guidebook for its distances."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei import content
from youbei.engine.exercises.from_models import GuidebookSays
from youbei.engine.models.guidebook import SPILL_NAMES, Spill, look_up
from youbei.web.forms.facts import say

ASKED = ("substance", "spill", "is_night")


class GuidebookPart(forms.Form):
    """Which substance, which spill, by day or night; without a substance the guidebook is not asked."""

    substance = forms.TypedChoiceField(
        label=gettext_lazy("Guidebook: substance"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=gettext_lazy(
            "ERG 2024: distances for the first half hour, before anything is measured. They hold in calm air and for "
            "heavy gas, too, where the plume does not."
        ),
    )
    spill = forms.TypedChoiceField(
        label=gettext_lazy("Guidebook: spill"), required=False, coerce=Spill, empty_value=Spill.SMALL
    )
    is_night = forms.BooleanField(label=gettext_lazy("By night"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        others = [name for name in self.fields if name not in ASKED]
        place = others.index("fact") if "fact" in others else len(others)
        self.order_fields([*others[:place], *ASKED, *others[place:]])
        substances: Any = self.fields["substance"]
        known = [(un, f"{say(one.name)} (UN {un})") for un, one in content.guidebook().items()]
        substances.choices = [("", _("not asked")), *known]
        spills: Any = self.fields["spill"]
        spills.choices = [(one.value, say(name)) for one, name in SPILL_NAMES.items()]

    def guidebook(self) -> GuidebookSays | None:
        """Return what the guidebook says of the cleaned fields; raise OutsideValidity for a spill it does not have."""
        data = self.cleaned_data
        un: int | None = data.get("substance")
        if un is None:
            return None
        substance = content.guidebook()[un]
        spill, is_night = data.get("spill") or Spill.SMALL, bool(data.get("is_night"))
        found = look_up(substance, spill, wind_m_s=data.get("wind_m_s") or 0.0, is_night=is_night)
        return GuidebookSays(substance, spill, is_night, found)
