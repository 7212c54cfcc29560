"""Send resources to the needs of a run, and let them go again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from youbei.actions import clock
from youbei.actions.aid_on_run import follow_assignment
from youbei.actions.bought import KINDS, order_supply, settle
from youbei.actions.loads import Errand, refuse_if_driving, take_vehicle
from youbei.actions.moves_up import taken_from
from youbei.actions.running import locked, may_act, perform
from youbei.actions.stock.posting import Note, holder_of
from youbei.actions.stock.verbs import release, reserve
from youbei.actions.ways import route_between, travel_times
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.places import Point
from youbei.engine.plans.model import Need
from youbei.engine.resources import Choice, choose
from youbei.engine.run import Run as EngineRun
from youbei.engine.run.commands import Arrive, Assign, Depart, Release
from youbei.records.load import load_plan, load_run
from youbei.records.models import Assignment, Run, Site, StockLot, StockOrder, Team, TeamCapability, User
from youbei.records.nearby import load_world
from youbei.records.reports.turn_out import keep_measured

# More of anything than any store holds; what is above it is a slip of the hand.
MOST = 1_000_000_000


class NoSuchNeed(Refused):
    """Refuse a need that the plan does not have."""

    status = 404


class NoSuchResource(Refused):
    """Refuse a resource that is not in the registers."""

    status = 404


class ResourceTaken(Refused):
    """Refuse a team that is elsewhere or out of service, or more of a lot than is free."""


class ResourceUnsuitable(Refused):
    """Refuse a resource that cannot do what the need asks for."""


class AssignmentRefused(Refused):
    """Refuse what cannot be done with an assignment as it stands."""


@dataclass(frozen=True, slots=True)
class Sendable:
    """A resource as it would be sent: its label, where from, when it leaves, how much of it, and the order for it.

    Without a `base` it is delivered to where it is wanted.
    """

    id: str
    label: str
    base: Point | None
    turn_out: timedelta
    quantity: float
    order: StockOrder | None = None


def need_in(engine: EngineRun, name: str) -> Need:
    """Return the plan's need called `<step>/<need>`."""
    name = clean(name, limit=200)
    step_id, _, need_id = name.partition("/")
    for step in engine.plan.steps:
        for need in step.needs:
            if step.id == step_id and need.id == need_id:
                return need
    raise NoSuchNeed(
        zh=f"本预案没有需求“{name}”。请从处置页面的需求清单中选择。",
        en=f"This plan has no need called {name!r}. Choose one from the list of needs of this response.",
    )


def places_in(engine: EngineRun) -> dict[str, str]:
    """Return where each need of the plan wants its resources, as the plan names it."""
    return {f"{step.id}/{need.id}": need.place for step in engine.plan.steps for need in step.needs}


def place_of(row: Run, need: Need) -> Point | None:
    """Return where a need wants its resources, or None where that is not known."""
    if need.place == "incident":
        incident = row.incident
        return None if incident.lat is None or incident.lon is None else Point(incident.lat, incident.lon)
    site = Site.objects.filter(code=need.place).first()
    return None if site is None else Point(site.lat, site.lon)


def propose_resources(run: Run, need: str, *, now: datetime | None = None) -> tuple[Choice, ...]:
    """Propose what is still missing of a need: the nearest suitable that are free, each with its reason.

    Lots that have expired are left out; a person may still choose one by name.
    """
    engine = load_run(run)
    asked = need_in(engine, need)
    state = engine.state.needs.get(need)
    lacking = state.lacking if state is not None else (asked.count or asked.quantity)
    rest = Need(
        id=asked.id,
        capability=asked.capability,
        count=round(lacking) if asked.capability else 0,
        item=asked.item,
        quantity=0.0 if asked.capability else lacking,
        place=asked.place,
    )
    place = place_of(run, asked)
    world = load_world(
        place,
        capabilities=[asked.capability] if asked.capability else [],
        items=[asked.item] if asked.item else [],
        today=(now or clock.now()).date(),
        travel=travel_times(),
    )
    return choose(world, rest, place, taken=taken_in(run))


