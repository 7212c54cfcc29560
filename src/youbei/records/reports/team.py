"""A team as it stands: people against roles, equipment against the list, papers, partners and missions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from youbei import content
from youbei.engine.access import Permission
from youbei.engine.agreements import Validity, validity
from youbei.engine.clock import Mode
from youbei.engine.registers.register import Register
from youbei.engine.teams.competence import Candidate, Certificate, Role
from youbei.engine.teams.readiness import Equipment, Lack, Standing, lacks
from youbei.engine.teams.selection import Selection, present_selection
from youbei.engine.teams.turn_out import Measured, Sent, measure
from youbei.engine.text import Text
from youbei.records.models import (
    Agreement,
    Assignment,
    MemberReview,
    Person,
    Qualification,
    Run,
    Team,
    TeamEquipment,
    TeamMember,
    TeamReview,
    TeamRole,
    User,
    Vehicle,
)
from youbei.records.reports.turn_out import measured_of, sent_of
from youbei.records.reports.vetting import vetting_state

MISSIONS_SHOWN = 10
RATED = "result"


@dataclass(frozen=True, slots=True)
class Due:
    """The last review of a kind, of the team or of a member, and when the next is due."""

    pk: int
    register: str
    what: Text
    who: Text
    held_on: date
    held_by: str
    result: Text
    has_passed: bool
    has_failed: bool
    next_due_on: date | None
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """An agreement of the team's unit: with whom, how fast, and whether it holds."""

    pk: int
    name: Text
    other: Text
    response: timedelta | None
    validity: Validity
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class Mission:
    """One time the team was sent, in a run that the reader may see.

    `is_reported` says that its departure was; without that the turn-out follows from the arrival, and `travel` is None.
    """

    run: int
    title: Text
    mode: str
    assigned_at: datetime
    turn_out: timedelta | None
    travel: timedelta | None
    is_reported: bool
    released_at: datetime | None


@dataclass(frozen=True, slots=True)
class TurnOut:
    """Promise and measurement side by side; `planned` is what dispatch reckons with."""

    promised: timedelta
    planned: timedelta
    real: Measured | None
    exercise: Measured | None
    used: Measured | None
    sent: tuple[Sent, ...]


@dataclass(frozen=True, slots=True)
class TeamStanding:
    lacks: tuple[Lack, ...]
    roles: tuple[Role, ...]
    members: tuple[Candidate, ...]
    present: Selection
    equipment: tuple[Equipment, ...]
    vehicles: tuple[Vehicle, ...]
    reviews: tuple[Due, ...]
    agreements: tuple[AgreementLine, ...]
    turn_out: TurnOut
    missions: tuple[Mission, ...]


def team_standing(team: Team, user: User, on: date) -> TeamStanding:
    """Return how a team stands on a day, as far as the user may see it."""
    roles, members = roles_of(team), members_of(team, user, on)
    present = present_selection(roles, members, on)
    equipment = equipment_of(team)
    reviews = reviews_of(team, on)
    observed = sent_of(team)
    of_team = [one for one in reviews if one.register == "team_review"]
    standing = Standing(
        strength=team.strength,
        required_strength=team.required_strength,
        equipment=equipment,
        selection=present,
        insurer=team.insurer,
        insured_until=team.insured_until,
        grade_until=team.grade_until,
        reviews_due=tuple((one.what, one.next_due_on) for one in of_team if one.next_due_on is not None),
        has_passed_last_review=not (of_team and of_team[0].has_failed),
    )
    return TeamStanding(
        lacks=lacks(standing, on),
        roles=tuple(roles),
        members=tuple(members),
        present=present,
        equipment=equipment,
        vehicles=tuple(Vehicle.objects.visible_to(user).filter(team=team, retired_at__isnull=True).order_by("code")),
        reviews=reviews,
        agreements=agreements_of(team, user, on),
        turn_out=TurnOut(
            promised=timedelta(seconds=team.turn_out_s),
            planned=team.planned_turn_out,
            real=measure(observed, Mode.REAL),
            exercise=measure(observed, Mode.EXERCISE),
            used=measured_of(observed),
            sent=tuple(observed),
        ),
        missions=missions_of(team, user),
    )


def roles_of(team: Team) -> list[Role]:
    rows = TeamRole.objects.filter(team=team, retired_at__isnull=True).order_by("pk")
    return [
        Role(
            code=row.code,
            name=Text(row.name_zh, row.name_en),
            needed=row.needed,
            certificates=codes_in(row.qualifications),
            vetting=row.vetting,
        )
        for row in rows
    ]


def codes_in(text: str) -> frozenset[str]:
    """Return the codes that stand in a cell, separated by semicolons or commas of either script."""
    for sign in "；,，、":
        text = text.replace(sign, ";")
    return frozenset(code.strip().lower() for code in text.split(";") if code.strip())


def members_of(team: Team, user: User, on: date) -> list[Candidate]:
    """Return the members of today, each with the role they are entered for."""
    rows = TeamMember.objects.filter(team=team, retired_at__isnull=True).select_related("person")
    rows = rows.filter(Q(left_on__isnull=True) | Q(left_on__gte=on))
    joined = {row.person_id: row.role for row in rows.order_by("pk")}
    people = [row.person for row in rows.order_by("pk")]
    return candidates(people, user, on, roles=joined)


