"""A key for programs that could count because it may change resources goes on counting."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from tests.actions.town import NOW
from youbei.records.models import ApiToken, User

pytestmark = pytest.mark.django_db


def test_only_keys_that_could_count_may_count_on() -> None:
    user = User.objects.create(username="program")
    for label, permissions in (("all", None), ("stock", ["see", "edit_resource"]), ("look", ["see"])):
        ApiToken.objects.create(user=user, label=label, digest=label, created_at=NOW, permissions=permissions)
    migration = import_module("youbei.records.migrations.0074_keys_that_count")
    migration.count_on(apps, connection.schema_editor())
    assert dict(ApiToken.objects.values_list("label", "permissions")) == {
        "all": None,
        "stock": ["see", "edit_resource", "count_stock"],
        "look": ["see"],
    }
