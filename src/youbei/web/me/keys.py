"""One's own keys for programs: made with a scope, shown once, taken out of use."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from youbei.actions import clock
from youbei.actions.keys import create_token, remove_token
from youbei.actions.permit import PERMISSION_NAMES
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.records.models import ApiToken, Organisation, User
from youbei.web.access import access, user_of
from youbei.web.forms.choices import offer
from youbei.web.me.confirm import confirmed

LASTING = [
    ("7", gettext_lazy("7 days")),
    ("90", gettext_lazy("90 days")),
    ("365", gettext_lazy("1 year")),
    ("0", gettext_lazy("until it is removed")),
]


class KeyForm(forms.Form):
    """Ask what a key is for and what it shall be limited to."""

    label = forms.CharField(
        label=gettext_lazy("What it is for"), max_length=80, help_text=gettext_lazy("Such as: nightly stock report.")
    )
    permissions = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Never more than you may yourself at the time."),
    )
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Only below"),
        queryset=Organisation.objects.none(),
        to_field_name="code",
        required=False,
        widget=forms.TextInput(attrs={"list": "units", "autocomplete": "off"}),
        help_text=gettext_lazy("The code of an organisation: the key works there and below. Empty: wherever you may."),
        error_messages={"invalid_choice": gettext_lazy("There is no such organisation, or none that you may see.")},
    )
    lasts = forms.ChoiceField(label=gettext_lazy("For how long"), choices=LASTING, initial="90")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [one for one in Permission if user.paths_with(one)]
        language = get_language() or "en"
        offer(
            self, "permissions", [(one.value, PERMISSION_NAMES[one].in_language(language)) for one in own], is_tall=True
        )
        self.fields["organisation"].queryset = Organisation.objects.visible_to(user)  # type: ignore[attr-defined]


@access("signed_in")
@never_cache
@confirmed
def key_new(request: HttpRequest) -> HttpResponse:
    """Make a key and show it, this once."""
    user = user_of(request)
    form = KeyForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            token, plain = make(user, form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.text.in_language(get_language() or "en"))
        else:
            return render(request, "me/key_made.html", {"key": token, "plain": plain})
    units = Organisation.objects.visible_to(user).order_by("path")[:300]
    status = 422 if request.method == "POST" else 200
    return render(request, "me/key_new.html", {"form": form, "units": units}, status=status)


def make(user: User, given: dict[str, Any]) -> tuple[ApiToken, str]:
    now, days = clock.now(), int(given["lasts"])
    return create_token(
        by=user,
        now=now,
        user=user,
        label=given["label"],
        expires_at=now + timedelta(days=days) if days else None,
        permissions=[Permission(one) for one in given["permissions"]],
        organisation=given["organisation"],
    )


@access("signed_in")
@require_POST
def key_remove(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    remove_token(by=user, now=clock.now(), token=get_object_or_404(ApiToken, pk=pk, user=user))
    messages.success(request, _("The key is removed and opens nothing any more."))
    return redirect("my_account")


urlpatterns = [
    path("me/keys/new/", key_new, name="my_key_new"),
    path("me/keys/<int:pk>/remove/", key_remove, name="my_key_remove"),
]
