"""Say of requirements which of them count, so that what is required in a province is a sum of a column.

The bases of one organisation for one item are yardsticks for the same stock: the largest counts. Which that is depends
on all requirements of that organisation for that item, and on the day. Triggers mark what has changed, in the
transaction of the change; it is weighed before the next time that somebody adds up.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from youbei.engine.stock.requirement import HOURS, largest_basis
from youbei.records.insert import update_rows
from youbei.records.models import Requirement, YardstickDue

AT_ONCE = 500
LATER = 9999
Pair = tuple[int, int]


def weigh_due(today: date, *, most: int | None = None) -> bool:
    """Weigh what was marked, or has run out since; say whether nothing is left. `most` pairs are weighed, else all."""
    done = 0
    while most is None or done < most:
        weighed = weigh_some(today)
        done += weighed
        if not weighed:
            return True
    return not YardstickDue.objects.exists()


@transaction.atomic
def weigh_some(today: date) -> int:
    """Weigh some of the pairs that wait, in one transaction with taking their marks away; return how many."""
    marks = list(YardstickDue.objects.select_for_update(skip_locked=True).order_by("pk")[:AT_ONCE])
    pairs = {(mark.item_pk, mark.unit_pk) for mark in marks}
    run_out = Requirement.objects.filter(valid_until__lt=today, yardstick_h__isnull=False).order_by("valid_until")
    pairs.update(run_out.values_list("item_id", "organisation_id")[:AT_ONCE])
    if not pairs:
        return 0
    YardstickDue.objects.filter(pk__in=[mark.pk for mark in marks]).delete()
    weigh(sorted(pairs), today)
    return len(pairs)


def weigh(pairs: Sequence[Pair], today: date) -> None:
    """Write onto the requirements of organisations for items by which hour each counts, or that it does not."""
    wanted = set(pairs)
    rows = Requirement.objects.filter(
        item_id__in={item for item, _ in pairs}, organisation_id__in={unit for _, unit in pairs}
    )
    found: dict[Pair, list[Requirement]] = {}
    for row in rows.order_by("pk"):
        if (row.item_id, row.organisation_id) in wanted:
            found.setdefault((row.item_id, row.organisation_id), []).append(row)
    changed = []
    for some in found.values():
        standing = [row for row in some if is_in_force(row, today)]
        winner = largest_basis((basis_of(row), row.quantity) for row in standing) if standing else ""
        counting = {row.pk for row in standing if basis_of(row) == winner}
        for row in some:
            said = hour_of(row.within_h) if row.pk in counting else None
            if row.yardstick_h != said:
                changed.append({"id": row.pk, "yardstick_h": said})
    update_rows(Requirement, changed, key=("id",))


def is_in_force(row: Requirement, today: date) -> bool:
    return row.retired_at is None and (row.valid_until is None or row.valid_until >= today)


def in_force(today: date) -> Q:
    """Select the requirements that hold on a day."""
    return Q(retired_at__isnull=True) & (Q(valid_until__isnull=True) | Q(valid_until__gte=today))


def basis_of(row: Requirement) -> str:
    """Return the basis of a requirement: derived and hand-made figures on the same one are two yardsticks."""
    return f"{row.basis}+" if row.source else row.basis


def hour_of(within_h: Decimal) -> int:
    """Return the first of the hours that are looked at by which it must be there."""
    return next((hour for hour in HOURS if within_h <= hour), LATER)
