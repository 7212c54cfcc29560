"""What was called off under agreements: lists, one request, what it will cost, and what it adds to a statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from youbei.engine.access import Permission
from youbei.engine.agreements import BASIS_NAMES, Basis, Use
from youbei.engine.text import Text
from youbei.records.models import Agreement, AgreementRate, CallOff, Compensation, Incident, Item, StockLot, User
from youbei.records.models.scope import path_condition
from youbei.records.pages import Page, keyset_page

SHOWN = 20
OFFERED = 50
WITH = ("agreement", "organisation", "asked_of", "item", "incident")
USED = (CallOff.State.DELIVERED, CallOff.State.RETURNED, CallOff.State.SETTLED)


def seen_by(user: User) -> Q:
    """Select what either side may see: the unit that asks, and the one that is asked."""
    paths = user.paths_with(Permission.SEE)
    if not paths:
        return Q(pk__in=[])
    if "/" in paths:
        return Q()
    return path_condition(paths, "org_path__under") | path_condition(paths, "asked_of__path__under")


def call_off_page(user: User, *, state: str = "", cursor: str | None = None) -> Page[CallOff]:
    rows = CallOff.objects.filter(seen_by(user)).select_related(*WITH)
    if state in CallOff.State.values:
        rows = rows.filter(state=state)
    return keyset_page(rows, order=("-id",), cursor=cursor, read=list)


def visible_call_off(pk: int, user: User) -> CallOff | None:
    return CallOff.objects.filter(seen_by(user), pk=pk).select_related(*WITH).first()


def call_offs_of(agreement: Agreement) -> Sequence[CallOff]:
    return list(CallOff.objects.filter(agreement=agreement).select_related(*WITH)[:SHOWN])


def call_offs_for(incident: Incident | int) -> Sequence[CallOff]:
    return list(CallOff.objects.filter(incident=incident).select_related(*WITH)[:SHOWN])


def agreements_for(user: User, now: datetime) -> Sequence[Agreement]:
    """Return the agreements in force under which a user may ask."""
    today = timezone.localdate(now)
    rows = Agreement.objects.visible_to(user, Permission.EDIT_RESOURCE).filter(retired_at__isnull=True)
    rows = rows.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=today))
    rows = rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=today))
    return list(rows.select_related("partner").order_by("response_min", "id")[:SHOWN])


def items_under(agreement: Agreement) -> Sequence[Item]:
    """Return the items that are held under an agreement or that it has a rate for."""
    held = StockLot.objects.filter(agreement=agreement, retired_at__isnull=True).values("item")
    priced = AgreementRate.objects.filter(agreement=agreement, retired_at__isnull=True, item__isnull=False).values(
        "item"
    )
    return list(Item.objects.filter(Q(pk__in=held) | Q(pk__in=priced)).order_by("code")[:OFFERED])


def open_incidents(user: User) -> Sequence[Incident]:
    """Return the newest incidents that are open and that a user may see."""
    rows = Incident.objects.visible_to(user).filter(status=Incident.Status.OPEN)
    return list(rows.order_by("-pk")[:OFFERED])


def estimate_of(row: CallOff) -> Sequence[tuple[Text, Decimal, Text]]:
    """Return the rates of the agreement that fit a request: (what it is called, its price, charged by)."""
    from_item = row.item.code if row.item is not None else ""
    rows = AgreementRate.objects.filter(agreement=row.agreement, retired_at__isnull=True).select_related("item")
    return [
        (Text(one.name_zh, one.name_en), one.amount, BASIS_NAMES[Basis(one.basis)])
        for one in rows.order_by("pk")
        if (one.basis == Basis.QUANTITY.value) == bool(from_item) and (one.item is None or one.item.code == from_item)
    ]


def statement_of(row: CallOff) -> Compensation | None:
    """Return the statement in which a request is settled, if there is one."""
    if row.incident is None:
        return None
    return Compensation.objects.filter(agreement=row.agreement, incident=row.incident).first()


def uses_called_off(agreement: Agreement, incident: Incident) -> list[Use]:
    """Return what was called off and came, as uses of a statement: goods, and teams for as long as they stayed.

    A team is counted from when it left, also where it was turned back on its way; one that has not returned has no end
    yet.
    """
    rows = CallOff.objects.filter(agreement=agreement, incident=incident, mode="real", state__in=USED)
    uses: list[Use] = []
    for row in rows.select_related("item").order_by("pk"):
        since = row.left_at or row.delivered_at or row.asked_at
        amount = row.delivered or Decimal(0)
        if row.item is not None:
            # Charged is what was kept: what came back was not used up.
            name = Text(row.item.name_zh, row.item.name_en)
            kept = amount - (row.returned or 0)
            uses += (
                [Use(name, since, row.delivered_at, item=row.item.code, quantity=kept, key=f"call_off:{row.pk}")]
                if kept
                else []
            )
            continue
        amount = row.delivered or row.accepted or row.quantity
        words = Text(row.what or "协议队伍", row.what or "Teams called off")
        until, teams = row.returned_at or row.settled_at, int(amount)
        uses += [
            Use(words, since, until, people=people_in(row, number, teams), key=f"call_off:{row.pk}:{number}")
            for number in range(teams)
        ]
    return uses


def people_in(row: CallOff, number: int, teams: int) -> int:
    """Return the people of one of the teams: they are told of in all, and shared out evenly."""
    people, rest = divmod(row.people or 0, max(1, teams))
    return people + (number < rest)
