"""Work out the requirements that follow from plans, head-counts and standards, and keep them in line with these.

Whatever they follow from marks its organisation; the worker derives what is marked. Working it out again changes
nothing where nothing changed. What people entered by hand is left alone.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Sum

from youbei import content
from youbei.actions.registers.keep import retire_record
from youbei.actions.registers.save import write_down
from youbei.engine.plans.model import Stage
from youbei.engine.stock.derived import IN_FORCE, Derived, Standing, from_plan, from_standards, from_standing
from youbei.engine.text import Text
from youbei.records.load import load_plan
from youbei.records.models import DerivationDue, Item, Organisation, Plan, Requirement, SchoolClass, Site
from youbei.records.registers.derivation import mark_due
from youbei.records.registers.follow import follow
from youbei.records.registers.values import values_of
from youbei.records.registers.yardsticks import weigh_due
from youbei.records.reports.names import name_of

PER_TICK = 20
WEIGHED_PER_TICK = 2000
SOURCE = "derived"
REASON = "所依据的预案、人数或标准已变更 / what it followed from has changed"
Figures = dict[str, Decimal]


def derive_marked(now: datetime) -> bool:
    """Derive for the organisations that were marked first; say whether there may be more."""
    waiting = list(DerivationDue.objects.order_by("pk").values_list("pk", flat=True)[:PER_TICK])
    for pk in waiting:
        derive_mark(pk, now)
    return len(waiting) == PER_TICK


def weigh_marked(now: datetime) -> bool:
    """Say of requirements that changed or ran out which count; say whether there may be more."""
    return not weigh_due(now.date(), most=WEIGHED_PER_TICK)


@transaction.atomic
def derive_mark(pk: int, now: datetime) -> None:
    """Take one mark away and derive, in one transaction: a mark that is set meanwhile stays for the next turn."""
    mark = DerivationDue.objects.select_for_update().filter(pk=pk).first()
    if mark is None:
        return
    unit = Organisation.objects.filter(pk=mark.organisation_id).first()
    mark.delete()
    if unit is not None:
        derive_for(unit, now=now)


def derive_all(now: datetime) -> int:
    """Mark every organisation and derive for all of them; return how many there were."""
    mark_due(Organisation.objects.order_by("pk").values_list("pk", flat=True))
    count = DerivationDue.objects.count()
    while derive_marked(now):
        pass
    return count


@transaction.atomic
def derive_for(unit: Organisation, *, now: datetime) -> int:
    """Bring the derived requirements of a unit in line; return how many rows that changed."""
    derived = derived_for(unit)
    items = items_of({one.item for one in derived})
    wanted = {code_of(unit, one): one for one in derived if one.item in items}
    # Rows that came with a merged unit have its codes: they are retired, and what they say follows here anew.
    held = Requirement.objects.select_for_update(of=("self",)).filter(organisation=unit).exclude(source="")
    rows = {row.code: row for row in held}
    changed = sum(keep(unit, items[one.item], one, rows.get(code), now=now) for code, one in sorted(wanted.items()))
    for code, row in sorted(rows.items()):
        if code not in wanted and row.retired_at is None:
            retire_record(register=content.registers()["requirement"], pk=row.pk, reason=REASON, by=None, now=now)
            changed += 1
    return changed


def items_of(codes: set[str]) -> dict[str, Item]:
    """Return the items in use with these codes; of a catalogue of thousands a unit needs few."""
    if not codes:
        return {}
    return {item.code: item for item in Item.objects.filter(code__in=codes, retired_at__isnull=True)}


def derived_for(unit: Organisation) -> list[Derived]:
    """Return what follows for a unit today; a unit out of use must keep nothing."""
    if unit.retired_at is not None:
        return []
    return [*of_plans(unit), *of_heads(unit), *from_standards(content.standards(), kind=unit.kind, sector=unit.sector)]


def of_plans(unit: Organisation) -> Iterable[Derived]:
    plans = Plan.objects.filter(organisation=unit, is_withdrawn=False, current__isnull=False).select_related("current")
    for plan in plans.order_by("pk"):
        if plan.current is not None and Stage(plan.current.stage) in IN_FORCE:
            yield from from_plan(load_plan(plan.current))


def of_heads(unit: Organisation) -> Iterable[Derived]:
    rules = content.standing()
    sites = sites_of(unit, {kind for rule in rules if rule.of == "site" for kind in rule.kinds})
    for rule in rules:
        if rule.of == "organisation" and unit.kind in rule.kinds:
            yield from standing_of(rule, figures_of(unit), subject=unit.code, name=name_of(unit))
        elif rule.of == "site":
            for site in sites:
                if site.kind in rule.kinds:
                    figures = {"capacity": Decimal(site.capacity or 0)}
                    yield from standing_of(rule, figures, subject=site.code, name=name_of(site))


def sites_of(unit: Organisation, kinds: set[str]) -> list[Site]:
    found = Site.objects.filter(organisation=unit, kind__in=kinds, retired_at__isnull=True)
    return list(found.order_by("pk"))


def standing_of(rule: Standing, figures: Figures, *, subject: str, name: Text) -> tuple[Derived, ...]:
    return from_standing(rule, content.needs()[rule.scenario], figures, subject=subject, name=name)


def figures_of(unit: Organisation) -> Figures:
    """Return the heads of a unit: its staff, its classes, and the pupils of one class, rounded up."""
    found = SchoolClass.objects.filter(organisation=unit, retired_at__isnull=True)
    sums = found.aggregate(classes=Count("pk"), pupils=Sum("pupils"))
    classes, pupils = sums["classes"], sums["pupils"] or 0
    each = math.ceil(pupils / classes) if classes else 0
    return {"people": Decimal(unit.employees or 0), "classes": Decimal(classes), "pupils_each": Decimal(each)}


def keep(unit: Organisation, item: Item, one: Derived, row: Requirement | None, *, now: datetime) -> bool:
    """Store one derived requirement; say whether that changed anything."""
    register = content.registers()["requirement"]
    before = values_of(register, row) if row is not None else {}
    is_new, row = row is None, row or Requirement(code=code_of(unit, one), organisation=unit, source=one.key)
    text = f"{one.why.zh} / {one.why.en}"[:400]
    figures = (item.pk, one.quantity, one.within_h, one.basis, text, None, unit.path)
    if not is_new and figures == (
        row.item_id, row.quantity, row.within_h, row.basis, row.basis_text, row.retired_at, row.org_path,
    ):  # fmt: skip
        return False
    row.item, row.quantity, row.within_h, row.basis, row.basis_text = item, *figures[1:5]
    row.org_path, row.retired_at = unit.path, None
    row.confirmed_at, row.confirmed_by = now, SOURCE
    row.save()
    follow(register, [row], now=now)
    write_down(register, row, before, by=None, now=now, source=SOURCE, is_new=is_new)
    return True


def code_of(unit: Organisation, one: Derived) -> str:
    digest = hashlib.sha256(one.key.encode()).hexdigest()[:12]
    return f"derived-{unit.pk}-{digest}"
