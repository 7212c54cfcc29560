"""Claims about what is told in turn and climbs to superiors."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.actions.town import NOW, build_town
from youbei.actions.climbing import superiors, take_turns
from youbei.records.models import Organisation

pytestmark = pytest.mark.django_db


def test_superiors_are_the_nearest_first_up_to_the_one_that_asks_and_none_is_retired() -> None:
    town = build_town()
    assert [one.code for one in superiors(town.plant.path)] == [town.park.code, town.city.code]
    assert superiors(town.plant.path, up_to=town.park.path) == [town.park]
    Organisation.objects.filter(pk=town.park.pk).update(retired_at=NOW)
    assert superiors(town.plant.path) == [town.city]
    assert superiors(town.city.path) == []


def test_turns_end_at_the_most_and_say_whether_more_may_wait() -> None:
    build_town()
    waiting, acted = Organisation.objects.order_by("pk"), list[int]()

    def act(pk: int, now: datetime) -> None:
        acted.append(pk)

    everybody = list(waiting.values_list("pk", flat=True))
    assert take_turns(waiting, act, now=NOW, most=2)
    assert acted == everybody[:2]
    assert not take_turns(waiting, act, now=NOW, most=len(everybody) + 1)
    assert acted[2:] == everybody
