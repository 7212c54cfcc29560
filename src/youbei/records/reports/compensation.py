"""What was used of an agreement in an incident, and the statement of what is owed for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from youbei import content
from youbei.engine.access import Permission
from youbei.engine.agreements import Basis, Rate, Statement, Use, Validity, statement, validity
from youbei.engine.text import Text
from youbei.records.models import (
    Agreement,
    AgreementRate,
    Assignment,
    Compensation,
    Incident,
    Organisation,
    Run,
    User,
)
from youbei.records.reports.call_offs import USED, people_in, uses_called_off

OFFERED = 20


def rates_of(agreement: Agreement) -> list[Rate]:
    rows = AgreementRate.objects.filter(agreement=agreement, retired_at__isnull=True).select_related("item")
    return [
        Rate(
            code=row.code,
            name=Text(row.name_zh, row.name_en),
            basis=Basis(row.basis),
            amount=row.amount,
            item=row.item.code if row.item else "",
        )
        for row in rows.order_by("pk")
    ]


@dataclass(frozen=True, slots=True)
class Sides:
    """Who helped and who was helped, by their places in the tree."""

    helper: Organisation
    helped: Organisation


def sides_of(agreement: Agreement, incident: Incident) -> Sides | None:
    """Return who helped whom; None where the agreement has nothing to do with the incident.

    Either party may be the one that was helped: the one in whose subtree the incident is. Where one party stands above
    the other, the lower one owns what lies in its own subtree.
    """
    partner, own = agreement.partner, agreement.organisation
    if partner is None:
        return None
    is_partners = incident.org_path.startswith(partner.path)
    is_own = incident.org_path.startswith(own.path)
    if is_partners and (not is_own or len(partner.path) > len(own.path)):
        return Sides(helper=own, helped=partner)
    return Sides(helper=partner, helped=own) if is_own else None


def holds_at(agreement: Agreement, at: datetime) -> bool:
    """Say whether an agreement is in force on the day of a moment."""
    found = validity(agreement.valid_from, agreement.valid_until, timezone.localtime(at).date())
    return agreement.retired_at is None and found in (Validity.VALID, Validity.ENDING)


def settled_elsewhere(agreement: Agreement, incident: Incident) -> dict[str, str]:
    """Return what is charged for this incident under other agreements: the key of a use -> the agreement's code."""
    rows = Compensation.objects.filter(incident=incident).exclude(agreement=agreement).select_related("agreement")
    return {line["use"]: row.agreement.code for row in rows for line in row.lines["lines"] if line.get("use")}


def uses_of(agreement: Agreement, incident: Incident) -> list[Use]:
    """Return what the helping side sent to the incident's real responses: teams, and goods that arrived."""
    called_off = uses_called_off(agreement, incident)
    sides = sides_of(agreement, incident)
    if sides is None or incident.mode != Incident.Mode.REAL:
        return called_off
    rows = Assignment.objects.filter(run__incident=incident, run__mode=Run.Mode.REAL)
    theirs = Q(team__org_path__startswith=sides.helper.path) | Q(lot__org_path__startswith=sides.helper.path)
    theirs |= Q(lot__agreement=agreement) | Q(aid__agreement=agreement)
    rows = rows.filter(theirs).select_related("team", "lot__item", "lot__site", "aid__call_off")
    if sides.helped.path.startswith(sides.helper.path):
        # The helper stands above: what belongs to the helped unit itself is not help.
        rows = rows.exclude(team__org_path__startswith=sides.helped.path)
        rows = rows.exclude(lot__org_path__startswith=sides.helped.path)
    assigned = [use for row in rows.order_by("assigned_at", "pk") for use in uses_in(row)]
    return [*counted_once(called_off, assigned), *assigned]


def counted_once(called_off: Sequence[Use], assigned: Sequence[Use]) -> list[Use]:
    """Leave out what was called off and then assigned in the response too: that is one help, told of twice."""
    teams = sum(use.is_team for use in assigned)
    goods: dict[str, Decimal] = {}
    for use in assigned:
        goods[use.item] = goods.get(use.item, Decimal(0)) + use.quantity
    kept: list[Use] = []
    for use in called_off:
        if use.is_team:
            teams -= 1
            kept += [use] if teams < 0 else []
            continue
        same = min(use.quantity, goods.get(use.item, Decimal(0)))
        goods[use.item] = goods.get(use.item, Decimal(0)) - same
        kept += [replace(use, quantity=use.quantity - same)] if use.quantity > same else []
    return kept


