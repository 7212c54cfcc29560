"""Signing in through an identity provider (OpenID Connect)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from youbei.actions import clock
from youbei.actions.outside import begin_outside, finish_outside, providers
from youbei.engine.errors import Refused
from youbei.web.access import access
from youbei.web.asked import WORDS, reads
from youbei.web.signing.password import SignInForm, page
from youbei.web.signing.stages import go_on

KEPT = "outside_sign_in"


@access("public")
@never_cache
@require_safe
@reads(next=WORDS)
def go(request: HttpRequest, provider: str) -> HttpResponse:
    """Send the browser to the provider."""
    found = providers().get(provider)
    if found is None:
        raise Http404
    back = request.build_absolute_uri(reverse("sign_in_back", args=[provider]))
    try:
        begun = begin_outside(found, back=back)
    except Refused as refusal:
        return refused(request, refusal)
    request.session[KEPT] = {**begun.kept, "provider": provider, "goal": request.GET.get("next", "")}
    return redirect(begun.address)


@access("public")
@never_cache
@require_safe
# What a provider sends is for it and us alone.
@reads(prefixes=("",))
def come_back(request: HttpRequest, provider: str) -> HttpResponse:
    """Take what the browser brings back from the provider."""
    found = providers().get(provider)
    if found is None:
        raise Http404
    kept = request.session.pop(KEPT, None)
    if not kept or kept["provider"] != provider:
        return redirect("sign_in")
    if request.GET.get("error") == "access_denied":
        sentence = _("You have not signed in there, so you are not signed in here.")
        return page(request, SignInForm(), kept["goal"], sentence=sentence)
    try:
        user = finish_outside(found, kept=kept, brought=request.GET.dict(), now=clock.now())
    except Refused as refusal:
        return refused(request, refusal, goal=kept["goal"])
    method = f"oidc:{provider}"
    return go_on(request, user, method=method, goal=kept["goal"], is_strong=found.has_second_factor)


def refused(request: HttpRequest, refusal: Refused, *, goal: str = "") -> HttpResponse:
    sentence = refusal.text.in_language(get_language() or "en")
    return page(request, SignInForm(), goal, sentence=sentence, status=refusal.status)


urlpatterns = [
    path("sign-in/with/<slug:provider>/", go, name="sign_in_with"),
    path("sign-in/with/<slug:provider>/back/", come_back, name="sign_in_back"),
]
