"""Take so much of an item for one purpose: reserve or issue exactly what was chosen, or nothing at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.permit import not_allowed, not_found, require
from youbei.actions.stock.posting import Note, lock_lots, post
from youbei.actions.ways import travel_times
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.places import Point
from youbei.engine.reach import journeys
from youbei.engine.stock import ledger
from youbei.engine.stock.proposal import Proposal, Terms, deviation, propose
from youbei.engine.stock.requirement import plain
from youbei.records.models import (
    CapacityLine,
    Incident,
    Item,
    MarketOffer,
    Site,
    StockLot,
    StockMovement,
    StockOrder,
    StockOrderLine,
    User,
)
from youbei.records.reports.stock_offers import Source, sources

CONSUMER = 100
LONGEST_REASON = 1000
State = StockOrder.State


class TakenMeanwhile(Refused):
    """Refuse an order of which something is no longer free: another was quicker. Nothing of it was taken."""


class ReasonNeeded(Refused):
    """Refuse to take out of turn without saying why."""


class OrderRefused(Refused):
    """Refuse what cannot be done with an order as it stands, or what names nothing that can be taken."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of which item, and for what: an incident, a site, or a purpose in words."""

    item: Item
    terms: Terms
    incident: Incident | None = None
    site: Site | None = None
    purpose: str = ""

    @property
    def near(self) -> Point | None:
        if self.incident is not None and self.incident.lat is not None and self.incident.lon is not None:
            return Point(self.incident.lat, self.incident.lon)
        return None if self.site is None else Point(self.site.lat, self.site.lon)

    @property
    def said(self) -> str:
        """Return what it is for, in the words of the paper."""
        if self.incident is not None:
            return f"{self.incident.number} {self.incident.title}"[:200]
        return (self.purpose or (self.site.name_zh if self.site else ""))[:200]


def paths_of(by: User) -> list[str]:
    """Return the subtrees out of which a person may take: the keeper's, and those where they assign resources."""
    return sorted({*by.paths_with(Permission.EDIT_RESOURCE), *by.paths_with(Permission.ASSIGN_RESOURCE)})


def offered(by: User, wanted: Wanted) -> list[Source]:
    return sources(paths_of(by), wanted.item, near=wanted.near, terms=wanted.terms, ways=journeys(travel_times()))


def proposal_for(by: User, wanted: Wanted) -> tuple[Proposal, list[Source]]:
    """Propose what to take today, with where all of it is."""
    found = offered(by, wanted)
    return propose([one.offer for one in found], wanted.terms), found


@transaction.atomic
def take(
    *, by: User, now: datetime, wanted: Wanted, chosen: Mapping[str, Decimal], is_issued: bool, reason: str = ""
) -> StockOrder:
    """Reserve what was chosen, or hand it out at once. All of it, or nothing.

    Raises:
        TakenMeanwhile: less is free of something than was chosen.
        ReasonNeeded: something else comes first, and no reason is given.
    """
    if wanted.incident is not None and wanted.incident.mode != Incident.Mode.REAL:
        raise OrderRefused(
            zh="演练不动用真实库存。请在演练的处置页面中调拨。",
            en="An exercise takes nothing out of the stores. Assign the stock in the exercise itself.",
        )
    if not paths_of(by):
        raise not_allowed(Permission.ASSIGN_RESOURCE)
    chosen = {key: quantity for key, quantity in chosen.items() if quantity > 0}
    for quantity in chosen.values():
        ledger.demand_positive(quantity)
    lock_lots(numbers(chosen, "lot"))
    lock_bought(chosen)
    known = {source.key: source for source in offered(by, wanted)}
    demand_known(chosen, known)
    demand_free(chosen, known)
    out_of_turn = deviation([one.offer for one in known.values()], wanted.terms, chosen)
    reason = clean(reason, limit=LONGEST_REASON).strip()
    if out_of_turn and not reason:
        raise ReasonNeeded(
            zh=f"{out_of_turn.zh}。若确需另取，请写明理由；否则请按建议取用。",
            en=f"{out_of_turn.en[:1].upper()}{out_of_turn.en[1:]}. Say why it should be otherwise, or take what is "
            "proposed.",
        )
    order = StockOrder.objects.create(
        item=wanted.item,
        quantity=sum(chosen.values(), Decimal(0)),
        incident=wanted.incident,
        site=wanted.site,
        purpose=wanted.said,
        use_on=wanted.terms.on,
        state=State.ISSUED if is_issued else State.RESERVED,
        reason=reason if out_of_turn else "",
        made_at=now,
        made_by=actor_for(by, now).label[:120],
        closed_at=now if is_issued else None,
        closed_by=actor_for(by, now).label[:120] if is_issued else "",
        org_path=common_path([known[key].org_path for key in chosen]),
    )
    keep_lines(order, chosen, known)
    permission = Permission.EDIT_RESOURCE if is_issued else None
    move_all(order, "issue" if is_issued else "reserve", by=by, now=now, permission=permission)
    say(order, "stock.ordered", by=by, now=now, more={"is_issued": is_issued, "out_of_turn": bool(out_of_turn)})
    return order


