"""Where a unit is written to."""

from __future__ import annotations

from youbei.records.models import ContactWay, Organisation


def address_of(organisation: Organisation) -> str:
    """Return where a unit is written to: its own e-mail, else the first e-mail way of one of its posts."""
    if organisation.email:
        return organisation.email
    ways = ContactWay.objects.filter(post__organisation=organisation, way="email", retired_at__isnull=True)
    return ways.order_by("rank", "id").values_list("address", flat=True).first() or ""
