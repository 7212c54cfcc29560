"""The one-time link by which the holder of an account chooses the first password, or a new one."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from youbei.actions import clock
from youbei.actions.access import set_password
from youbei.actions.accounts import user_of_link
from youbei.engine.errors import Refused
from youbei.records.models import User
from youbei.web.access import access
from youbei.web.signing.stages import go_on


class NewPasswordForm(forms.Form):
    """Ask for a new password, twice."""

    password = forms.CharField(
        label=_("New password"),
        max_length=1000,
        strip=False,
        help_text=_("At least 10 characters, and none of the common ones. A short sentence is good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same again"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, str]:
        data: dict[str, str] = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("The two are not the same. Type the password again."))
        return data


@access("public")
@never_cache
@sensitive_post_parameters("password", "again")
def choose_password(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """Let the holder of the link choose a password and go on to sign in."""
    user = user_of_link(number, token)
    if user is None:
        return render(request, "signing/link_over.html", status=404)
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and is_set(form, user):
        return go_on(request, user, method="link", goal="")
    status = 422 if request.method == "POST" else 200
    return render(request, "signing/choose_password.html", {"form": form, "account": user.username}, status=status)


def is_set(form: forms.Form, user: User) -> bool:
    """Set the password; say whether it was taken, and write the refusal into the form where not."""
    try:
        set_password(by=user, now=clock.now(), user=user, password=form.cleaned_data["password"])
    except Refused as refusal:
        form.add_error("password", refusal.text.in_language(get_language() or "en"))
        return False
    return True


urlpatterns = [path("set-password/<str:number>/<str:token>/", choose_password, name="choose_password")]