def numbers(chosen: Mapping[str, Decimal], kind: str) -> list[int]:
    """Return the keys of the rows of one kind: `lot:12` is 12."""
    found = []
    for key in chosen:
        name, _, number = key.partition(":")
        if name == kind and number.isascii() and number.isdecimal() and len(number) <= 15:
            found.append(int(number))
    return sorted(found)


def lock_bought(chosen: Mapping[str, Decimal]) -> None:
    """Lock offers and lines, so that two orders do not promise the same."""
    for kind, model in (("offer", MarketOffer), ("line", CapacityLine)):
        if pks := numbers(chosen, kind):
            list(model.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk"))


def demand_known(chosen: Mapping[str, Decimal], known: Mapping[str, Source]) -> None:
    unknown = sorted(set(chosen) - set(known))
    if unknown:
        raise OrderRefused(
            zh=f"“{unknown[0]}”不在可取的范围内：请重新查询后再选。",
            en=f"{unknown[0]!r} is not among what can be taken. Ask again and choose from the list.",
        )


def demand_free(chosen: Mapping[str, Decimal], known: Mapping[str, Source]) -> None:
    for key, quantity in chosen.items():
        source = known[key]
        free = source.offer.shelf.free
        if free < quantity:
            raise TakenMeanwhile(
                zh=f"{source.place.zh}的 {source.code} 现在只剩 {plain(free)} 可取，已有人先取或先预留。"
                "这一单什么也没有动：请按最新建议重新取用。",
                en=f"Of {source.code} at {source.place.en} only {plain(free)} is free now: somebody was quicker. "
                "Nothing of this order was taken. Look at the proposal as it stands and take again.",
            )


def keep_lines(order: StockOrder, chosen: Mapping[str, Decimal], known: Mapping[str, Source]) -> None:
    lines = []
    for key, quantity in chosen.items():
        source = known[key]
        kind, _, number = key.partition(":")
        lines.append(
            StockOrderLine(
                order=order,
                **{f"{kind}_id": int(number)},
                reserve=source.offer.reserve.value,
                quantity=quantity,
                ready_h=round(Decimal(float(source.offer.ready_h)), 2),
                unit_price=source.offer.unit_price,
            )
        )
    StockOrderLine.objects.bulk_create(lines)


def common_path(paths: Sequence[str]) -> str:
    """Return the path of the lowest unit under which all of these stand."""
    same = []
    for level in zip(*(path.strip("/").split("/") for path in paths), strict=False):
        if len(set(level)) > 1:
            break
        same.append(level[0])
    return f"/{'/'.join(same)}/" if any(same) else "/"


def move_all(
    order: StockOrder, verb: str, *, by: User, now: datetime, permission: Permission | None = None
) -> list[StockMovement]:
    """Post a movement for every lot of an order; reserving is also for those who assign resources."""
    lines = list(order.lines.filter(lot__isnull=False).order_by("lot_id"))
    locked = lock_lots([line.lot_id for line in lines if line.lot_id is not None])
    made = []
    for line in lines:
        lot = locked[line.lot_id or 0]
        demand(by, lot, permission)
        note = Note(document=f"#{order.pk}", reason=order.purpose, source=f"order:{order.pk}")
        made.append(post({lot.pk: lot}, maker(order, line, verb), by=by, now=now, note=note))
    return made


def demand(by: User, lot: StockLot, permission: Permission | None) -> None:
    if permission is None and by.may(Permission.ASSIGN_RESOURCE, lot.org_path):
        return
    require(by, permission or Permission.EDIT_RESOURCE, lot.org_path)


def maker(order: StockOrder, line: StockOrderLine, verb: str) -> Callable[[ledger.Balances], ledger.Movement]:
    key, holder, consumer = str(line.lot_id), holder_of_order(order), order.purpose[:CONSUMER] or f"#{order.pk}"

    def make(balances: ledger.Balances) -> ledger.Movement:
        if verb == "reserve":
            return ledger.reserve("", lot=key, quantity=line.quantity, holder=holder)
        if verb == "release":
            return ledger.release("", lot=key, quantity=line.quantity, holder=holder)
        held = holder if verb == "issue_reserved" else None
        return ledger.issue("", lot=key, quantity=line.quantity, consumer=consumer, holder=held)

    return make


def holder_of_order(order: StockOrder) -> str:
    """Name the account of what is reserved for an order."""
    return f"order:{order.pk}"


@transaction.atomic
def issue_order(*, by: User, now: datetime, order: StockOrder) -> StockOrder:
    """Hand out what an order reserved."""
    row = open_order(by, order)
    move_all(row, "issue_reserved", by=by, now=now, permission=Permission.EDIT_RESOURCE)
    return close(row, State.ISSUED, "stock.order_issued", by=by, now=now)


@transaction.atomic
def cancel_order(*, by: User, now: datetime, order: StockOrder, reason: str) -> StockOrder:
    """Take an order back: what it reserved is free again."""
    row = open_order(by, order)
    move_all(row, "release", by=by, now=now)
    said = clean(reason, limit=LONGEST_REASON).strip()
    if not said:
        raise OrderRefused(zh="请写明取消的原因。", en="Say why the order is taken back.")
    return close(row, State.CANCELLED, "stock.order_cancelled", by=by, now=now, reason=said)


def open_order(by: User, order: StockOrder) -> StockOrder:
    """Lock an order that is open. One that takes nothing out of a store is for whoever assigns resources there."""
    row = StockOrder.objects.select_for_update(of=("self",), no_key=True).filter(pk=order.pk).first()
    if row is None:
        raise not_found()
    if not row.lines.filter(lot__isnull=False).exists() and not by.may(Permission.EDIT_RESOURCE, row.org_path):
        require(by, Permission.ASSIGN_RESOURCE, row.org_path)
    if row.state != State.RESERVED:
        raise OrderRefused(
            zh="这一单已经办结，不能再发放或取消。", en="This order is closed: it cannot be issued or taken back again."
        )
    return row


def close(row: StockOrder, state: str, kind: str, *, by: User | None, now: datetime, reason: str = "") -> StockOrder:
    row.state, row.closed_at, row.closed_by = state, now, actor_for(by, now).label[:120]
    row.save(update_fields=["state", "closed_at", "closed_by"])
    say(row, kind, by=by, now=now, more={"reason": reason} if reason else {})
    return row


def say(order: StockOrder, kind: str, *, by: User | None, now: datetime, more: Mapping[str, object]) -> None:
    data = {
        "order": order.pk,
        "item": order.item.code,
        "quantity": plain(order.quantity),
        "lines": [
            {"key": key_of(line), "quantity": plain(line.quantity)} for line in order.lines.order_by("pk")
        ],
        "reason": order.reason,
        **more,
    }  # fmt: skip
    record(f"register:stock_order:{order.pk}", [(kind, data)], by=actor_for(by, now), now=now, org_path=order.org_path)


def key_of(line: StockOrderLine) -> str:
    for kind in ("lot", "offer", "line"):
        if (pk := getattr(line, f"{kind}_id")) is not None:
            return f"{kind}:{pk}"
    return ""
