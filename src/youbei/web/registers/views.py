"""Saved views of lists: keep one, and remove it."""

from __future__ import annotations

import functools
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei.actions.views import remove_view, save_view
from youbei.engine.access import Permission
from youbei.engine.registers.register import Register
from youbei.records.models import Organisation, SavedView, User
from youbei.web.access import access, user_of
from youbei.web.asked import reads
from youbei.web.forms.kept import KeptForm
from youbei.web.forms.runs import NothingForm
from youbei.web.registers.lists import register_for
from youbei.web.registers.names import list_names
from youbei.web.sheet import sheet


class ViewForm(KeptForm):
    """Name a view, and say who else gets it."""

    name = forms.CharField(label=gettext_lazy("Name of the view"), max_length=80)
    is_default = forms.BooleanField(label=gettext_lazy("Show it when I open this list"), required=False)


def home_of(user: User) -> Organisation | None:
    """Return the unit with which an account shares: its own, else the one of its first grant."""
    if user.organisation is not None and user.may(Permission.SEE, user.organisation.path):
        return user.organisation
    paths = user.paths_with(Permission.SEE)
    return Organisation.objects.filter(path=paths[0]).first() if paths else None


@access(Permission.SEE)
@reads(found=list_names)
def keep(request: HttpRequest, name: str) -> HttpResponse:
    """Keep the list as the address narrows it."""
    by = user_of(request)
    register = register_for(name, by)
    home = home_of(by)
    query = kept_query(request)

    def do(data: dict[str, Any]) -> SavedView:
        shared = home if data.get("is_shared") else None
        return save_view(
            register=register,
            name=data["name"],
            query=data["query"],
            by=by,
            share_with=shared,
            is_default=data["is_default"],
        )

    return sheet(
        request,
        form=functools.partial(ViewForm, query=query, can_share=home is not None),
        do=do,
        title=_("Keep this view"),
        submit=_("Keep"),
        back=address_of(register, query),
        done=_("The view is kept."),
        after=lambda view: address_of(register, view.query),
    )


def kept_query(request: HttpRequest) -> str:
    """Return what of an address makes a view: filters and order, no place in the list."""
    query = request.GET.copy()
    for name in ("cursor", "all"):
        query.pop(name, None)
    return query.urlencode()


def address_of(register: Register, query: str) -> str:
    return f"{reverse('register', args=[register.name])}?{query or 'all=1'}"


@access(Permission.SEE)
def remove(request: HttpRequest, name: str, view: int) -> HttpResponse:
    """Remove one of one's own views."""
    by = user_of(request)
    register = register_for(name, by)
    return sheet(
        request,
        form=NothingForm,
        do=lambda data: remove_view(pk=view, by=by),
        title=_("Remove this view"),
        submit=_("Remove"),
        back=address_of(register, ""),
        done=_("The view is removed."),
        after=lambda _done: address_of(register, ""),
    )


urlpatterns = [
    path("registers/<slug:name>/views/keep/", keep, name="view_keep"),
    path("registers/<slug:name>/views/<int:view>/remove/", remove, name="view_remove"),
]
