"""What today's registers let the plan checker know: who and what there is, beside the names and the law."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from youbei import content
from youbei.content.checking import known_by_content
from youbei.engine.places import Point
from youbei.engine.plans.check import Held, Known
from youbei.engine.plans.check.people import code_of
from youbei.engine.plans.model import HolderKind, Plan
from youbei.engine.stock.fefo import USABLE
from youbei.engine.text import Text
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
from youbei.records.reports.names import name_of
from youbei.records.reports.sites import is_shut, standings

# A register no larger than this is known as a whole. Assumption: nobody looks through more for the code that was meant.
FEW = 500
# Of what a larger register does not have, so many codes are looked up, and so many neighbours of each on either side.
MOST_MISSING, NEIGHBOURS = 20, 50


def known_by_registers(plan: Plan, now: datetime) -> Known:
    """Return what a plan can be checked against today: only what it names is read, so registers may be large."""
    known = known_by_content(now.date())
    needs = [need for step in plan.steps for need in step.needs]
    capabilities = {need.capability for need in needs}
    named = named_in(plan)
    posts = codes_like(Post.objects.all(), named.posts)
    return replace(
        known,
        organisations=codes_like(Organisation.objects.all(), named.agencies),
        posts=posts_today(posts, now),
        fresh_teams=teams_fresh(capabilities, now),
        fresh_items=stock_today({need.item for need in needs}, now.date(), since=fresh_since("lot", now)),
        stale_sites=sites_stale({need.place for need in needs}, now),
        closed_sites=sites_closed({need.place for need in needs}, now),
        persons=persons_today(codes_like(Person.objects.all(), named.persons)),
        qualifications=None,
        capabilities={**dict.fromkeys(known.capabilities or (), 0), **teams_today(capabilities)},
        items={**dict.fromkeys(known.items or (), 0.0), **stock_today({need.item for need in needs}, now.date())},
        sites=codes_like(Site.objects.all(), {need.place for need in needs} - {"incident"}),
        plans=codes_like(PlanRow.objects.filter(is_withdrawn=False), {one.plan for one in plan.links}) | {plan.id},
        measured=measured_of_plan(plan.id),
        world=world_for(plan, place_of(plan), today=now.date()),
        names={**known.names, **names_today(posts, {need.place for need in needs})},
    )


@dataclass(frozen=True, slots=True)
class Named:
    """The codes of organisations, posts and persons that a plan names."""

    agencies: set[str]
    posts: set[str]
    persons: set[str]


def named_in(plan: Plan) -> Named:
    named = Named(agencies={plan.organisation, plan.superior} - {""}, posts=set(), persons=set())
    sets = {HolderKind.AGENCY: named.agencies, HolderKind.PERSON: named.persons}
    for post in plan.posts:
        for holder in (*((post.holder,) if post.holder else ()), *post.deputies):
            sets.get(holder.kind, named.posts).add(code_of(holder))
    for step in plan.steps:
        for to in (*(tell.to for tell in step.tells), *(report.to for report in step.reports)):
            kind, _, code = to.partition(":")
            by_word = {"agency": named.agencies, "person": named.persons}
            if code:
                by_word.get(kind, named.posts).add(code)
            elif "/" in to:
                named.posts.add(to)
    return named


def codes_like(rows: QuerySet[Any], named: set[str]) -> frozenset[str]:
    """Return the codes of a register that a plan may mean: all of a small one, else what it names, and neighbours.

    The neighbours, in the order of codes, are of what the register does not have: one of them may have been meant.
    """
    few = list(rows.order_by("code").values_list("code", flat=True)[: FEW + 1])
    if len(few) <= FEW:
        return frozenset(few)
    known = set(rows.filter(code__in=named).values_list("code", flat=True))
    for code in sorted(named - known)[:MOST_MISSING]:
        known.update(rows.filter(code__gt=code).order_by("code").values_list("code", flat=True)[:NEIGHBOURS])
        known.update(rows.filter(code__lt=code).order_by("-code").values_list("code", flat=True)[:NEIGHBOURS])
    return frozenset(known)


def names_today(posts: Collection[str], sites: Collection[str]) -> dict[str, Text]:
    """Return what posts and sites are called, by their codes; a post with its organisation."""
    names = {site.code: name_of(site) for site in Site.objects.filter(code__in=sites)}
    for post in Post.objects.filter(code__in=posts).select_related("organisation"):
        unit, name = name_of(post.organisation), name_of(post)
        names[post.code] = Text(f"{unit.zh}{name.zh}", f"{name.en}, {unit.en}")
    return names


def place_of(plan: Plan) -> Point | None:
    """Return where the plan expects the incident: the first scenario with a place, else its organisation."""
    place = next((scenario.place for scenario in plan.scenarios if scenario.place is not None), None)
    if place is not None:
        return place
    unit = Organisation.objects.filter(code=plan.organisation, lat__isnull=False, lon__isnull=False).first()
    return Point(unit.lat, unit.lon) if unit and unit.lat is not None and unit.lon is not None else None


def posts_today(codes: Collection[str], now: datetime) -> dict[str, Held]:
    """Return posts with whether somebody holds it, or is on duty at it, and their certificates together."""
    certificates: dict[int, set[str]] = defaultdict(set)
    filled: set[int] = set()
    fresh: set[int] = set()
    since = fresh_since("person", now)
    open_now = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    holdings = PostHolding.objects.filter(open_now, starts_at__lte=now, post__code__in=codes).values_list(*HELD)
    shifts = DutyShift.objects.filter(starts_at__lte=now, ends_at__gt=now, post__code__in=codes).values_list(*HELD)
    for post, qualifications, confirmed_at in (*holdings, *shifts):
        filled.add(post)
        if confirmed_at is not None and confirmed_at > since:
            fresh.add(post)
        certificates[post].update(qualifications or ())
    return {
        code: Held(pk in filled, pk in fresh, frozenset(certificates.get(pk, ())))
        for pk, code in Post.objects.filter(code__in=codes).values_list("pk", "code")
    }


HELD = ("post", "person__qualifications", "person__confirmed_at")


def fresh_since(register: str, now: datetime) -> datetime:
    """Return the moment since which a confirmation counts in a register."""
    return now - (content.registers()[register].fresh_for or now - now)


def teams_fresh(capabilities: set[str], now: datetime) -> dict[str, int]:
    """Return how many available teams of these capabilities were confirmed lately; of others none."""
    counts = dict.fromkeys(Capability.objects.values_list("code", flat=True), 0)
    rows = TeamCapability.objects.filter(is_available=True, capability__code__in=capabilities)
    fresh = rows.filter(team__confirmed_at__gt=fresh_since("team", now))
    counted = fresh.values("capability__code").annotate(teams=Count("pk"))
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


def persons_today(codes: Collection[str]) -> dict[str, Held]:
    rows = Person.objects.filter(code__in=codes).values_list("code", "qualifications")
    return {code: Held(qualifications=frozenset(qualifications or ())) for code, qualifications in rows}


def teams_today(capabilities: set[str]) -> dict[str, int]:
    """Return how many teams are available for these capabilities; for others of the register none."""
    counts = dict.fromkeys(Capability.objects.values_list("code", flat=True), 0)
    able = TeamCapability.objects.filter(is_available=True, capability__code__in=capabilities)
    rows = able.values("capability__code").annotate(teams=Count("pk"))
    return counts | {row["capability__code"]: row["teams"] for row in rows}


def stock_today(items: set[str], today: date, since: datetime | None = None) -> dict[str, float]:
    """Return the free quantity of each item asked for, in usable, unexpired lots; `since`: confirmed after that."""
    usable = Q(expires_on__isnull=True) | Q(expires_on__gte=today)
    counts = dict.fromkeys(Item.objects.values_list("code", flat=True), 0.0)
    lots = StockLot.objects.filter(usable, item__code__in=items, condition__in=USABLE, retired_at=None)
    rows = (lots if since is None else lots.filter(confirmed_at__gt=since)).values("item__code")
    return counts | {
        row["item__code"]: float(row["free"]) for row in rows.annotate(free=Sum(F("quantity") - F("reserved")))
    }
