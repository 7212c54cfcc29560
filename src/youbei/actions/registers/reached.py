"""Note whether a way to reach somebody worked, and let certificates count from their day until they expire."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from youbei.actions.permit import require
from youbei.actions.registers.history import log_change
from youbei.engine.access import Permission
from youbei.records.models import ContactWay, Qualification, User
from youbei.records.registers.follow import count_certificates
from youbei.records.registers.tables import register_called

AT_ONCE = 500
# Assumption: the worker of an installation is never away for longer.
LONGEST_AWAY = timedelta(days=400)


@transaction.atomic
def note_reached(*, way: ContactWay, is_reached: bool, by: User | None, now: datetime) -> ContactWay:
    """Note that somebody was, or was not, reached by this way just now."""
    require(by, Permission.SEE_PERSONAL, way.org_path)
    if is_reached:
        way.last_ok_at = way.confirmed_at = now
    else:
        way.last_failed_at = now
    way.save(update_fields=["last_ok_at", "last_failed_at", "confirmed_at"])
    more = {"reached": is_reached}
    log_change(register_called("contact_way"), way, "record.reached", by=by, now=now, more=more)
    return way


def note_delivery(*, recipient: str, address: str, is_through: bool, now: datetime) -> None:
    """Note what a delivery has shown of the address of a person (`person:<id>`)."""
    kind, _, key = recipient.partition(":")
    if kind != "person" or not key.isdecimal() or not address:
        return
    ways = ContactWay.objects.filter(person_id=int(key), address=address)
    ways.update(**({"last_ok_at": now} if is_through else {"last_failed_at": now}))


def let_certificates_count(today: date) -> int:
    """Let certificates that ended before today count no longer, and those that begin today; return of how many persons.

    `Qualification.is_counted` is as it was when somebody last saved a certificate of the person, or as this left it.
    """
    ended = Q(is_counted=True, expires_on__lt=today)
    lasts = Q(expires_on__isnull=True) | Q(expires_on__gte=today)
    begun = lasts & Q(
        is_counted=False, retired_at__isnull=True, issued_on__lte=today, issued_on__gte=today - LONGEST_AWAY
    )
    persons: set[int] = set()
    for changed in (ended, begun):
        persons |= set(Qualification.objects.filter(changed).values_list("person_id", flat=True)[:AT_ONCE])
    if persons:
        count_certificates(sorted(persons), today)
    return len(persons)
