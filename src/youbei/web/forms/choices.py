"""Give a choice field the choices of this moment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms


def offer(form: forms.Form, name: str, choices: Iterable[Any], *, initial: Any = None, is_tall: bool = False) -> None:
    """Set choices and initial value of a field; tall ones are drawn one below the other."""
    field = cast(forms.ChoiceField, form.fields[name])
    field.choices = list(choices)
    if initial is not None:
        field.initial = initial
    field.is_tall = is_tall  # type: ignore[attr-defined]
