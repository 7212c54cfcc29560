"""Give items their codes out of the list that the installation loaded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from youbei import content
from youbei.actions.registers.save import save_record
from youbei.engine.errors import Refused
from youbei.records.models import Item, User

AT_ONCE = 500


class NothingToCode(Refused):
    """Refuse where no item is chosen."""


@transaction.atomic
def give_codes(*, by: User | None, now: datetime, codes: Mapping[str, str]) -> int:
    """Write codes onto items (item code -> code of the standard), each as a change of its record; return how many."""
    if not codes:
        raise NothingToCode(zh="没有选取物资。请勾选后再提交。", en="No item is chosen. Tick some and send again.")
    register = content.registers()["item"]
    rows = Item.objects.filter(code__in=list(codes)[:AT_ONCE], retired_at__isnull=True).order_by("pk")
    changed = 0
    for item in rows:
        save_record(register=register, values={"gb_code": codes[item.code]}, by=by, now=now, pk=item.pk, source="codes")
        changed += 1
    return changed
