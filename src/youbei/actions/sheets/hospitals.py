"""The hospitals of a selection of sites, with their beds, as another system is told of them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import connection, transaction

from youbei.engine.exchange.have import Beds, Hospital, beds_by_total
from youbei.records.models import BedCapacity, Site

AT_ONCE = 500


def hospitals_among(sites: Any) -> Any:
    """Keep the hospitals that somebody has confirmed: of another nothing can be said as of a time."""
    return sites.filter(kind=Site.Kind.HOSPITAL, confirmed_at__isnull=False)


def hospitals(sites: Any, language: str) -> Iterator[Hospital]:
    """Yield what each of the hospitals tells others, in the order of the selection.

    On PostgreSQL it is read within a transaction, as in `exporting.records`.
    """
    with transaction.atomic() if connection.vendor == "postgresql" else contextlib.nullcontext():
        walked = sites.iterator(chunk_size=AT_ONCE)
        while some := list(islice(walked, AT_ONCE)):
            yield from with_beds(some, language)


def with_beds(sites: Sequence[Site], language: str) -> Iterator[Hospital]:
    beds: dict[int, list[Beds]] = {}
    rows = BedCapacity.objects.filter(site__in=[site.pk for site in sites], retired_at=None).order_by("kind", "pk")
    for row in rows:
        beds.setdefault(row.site_id, []).append(Beds(row.kind, row.beds, row.free, row.free_at))
    for site in sites:
        if site.confirmed_at is not None:
            yield Hospital(
                code=site.code,
                name=site.name_in(language),
                lat=site.lat,
                lon=site.lon,
                confirmed_at=site.confirmed_at,
                phone=site.phone,
                operating=site.operating,
                beds=tuple(beds[site.pk]) if site.pk in beds else totals(site),
            )


def totals(site: Site) -> tuple[Beds, ...]:
    return beds_by_total(site.beds, site.beds_icu, site.beds_isolation, site.occupied, site.occupied_at)
