"""Say what personal data is needed for, before it is shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from youbei.engine.privacy import PURPOSES, Purpose
from youbei.web.forms.choices import offer
from youbei.web.forms.facts import say


class PurposeForm(forms.Form):
    """Say what personal data is needed for."""

    purpose = forms.ChoiceField(label=gettext_lazy("What is it needed for?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "purpose", [(one.value, say(text)) for one, text in PURPOSES.items()], initial=Purpose.CALL_OUT)
