"""The form of a record, made from the description of its register. Cells are read as those of a sheet are."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from youbei.engine.registers.field import NUMBERS, Field, FieldKind
from youbei.engine.registers.parse import CellRefused, parse
from youbei.engine.registers.register import Register
from youbei.engine.registers.write import write
from youbei.web.forms.facts import say

NOTHING: Mapping[str, Any] = {}


class CellField(forms.Field):
    """A field of a form that reads its text with `engine.registers.parse`, and says the same sentences."""

    def __init__(self, described: Field, **options: Any) -> None:
        super().__init__(**options)
        self.described = described

    def clean(self, value: Any) -> Any:
        try:
            return parse(self.described, value, timezone.get_current_timezone())
        except CellRefused as refusal:
            raise ValidationError(say(refusal.text)) from None


class RecordForm(forms.Form):
    """Fill in a record that says `values`; `fixed` fields are left out, and `given` stands in the fields as typed.

    `seen` is the last change that the person had before their eyes, `stood` the quantity of a lot as it was shown: left
    as it was it is not said anew, though the stock has moved since. With `asks_why` a lot has a field for why its
    quantity differs.
    """

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    stood = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        register: Register,
        values: Mapping[str, Any],
        fixed: frozenset[str] = frozenset(),
        given: Mapping[str, Any] = NOTHING,
        asks_why: bool = False,
    ) -> None:
        said = {name: shown(register.field(name), value) for name, value in values.items() if register.has(name)}
        is_lot = register.name == "lot" and values.get("quantity") is not None
        stood = {"stood": said["quantity"]} if is_lot else {}
        super().__init__(data, files, initial={**said, **given, **stood})
        for described in register.fields:
            if described.name in fixed:
                continue
            self.fields[described.name] = CellField(
                described,
                label=label(described),
                required=described.is_required,
                help_text=say(described.help),
                widget=widget(described),
            )
        if is_lot and asks_why:
            self.fields["why"] = forms.CharField(
                label=_("Why the quantity differs"), required=False, max_length=1000, widget=forms.Textarea({"rows": 2})
            )
            self.order_fields([name for one in self.fields if one != "why" for name in after_quantity(one)])

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        stood = said.pop("stood", "")
        quantity = self.fields.get("quantity")
        if stood and isinstance(quantity, CellField) and "quantity" in said:
            with contextlib.suppress(ValidationError):
                if said["quantity"] == quantity.clean(stood):
                    del said["quantity"]
        return said


def after_quantity(name: str) -> tuple[str, ...]:
    """Return a field, and behind the quantity the one that asks why it differs."""
    return (name, "why") if name == "quantity" else (name,)


def label(described: Field) -> str:
    title = say(described.title)
    return f"{title} ({say(described.unit)})" if described.unit else title


def shown(described: Field, value: Any) -> Any:
    """Return a value as its widget holds it."""
    if value is None:
        return None
    if described.kind is FieldKind.CHOICE:
        return value
    if described.kind is FieldKind.FLAG:
        return "1" if value else "0"
    if described.kind is FieldKind.CHOICES:
        return list(value)
    if described.kind is FieldKind.MOMENT:
        return value.astimezone(timezone.get_current_timezone()).strftime("%Y-%m-%dT%H:%M")
    return write(described, value, get_language() or "en")


def widget(described: Field) -> forms.Widget:
    if described.kind is FieldKind.CHOICE:
        titles = [(choice.code, say(choice.title)) for choice in described.choices]
        return forms.Select(choices=[("", "–"), *titles])
    if described.kind is FieldKind.FLAG:
        return forms.Select(choices=[("", "–"), ("1", _("yes")), ("0", _("no"))])
    if described.kind is FieldKind.CHOICES:
        return forms.CheckboxSelectMultiple(choices=[(choice.code, say(choice.title)) for choice in described.choices])
    if described.kind in (FieldKind.LONG_TEXT, FieldKind.GEOMETRY):
        return forms.Textarea(attrs={"rows": 3})
    if described.choices:
        return Suggesting([say(choice.title) for choice in described.choices], attrs={"autocomplete": "off"})
    return forms.TextInput(attrs=attributes(described))


class Suggesting(forms.TextInput):
    """A text for which the browser offers what is known; anything else may be written, too."""

    def __init__(self, offered: Sequence[str], attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.offered = tuple(offered)

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        known = f"known-{name}"
        options = format_html_join("", "<option>{}</option>", ((one,) for one in self.offered))
        text = super().render(name, value, {**(attrs or {}), "list": known}, renderer)
        return format_html('{}<datalist id="{}">{}</datalist>', text, known, options)


def attributes(described: Field) -> dict[str, Any]:
    """Return what helps to fill in a text: the right keyboard, and suggestions for references."""
    if described.kind is FieldKind.DATE:
        return {"type": "date"}
    if described.kind is FieldKind.MOMENT:
        return {"type": "datetime-local"}
    if described.kind in NUMBERS or described.kind in (FieldKind.LATITUDE, FieldKind.LONGITUDE):
        return {"inputmode": "decimal", "autocomplete": "off"}
    if described.kind is FieldKind.PHONE:
        return {"inputmode": "tel", "autocomplete": "off"}
    if described.kind is FieldKind.REFERENCE:
        return {
            "list": f"suggest-{described.name}",
            "autocomplete": "off",
            "hx-get": f"{reverse('record_suggest', args=[described.refers_to])}?field={described.name}",
            "hx-trigger": "input changed delay:250ms, focus once",
            "hx-target": f"#suggest-{described.name}",
            "hx-swap": "innerHTML",
        }
    return {"autocomplete": "off"}
