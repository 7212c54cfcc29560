"""Items and the codes of GB/T 38565-2020: which have one, and which of the loaded list would fit the others."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from youbei.actions import clock
from youbei.actions.stock_codes import give_codes
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.stock.codes import best_fit
from youbei.records.models import Item, ItemCode
from youbei.web.access import access, user_of

SHOWN = 300


@access(Permission.SEE)
def codes(request: HttpRequest) -> HttpResponse:
    """Show items without a code, each with the code that fits its name best, and give those that are ticked."""
    by = user_of(request)
    if request.method == "POST":
        chosen = {name.removeprefix("code-"): value for name, value in request.POST.items() if name.startswith("code-")}
        try:
            count = give_codes(by=by, now=clock.now(), codes={name: str(value) for name, value in chosen.items()})
        except Refused as refusal:
            if refusal.status == 404:
                raise
            messages.error(request, refusal.text.in_language(get_language() or "en"))
        else:
            messages.success(request, _("%(count)d items have their code.") % {"count": count})
        return redirect("stock_codes")
    items = Item.objects.filter(retired_at__isnull=True)
    listed = list(ItemCode.objects.filter(retired_at__isnull=True).order_by("code").values_list("code", "name_zh"))
    without = list(items.filter(gb_code="").order_by("code")[:SHOWN])
    context = {
        "listed": len(listed),
        "coded": items.exclude(gb_code="").count(),
        "rows": [(item, best_fit(item.name_zh, item.item_class, listed)) for item in without],
        "may_edit": by.may(Permission.EDIT_RESOURCE, "/"),
    }
    return render(request, "stock/codes.html", context)


urlpatterns = [path("stock/codes/", codes, name="stock_codes")]
