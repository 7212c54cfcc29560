"""Keep a list as somebody narrowed and sorted it, under a name. What a user looks at is no event of the log."""

from __future__ import annotations

from django.db import transaction

from youbei.actions.permit import not_found
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.registers.register import Register
from youbei.records.models import Organisation, SavedView, User

MOST_VIEWS = 40
LONGEST_QUERY = 1000


class ViewRefused(Refused):
    """Refuse a saved view that cannot be kept so."""


@transaction.atomic
def save_view(
    *, register: Register, name: str, query: str, by: User, share_with: Organisation | None, is_default: bool
) -> SavedView:
    """Keep a view, or change the one of that name. Shared, it belongs to a unit that the user may see."""
    name = name.strip()
    if not name:
        raise ViewRefused(zh="请给这个视图起个名字。", en="Give this view a name.")
    if len(query) > LONGEST_QUERY:
        raise ViewRefused(zh="筛选条件太长，不能保存。请减少条件。", en="This is too much to keep. Use fewer filters.")
    own = SavedView.objects.filter(owner=by, register=register.name)
    if own.exclude(name=name).count() >= MOST_VIEWS:
        raise ViewRefused(
            zh=f"已保存 {MOST_VIEWS} 个视图。请先删除不用的。",
            en=f"You have kept {MOST_VIEWS} views. Remove some that you do not use.",
        )
    if share_with is not None and not by.may(Permission.SEE, share_with.path):
        raise not_found()
    if is_default:
        own.filter(is_default=True).update(is_default=False)
    row, _ = SavedView.objects.update_or_create(
        owner=by,
        register=register.name,
        name=name[:80],
        defaults={"query": query, "organisation": share_with, "is_default": is_default},
    )
    return row


def remove_view(*, pk: int, by: User) -> None:
    """Remove one of one's own views."""
    removed, _ = SavedView.objects.filter(pk=pk, owner=by).delete()
    if not removed:
        raise not_found()
