"""The facts of a dispatch out of the registers, and the problem that they make."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from youbei.actions.dispatch.buying import legs_of_delivery, suppliers_of, supplies_of
from youbei.actions.dispatch.carrying import (
    board_of,
    legs_to_load,
    places_to_look_round,
    store_name,
    units_of,
    vehicle_name,
    weight_of,
)
from youbei.actions.dispatch.covering import cover_name, cover_of, legs_to_cover, places_of_cover
from youbei.actions.dispatch.supposing import NOTHING, Suppose
from youbei.actions.ways import travel_times
from youbei.engine.access import Permission
from youbei.engine.dispatch.problem import (
    Agreement,
    Incident,
    Items,
    Leg,
    Need,
    Owner,
    Place,
    Problem,
    Skill,
    Status,
    StraightWay,
    Unit,
    Units,
)
from youbei.engine.dispatch.problem import Lot as ProblemLot
from youbei.engine.dispatch.whole import Edge
from youbei.engine.places import Point
from youbei.engine.reach import Journeys, journeys
from youbei.records.models import User
from youbei.records.reports.dispatch.covers import Covers, covers
from youbei.records.reports.dispatch.forces import Force, Forces, assigned_to, forces
from youbei.records.reports.dispatch.market import Bought, market
from youbei.records.reports.dispatch.running import OpenNeed, Running, running
from youbei.records.reports.dispatch.supplies import Aid, Lot, Lots, aids, lots
from youbei.records.reports.dispatch.vehicles import Carrier, Carriers, carriers

# Assumption: who has been out for twelve of the last 24 hours is relieved before being sent again.
HOURS_S = 12 * 3600
# Of each capability and item so many of the nearest are looked at first round each place.
LOOKED_AT = 100
# Levels run from I to IV; the more severe the response, the more its needs weigh. Assumption: evenly.
MOST_PRIORITY = 5
SECONDS_OF_A_MINUTE, CENTS = 60, 100


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read. `unplaced` counts needs of which nobody knows where; they cannot be planned.

    `there` is what the clock of the response shows, the wall unless it is an exercise. `own` are the paths of what
    may be sent without asking: what the asker sees, and what stands under who responds.
    """

    at: datetime
    there: datetime
    exercise: int | None
    runs: tuple[Running, ...]
    forces: Forces
    covers: Covers
    lots: Lots
    carriers: Carriers
    bought: tuple[Bought, ...]
    aids: tuple[Aid, ...]
    own: tuple[str, ...]
    ways: Journeys
    unplaced: int

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)

    @property
    def looked_at(self) -> int:
        return len(self.forces.teams) + len(self.lots.lots) + len(self.bought)

    @property
    def is_cut(self) -> bool:
        return self.forces.is_cut or self.lots.is_cut


def gather(
    user: User,
    *,
    now: datetime,
    exercise: int | None = None,
    suppose: Suppose = NOTHING,
    is_anew: bool = False,
    looked_at: int = LOOKED_AT,
) -> Facts:
    """Read what a dispatch draws on, as far as the user may see it: responses, teams, lots, agreements, roads.

    `is_anew`: the teams that are assigned to these responses are read too, and needs that are met.
    """
    runs = running(user, now=now, exercise=exercise, with_met=is_anew)
    also = assigned_to([run.pk for run in runs]) if is_anew else ()
    own = tuple(sorted({*user.paths_with(Permission.SEE), *(run.org_path for run in runs)}))
    partners = aids(user, {run.org_path for run in runs})
    paths = sorted({*own, *(aid.partner_path for aid in partners)})
    abilities: dict[str, list[Point | None]] = defaultdict(list)
    items: dict[str, list[Point | None]] = defaultdict(list)
    unplaced = 0
    for run in runs:
        for need in run.needs:
            unplaced += need.at is None
            if need.at is not None:
                (abilities if need.capability else items)[need.capability or need.item].append(need.at)
    there = runs[0].now_there if exercise is not None and runs else now
    today = timezone.localdate(now)
    home = covers([run.at for run in runs], paths=list(own), today=today)
    found = lots(items, paths=paths, today=today, exercise=exercise, looked_at=looked_at)
    travel = travel_times(with_exercises=exercise is not None, supposed=suppose.closures())
    return Facts(
        at=now,
        there=there,
        exercise=exercise,
        runs=runs,
        forces=forces(
            abilities,
            paths=paths,
            now=there,
            exercise=exercise,
            also=also,
            covers=home.wanted,
            own=list(own),
            looked_at=looked_at,
        ),
        covers=home,
        lots=found,
        carriers=carriers(
            places_to_look_round(found.lots, [at for places in items.values() for at in places if at is not None]),
            paths=paths,
            today=today,
            now=there,
            exercise=exercise,
            boards={lot.site for lot in found.lots},
        ),
        bought=market(items, paths=list(own), today=today, exercise=exercise),
        aids=partners,
        own=own,
        ways=journeys(travel),
        unplaced=unplaced,
    )


