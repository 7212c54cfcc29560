"""One form that does one thing: a page of its own, or a sheet beside the page it acts on.

Without JavaScript the form is a page and success goes back to where it came from. With htmx the same form is put into
the sheet, success closes it and the live parts of the page renew themselves. A refusal stands at the top of the form,
and everything typed stays.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from youbei.engine.errors import Refused

FormClass = Callable[..., Form]


def sheet(
    request: HttpRequest,
    *,
    form: FormClass,
    do: Callable[[dict[str, Any]], object],
    title: str,
    submit: str,
    back: str,
    done: str,
    after: Callable[[Any], str] | None = None,
    context: dict[str, Any] | None = None,
    template: str = "parts/sheet_form.html",
) -> HttpResponse:
    """Show the form, or do what it asks for; `do` gets the cleaned data and may raise Refused.

    `after` names the page to go on to from what `do` returned; without it one goes `back`.
    """
    bound = form(request.POST, request.FILES) if request.method == "POST" else form()
    status = 200
    if request.method == "POST":
        status = 422
        if bound.is_valid():
            try:
                result = do(bound.cleaned_data)
            except Refused as refusal:
                if refusal.status == 404:
                    raise
                bound.add_error(None, refusal.text.in_language(get_language() or "en"))
                status = refusal.status
            else:
                return finished(request, back=back, done=done, go=after(result) if after else "")
    shown = {
        "form": bound,
        "title": title,
        "submit": submit,
        "back": back,
        "form_template": template,
        **(context or {}),
    }
    page = template if is_partial(request) else "parts/sheet_page.html"
    return render(request, page, {**shown, **(context or {})}, status=status)


def finished(request: HttpRequest, *, back: str, done: str, go: str = "") -> HttpResponse:
    """Close the sheet with a notice, or go on to another page (`go`) or back with it."""
    if is_partial(request) and not go:
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"youbei:done": {"notice": done}})})
    messages.success(request, done)
    if is_partial(request):
        return HttpResponse(status=204, headers={"HX-Redirect": go})
    return redirect(go or back)


def is_partial(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"
