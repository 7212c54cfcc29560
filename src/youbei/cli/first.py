"""What the first run of a deployment makes: an account to sign in with."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from youbei.actions import clock
from youbei.actions.access import create_user
from youbei.actions.registers.people import create_organisation
from youbei.cli.options import Output
from youbei.engine.access import Role
from youbei.records.models import Organisation, User

if TYPE_CHECKING:
    from youbei.demo import DemoCast

ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class FirstAccount:
    username: str
    password: str


def first_account() -> FirstAccount | None:
    """Make the account `admin` with a random password where it is not there yet; return it, or None.

    It administers every root of the tree. A deployment without any organisation gets one, to be renamed.
    """
    now = clock.now()
    with transaction.atomic():
        if User.objects.filter(username=ADMIN).exists():
            return None
        roots = list(Organisation.objects.filter(parent=None).order_by("id"))
        if not roots:
            name_zh, name_en = "本单位", "Our organisation"
            root = create_organisation(
                by=None, now=now, code="root", kind="government", name_zh=name_zh, name_en=name_en
            )
            roots.append(root)
        password = secrets.token_urlsafe(12)
        grants = tuple((Role.ADMINISTRATOR, root) for root in roots)
        create_user(by=None, now=now, username=ADMIN, password=password, grants=grants, is_checked=False)
    return FirstAccount(ADMIN, password)


def load_demo(output: Output) -> DemoCast:
    """Make the demo city where the database is empty; return whom one can sign in as."""
    from youbei.demo import build_demo

    output.note("正在准备演示城市……", "Preparing the demo city ...")
    return build_demo(now=clock.now())
