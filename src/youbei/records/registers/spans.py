"""Keep the dated tree in line: close what a unit was and open what it has become. A few statements for thousands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from youbei.records.models import Organisation, OrganisationSpan

AT_ONCE = 1000
State = tuple[int | None, str, str, str, str, str]


def state_of(row: Organisation) -> State | None:
    """Return what a unit is; None where it is out of use."""
    if row.retired_at is not None:
        return None
    return (row.parent_id, row.name_zh, row.name_en, row.kind, row.division, row.path)


def state_then(span: OrganisationSpan) -> State:
    return (span.parent_pk, span.name_zh, span.name_en, span.kind, span.division, span.path)


def note_units(units: Iterable[Organisation], at: datetime) -> None:
    """Note what these units are from a moment on. What they were stays, up to then."""
    for rows in batches(units):
        note_batch(rows, at)


def note_under(path: str, at: datetime) -> None:
    note_units(Organisation.objects.filter(path__under=path).order_by("pk").iterator(AT_ONCE), at)


def batches(units: Iterable[Organisation]) -> Iterator[list[Organisation]]:
    batch: list[Organisation] = []
    for unit in units:
        batch.append(unit)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def note_batch(rows: list[Organisation], at: datetime) -> None:
    still_open = OrganisationSpan.objects.filter(unit__in=[row.pk for row in rows], ends_at=None)
    known = {span.unit_id: span for span in still_open}
    closed: list[OrganisationSpan] = []
    void: list[OrganisationSpan] = []
    opened: list[OrganisationSpan] = []
    for row in rows:
        span, state = known.get(row.pk), state_of(row)
        if span is not None and state_then(span) == state:
            continue
        # A moment that lies before the last change is taken as that change's: a span never ends before it begins.
        begins = at if span is None else max(at, span.begins_at)
        if span is not None:
            (void if span.begins_at == begins else closed).append(span)
            span.ends_at = begins
        if state is not None:
            opened.append(span_from(row, begins))
    OrganisationSpan.objects.filter(pk__in=[span.pk for span in void]).delete()
    OrganisationSpan.objects.bulk_update(closed, ["ends_at"], batch_size=500)
    OrganisationSpan.objects.bulk_create(opened, batch_size=500)


def span_from(row: Organisation, begins_at: datetime) -> OrganisationSpan:
    return OrganisationSpan(
        unit_id=row.pk,
        parent_pk=row.parent_id,
        name_zh=row.name_zh,
        name_en=row.name_en,
        kind=row.kind,
        division=row.division,
        path=row.path,
        begins_at=begins_at,
    )


def disagreements() -> Iterator[str]:
    """Yield the codes of units whose open span says something else than the unit: there should be none."""
    for rows in batches(Organisation.objects.order_by("pk").iterator(AT_ONCE)):
        still_open = OrganisationSpan.objects.filter(unit__in=[row.pk for row in rows], ends_at=None)
        known = {span.unit_id: state_then(span) for span in still_open}
        yield from (row.code for row in rows if known.get(row.pk) != state_of(row))
