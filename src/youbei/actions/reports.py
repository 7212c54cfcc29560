"""Keep a table of numbers under a name, share it, put it on one's duty desk. What a user looks at is no event."""

from __future__ import annotations

from django.db import transaction

from youbei.actions.permit import not_found
from youbei.actions.views import LONGEST_QUERY
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.registers.register import Register
from youbei.records.models import Organisation, SavedReport, User
from youbei.records.registers.saved_reports import Kept, as_kept, usable_by

MOST_REPORTS = 60
# Assumption: more tables than these make a duty desk unreadable.
MOST_PINNED = 6


class ReportRefused(Refused):
    """Refuse a report that cannot be kept or shown so."""


@transaction.atomic
def save_report(
    *, register: Register, name: str, query: str, by: User, share_with: Organisation | None, is_pinned: bool
) -> Kept:
    """Keep a table, or change one's own of that name. Shared, it belongs to a unit that the user may see."""
    name = name.strip()[:80]
    if not name:
        raise ReportRefused(zh="请给这张统计表起个名字。", en="Give this report a name.")
    if not by.paths_with(register.see):
        raise not_found()
    if len(query) > LONGEST_QUERY:
        raise ReportRefused(
            zh="筛选条件太长，不能保存。请减少条件。", en="This is too much to keep. Use fewer filters."
        )
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if SavedReport.objects.filter(owner=by).exclude(name=name).count() >= MOST_REPORTS:
        raise ReportRefused(
            zh=f"已保存 {MOST_REPORTS} 张统计表。请先删除不用的。",
            en=f"You have kept {MOST_REPORTS} reports. Remove some that you do not use.",
        )
    if share_with is not None and not by.may(Permission.SEE, share_with.path):
        raise not_found()
    values = {"register": register.name, "query": query, "organisation": share_with}
    row, _ = SavedReport.objects.update_or_create(owner=by, name=name, defaults=values)
    set_pin(row, by, is_pinned=is_pinned)
    return as_kept([row], by)[0]


@transaction.atomic
def pin_report(*, pk: int, by: User, is_pinned: bool) -> Kept:
    """Put a report that one may use on one's own duty desk, or take it from there."""
    row = usable_by(by).filter(pk=pk).first()
    if row is None:
        raise not_found()
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    set_pin(row, by, is_pinned=is_pinned)
    return as_kept([row], by)[0]


def set_pin(row: SavedReport, by: User, *, is_pinned: bool) -> None:
    if not is_pinned:
        row.pinned_by.remove(by)
        return
    if usable_by(by).filter(pinned_by=by).exclude(pk=row.pk).count() >= MOST_PINNED:
        raise ReportRefused(
            zh=f"值班首页已有 {MOST_PINNED} 张统计表。请先移下一张。",
            en=f"There are {MOST_PINNED} reports on your duty desk. Take one away first.",
        )
    row.pinned_by.add(by)


def remove_report(*, pk: int, by: User) -> None:
    """Remove one of one's own reports, for all with whom it was shared."""
    removed, _ = SavedReport.objects.filter(pk=pk, owner=by).delete()
    if not removed:
        raise not_found()
