"""Forms of what is done in a store."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from youbei.actions.registers.measures import AMOUNT, COUNTED
from youbei.engine.places import Point
from youbei.engine.stock.needs import Scenario
from youbei.web.forms.records import CellField
from youbei.web.forms.runs import words

LEAST = Decimal("0.001")
MOST = Decimal(10**9)
TYPED = {"autocomplete": "off"}


class QuantityForm(forms.Form):
    """How much, and why."""

    quantity = CellField(AMOUNT, label=_("Quantity"), widget=forms.TextInput(attrs=TYPED))
    document = forms.CharField(
        label=_("Paper"), required=False, max_length=400, help_text=_("Number of the delivery note or the order.")
    )
    reason = forms.CharField(label=_("Remark"), required=False, max_length=1000, widget=words(2))

    field_order = ("quantity", "supplier", "replaces", "consumer", "to", "why", "document", "reason")


class ReceiveForm(QuantityForm):
    supplier = forms.CharField(label=_("From whom"), required=False, max_length=100)
    replaces = forms.CharField(
        label=_("Replaces what was rotated out of lot"),
        required=False,
        max_length=80,
        help_text=_("The code of the old lot; what is still to come for it shrinks."),
    )


class IssueForm(QuantityForm):
    consumer = forms.CharField(label=_("To whom"), max_length=100)


class MoveForm(QuantityForm):
    to = forms.CharField(
        label=_("Where to"),
        max_length=80,
        help_text=_("The code of a site or a vehicle."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class CountForm(forms.Form):
    """What was found, by somebody who has not handled it since the last count."""

    counted = CellField(COUNTED, label=_("Counted"), widget=forms.TextInput(attrs=TYPED))
    reason = forms.CharField(label=_("Remark"), required=False, max_length=1000, widget=words(2))


class WriteOffForm(QuantityForm):
    why = forms.CharField(label=_("Why it can no longer be used"), max_length=100)


class PlaceForm(forms.Form):
    """Where something is now."""

    point = forms.CharField(
        label=_("Coordinates"),
        max_length=60,
        help_text=_("Latitude and longitude, such as 34.6012, 119.2200."),
        widget=forms.TextInput(attrs={"placeholder": "34.6012, 119.2200", "autocomplete": "off"}),
    )

    def clean_point(self) -> Point:
        try:
            lat, lon = (float(part) for part in re.split(r"[\s,，;]+", self.cleaned_data["point"].strip()))
        except ValueError:
            lat = lon = math.nan
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise forms.ValidationError(_("Enter two numbers, latitude first, such as 34.6012, 119.2200."))
        return Point(lat, lon)


class NeedsForm(forms.Form):
    """The parameters of a scenario, and where to look for stock."""

    def __init__(self, *args: Any, scenario: Scenario, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in scenario.parameters:
            unit = one.unit.in_language(language)
            self.fields[one.code] = forms.DecimalField(
                label=f"{one.name.in_language(language)} ({unit})" if unit else one.name.in_language(language),
                min_value=one.least,
                max_value=one.most,
                initial=one.default,
                decimal_places=3,
            )
        self.fields["near"] = forms.CharField(
            label=_("Stock near site"), required=False, max_length=80, help_text=_("The code of a site; empty: all.")
        )
        self.fields["km"] = forms.DecimalField(
            label=_("within (km)"), required=False, min_value=Decimal(1), max_value=Decimal(2000), initial=Decimal(20)
        )