def taken_in(run: Run) -> dict[str, float]:
    """Return what the incident's runs hold already: in an exercise the registers do not know of it."""
    taken: dict[str, float] = {}
    if run.mode != Run.Mode.EXERCISE:
        return taken
    held = Assignment.objects.filter(run__incident_id=run.incident_id, released_at__isnull=True)
    for resource, quantity in held.values_list("resource", "quantity"):
        taken[resource] = taken.get(resource, 0.0) + quantity
    return taken


@transaction.atomic
def assign_resource(
    *,
    by: User | None,
    now: datetime,
    run: Run,
    need: str,
    resource: str,
    quantity: float = 1,
    reason: str = "",
    vehicle: str = "",
) -> Assignment:
    """Send a team (`team:<pk>`) or a quantity out of a lot (`lot:<pk>`), an offer or a line to a need.

    In a real response the team is taken, the quantity reserved or ordered; an exercise takes nothing of the registers.
    `vehicle` (`vehicle:<pk>`) fetches the lot.
    """
    row = locked(run)
    engine = load_run(row)
    may_act(by, row, engine.plan, now=now, permission=Permission.ASSIGN_RESOURCE)
    asked = need_in(engine, need)
    kind, _, key = resource.partition(":")
    if kind not in ("team", "lot", *KINDS) or not (key.isascii() and key.isdecimal() and len(key) <= 15):
        raise no_such_resource(resource)
    code = f"a{len(engine.state.assignments) + 1}"
    if kind == "team":
        sent = take_team(row, int(key), asked, by=by, now=now)
    elif kind in KINDS:
        bought = order_supply(
            by=by, now=now, run=row, kind=kind, pk=int(key), item=asked.item, quantity=quantity, reason=clean(reason)
        )
        sent = Sendable(resource, bought.label, bought.at, bought.ready, bought.quantity, bought.order)
    else:
        sent = take_lot(row, int(key), asked, quantity)
        reserve_lot(row, int(key), code, sent.quantity, by=by, now=now)
    place = place_of(row, asked)
    is_exercise = row.mode == Run.Mode.EXERCISE
    ways = travel_times(with_exercises=is_exercise)
    errand = Errand(row, int(key) if kind == "lot" else None, sent.quantity, need, places_in(engine))
    fetching = take_vehicle(vehicle, errand, now=now, ways=ways)
    travel = ways(sent.base, place) if place is not None and sent.base is not None else timedelta(0)
    command = Assign(
        assignment=code,
        need=need,
        resource=sent.id,
        label=sent.label,
        quantity=sent.quantity,
        arrives_in=sent.turn_out + travel + (fetching.until_loaded if fetching is not None else timedelta(0)),
        reason=clean(reason),
        vehicle=f"vehicle:{fetching.vehicle.pk}" if fetching is not None else "",
        carrier=fetching.label if fetching is not None else "",
    )
    perform(row, command, by=by, now=now, permission=Permission.ASSIGN_RESOURCE)
    assignment = Assignment.objects.get(run=row, code=command.assignment)
    assignment.turn_out_s = round(sent.turn_out.total_seconds()) if assignment.team_id is not None else None
    if place is not None and sent.base is not None:
        assignment.route = route_between(sent.base, place, with_exercises=is_exercise)
        if fetching is not None and fetching.start != sent.base and assignment.route is not None:
            to_store = route_between(fetching.start, sent.base, with_exercises=is_exercise)
            assignment.route = [*(to_store or ()), *assignment.route]
    assignment.order = sent.order
    assignment.save(update_fields=["route", "turn_out_s", "order"])
    return assignment


def no_such_resource(resource: str) -> NoSuchResource:
    return NoSuchResource(
        zh=f"资源库中没有“{resource}”。请从建议清单或资源页面中选择。",
        en=f"There is no resource {resource!r}. Choose one from the proposals or the resource pages.",
    )


