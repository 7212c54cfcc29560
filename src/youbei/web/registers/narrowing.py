"""What a list is narrowed and sorted by, as its page shows it: chips to take away, orders, and where else to look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from youbei.engine.registers.field import Field
from youbei.engine.registers.register import Register
from youbei.engine.text import Text
from youbei.records.models import User
from youbei.records.registers.asking import said_word
from youbei.records.registers.filters import Filters
from youbei.records.registers.tables import register_called
from youbei.records.registers.walk import orders
from youbei.records.search.find import find
from youbei.web.templatetags.records import freshness_word
from youbei.web.templatetags.youbei import said

RELATED = 3


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that a list is narrowed by, and the address of the list without it."""

    title: str
    value: str
    without: str


@dataclass(frozen=True, slots=True)
class Order:
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Related:
    """A record of another register that a text finds, and the field by which this list can be narrowed to it."""

    field: Field
    name: Text
    address: str


def chips(request: HttpRequest, register: Register, user: User, filters: Filters, unit: str) -> list[Chip]:
    """Return what the list is narrowed by, in the order of the form."""
    found = [
        Chip(said(field.title), said(said_word(field, filters.words[field.name], user)), without(request, field.name))
        for field in register.fields
        if field.name in filters.words
    ]
    for name, (first, last) in filters.days.items():
        value = f"{first or '…'} – {last or '…'}"
        found.append(Chip(said(register.field(name).title), value, without(request, f"{name}_from", f"{name}_until")))
    found += other_chips(request, filters, unit)
    return found


def other_chips(request: HttpRequest, filters: Filters, unit: str) -> Iterator[Chip]:
    if filters.text:
        yield Chip(_("Search"), filters.text, without(request, "q"))
    if filters.unit:
        yield Chip(_("Under"), unit or filters.unit, without(request, "unit", "only"))
    if filters.freshness:
        yield Chip(_("Freshness"), freshness_word(filters.freshness), without(request, "freshness"))
    if filters.is_retired:
        yield Chip(_("In use"), _("out of use"), without(request, "retired"))


def without(request: HttpRequest, *names: str) -> str:
    query = request.GET.copy()
    for name in (*names, "cursor"):
        query.pop(name, None)
    return f"?{query.urlencode() or 'all=1'}"


def with_one(request: HttpRequest, name: str, value: str) -> str:
    query = request.GET.copy()
    for gone in ("cursor", "q"):
        query.pop(gone, None)
    query[name] = value
    return f"?{query.urlencode()}"


def orders_of(register: Register) -> list[Order]:
    """Return the orders that a list can be in, each with an index behind it."""
    dated = [
        Order(name, _("by: %(what)s") % {"what": said(register.field(name).title)})
        for name in orders(register)
        if name != "confirmed_at"
    ]
    stale = [Order("confirmed_at", _("longest unconfirmed first"))] if "confirmed_at" in orders(register) else []
    return [Order("", _("by organisation")), Order("new", _("newest first")), *dated, *stale]


def related(request: HttpRequest, register: Register, user: User, text: str) -> list[Related]:
    """Return records that a text finds and this list can be narrowed to: an item where lots are looked for."""
    fields = {one.refers_to: one for one in register.references if one.name in (one.refers_to, "organisation")}
    fields = {name: one for name, one in fields.items() if user.paths_with(register_called(name).see)}
    if not fields or not text:
        return []
    found = find(user, text, registers=fields, most=20)
    return [
        Related(
            fields[hit.register],
            hit.name if hit.name else Text(hit.code, hit.code),
            with_one(request, "unit" if hit.register == "organisation" else fields[hit.register].name, hit.code),
        )
        for hit in found.hits[:RELATED]
        if hit.code
    ]
