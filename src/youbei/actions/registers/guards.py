"""Rules of single registers that a description cannot say: what a change may not do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from youbei import content
from youbei.actions.registers.division_codes import check_division
from youbei.actions.registers.holdings import demand_once
from youbei.engine.errors import Refused
from youbei.engine.opening import spans_of_day
from youbei.engine.registers.packs import demand_packs, read_packs
from youbei.engine.registers.register import Register
from youbei.engine.stock.codes import class_of, demand_shape, parent_of
from youbei.engine.stock.loading import refuse_overload
from youbei.engine.teams.reviews import refuse_own
from youbei.engine.text import Text
from youbei.records.models import (
    Item,
    ItemCode,
    Organisation,
    PostHolding,
    Requirement,
    Site,
    StockLot,
    Team,
    TeamMember,
    TeamReview,
    Vehicle,
)
from youbei.records.models.scope import Registered
from youbei.records.registers.loads import demand_carries, loads_at
from youbei.records.registers.tables import in_use, records_of
from youbei.records.registers.values import Values


class GuardRefused(Refused):
    """Refuse a change that another part of the system decides, or that would contradict it."""


def guard(register: Register, row: Registered, before: Values, after: Values) -> None:
    """Raise GuardRefused where this register does not allow the change; `before` is empty for a new record."""
    check = GUARDS.get(register.name)
    if check is not None:
        check(row, before, after)
    check_period(before, after)


def check_period(before: Values, after: Values) -> None:
    """Refuse a period that ends before it begins, under whichever names a register has one."""
    for first, last in (("valid_from", "valid_until"), ("starts_at", "ends_at"), ("issued_on", "expires_on")):
        start, end = after.get(first), after.get(last)
        if start is None or end is None:
            continue
        # A day that ends a period belongs to it; a moment does not.
        if end < start or (isinstance(end, datetime) and end == start):
            raise GuardRefused(
                zh=f"结束（{end}）须晚于开始（{start}）。请改正。",
                en=f"The end ({end}) must come after the start ({start}). Correct that.",
            )


def check_organisation(row: Registered, before: Values, after: Values) -> None:
    if before and before["parent"] != after["parent"]:
        raise GuardRefused(
            zh="上级单位不能在这里更改：请用“调整隶属”，它会一并处理下属单位和授权。",
            en="The superior is not changed here: use “Move”, which takes care of the units below and the grants.",
        )
    check_division(row, before, after)


def check_site(row: Registered, before: Values, after: Values) -> None:
    refuse_inside_of_vehicle(row, before, after)
    check_division(row, before, after)


def check_team(row: Registered, before: Values, after: Values) -> None:
    was, now = before.get("status", Team.Status.AVAILABLE), after["status"]
    if was != now and Team.Status.ASSIGNED in (was, now):
        raise GuardRefused(
            zh="队伍是否出动由调派决定：请先在处置中派出或归队。",
            en="Whether a team is assigned follows from the response: assign or release it there.",
        )


def check_lot(row: Registered, before: Values, after: Values) -> None:
    if not isinstance(row, StockLot):
        return
    if row.quantity < row.reserved:
        raise GuardRefused(
            zh=f"数量 {row.quantity} 少于已调拨的 {row.reserved}。请先在处置中归还。",
            en=f"The quantity {row.quantity} is less than the {row.reserved} promised to responses.",
        )
    if row.site.kind == Site.Kind.VEHICLE:
        demand_carries([row])


def check_vehicle(row: Registered, before: Values, after: Values) -> None:
    if isinstance(row, Vehicle) and row.site_id is not None:
        refuse_overload(
            loads_at(row.site_id),
            payload_kg=row.payload_kg,
            volume_m3=row.volume_m3,
            zh=row.name_zh,
            en=row.name_en or row.name_zh,
        )


def check_requirement(row: Registered, before: Values, after: Values) -> None:
    if isinstance(row, Requirement) and row.source and before != after:
        raise GuardRefused(
            zh="这条需求由预案、人数或标准自动得出，随其变化。需要别的数量时请另行登记一条。",
            en="This requirement follows from a plan, a head-count or a standard, and changes with it. Enter one of "
            "your own where you want another figure.",
        )


def check_item_code(row: Registered, before: Values, after: Values) -> None:
    code = demand_shape(str(after["code"]))
    if after["parent"] and after["parent"] != parent_of(code):
        raise GuardRefused(
            zh=f"“{code}”的上级编码应为“{parent_of(code) or '（无）'}”，不是“{after['parent']}”。请改正或留空。",
            en=f"The code above {code} is {parent_of(code) or 'none'}, not {after['parent']}. Correct it, or leave it "
            "out.",
        )


def check_item(row: Registered, before: Values, after: Values) -> None:
    """Hold the code of an item against its class, and against the list where one was loaded; read its packs."""
    if isinstance(row, Item):
        demand_packs(read_packs(row.packs), Text(row.unit_zh, row.unit_en))
    entered = after["gb_code"]
    if not entered or entered == before.get("gb_code"):
        return
    code = demand_shape(str(entered))
    if isinstance(row, Item):
        row.gb_code = code
    if after["item_class"] and class_of(code) != after["item_class"]:
        raise GuardRefused(
            zh=f"编码“{code}”的首位与所选大类不符。请核对编码或大类。",
            en=f"The first digit of {code} does not fit the class that is chosen. Check the code or the class.",
        )
    if ItemCode.objects.exists() and not ItemCode.objects.filter(code=code, retired_at=None).exists():
        raise GuardRefused(
            zh=f"本单位载入的编码表中没有“{code}”。请核对，或先补录该编码。",
            en=f"The list of codes that was loaded here has no {code}. Check it, or enter the code first.",
        )


def check_contact_way(row: Registered, before: Values, after: Values) -> None:
    if after["person"] is None and after["post"] is None:
        raise GuardRefused(
            zh="联系方式要属于某个人员或岗位。请填写其中一项。",
            en="A contact way belongs to a person or a post. Name one of them.",
        )


def check_team_review(row: Registered, before: Values, after: Values) -> None:
    if isinstance(row, TeamReview):
        members = TeamMember.objects.filter(team=row.team_id, left_on__isnull=True, retired_at__isnull=True)
        refuse_own(row.reviewer_id, row.team.leader_id, list(members.values_list("person", flat=True)))


def guard_retiring(register: Register, row: Registered, *, is_by_hand: bool) -> None:
    """Refuse to put a unit out of use that still has something, and a requirement that still follows from something."""
    if isinstance(row, Requirement) and row.source and is_by_hand:
        check_requirement(row, {"": ""}, {})
    if is_by_hand:
        refuse_while_holding(row)
    if not isinstance(row, Organisation):
        return
    has_units = Organisation.objects.filter(parent=row, retired_at__isnull=True).exists()
    owned = [one for one in content.registers().values() if "organisation" in one.owners]
    if has_units or any(in_use(records_of(one)).filter(organisation=row).exists() for one in owned):
        raise GuardRefused(
            zh="该单位还有下属单位或在用的记录。请用“撤销”或“合并”，写明由谁接替。",
            en="The unit still has units below it or records in use. Dissolve or merge it, and name its successor.",
        )


def refuse_while_holding(row: Registered) -> None:
    """Refuse to put a lot, a place or a vehicle out of use that still holds something: it would be nowhere."""
    if isinstance(row, StockLot) and row.quantity > 0:
        raise GuardRefused(
            zh=f"该批次账面还有 {row.quantity.normalize():f}。请先出库、移库或报废，余数为零后再停用。",
            en=f"The lot still holds {row.quantity.normalize():f}. Issue, move or write off what is left, then take it "
            "out of use.",
        )
    place = row.pk if isinstance(row, Site) else row.site_id if isinstance(row, Vehicle) else None
    lots = StockLot.objects.filter(site_id=place, retired_at__isnull=True, quantity__gt=0) if place else None
    if lots is not None and (count := lots.count()):
        raise GuardRefused(
            zh=f"这里还存有 {count} 个批次的物资。请先移库或出库，再停用。",
            en=f"{count} lots of stock still lie here. Move or issue them, then take it out of use.",
        )
    if isinstance(row, Site):
        refuse_inside_of_vehicle(row, {}, {})


def refuse_inside_of_vehicle(row: Registered, before: Values, after: Values) -> None:
    """Refuse to put the inside of a vehicle elsewhere than the vehicle, or out of use while there is the vehicle."""
    vehicle = Vehicle.objects.filter(site_id=row.pk, retired_at__isnull=True).first() if row.pk else None
    moves = any(before.get(name) != after.get(name) for name in ("lat", "lon", "organisation", "kind"))
    if vehicle is not None and (moves or not after):
        raise GuardRefused(
            zh=f"这是车辆“{vehicle.code}”的车厢，位置和单位随车。请在“车辆船只”中更改该车。",
            en=f"This is the inside of the vehicle {vehicle.code} and is wherever that is. Change the vehicle instead.",
        )


def guard_reviving(register: Register, row: Registered) -> None:
    """Refuse to bring back a unit that went into another: what it had is there."""
    if isinstance(row, PostHolding):
        demand_once(row)
    if isinstance(row, Organisation) and row.succeeded_by is not None:
        raise GuardRefused(
            zh=f"该单位已由{row.succeeded_by.name_zh}接替，不能恢复。需要时请新登记一个单位。",
            en=f"{row.succeeded_by.name_en or row.succeeded_by.name_zh} goes on in its place. Enter a new unit "
            "instead.",
        )


def check_opening_exception(row: Registered, before: Values, after: Values) -> None:
    spans_of_day(after["hours"] or "")
    if after["last_on"] is not None and after["last_on"] < after["first_on"]:
        raise GuardRefused(
            zh=f"截止日（{after['last_on']}）早于起始日（{after['first_on']}）。请改正，只有一天时截止日留空。",
            en=f"The last day ({after['last_on']}) comes before the first ({after['first_on']}). Correct that; leave "
            "it empty for one day.",
        )


def check_beds(row: Registered, before: Values, after: Values) -> None:
    if after["free"] is not None and after["free"] > after["beds"]:
        raise GuardRefused(
            zh=f"空床 {after['free']} 多于床位 {after['beds']}。请核对后改正。",
            en=f"There cannot be {after['free']} free of {after['beds']} beds. Check the figures and correct them.",
        )
    if after["free"] is not None and after["free_at"] is None:
        raise GuardRefused(
            zh="请写明空床是什么时间的情况：没有时间的空床数谁也不能相信。",
            en="Say as of when so many beds are free: nobody can rely on a figure without its time.",
        )


def check_capacity_line(row: Registered, before: Values, after: Values) -> None:
    if after["first_rate"] > after["full_rate"]:
        raise GuardRefused(
            zh=f"初始日产量 {after['first_rate']} 高于满负荷日产量 {after['full_rate']}：爬坡只会变快。"
            "请核对两个数，是否填反。",
            en=f"The line begins with {after['first_rate']} a day and comes to {after['full_rate']}: a ramp-up only "
            "gets faster. Check the two figures; they may be the wrong way round.",
        )


GUARDS: Mapping[str, Callable[[Registered, Values, Values], None]] = {
    "organisation": check_organisation,
    "team": check_team,
    "capacity_line": check_capacity_line,
    "lot": check_lot,
    "site": check_site,
    "vehicle": check_vehicle,
    "requirement": check_requirement,
    "item": check_item,
    "item_code": check_item_code,
    "contact_way": check_contact_way,
    "team_review": check_team_review,
    "opening_exception": check_opening_exception,
    "bed_capacity": check_beds,
}
