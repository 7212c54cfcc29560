"""Find what a command names by its code or name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from youbei.engine.errors import NotFound

if TYPE_CHECKING:
    from youbei.records.models import Organisation, User


def find_organisation(code: str | None) -> Organisation:
    """Return the unit with that code, or the first root unit; raise NotFound."""
    from youbei.records.models import Organisation

    rows = Organisation.objects.filter(code=code) if code else Organisation.objects.filter(parent=None).order_by("id")
    found = rows.first()
    if found is None:
        raise NotFound(
            zh=f"没有代码为“{code or ''}”的单位。请核对单位代码。",
            en=f"There is no organisation with the code {code or ''!r}. Check the code.",
        )
    return found


def find_user(username: str) -> User:
    """Return an active user by name; raise NotFound."""
    from youbei.records.models import User

    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise NotFound(
            zh=f"没有名为“{username}”的账号。可用 youbei user create 新建。",
            en=f"There is no account named {username!r}. Create it with `youbei user create`.",
        )
    return user


def find_any(username: str) -> User:
    """Return an account by name, in use or not; raise NotFound."""
    from youbei.records.models import User

    user = User.objects.filter(username=username).first()
    if user is None:
        raise NotFound(
            zh=f"没有名为“{username}”的账号。请核对用户名。",
            en=f"There is no account named {username!r}. Check the name.",
        )
    return user


def on_behalf_of(username: str | None) -> User:
    """Return the account of that name, or the installation itself, which sees everything; raise NotFound."""
    from youbei.actions.permit import installation

    return find_user(username) if username else installation()