def candidates(
    people: Sequence[Person], user: User, on: date, *, roles: dict[int, str] | None = None
) -> list[Candidate]:
    """Return people with what they hold. Whoever may not see vettings of a person is not told of it here either."""
    joined = roles or {}
    held: dict[int, list[Certificate]] = {person.pk: [] for person in people}
    rows = Qualification.objects.filter(person__in=list(held), retired_at__isnull=True).exclude(issued_on__gt=on)
    for pk, kind, until in rows.values_list("person", "kind", "expires_on"):
        held[pk].append(Certificate(kind, until))
    states = vetting_state(held, on)
    known = {person.pk for person in people if user.may(Permission.VET_PEOPLE, person.org_path)}
    return [
        Candidate(
            id=person.pk,
            name=Text(person.name_zh, person.name_en),
            # What was entered with the person, before there were certificates, counts without an end.
            certificates=(*held[person.pk], *uncertified(person, held[person.pk])),
            vetted=states[person.pk].passed if person.pk in known else None,
            conflicts=states[person.pk].conflicts if person.pk in known else (),
            is_member=person.pk in joined,
            role=joined.get(person.pk, ""),
        )
        for person in people
    ]


def uncertified(person: Person, held: Iterable[Certificate]) -> list[Certificate]:
    known = {one.kind for one in held}
    return [Certificate(kind) for kind in person.qualifications if kind not in known]


def equipment_of(team: Team) -> tuple[Equipment, ...]:
    rows = TeamEquipment.objects.filter(team=team, retired_at__isnull=True).select_related("item").order_by("pk")
    return tuple(
        Equipment(
            item=Text(row.item.name_zh, row.item.name_en),
            unit=Text(row.item.unit_zh, row.item.unit_en),
            required=row.required,
            present=row.present,
            serviceable=row.serviceable,
        )
        for row in rows
    )


def reviews_of(team: Team, on: date) -> tuple[Due, ...]:
    """Return the last review of each kind, overdue ones first; an evaluation is renewed by a re-evaluation."""
    found: dict[tuple[str, str, int], Due] = {}
    described = content.registers()["team_review"]
    for row in TeamReview.objects.filter(team=team, retired_at__isnull=True).order_by("-held_on", "-pk"):
        found.setdefault(("team", row.kind.removeprefix("re_"), 0), due_of(described, row, Text(), on))
    described = content.registers()["member_review"]
    of_members = MemberReview.objects.filter(team=team, retired_at__isnull=True).select_related("person")
    for one in of_members.order_by("-held_on", "-pk"):
        name = Text(one.person.name_zh, one.person.name_en)
        found.setdefault(("member", "", one.person_id), due_of(described, one, name, on))
    latest = sorted(found.values(), key=lambda one: one.held_on, reverse=True)
    return tuple(sorted(latest, key=lambda one: (one.register != "team_review", not one.is_overdue)))


def due_of(described: Register, row: TeamReview | MemberReview, who: Text, on: date) -> Due:
    return Due(
        pk=row.pk,
        register=described.name,
        what=described.field("kind").choice_title(row.kind),
        who=who,
        held_on=row.held_on,
        held_by=row.held_by,
        result=described.field(RATED).choice_title(row.result),
        has_passed=row.result == "passed",
        has_failed=row.result == "failed",
        next_due_on=row.next_due_on,
        is_overdue=row.next_due_on is not None and row.next_due_on < on,
    )


def agreements_of(team: Team, user: User, on: date) -> tuple[AgreementLine, ...]:
    """Return the agreements by which the team's unit serves others or is served, from either side."""
    unit = team.organisation_id
    rows = Agreement.objects.visible_to(user).filter(retired_at__isnull=True)
    rows = rows.filter(Q(organisation=unit) | Q(partner=unit)).select_related("organisation", "partner")
    found = []
    for row in rows.order_by("pk"):
        other = row.organisation if row.partner_id == unit else row.partner
        found.append(
            AgreementLine(
                pk=row.pk,
                name=Text(row.name_zh, row.name_en),
                other=Text(other.name_zh, other.name_en) if other else Text(row.partner_name, row.partner_name),
                response=None if row.response_min is None else timedelta(minutes=float(row.response_min)),
                validity=validity(row.valid_from, row.valid_until, on),
                valid_until=row.valid_until,
            )
        )
    return tuple(found)


def missions_of(team: Team, user: User) -> tuple[Mission, ...]:
    seen = Run.objects.visible_to(user).values("pk")
    rows = Assignment.objects.filter(team=team, run__in=seen).select_related("run__incident")
    return tuple(mission_of(row, sent_as(row, team)) for row in rows.order_by("-assigned_at", "-pk")[:MISSIONS_SHOWN])


def mission_of(row: Assignment, sent: Sent | None) -> Mission:
    return Mission(
        run=row.run_id,
        title=row.run.incident.named,
        mode=row.run.mode,
        assigned_at=row.assigned_at,
        turn_out=None if sent is None else sent.turn_out,
        travel=None if sent is None else sent.travel,
        is_reported=row.departed_at is not None,
        released_at=row.released_at,
    )


def sent_as(row: Assignment, team: Team) -> Sent | None:
    """Return what an assignment shows of the turn-out; None before departure or arrival is reported."""
    if row.arrived_at is None and row.departed_at is None:
        return None
    promised = timedelta(seconds=team.turn_out_s if row.turn_out_s is None else row.turn_out_s)
    return Sent(row.assigned_at, row.expected_at, row.arrived_at, promised, departed_at=row.departed_at)
