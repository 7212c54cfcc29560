"""Say what personal data is needed for, before it is shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei.engine.privacy import GROUNDS, PURPOSES, Purpose
from youbei.web.forms.choices import offer
from youbei.web.forms.facts import say


class PurposeForm(forms.Form):
    """Say what personal data is needed for."""

    purpose = forms.ChoiceField(label=gettext_lazy("What is it needed for?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "purpose", [(one.value, say(text)) for one, text in PURPOSES.items()], initial=Purpose.CALL_OUT)


class GroundForm(forms.Form):
    """Say why personal data is to be erased."""

    ground = forms.ChoiceField(label=gettext_lazy("Why is it erased?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "ground", [(one.value, say(text)) for one, text in GROUNDS.items()])


class ErasureForm(forms.Form):
    """Confirm that personal data is erased, or take back what was asked."""

    answer = forms.ChoiceField(label=gettext_lazy("What shall be done?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, is_own: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        confirm = [] if is_own else [("confirm", _("Erase for good"))]
        offer(self, "answer", [*confirm, ("withdraw", _("Withdraw what was asked"))])
