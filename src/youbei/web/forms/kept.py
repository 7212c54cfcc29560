"""What one keeps for oneself and may share: a view of a list, a table of numbers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from youbei.actions.views import LONGEST_QUERY


class KeptForm(forms.Form):
    """Keep what an address asks for under a name, and say whether one's organisation gets it, where one may share."""

    field_order = ("name", "is_shared")

    is_shared = forms.BooleanField(label=gettext_lazy("Share it with my organisation"), required=False)
    query = forms.CharField(required=False, max_length=LONGEST_QUERY, widget=forms.HiddenInput)

    def __init__(self, *args: Any, query: str, can_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["query"].initial = query
        if not can_share:
            del self.fields["is_shared"]
