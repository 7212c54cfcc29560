"""Someone with an account and no rights, and addresses to try."""

from __future__ import annotations

import re

from django.test import Client

from youbei.records.models import User

VALUES = {"int": "1", "str": "x", "slug": "x", "uuid": "00000000-0000-0000-0000-000000000001", "path": "x"}


def stranger_of(model: type[User]) -> Client:
    client = Client()
    client.force_login(model.objects.create(username="stranger"))
    return client


def concrete(route: str) -> str:
    """Fill a route's parameters: `/runs/<int:pk>/` becomes `/runs/1/`, `/api/runs/{pk}` becomes `/api/runs/1`."""
    route = re.sub(r"<(?:(\w+):)?\w+>", lambda found: VALUES.get(found.group(1) or "str", "1"), route)
    return re.sub(r"\{\w+\}", "1", route)
