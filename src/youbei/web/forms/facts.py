"""Fields for facts: one for each kind of fact, read by the rules of its kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from youbei import content
from youbei.engine.conditions import Value
from youbei.engine.errors import Refused
from youbei.engine.incidents import FactKind, FactType, check_fact
from youbei.engine.text import Text
from youbei.web.forms.choices import offer
from youbei.web.wording import SOURCES

PREFIX = "fact_"


def say(text: Text) -> str:
    return text.in_language(get_language() or "en")


class FactField(forms.CharField):
    """One fact; an empty field says nothing about it."""

    def __init__(self, kind: FactKind, **kwargs: Any) -> None:
        self.kind = kind
        unit = say(kind.unit)
        label = f"{say(kind.name)} ({unit})" if unit else say(kind.name)
        super().__init__(
            label=label, required=False, max_length=60, widget=widget_for(kind), help_text=say(kind.help), **kwargs
        )

    def clean(self, value: Any) -> Value | None:
        text = super().clean(value)
        if text == "":
            return None
        try:
            return check_fact(self.kind, text)
        except Refused as refusal:
            raise ValidationError(say(refusal.text)) from refusal

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str("" if initial is None else initial).lower() != str(data or "").strip().lower()


def widget_for(kind: FactKind) -> forms.Widget:
    if kind.type is FactType.BOOLEAN:
        return forms.Select(choices=[("", _("not known")), ("true", _("yes")), ("false", _("no"))])
    if kind.type is FactType.CODE:
        choices = [(code, say(name)) for code, name in (kind.choices or {}).items()]
        return forms.Select(choices=[("", _("not known")), *choices])
    mode = "numeric" if kind.type is FactType.INTEGER else "decimal"
    return forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off", "class": "number"})


def fact_fields(keys: Iterable[str]) -> dict[str, FactField]:
    kinds = content.fact_kinds()
    return {PREFIX + key: FactField(kinds[key]) for key in dict.fromkeys(keys) if key in kinds}


def as_entered(value: Value) -> str:
    """Write a stored value the way its field holds it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


class FactsForm(forms.Form):
    """Add, correct and withdraw facts: what is changed is stated anew, what is emptied is withdrawn."""

    def __init__(self, *args: Any, keys: Iterable[str], known: Mapping[str, Value], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {PREFIX + key: as_entered(value) for key, value in known.items()}
        shown = fact_fields([*known, *keys])
        others = [(key, say(kind.name)) for key, kind in content.fact_kinds().items() if PREFIX + key not in shown]
        rest = dict(self.fields)
        self.fields = {**shown, **rest}
        offer(self, "other", [("", "–"), *others])

    other = forms.ChoiceField(label=gettext_lazy("Another fact"), required=False)
    other_value = forms.CharField(label=gettext_lazy("Its value"), required=False, max_length=60)
    source = forms.ChoiceField(label=gettext_lazy("From whom"), choices=list(SOURCES.items()))
    known_at = forms.DateTimeField(
        label=gettext_lazy("When it became known"),
        required=False,
        help_text=gettext_lazy("Empty means now."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        facts: dict[str, Value | None] = {
            name.removeprefix(PREFIX): data.get(name) for name in self.changed_data if name.startswith(PREFIX)
        }
        if data.get("other"):
            try:
                facts[data["other"]] = check_fact(content.fact_kinds()[data["other"]], data.get("other_value", ""))
            except Refused as refusal:
                self.add_error("other_value", say(refusal.text))
        if not facts and not self.errors:
            raise ValidationError(_("Nothing was changed: enter, correct or empty at least one fact."))
        return {**data, "facts": facts}