def problem_of(facts: Facts, *, suppose: Suppose = NOTHING, is_anew: bool = False) -> Problem:
    """Return the problem that the facts make.

    `is_anew`: teams that are assigned may be thought of anew, so needs count with what is assigned to them.
    """
    incidents = tuple(incidents_of(facts, suppose, is_anew=is_anew))
    teams = tuple(unit_of(force, facts, suppose) for force in facts.forces.teams)
    vehicles = tuple(vehicles_of(facts))
    stock = tuple(lot_of(lot, facts) for lot in facts.lots.lots)
    sites = [incident.place for incident in incidents]
    places = places_of(facts)
    districts = facts.covers.wanted
    around = {name: at for one in districts for name, at in places_of_cover(one).items()}
    standing = {unit.place: places[unit.place] for unit in teams}
    stores = {store_name(lot): lot.at for lot in facts.lots.lots if weight_of(lot, facts.carriers)}
    return Problem(
        at=facts.at,
        incidents=incidents,
        units=(*teams, *vehicles),
        lots=(*stock, *supplies_of(facts.bought, asked_in(incidents))),
        owners=(*owners_of(facts), *suppliers_of(facts.bought)),
        cover=tuple(
            cover_of(one, is_protected=one.pk in suppose.protected, kept=suppose.kept_at(one.pk)) for one in districts
        ),
        places=(
            *(Place(name, point.lat, point.lon) for name, point in (places | around).items()),
            *(Place(one.key) for one in facts.bought if one.at is None),
        ),
        legs=(
            *legs_of(places, sites, facts.ways),
            *legs_of_delivery(facts.bought, sites),
            *legs_to_cover(standing, districts, facts.ways),
            *legs_to_load(facts.carriers, stores, facts.ways),
        ),
        straight_way=StraightWay(facts.ways.straight.speed_m_s, facts.ways.straight.detour),
    )


def edges_of(facts: Facts) -> Iterator[Edge]:
    """Yield how soon something that was not looked at could be at each place where it is needed."""
    looked = {**facts.forces.edges, **facts.lots.edges}
    for run in facts.runs:
        for need in run.needs:
            reach = looked.get((need.capability or need.item, need.at)) if need.at is not None else None
            if reach is not None and need.at is not None:
                speed = facts.ways.radius_m(timedelta(seconds=1), need.at)
                yield Edge(place_name(run, need), need.capability or need.item, reach / speed)


def place_name(run: Running, need: OpenNeed) -> str:
    """Name the place of a need: its response's, or a site's of it."""
    return f"run:{run.pk}" if need.place == "incident" else f"run:{run.pk}@{need.place}"


def incidents_of(facts: Facts, suppose: Suppose, *, is_anew: bool) -> Iterator[Incident]:
    """Yield an incident for every place of every response at which something is needed."""
    for run in facts.runs:
        by_place: dict[str, list[Need]] = defaultdict(list)
        for need in run.needs:
            # Who was sent beyond what was asked was sent on purpose, and is not called back for it.
            wanted = max(need.asked, need.assigned) if is_anew and need.capability else need.lacking
            wanted += suppose.added(run.pk, need.key)
            if wanted > 0 and need.at is not None:
                by_place[place_name(run, need)].append(asked(need, wanted, suppose.slack_min))
        priority = MOST_PRIORITY - run.level if run.level else 1
        for name, needs in by_place.items():
            yield Incident(name, name, tuple(needs), priority, run.title)


def asked_in(incidents: Iterable[Incident]) -> dict[str, int]:
    """Return how much of each item is asked for."""
    found: dict[str, int] = defaultdict(int)
    for incident in incidents:
        for need in incident.needs:
            if isinstance(need.asks, Items):
                found[need.asks.item] += need.asks.quantity
    return found


def asked(need: OpenNeed, count: int, slack_min: int = 0) -> Need:
    asks = Units(need.capability, count) if need.capability else Items(need.item, count)
    due_s = None if need.due_s is None else need.due_s + slack_min * SECONDS_OF_A_MINUTE
    return Need(need.key, asks, is_life_safety=need.saves_lives, due_s=due_s)


def unit_of(force: Force, facts: Facts, suppose: Suppose) -> Unit:
    served = {run.pk: run for run in facts.runs}.get(force.serving or 0)
    needs = {need.key: need for need in served.needs} if served else {}
    need = needs.get(force.serving_need)
    districts = {one.pk for one in facts.covers.wanted}
    return Unit(
        id=f"team:{force.pk}",
        place=f"team:{force.pk}",
        skills=tuple(Skill(code, grade, force.strength) for code, grade in force.skills),
        turn_out_s=0 if force.has_arrived else force.turn_out_s,
        status=status_of(force, suppose),
        serving=place_name(served, need) if served and need and need.at else "",
        owner=owner_name(force.org_path, force.org_pk, facts),
        is_staffed=force.is_staffed,
        worked_s=force.worked_s,
        limit_s=HOURS_S if facts.exercise is None and force.worked_s else None,
        label=force.name,
        moving_up=cover_name(force.moving_up) if force.moving_up in districts else "",
    )


