"""One's own second factors: authenticator app, passkeys, recovery codes."""

from __future__ import annotations

from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from youbei.actions import clock
from youbei.actions.cipher import decipher, encipher
from youbei.actions.factors import add_app, new_secret, remove_app, renew_recovery_codes
from youbei.actions.passkeys import add_passkey, ask_for_new, remove_passkey
from youbei.actions.sessions import MUST_ENROL
from youbei.engine.errors import Refused
from youbei.engine.one_time import app_address, in_base32
from youbei.records.models import Passkey
from youbei.web.access import access, user_of
from youbei.web.asked import WORDS, reads
from youbei.web.me.confirm import confirmed
from youbei.web.me.page import factors_for
from youbei.web.signing.second import CodeForm, answer_of, keep_challenge, take_challenge

NEW_SECRET = "new_app_secret"  # noqa: S105


class PasskeyForm(forms.Form):
    """Ask what the passkey shall be called."""

    label = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("So that you know it again, such as: key on my ring, telephone of the duty room."),
    )


@access("signed_in", while_enrolling=True)
@never_cache
def my_factors(request: HttpRequest) -> HttpResponse:
    """Show the factors of the account; where one must still be added, this is the only page that opens."""
    context = {**factors_for(user_of(request)), "must_enrol": bool(request.session.get(MUST_ENROL))}
    return render(request, "me/factors.html", context)


@access("signed_in", while_enrolling=True)
@never_cache
@confirmed
@reads(new=WORDS)
def app(request: HttpRequest) -> HttpResponse:
    """Show the secret for the app, and take the app into use with a first right code."""
    user = user_of(request)
    secret = decipher(request.session.get(NEW_SECRET, ""))
    if secret is None or (request.method == "GET" and "new" in request.GET):
        secret = new_secret()
        request.session[NEW_SECRET] = encipher(secret)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = add_app(
                by=user, now=clock.now(), secret=secret, code=form.cleaned_data["code"], present=here(request)
            )
        except Refused as refusal:
            form.add_error("code", refusal.text.in_language(get_language() or "en"))
        else:
            request.session.pop(NEW_SECRET, None)
            return added(request, codes)
    address = app_address(secret, account=user.username, issuer="Youbei 有备")
    text = in_base32(secret)
    groups = " ".join(text[at : at + 4] for at in range(0, len(text), 4))
    status = 422 if request.method == "POST" else 200
    return render(request, "me/app.html", {"form": form, "code": qr(address), "secret": groups}, status=status)


def here(request: HttpRequest) -> str:
    """Return the key of the session that asks, which goes on when factors change."""
    return request.session.session_key or ""


def qr(text: str) -> SafeString:
    """Draw a QR code as SVG: dark on white in both themes, because cameras read no other."""
    drawn = segno.make(text, error="m", micro=False).svg_inline(border=4, light="#fff", dark="#000", omitsize=True)
    return mark_safe(drawn)  # noqa: S308  (made of the address alone, which is percent-encoded)


def added(request: HttpRequest, codes: list[str]) -> HttpResponse:
    """Go on after a factor was added: to the recovery codes where they were just made."""
    request.session.pop(MUST_ENROL, None)
    if codes:
        return render(request, "me/codes.html", {"codes": codes})
    messages.success(request, _("The second factor is in use from the next sign-in on."))
    return redirect("my_factors")


@access("signed_in")
@require_POST
@confirmed
def app_remove(request: HttpRequest) -> HttpResponse:
    remove_app(by=user_of(request), now=clock.now(), present=here(request))
    messages.success(request, _("The app is removed."))
    return redirect("my_factors")


@access("signed_in", while_enrolling=True)
@never_cache
@confirmed
def passkey_add(request: HttpRequest) -> HttpResponse:
    """Let the device make a passkey, and take it into use."""
    user = user_of(request)
    form = PasskeyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = add_passkey(
                by=user,
                now=clock.now(),
                host=request.get_host(),
                state=take_challenge(request),
                answer=answer_of(request),
                label=form.cleaned_data["label"],
                present=here(request),
            )
        except Refused as refusal:
            form.add_error(None, refusal.text.in_language(get_language() or "en"))
        else:
            return added(request, codes)
    options, state = ask_for_new(by=user, host=request.get_host())
    keep_challenge(request, state)
    context: dict[str, Any] = {"form": form, "options": options}
    return render(request, "me/passkey.html", context, status=422 if request.method == "POST" else 200)


@access("signed_in")
@require_POST
@confirmed
def passkey_remove(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    row = get_object_or_404(Passkey, pk=pk, user=user)
    remove_passkey(by=user, now=clock.now(), passkey=row, present=here(request))
    messages.success(request, _("The passkey is removed."))
    return redirect("my_factors")


@access("signed_in", while_enrolling=True)
@never_cache
@require_POST
@confirmed
def codes_renew(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes; the old ones open nothing any more."""
    return render(request, "me/codes.html", {"codes": renew_recovery_codes(by=user_of(request), now=clock.now())})


urlpatterns = [
    path("me/factors/", my_factors, name="my_factors"),
    path("me/factors/app/", app, name="my_app"),
    path("me/factors/app/remove/", app_remove, name="my_app_remove"),
    path("me/factors/passkeys/add/", passkey_add, name="my_passkey_add"),
    path("me/factors/passkeys/<int:pk>/remove/", passkey_remove, name="my_passkey_remove"),
    path("me/factors/codes/", codes_renew, name="my_codes"),
]