def uses_in(row: Assignment) -> list[Use]:
    """Return an assignment as uses: help on request may be several teams at once."""
    if row.aid is None:
        use = use_of(row)
        return [] if use is None else [use]
    if row.arrived_at is None and row.released_at is not None:
        return []
    catalogue = content.capabilities() if row.aid.capability else content.items()
    known = catalogue.get(row.aid.capability or row.aid.item)
    name = Text(row.label, row.label) if known is None else known.name
    if row.aid.capability:
        teams, called = round(row.quantity), row.aid.call_off
        people = [people_in(called, number, teams) if called else 0 for number in range(teams)]
        return [
            Use(name, row.assigned_at, row.released_at, people=count, key=f"assignment:{row.pk}:{number}")
            for number, count in enumerate(people)
        ]
    quantity = Decimal(str(row.quantity))
    key = f"assignment:{row.pk}"
    return [Use(name, row.assigned_at, row.arrived_at, item=row.aid.item, quantity=quantity, key=key)]


def use_of(row: Assignment) -> Use | None:
    """Return an assignment as a use; goods that never arrived were not used."""
    if row.team is not None:
        name = Text(row.team.name_zh, row.team.name_en)
        return Use(name, row.assigned_at, row.released_at, people=row.team.strength, key=f"assignment:{row.pk}")
    if row.lot is None or (row.arrived_at is None and row.released_at is not None):
        return None
    item = row.lot.item
    return Use(
        Text(item.name_zh, item.name_en),
        row.assigned_at,
        row.arrived_at,
        item=item.code,
        quantity=Decimal(str(row.quantity)),
        key=f"assignment:{row.pk}",
    )


def statement_for(agreement: Agreement, incident: Incident) -> Statement:
    """Price what was sent while the agreement was in force and is not charged under another one already.

    One that ends midway settles what was sent before.
    """
    uses, elsewhere = uses_of(agreement, incident), settled_elsewhere(agreement, incident)
    settled = tuple(use for use in uses if use.key in elsewhere)
    outside = tuple(use for use in uses if use.key not in elsewhere and not holds_at(agreement, use.since))
    rest = [use for use in uses if use.key not in elsewhere and holds_at(agreement, use.since)]
    return replace(statement(rates_of(agreement), rest), outside=outside, settled=settled)


def incidents_to_settle(agreement: Agreement, user: User) -> Sequence[Incident]:
    """Return the real incidents in which the agreement was used and that have no statement yet, newest first."""
    called = agreement.call_offs.filter(state__in=USED, mode=Incident.Mode.REAL, incident__isnull=False)
    used = Q(pk__in=called.values("incident"))
    if agreement.partner is not None:
        own, theirs = agreement.organisation.path, agreement.partner.path
        used |= Q(runs__assignments__team__org_path__startswith=own)
        used |= Q(runs__assignments__team__org_path__startswith=theirs)
        used |= Q(runs__assignments__lot__agreement=agreement) | Q(runs__assignments__aid__agreement=agreement)
        used |= Q(runs__assignments__lot__org_path__startswith=theirs)
    rows = Incident.objects.visible_to(user).filter(used, mode=Incident.Mode.REAL)
    rows = rows.exclude(compensations__agreement=agreement).distinct().order_by("-known_at", "-pk")
    found = {one: statement_for(agreement, one) for one in rows[:OFFERED]}
    return [one for one, owed in found.items() if owed.lines or owed.unpriced or owed.running]


def visible_statement(pk: int, user: User) -> Compensation | None:
    """Return a statement that a user may see: either side sees it."""
    row = (
        Compensation.objects.select_related("agreement__organisation", "agreement__partner", "incident")
        .filter(pk=pk)
        .first()
    )
    if row is None:
        return None
    paths = [row.org_path, *([row.agreement.partner.path] if row.agreement.partner else [])]
    return row if any(user.may(Permission.SEE, path) for path in paths) else None


def as_lines(found: Statement) -> dict[str, object]:
    """Return a statement as it is kept: what it says stays, whatever is changed in the registers later."""
    return {
        "lines": [
            {
                "what": {"zh": line.what.zh, "en": line.what.en},
                "rate": {"zh": line.rate.zh, "en": line.rate.en},
                "basis": line.basis.value,
                "amount": str(line.amount),
                "price": str(line.price),
                "total": str(line.total),
                "use": line.use,
            }
            for line in found.lines
        ],
        "unpriced": [kept(use) for use in found.unpriced],
        "outside": [kept(use) for use in found.outside if use.until is not None],
    }


def kept(use: Use) -> dict[str, object]:
    amount = str(use.quantity) if use.item else str(use.hours)
    return {"zh": use.what.zh, "en": use.what.en, "item": use.item, "amount": amount}
