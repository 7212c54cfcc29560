"""Addresses as anyone may type them."""

from __future__ import annotations

import pytest

from tests.web.scene import open_scene

pytestmark = pytest.mark.django_db
ENDLESS = "9" * 5000


def test_a_number_of_thousands_of_digits_in_an_address_is_not_a_fault_of_ours() -> None:
    scene = open_scene()
    browser = scene.browser("officer")
    plan = f"/plans/{scene.version.plan_id}"
    for address in (
        f"/incidents/{scene.leak.pk}/facts/?run={ENDLESS}",
        f"{plan}/?version={ENDLESS}",
        f"{plan}/check/?version={ENDLESS}",
        f"{plan}/versions/?old={ENDLESS}&new=1",
        f"{plan}/export.toml?version={ENDLESS}",
    ):
        assert browser.get(address).status_code in (200, 404), address[:60]
