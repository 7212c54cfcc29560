"""Every page, every operation, every export: as nobody, and as an account without grants.

The addresses come from the URL resolver and the OpenAPI schema, the rows from the descriptions of the registers. What
is added later is walked without a change here; see `places.py` for what an address with new parameters asks for.
"""

from __future__ import annotations

import pytest
from django.test import Client

from tests.walk.planted import Planted
from tests.walk.steps import TURNED_AWAY, call, calls, entries, marks_in, walk
from youbei.engine.access import Permission

pytestmark = pytest.mark.django_db


def test_nobody_is_asked_to_sign_in_or_gets_401(planted: Planted) -> None:
    nobody = Client()
    for address, _ in walk(planted):
        for method in ("GET", "POST"):
            answer = nobody.generic(method, address)
            assert (answer.status_code, answer.get("Location", "")[:9]) == (302, "/sign-in/"), f"{method} {address}"
    for method, address, _, body in calls(planted):
        assert call(nobody, method, address, body).status_code == 401, f"{method} {address}"


def test_an_account_without_grants_is_turned_away_or_sees_nothing_of_the_county(planted: Planted) -> None:
    stranger, before = planted.browser("stranger"), entries()
    for address, needed in walk(planted):
        answer = stranger.get(address)
        assert answer.status_code in TURNED_AWAY or not isinstance(needed, Permission), address
        assert answer.status_code < 500, address
        assert marks_in(answer) == [], address
        if isinstance(needed, Permission):
            assert stranger.post(address).status_code in TURNED_AWAY, f"POST {address}"
    for method, address, needed, body in calls(planted):
        answer = call(stranger, method, address, body)
        assert answer.status_code in TURNED_AWAY or needed == "signed_in", f"{method} {address}"
        assert marks_in(answer) == [], f"{method} {address}"
    assert entries() == before, "a stranger has written into the log"
