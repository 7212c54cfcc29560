"""What is known about the trust that is put into persons: vettings that count, and conflicts of interest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from youbei.records.models import Conflict, Vetting


@dataclass(frozen=True, slots=True)
class VettingState:
    """For which purposes a person has passed a vetting that counts on a day, and which conflicts hold on it."""

    passed: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    conflicts: tuple[str, ...] = field(default=())


def vetting_state(person_ids: Iterable[int], on: date) -> Mapping[int, VettingState]:
    """Return the state of each person on a day. The latest vetting of a purpose decides; one that has ended is none."""
    ids = list(person_ids)
    latest: dict[tuple[int, str], bool] = {}
    counts = Q(valid_until__isnull=True) | Q(valid_until__gte=on)
    for row in Vetting.objects.filter(person__in=ids, vetted_on__lte=on, retired_at__isnull=True).order_by("vetted_on"):
        still = row.valid_until is None or row.valid_until >= on
        latest[row.person_id, row.scope] = row.result != "failed" and still
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=on)
    conflicts: dict[int, list[str]] = {}
    for conflict in Conflict.objects.filter(begun, counts, person__in=ids, retired_at__isnull=True).order_by("pk"):
        conflicts.setdefault(conflict.person_id, []).append(conflict.kind)
    return {
        pk: VettingState(
            passed=frozenset(scope for (person, scope), is_good in latest.items() if person == pk and is_good),
            failed=frozenset(scope for (person, scope), is_good in latest.items() if person == pk and not is_good),
            conflicts=tuple(conflicts.get(pk, ())),
        )
        for pk in ids
    }
