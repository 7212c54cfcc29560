"""The index of the registers, and the list of one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language

from youbei import content
from youbei.actions import clock
from youbei.actions.permit import not_allowed
from youbei.actions.sheets.exporting import forms_of
from youbei.engine.access import Permission
from youbei.engine.errors import NotAllowed, NotFound
from youbei.engine.registers.field import Choice, Field, FieldKind
from youbei.engine.registers.register import Freshness, Register, Subject
from youbei.engine.text import Text
from youbei.records.models import Organisation, User
from youbei.records.registers.filters import ALL, Filters, read_filters
from youbei.records.registers.pages import Count, counted, register_page
from youbei.records.registers.tables import in_use, may_enter, register_called, visible
from youbei.records.registers.views import default_of, views_of
from youbei.web.access import access, user_of
from youbei.web.asked import reads
from youbei.web.lists import query_without_cursor
from youbei.web.registers.names import list_names
from youbei.web.registers.narrowing import chips, orders_of, related
from youbei.web.templatetags.youbei import named

SUBJECTS = {
    Subject.RESOURCES: Text("队伍与专家", "Teams and experts"),
    Subject.STOCK: Text("物资装备", "Materials and equipment"),
    Subject.PLACES: Text("场所", "Places"),
    Subject.PEOPLE: Text("单位与人员", "Organisations and people"),
}
COLUMNS = 7


@dataclass(frozen=True, slots=True)
class IndexEntry:
    register: Register
    count: Count
    may_edit: bool


@dataclass(frozen=True, slots=True)
class FilterField:
    """A filter as the form shows it: its choices, or a text or two days to fill in, and what is chosen now."""

    field: Field
    choices: tuple[Choice, ...]
    chosen: str
    first: str = ""
    last: str = ""

    @property
    def is_date(self) -> bool:
        return self.field.kind is FieldKind.DATE


@access(Permission.SEE)
def index(request: HttpRequest) -> HttpResponse:
    """Show which registers there are and how many records of each one may see."""
    user = user_of(request)
    groups = [
        (
            title,
            [
                IndexEntry(register, counted(in_use(visible(register, user))), may_enter(register, user))
                for register in content.registers().values()
                if register.subject is subject and user.paths_with(register.see)
            ],
        )
        for subject, title in SUBJECTS.items()
    ]
    may_campaign = bool(user.paths_with(Permission.RUN_CAMPAIGN))
    return render(request, "registers/index.html", {"groups": groups, "may_campaign": may_campaign})


@access(Permission.SEE)
@reads(found=list_names)
def list_records(request: HttpRequest, name: str) -> HttpResponse:
    """Show a page of a register, narrowed by what stands in the address; without anything there, one's own default."""
    user = user_of(request)
    register = register_for(name, user)
    if not getattr(request, "asked", request.GET) and (query := default_of(register, user)):
        return redirect(f"{request.path}?{query}")
    filters = read_filters(register, request.GET)
    page = register_page(register, user, now=clock.now(), filters=filters, cursor=request.GET.get("cursor"))
    return render(request, "registers/list.html", list_context(request, register, user, filters) | {"page": page})


def register_for(name: str, user: User) -> Register:
    """Return a register that the user may see anything of; one that they may not see does not exist for them."""
    register = register_called(name)
    if not user.paths_with(register.see):
        raise NotFound(zh="没有这个登记册，或您无权查看。", en="There is no such register that you may see.")
    return register


def register_for_entering(name: str, user: User) -> Register:
    """Return a register in which the user may enter something; raise NotAllowed with the right that is missing."""
    register = register_for(name, user)
    if not register.owners and not may_enter(register, user):
        raise NotAllowed(
            zh=f"“{register.title.zh}”由全系统共用，由最上级单位中有“维护资源”权限的人维护；并列有几个最上级单位时，"
            f"由系统维护人员用命令 youbei register import {register.name} 录入。请向其提出。",
            en=f"All units share {register.title.en}: whoever may edit resources at the unit above all others keeps "
            f"it. Where several stand side by side, youbei register import {register.name} enters it. Ask there.",
        )
    if not may_enter(register, user):
        raise not_allowed(register.edit)
    return register


def list_context(request: HttpRequest, register: Register, user: User, filters: Filters) -> dict[str, Any]:
    listed = [field for field in register.fields if field.is_listed and not is_in_name(register, field)]
    unit = Organisation.objects.visible_to(user).filter(code=filters.unit).first() if filters.unit else None
    return {
        "register": register,
        "columns": listed[:COLUMNS],
        "filters": filters,
        "filter_fields": filter_fields(register, filters),
        "linked": linked(register, filters),
        "unit": unit,
        "chips": chips(request, register, user, filters, named(unit)),
        "orders": orders_of(register),
        "related": related(request, register, user, filters.text),
        "views": views_of(register, user),
        "is_asked": bool(request.GET),
        "freshnesses": list(Freshness),
        "query": query_without_cursor(request),
        "may_edit": may_enter(register, user),
        "may_export": bool(user.paths_with(Permission.EXPORT_REGISTER)),
        "may_take_personal": bool(register.personal) and bool(user.paths_with(Permission.SEE_PERSONAL)),
        "export_forms": forms_of(register),
        "is_narrowed": filters != replace(ALL, order=filters.order, is_retired=filters.is_retired),
        "language": get_language() or "en",
    }


def is_in_name(register: Register, field: Field) -> bool:
    """Say whether a field stands in the first column already: in the name, or as the code beneath it."""
    return field.name in register.label or field.name == "code"


def filter_fields(register: Register, filters: Filters) -> list[FilterField]:
    """Return the filters that a list offers to fill in; references are followed from the records instead."""
    shown = []
    for field in register.fields:
        offered = field.is_filter and field.kind is not FieldKind.REFERENCE
        if not (offered or field.kind is FieldKind.GRADES):
            continue
        first, last = filters.days.get(field.name, (None, None))
        shown.append(
            FilterField(
                field,
                field.choices,
                filters.words.get(field.name, ""),
                first.isoformat() if first else "",
                last.isoformat() if last else "",
            )
        )
    return shown


def linked(register: Register, filters: Filters) -> list[tuple[Field, str]]:
    """Return the references that the address narrows by, with the key of the record."""
    return [(field, filters.words[field.name]) for field in register.references if field.name in filters.words]


urlpatterns = [
    path("registers/", index, name="registers"),
    path("registers/<slug:name>/", list_records, name="register"),
]
