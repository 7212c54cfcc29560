"""What every walk starts from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.walk.planted import Planted, plant
from tests.walk.steps import Opened, open_everything
from youbei.records.log import verify_log


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Planted]:
    """Plant once for all walks of a module, inside one transaction that is taken back; at its end the log holds."""
    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        yield plant()
        holds = not list(verify_log())
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)
        assert holds, "the log does not hold after the walks"


@pytest.fixture(scope="module")
def opened(planted: Planted) -> list[Opened]:
    """Open every page as the owner, once for all that is asked of them."""
    return open_everything(planted)
