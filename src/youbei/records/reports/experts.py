"""Which experts can be asked, nearest first; and what was asked of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from youbei import content
from youbei.engine.access import Permission
from youbei.engine.experts import has_ended, is_away
from youbei.engine.places import Point, distance_m
from youbei.engine.text import Text
from youbei.records.models import Consultation, Expert, Incident, User

OFFERED = 30
LOOKED_AT = 2_000
SHOWN = 10
INCIDENTS_OFFERED = 100


@dataclass(frozen=True, slots=True)
class Offer:
    """An expert who can be asked now. `distance` is in metres, None where either place is unknown."""

    pk: int
    name: Text
    employer: str
    level: Text
    specialties: tuple[Text, ...]
    is_by_telephone: bool
    distance: float | None
    consultations: int


def experts_for(user: User, *, on: date, specialty: str = "", near: Point | None = None) -> list[Offer]:
    """Return who can be asked today about something: in term and not away; nearest first."""
    rows = Expert.objects.visible_to(user).filter(retired_at__isnull=True)
    rows = rows.filter(Q(term_ends_on__isnull=True) | Q(term_ends_on__gte=on)).order_by("org_path", "id")
    able = [
        one
        for one in rows[:LOOKED_AT]
        if (not specialty or specialty in one.specialties) and not is_away(one.availability, one.unavailable_until, on)
    ]
    placed = sorted(((distance_to(one, near), one) for one in able), key=lambda pair: (pair[0] is None, pair[0] or 0))
    chosen = placed[:OFFERED]
    asked = Consultation.objects.visible_to(user).filter(expert__in=[one.pk for _, one in chosen])
    counts: dict[int, int] = {}
    for pk in asked.values_list("expert", flat=True):
        counts[pk] = counts.get(pk, 0) + 1
    return [offer(one, distance, counts.get(one.pk, 0)) for distance, one in chosen]


def distance_to(expert: Expert, near: Point | None) -> float | None:
    if near is None or expert.lat is None or expert.lon is None:
        return None
    return distance_m(Point(expert.lat, expert.lon), near)


def offer(expert: Expert, distance: float | None, consultations: int) -> Offer:
    described = content.registers()["expert"]
    return Offer(
        pk=expert.pk,
        name=Text(expert.name_zh, expert.name_en),
        employer=expert.employer,
        level=described.field("level").choice_title(expert.level) if expert.level else Text(),
        specialties=tuple(described.field("specialties").choice_title(code) for code in expert.specialties),
        is_by_telephone=expert.availability == "limited",
        distance=distance,
        consultations=consultations,
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether an expert can be asked today, and if not, why."""

    is_away: bool
    has_ended: bool

    @property
    def may_be_asked(self) -> bool:
        return not self.is_away and not self.has_ended


def standing_of(expert: Expert, on: date) -> Standing:
    return Standing(
        is_away(expert.availability, expert.unavailable_until, on),
        has_ended(expert.term_ends_on, on) or expert.retired_at is not None,
    )


def consultations_of(expert: Expert, user: User) -> Sequence[Consultation]:
    """Return what was asked of an expert, as far as the user may see it, newest first."""
    rows = Consultation.objects.visible_to(user).filter(expert=expert, retired_at__isnull=True)
    return list(rows.select_related("incident", "organisation").order_by("-asked_at", "-pk")[:SHOWN])


def consultations_for(incident_pk: int) -> Sequence[Consultation]:
    """Return what was asked for an incident, newest first; whoever sees the incident sees this."""
    rows = Consultation.objects.filter(incident=incident_pk, retired_at__isnull=True).select_related("expert")
    return list(rows.order_by("-asked_at", "-pk")[:SHOWN])


def incidents_to_attach_to(user: User) -> Sequence[Incident]:
    """Return the real incidents to which a user may attach an advice, the newest first."""
    rows = Incident.objects.newest_visible_to(user, Permission.REPORT_INCIDENT).filter(mode="real")
    return list(rows.order_by("-reported_at", "-pk")[:INCIDENTS_OFFERED])
