"""What today's registers let the plan checker know: who and what there is, beside the names and the law."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime

from django.db.models import Count, F, Q, Sum

from youbei import content
from youbei.content.checking import known_by_content
from youbei.engine.places import Point
from youbei.engine.plans.check import Held, Known
from youbei.engine.plans.model import Plan
from youbei.records.measured import measured_of_plan
from youbei.records.models import (
    Capability,
    DutyShift,
    Item,
    Organisation,
    Person,
    Post,
    PostHolding,
    Site,
    StockLot,
    TeamCapability,
)
from youbei.records.models import Plan as PlanRow
from youbei.records.nearby import world_for
from youbei.records.reports.sites import is_shut, standings


def known_by_registers(plan: Plan, now: datetime) -> Known:
    """Return what a plan can be checked against today: only what it names is read, so registers may be large."""
    known = known_by_content(now.date())
    needs = [need for step in plan.steps for need in step.needs]
    return replace(
        known,
        organisations=frozenset(Organisation.objects.values_list("code", flat=True)),
        posts=posts_today(now),
        fresh_teams=teams_fresh(now),
        fresh_items=stock_today({need.item for need in needs}, now.date(), since=fresh_since("lot", now)),
        stale_sites=sites_stale({need.place for need in needs}, now),
        closed_sites=sites_closed({need.place for need in needs}, now),
        persons=persons_today(),
        qualifications=None,
        capabilities={**dict.fromkeys(known.capabilities or (), 0), **teams_today()},
        items={**dict.fromkeys(known.items or (), 0.0), **stock_today({need.item for need in needs}, now.date())},
        sites=frozenset(Site.objects.values_list("code", flat=True)),
        plans=frozenset(PlanRow.objects.filter(is_withdrawn=False).values_list("code", flat=True)) | {plan.id},
        measured=measured_of_plan(plan.id),
        world=world_for(plan, place_of(plan), today=now.date()),
    )


def place_of(plan: Plan) -> Point | None:
    """Return where the plan expects the incident: the first scenario with a place, else its organisation."""
    place = next((scenario.place for scenario in plan.scenarios if scenario.place is not None), None)
    if place is not None:
        return place
    unit = Organisation.objects.filter(code=plan.organisation, lat__isnull=False, lon__isnull=False).first()
    return Point(unit.lat, unit.lon) if unit and unit.lat is not None and unit.lon is not None else None


def posts_today(now: datetime) -> dict[str, Held]:
    """Return every post with whether somebody holds it, or is on duty at it, and their certificates together."""
    certificates: dict[int, set[str]] = defaultdict(set)
    filled: set[int] = set()
    fresh: set[int] = set()
    since = fresh_since("person", now)
    open_now = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    holdings = PostHolding.objects.filter(open_now, starts_at__lte=now).values_list(*HELD)
    shifts = DutyShift.objects.filter(starts_at__lte=now, ends_at__gt=now).values_list(*HELD)
    for post, qualifications, confirmed_at in (*holdings, *shifts):
        filled.add(post)
        if confirmed_at is not None and confirmed_at > since:
            fresh.add(post)
        certificates[post].update(qualifications or ())
    return {
        code: Held(pk in filled, pk in fresh, frozenset(certificates.get(pk, ())))
        for pk, code in Post.objects.values_list("pk", "code")
    }


HELD = ("post", "person__qualifications", "person__confirmed_at")


def fresh_since(register: str, now: datetime) -> datetime:
    """Return the moment since which a confirmation counts in a register."""
    return now - (content.registers()[register].fresh_for or now - now)


def teams_fresh(now: datetime) -> dict[str, int]:
    """Return how many available teams of each capability were confirmed lately, none included."""
    counts = dict.fromkeys(Capability.objects.values_list("code", flat=True), 0)
    rows = TeamCapability.objects.filter(is_available=True, team__confirmed_at__gt=fresh_since("team", now))
    counted = rows.values("capability__code").annotate(teams=Count("pk"))
    return counts | {row["capability__code"]: row["teams"] for row in counted}


def sites_stale(codes: set[str], now: datetime) -> frozenset[str]:
    """Return which of these sites nobody has confirmed lately."""
    fresh = Site.objects.filter(code__in=codes, confirmed_at__gt=fresh_since("site", now))
    known = Site.objects.filter(code__in=codes)
    return frozenset(known.values_list("code", flat=True)) - frozenset(fresh.values_list("code", flat=True))


def sites_closed(codes: set[str], now: datetime) -> frozenset[str]:
    """Return which of these sites serve nobody today: retired, set to closed, or under repair."""
    sites = {site.pk: site for site in Site.objects.filter(code__in=codes)}
    return frozenset(
        sites[pk].code for pk, found in standings(sites.values(), now).items() if is_shut(sites[pk], found)
    )


def persons_today() -> dict[str, Held]:
    rows = Person.objects.values_list("code", "qualifications")
    return {code: Held(qualifications=frozenset(qualifications or ())) for code, qualifications in rows}


def teams_today() -> dict[str, int]:
    """Return how many teams are available for each capability in the register, none included."""
    counts = dict.fromkeys(Capability.objects.values_list("code", flat=True), 0)
    rows = TeamCapability.objects.filter(is_available=True).values("capability__code").annotate(teams=Count("pk"))
    return counts | {row["capability__code"]: row["teams"] for row in rows}


def stock_today(items: set[str], today: date, since: datetime | None = None) -> dict[str, float]:
    """Return the free quantity of each item asked for, in lots that have not expired; `since`: confirmed after that."""
    usable = Q(expires_on__isnull=True) | Q(expires_on__gte=today)
    counts = dict.fromkeys(Item.objects.values_list("code", flat=True), 0.0)
    lots = StockLot.objects.filter(usable, item__code__in=items)
    rows = (lots if since is None else lots.filter(confirmed_at__gt=since)).values("item__code")
    return counts | {
        row["item__code"]: float(row["free"]) for row in rows.annotate(free=Sum(F("quantity") - F("reserved")))
    }
