"""Orders on the stores: the list, the picking list to walk with or to print, hand out and take back."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from youbei.actions import clock
from youbei.actions.stock_orders import cancel_order, issue_order
from youbei.engine.access import Permission
from youbei.records.models import StockOrder, User
from youbei.records.reports.stock_orders import order_page, picking_list, visible_order
from youbei.web.access import access, user_of
from youbei.web.asked import WORDS, one_of, reads
from youbei.web.forms.runs import NothingForm, ReasonForm
from youbei.web.lists import query_without_cursor
from youbei.web.sheet import sheet


@access(Permission.SEE)
@reads(state=one_of(StockOrder.State), cursor=WORDS)
def orders(request: HttpRequest) -> HttpResponse:
    """List the orders of one's units, the newest first."""
    user, state = user_of(request), request.GET.get("state", "")
    page = order_page(user, state=state, cursor=request.GET.get("cursor") or None)
    context = {"page": page, "state": state, "query": query_without_cursor(request), "states": STATES}
    return render(request, "stock/orders.html", context)


@access(Permission.SEE)
def show_order(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an order as a picking list, by store and shelf."""
    user = user_of(request)
    order = order_for(user, pk)
    picking = picking_list(order)
    context = {
        "order": order,
        "picking": picking,
        "cost": sum(line.cost or 0 for line in picking.bought),
        "may_act": order.state == StockOrder.State.RESERVED
        and bool(user.paths_with(Permission.EDIT_RESOURCE) or user.paths_with(Permission.ASSIGN_RESOURCE)),
    }
    return render(request, "stock/order.html", context)


@access(Permission.SEE)
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out what an order reserved."""
    by = user_of(request)
    order = order_for(by, pk)
    back = reverse("stock_order", args=[pk])
    return sheet(
        request,
        form=NothingForm,
        do=lambda data: issue_order(by=by, now=clock.now(), order=order),
        title=_("Hand out what this order reserved?"),
        submit=_("Issue"),
        back=back,
        done=_("Issued."),
        after=lambda _done: back,
    )


@access(Permission.SEE)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an order back, with the reason."""
    by = user_of(request)
    order = order_for(by, pk)
    back = reverse("stock_order", args=[pk])
    return sheet(
        request,
        form=ReasonForm,
        do=lambda data: cancel_order(by=by, now=clock.now(), order=order, reason=data["reason"]),
        title=_("Take this order back"),
        submit=_("Take back"),
        back=back,
        done=_("Taken back; all of it is free again."),
        after=lambda _done: back,
    )


def order_for(user: User, pk: int) -> StockOrder:
    order = visible_order(user, pk)
    if order is None:
        raise Http404
    return order


STATES = StockOrder.State.values

urlpatterns = [
    path("stock/orders/", orders, name="stock_orders"),
    path("stock/orders/<int:pk>/", show_order, name="stock_order"),
    path("stock/orders/<int:pk>/issue/", issue, name="stock_order_issue"),
    path("stock/orders/<int:pk>/cancel/", cancel, name="stock_order_cancel"),
]
