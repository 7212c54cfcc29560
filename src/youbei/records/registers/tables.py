"""Which table holds which register, and which of its rows somebody may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, cast

from django.db.models import Q, QuerySet

from youbei import content
from youbei.engine.access import Permission
from youbei.engine.errors import NotFound
from youbei.engine.registers.register import Register
from youbei.records.models import (
    Agreement,
    AgreementRate,
    BedCapacity,
    CapacityLine,
    Conflict,
    Consultation,
    ContactWay,
    EquipmentTest,
    ExamRoom,
    Expert,
    HazardPoint,
    HomeCover,
    Item,
    ItemCode,
    MarketOffer,
    MemberReview,
    OpeningException,
    Organisation,
    Person,
    Post,
    PostHolding,
    Qualification,
    Requirement,
    SchoolClass,
    Site,
    StockLot,
    Team,
    TeamEquipment,
    TeamMember,
    TeamReview,
    TeamRole,
    Vehicle,
    Vetting,
)
from youbei.records.models.scope import Registered

TABLES: Mapping[str, type[Registered]] = {
    "organisation": Organisation,
    "person": Person,
    "post": Post,
    "holding": PostHolding,
    "qualification": Qualification,
    "contact_way": ContactWay,
    "vetting": Vetting,
    "conflict": Conflict,
    "site": Site,
    "school_class": SchoolClass,
    "exam_room": ExamRoom,
    "bed_capacity": BedCapacity,
    "opening_exception": OpeningException,
    "hazard_point": HazardPoint,
    "item_code": ItemCode,
    "item": Item,
    "agreement": Agreement,
    "agreement_rate": AgreementRate,
    "team": Team,
    "team_role": TeamRole,
    "team_member": TeamMember,
    "team_equipment": TeamEquipment,
    "team_review": TeamReview,
    "member_review": MemberReview,
    "expert": Expert,
    "consultation": Consultation,
    "lot": StockLot,
    "vehicle": Vehicle,
    "equipment_test": EquipmentTest,
    "market_offer": MarketOffer,
    "capacity_line": CapacityLine,
    "requirement": Requirement,
    "home_cover": HomeCover,
}


def register_called(name: str) -> Register:
    """Return a register by its name; raise NotFound where there is none."""
    register = content.registers().get(name)
    if register is None:
        raise NotFound(
            zh=f"没有名为“{name[:40]}”的登记册。请从资源库首页选择。",
            en=f"There is no register called {name[:40]!r}. Choose one from the index of registers.",
        )
    return register


def model_of(register: Register) -> type[Registered]:
    return TABLES[register.name]


def path_column(register: Register) -> str:
    """Return the column that says where in the tree a record stands."""
    return "path" if register.name == "organisation" else "org_path"


def order_of(register: Register) -> tuple[str, str]:
    """Return the order in which lists and exports walk a register: along the tree, then by age."""
    return (path_column(register), "id")


def records_of(register: Register) -> QuerySet[Any]:
    """Return all records of a register, also those that are retired."""
    return cast("QuerySet[Any]", model_of(register)._default_manager.all())


class Seeing(Protocol):
    """Whoever may see something: a user, or the holder of a link."""

    def paths_with(self, permission: Permission) -> list[str]: ...


def visible(register: Register, user: Seeing) -> QuerySet[Any]:
    """Return the records that a user may see; a register without owners is shared by all who may see anything."""
    manager: Any = model_of(register)._default_manager
    if not register.owners:
        return records_of(register) if user.paths_with(register.see) else records_of(register).none()
    return cast("QuerySet[Any]", manager.visible_to(user, register.see))


def may_enter(register: Register, user: Seeing) -> bool:
    """Say whether a user may enter any record at all."""
    paths = user.paths_with(register.edit)
    return bool(paths) and (bool(register.owners) or right_at(register, "/").startswith(tuple(paths)))


def right_at(register: Register, path: str) -> str:
    """Return the path at which one needs the right to change a record that stands at `path`.

    What all units share is kept by the unit at the top of them all. Where several stand side by side none of them
    keeps it: that is left to the installation, whose path is `/`.
    """
    if register.owners:
        return path or "/"
    tops = Organisation.objects.filter(parent=None, retired_at=None).values_list("path", flat=True)[:2]
    return tops[0] if len(tops) == 1 else "/"


def in_use(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Leave out what is retired."""
    return rows.filter(retired_at__isnull=True)


def key_condition(register: Register, values: Mapping[str, Any]) -> Q:
    """Select the record with the same key; references are compared by their keys."""
    condition = Q()
    for name in register.key:
        column = f"{name}__code" if register.field(name).refers_to else name
        value = values.get(name)
        if value is None and register.field(name).refers_to:
            condition &= Q(**{f"{name}__isnull": True})
        else:
            condition &= Q(**{column: "" if value is None else value})
    return condition