def take_team(row: Run, pk: int, need: Need, *, by: User | None, now: datetime) -> Sendable:
    """Lock a team and take it, or refuse with what keeps it and what to do."""
    team = Team.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if team is None:
        raise no_such_resource(f"team:{pk}")
    name_zh, name_en = team.name_zh, team.name_en or team.name_zh
    if not TeamCapability.objects.filter(team=team, capability__code=need.capability).exists():
        wanted = need.capability or need.item
        raise ResourceUnsuitable(
            zh=f"{name_zh}不具备“{wanted}”，不能满足这项需求。请另选队伍。",
            en=f"{name_en} does not have {wanted}, which this need asks for. Choose another team.",
        )
    refuse_if_unavailable(row, team)
    refuse_if_driving(team, row)
    if row.mode == Run.Mode.REAL:
        team.status = Team.Status.ASSIGNED
        team.save(update_fields=["status"])
        TeamCapability.objects.filter(team=team).update(is_available=False)
    exercise = row.incident_id if row.mode == Run.Mode.EXERCISE else None
    base, turn_out = taken_from(team, exercise=exercise, by=by, now=now)
    return Sendable(f"team:{pk}", team.name_zh, base, turn_out, quantity=1.0)


def refuse_if_unavailable(row: Run, team: Team) -> None:
    name_zh, name_en = team.name_zh, team.name_en or team.name_zh
    if team.status == Team.Status.OUT_OF_SERVICE:
        note_zh, note_en = (f"（{team.status_note}）", f" ({team.status_note})") if team.status_note else ("", "")
        raise ResourceTaken(
            zh=f"{name_zh}不能调派：已停用{note_zh}。请另选队伍，或先恢复使用。",
            en=f"{name_en} cannot be assigned: it is out of service{note_en}. "
            "Choose another or return it to service first.",
        )
    held = Assignment.objects.filter(team=team, released_at__isnull=True, run__mode=row.mode)
    if row.mode == Run.Mode.EXERCISE:
        held = held.filter(run__incident_id=row.incident_id)
    elif team.status == Team.Status.AVAILABLE:
        return
    other = held.select_related("run__incident").first()
    if other is None and row.mode == Run.Mode.EXERCISE:
        return
    number = other.run.incident.number if other else ""
    raise ResourceTaken(
        zh=f"{name_zh}不能调派：正在执行突发事件 {number} 的任务。请另选队伍，或先让其归队。",
        en=f"{name_en} cannot be assigned: it is working on incident {number}. "
        "Choose another or release it there first.",
    )


def take_lot(row: Run, pk: int, need: Need, quantity: float) -> Sendable:
    """Lock a lot and reserve a quantity of it, or refuse with how much is free."""
    lot = (
        StockLot.objects.select_for_update(of=("self",), no_key=True)
        .select_related("item", "site")
        .filter(pk=pk)
        .first()
    )
    if lot is None:
        raise no_such_resource(f"lot:{pk}")
    if lot.item.code != need.item:
        raise ResourceUnsuitable(
            zh=f"这批库存是{lot.item.name_zh}，不是这项需求要的物资。请另选库存。",
            en=f"This lot holds {lot.item.name_en or lot.item.name_zh}, which the need does not ask for. "
            "Choose another lot.",
        )
    amount = Decimal(f"{quantity:.3f}") if 0 < quantity < MOST else Decimal(0)
    free = lot.quantity - lot.reserved - Decimal(str(taken_in(row).get(f"lot:{pk}", 0.0)))
    if not 0 < amount <= free:
        raise ResourceTaken(
            zh=f"{lot.site.name_zh}的{lot.item.name_zh}可用 {free:f} {lot.item.unit_zh}，不能调拨 {amount:f}。"
            "请减少数量，或另选库存。",
            en=f"{lot.site.name_en or lot.site.name_zh} has {free:f} {lot.item.unit_en} of "
            f"{lot.item.name_en or lot.item.name_zh} free, not {amount:f}. Take less, or choose another lot.",
        )
    return Sendable(f"lot:{pk}", lot.site.name_zh, Point(lot.lat, lot.lon), timedelta(0), quantity=float(amount))