def vehicles_of(facts: Facts) -> Iterator[Unit]:
    def owner(one: Carrier) -> str:
        return owner_name(one.org_path, one.org_pk, facts)

    limit_s = HOURS_S if facts.exercise is None else None
    return units_of(facts.carriers, (force.pk for force in facts.forces.teams), owner, limit_s=limit_s)


def status_of(force: Force, suppose: Suppose) -> Status:
    if force.is_out_of_service or force.pk in suppose.down:
        return Status.OUT_OF_SERVICE
    if force.serving is None:
        return Status.AVAILABLE
    return Status.ON_SCENE if force.has_arrived else Status.ASSIGNED


def lot_of(lot: Lot, facts: Facts) -> ProblemLot:
    aid = next((aid for aid in facts.aids if aid.pk == lot.agreement), None)
    return ProblemLot(
        id=f"lot:{lot.pk}",
        item=lot.item,
        place=store_name(lot),
        quantity=lot.free,
        expires_at=None if lot.expires_on is None else after_day(lot.expires_on),
        owner=f"agreement:{aid.pk}" if aid else owner_name(lot.org_path, lot.org_pk, facts),
        label=lot.name,
        grams_each=weight_of(lot, facts.carriers),
        aboard=board_of(lot, facts.carriers),
        cm3_each=lot.cm3_each or 0,
    )


def after_day(day: date) -> datetime:
    """Return the moment at which a day is over, in the zone of the pages."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def owner_name(path: str, pk: int, facts: Facts) -> str:
    """Name whose something is: a partner's by agreement, else ours where we may send it, else a stranger's."""
    aid = aid_for(path, facts)
    if aid is not None and (aid.is_valid(facts.today) or not is_own(path, facts)):
        return f"agreement:{aid.pk}"
    return "" if is_own(path, facts) else f"org:{pk}"


def is_own(path: str, facts: Facts) -> bool:
    return any(path.startswith(own) for own in facts.own)


def aid_for(path: str, facts: Facts) -> Aid | None:
    """Return the agreement that covers what stands under a path: one in force, the nearest partner, the fastest."""
    covering = [aid for aid in facts.aids if path.startswith(aid.partner_path) and not is_above_own(aid, path, facts)]
    return min(
        covering,
        key=lambda aid: (not aid.is_valid(facts.today), -len(aid.partner_path), aid.delay_min, aid.pk),
        default=None,
    )


def is_above_own(aid: Aid, path: str, facts: Facts) -> bool:
    """Say whether a partner stands above us: what is our own is not its help."""
    return any(path.startswith(own) and own.startswith(aid.partner_path) for own in facts.own)


def owners_of(facts: Facts) -> Iterator[Owner]:
    for aid in facts.aids:
        yield Owner(
            f"agreement:{aid.pk}",
            aid.partner,
            agreement=Agreement(
                delay_s=int(aid.delay_min * SECONDS_OF_A_MINUTE),
                price_per_unit=cents(aid.price),
                starts_at=None if aid.valid_from is None else after_day(aid.valid_from - timedelta(days=1)),
                ends_at=None if aid.valid_until is None else after_day(aid.valid_until),
            ),
        )
    strangers = {f"org:{one.org_pk}": one.org_name for one in facts.forces.teams}
    strangers |= {f"org:{one.org_pk}": one.org_name for one in facts.lots.lots}
    strangers |= {f"org:{one.org_pk}": one.org_name for one in facts.carriers.vehicles}
    for name, label in strangers.items():
        yield Owner(name, label)


def cents(price: Decimal) -> int:
    return int(price * CENTS)


def places_of(facts: Facts) -> dict[str, Point]:
    places = {f"team:{force.pk}": force.at for force in facts.forces.teams}
    places |= {vehicle_name(one): one.at for one in facts.carriers.vehicles}
    places |= {store_name(lot): lot.at for lot in facts.lots.lots}
    places |= {one.key: one.at for one in facts.bought if one.at is not None}
    for run in facts.runs:
        places |= {place_name(run, need): need.at for need in run.needs if need.at is not None}
    return places


def legs_of(places: Mapping[str, Point], destinations: Iterable[str], ways: Journeys) -> Iterator[Leg]:
    """Yield the journeys along roads to where something is needed; what is not along roads is left to be estimated."""
    for destination in dict.fromkeys(destinations):
        end = places[destination]
        if not ways.is_beside_road(end):
            continue
        for name, start in places.items():
            if name != destination and not name.startswith(("run:", "vehicle:")):
                travel, is_by_road = ways(start, end)
                if is_by_road:
                    yield Leg(name, destination, round(travel.total_seconds()))
