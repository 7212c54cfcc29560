"""What real has stopped an exercise, or one unit's part in it, as somebody may know of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from youbei.engine.access import Permission
from youbei.engine.text import Text
from youbei.records.models import Exercise, Incident, User
from youbei.records.reports.exercises import UNDER_WAY
from youbei.records.reports.names import name_of

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Stopped:
    """One interruption. `unit` is whose part stopped, None the whole; the incident only where one may see it."""

    unit_pk: int | None
    unit: Text
    why: str
    subject: str
    incident_pk: int | None
    incident: Text
    at: datetime
    lifted_at: datetime | None
    reason: str
    is_own: bool

    @property
    def is_open(self) -> bool:
        return self.lifted_at is None


def interruptions_of(row: Exercise, user: User) -> list[Stopped]:
    """Return what broke into an exercise, the newest first.

    That of a unit is known to who leads the exercise and to who answers for that unit; why, and which incident, only
    to who may see that incident, or led by the unit itself.
    """
    leads = user.may(Permission.RUN_EXERCISE, row.org_path)
    rows = row.interruptions.select_related("unit__organisation", "incident").order_by("-pk")[:SHOWN]
    found = []
    for one in rows:
        is_own = leads if one.unit is None else user.may(Permission.RUN_EXERCISE, one.unit.org_path)
        if one.unit is not None and not (is_own or leads):
            continue
        seen = one.incident is not None and user.may(Permission.SEE, one.incident.org_path)
        knows = seen or is_own
        found.append(
            Stopped(
                unit_pk=one.unit_id,
                unit=name_of(one.unit.organisation) if one.unit else Text(),
                why=one.why if knows else "",
                subject=one.subject if knows else "",
                incident_pk=one.incident_id if seen else None,
                incident=numbered(one.incident) if seen and one.incident else Text(),
                at=one.at,
                lifted_at=one.lifted_at,
                reason=one.reason,
                is_own=is_own,
            )
        )
    return found


def numbered(incident: Incident) -> Text:
    named = incident.named
    return Text(f"{incident.number} {named.zh}", f"{incident.number} {named.en}")


def real_open(row: Exercise, user: User) -> list[Incident]:
    """Return the real incidents that a user may see and name when calling out that something is real."""
    if row.status not in UNDER_WAY:
        return []
    seen = Incident.objects.visible_to(user).filter(mode=Incident.Mode.REAL, status=Incident.Status.OPEN)
    return list(seen.order_by("-reported_at", "-pk")[:SHOWN])


def is_stopped_for(row: Exercise, user: User) -> bool:
    """Say whether an exercise has stopped for everybody, or for each unit that this user answers for or plays in."""
    if row.status == Exercise.Status.SUSPENDED:
        return True
    if row.status not in UNDER_WAY or user.may(Permission.RUN_EXERCISE, row.org_path):
        return False
    units = list(row.units.filter(state__in=("accepted", "away")))
    mine = [one for one in units if user.may(Permission.RUN_EXERCISE, one.org_path)]
    if user.person is not None:
        listed = set(row.participants.filter(ref=f"person:{user.person.code}").values_list("unit_id", flat=True))
        if None in listed:
            return False
        mine += [one for one in units if one.pk in listed]
    return bool(mine) and all(one.state == "away" for one in mine)