@transaction.atomic
def depart_resource(*, by: User | None, now: datetime, run: Run, assignment: str, reason: str = "") -> Assignment:
    """Say that what was sent has set out; saying it again changes nothing. A team's turn-out is measured by it."""
    row = locked(run)
    may_act(by, row, load_plan(row.plan_version), now=now, permission=Permission.WORK_STEP)
    held = assignment_in(row, assignment)
    if held.departed_at is not None and held.released_at is None:
        return held
    perform(row, Depart(assignment=assignment), by=by, now=now, permission=Permission.WORK_STEP)
    held.refresh_from_db()
    follow_assignment(held, "depart", by=by, now=now)
    if held.team_id is not None:
        keep_measured(held.team_id)
    return held


@transaction.atomic
def arrive_resource(*, by: User | None, now: datetime, run: Run, assignment: str, reason: str = "") -> Assignment:
    """Say that a resource has arrived where it was sent; saying it again changes nothing."""
    row = locked(run)
    may_act(by, row, load_plan(row.plan_version), now=now, permission=Permission.WORK_STEP)
    held = assignment_in(row, assignment)
    if held.arrived_at is not None and held.released_at is None:
        return held
    perform(row, Arrive(assignment=assignment), by=by, now=now, permission=Permission.WORK_STEP)
    held.refresh_from_db()
    follow_assignment(held, "arrive", by=by, now=now)
    if held.team_id is not None:
        keep_measured(held.team_id)
    return held


@transaction.atomic
def release_resource(*, by: User | None, now: datetime, run: Run, assignment: str, reason: str = "") -> Assignment:
    """Let a resource go: a team is free again; material that has arrived counts as used, other material is free."""
    row = locked(run)
    may_act(by, row, load_plan(row.plan_version), now=now, permission=Permission.ASSIGN_RESOURCE)
    held = assignment_in(row, assignment)
    if held.released_at is not None:
        return held
    if row.mode == Run.Mode.REAL:
        give_back(held, by=by, now=now)
    command = Release(assignment=assignment, reason=clean(reason))
    perform(row, command, by=by, now=now, permission=Permission.ASSIGN_RESOURCE)
    held.refresh_from_db()
    follow_assignment(held, "release", by=by, now=now)
    return held


def assignment_in(row: Run, code: str) -> Assignment:
    code = clean(code, limit=80)
    held = Assignment.objects.filter(run=row, code=code).first()
    if held is None:
        raise AssignmentRefused(
            zh=f"本次处置没有调派“{code}”。请从调派清单中选择。",
            en=f"This response has no assignment {code!r}. Choose one from its list.",
        )
    return held


def reserve_lot(row: Run, lot: int, assignment: str, quantity: float, *, by: User | None, now: datetime) -> None:
    """Promise part of a lot to an assignment of a real response; an exercise leaves the ledger alone."""
    if row.mode == Run.Mode.REAL:
        reserve(
            by=by,
            now=now,
            lot=lot,
            quantity=exact(quantity),
            holder=holder_of(row.pk, assignment),
            note=Note(source=f"run:{row.pk}"),
        )


def give_back(held: Assignment, *, by: User | None, now: datetime) -> None:
    """Return what an assignment took from the registers; material that has arrived is used up."""
    if held.team_id is not None:
        team = Team.objects.select_for_update(no_key=True).get(pk=held.team_id)
        if team.status == Team.Status.ASSIGNED:
            team.status = Team.Status.AVAILABLE
            team.save(update_fields=["status"])
            TeamCapability.objects.filter(team=team).update(is_available=True)
    if held.lot_id is not None:
        release(
            by=by,
            now=now,
            lot=held.lot_id,
            quantity=exact(held.quantity),
            holder=holder_of(held.run_id, held.code),
            consumer=f"run:{held.run_id}" if held.arrived_at is not None else "",
            note=Note(source=f"run:{held.run_id}"),
        )
    if held.order_id is not None:
        settle(held.order_id, is_used=held.arrived_at is not None, by=by, now=now)


def exact(quantity: float) -> Decimal:
    return Decimal(str(quantity)).quantize(Decimal("0.001"))
