"""The pages of webhooks: what stands at a glance, and each thing that can be done, in both languages."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from tests.actions.town import Town, build_town
from youbei.actions import clock
from youbei.actions.webhooks import keeping, settling
from youbei.actions.webhooks.keeping import Terms
from youbei.channels.webhook import Outcome
from youbei.engine.text import Text
from youbei.engine.webhooks import GROUPS, Letter
from youbei.records.log import head
from youbei.records.models import Organisation, Webhook

ADDRESS = "https://receiver.example/in"


@pytest.fixture
def town(db: None) -> Town:
    return build_town()


def browser(town: Town, name: str = "admin", language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(town.users[name])
    session = client.session
    session["language"], session["confirmed_at"] = language, clock.now().isoformat()
    session.save()
    return client


def made(town: Town, *kinds: str, unit: Organisation | None = None) -> Webhook:
    terms = Terms("Wall display", ADDRESS, kinds or ["incident.*"])
    row, _ = keeping.create_webhook(
        by=town.users["admin"], now=clock.now(), organisation=unit or town.city, terms=terms
    )
    return row


def failed(row: Webhook, status: int) -> None:
    """Let a sending come back with a refusal."""
    now = clock.now()
    Webhook.objects.filter(pk=row.pk).update(lease="x", lease_until=now, trial_asked_at=None)
    letter = Letter("log-7-a", 7, "exercise:incident.closed", "{}")
    job = settling.Job(row.pk, "x", row.position, row.position, 3, ADDRESS, (b"",), (letter,))
    outcome = Outcome(status, 12, Text("没有接受", "was not taken"), "<b>no</b>")
    settling.settle(job, [settling.Try(letter, now, outcome)], now)


def test_the_way_from_the_menu_is_there_for_who_may_and_for_nobody_else(town: Town) -> None:
    assert b'href="/webhooks/"' in browser(town).get("/log/").content
    assert b'href="/webhooks/"' not in browser(town, "officer").get("/log/").content
    assert browser(town, "officer").get("/webhooks/").status_code == 403


def test_one_is_made_with_a_form_and_its_secret_is_shown_once(town: Town) -> None:
    client = browser(town)
    given = {
        "organisation": "town", "title": "Wall display", "address": ADDRESS, "modes": "both",
        "groups": ["stock", "plans"], "kinds": ["incident.reported", "incident.closed"],
    }  # fmt: skip
    page = client.post("/webhooks/new/", given)
    secret = re.search(r"whsec_[\w+/=]+", page.content.decode())
    row = Webhook.objects.get()
    assert secret is not None
    assert page["Cache-Control"].startswith("max-age=0")
    stock, plans = (next(one for one in GROUPS if one.code == code) for code in ("stock", "plans"))
    assert set(row.kinds) == {*stock.patterns, *plans.patterns, "incident.reported", "incident.closed"}
    assert (row.modes, row.by, row.position) == ("both", town.users["admin"], head().position - 1)
    for address in ("/webhooks/", f"/webhooks/{row.pk}/", f"/webhooks/{row.pk}/change/"):
        assert secret[0] not in client.get(address).content.decode()
    # The form shows again what was chosen, and saving it changes nothing.
    form = client.get(f"/webhooks/{row.pk}/change/").content.decode()
    checked = re.findall(r'name="(?:groups|kinds)" value="([\w.*]+)"[^>]* checked', form)
    assert sorted(checked) == ["incident.closed", "incident.reported", "plans", "stock"]
    assert client.post(f"/webhooks/{row.pk}/change/", given).status_code == 302
    assert Webhook.objects.get().kinds == row.kinds


def test_a_family_that_a_program_chose_is_not_lost_by_the_form(town: Town) -> None:
    row = made(town, "incident.*", "fact.added")
    form = browser(town).get(f"/webhooks/{row.pk}/change/").content.decode()
    assert re.findall(r'name="kinds" value="([\w.*]+)"[^>]* checked', form) == ["incident.*", "fact.added"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"address": "http://10.0.0.1/"}, "must begin with https://"),
        ({"address": "receiver"}, "is no web address"),
        ({"address": "https://127.0.0.1/"}, "no public address"),
        ({"kinds": []}, "Choose at least one subject or kind"),
        ({"kinds": ["incident.eaten"]}, "incident.eaten"),
        ({"organisation": "nowhere"}, "There is no such organisation"),
        ({"title": " "}, "required"),
        ({"modes": "simulated"}, "simulated"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(town: Town, wrong: dict[str, object], said: str) -> None:
    given = {"organisation": "town", "title": "Kept", "address": ADDRESS, "modes": "real", "kinds": ["incident.closed"]}
    page = browser(town).post("/webhooks/new/", {**given, **wrong})
    assert page.status_code == 422
    text = page.content.decode()
    assert said in text
    assert "title" in wrong or 'value="Kept"' in text
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(("language", "words"), [("en", "does not get through"), ("zh-hans", "未能送达")])
def test_what_does_not_get_through_is_seen_at_a_glance_with_its_reason(town: Town, language: str, words: str) -> None:
    row = made(town)
    failed(row, 500)
    client = browser(town, language=language)
    for address in ("/webhooks/", f"/webhooks/{row.pk}/"):
        page = client.get(address).content.decode()
        assert words in page
        assert {"en": "was not taken", "zh-hans": "没有接受"}[language] in page
    assert "&lt;b&gt;no&lt;/b&gt;" in page
    assert "chip-exercise" in page


def test_it_is_tested_paused_resumed_sent_again_renewed_and_removed(town: Town) -> None:
    row, client = made(town), browser(town)
    Webhook.objects.update(trial_asked_at=None)
    client.post(f"/webhooks/{row.pk}/test/")
    assert Webhook.objects.get().trial_asked_at is not None
    assert "A test is on its way" in client.get(f"/webhooks/{row.pk}/").content.decode()
    client.post(f"/webhooks/{row.pk}/pause/")
    assert Webhook.objects.get().state == "paused"
    assert client.post(f"/webhooks/{row.pk}/pause/").status_code == 409
    client.post(f"/webhooks/{row.pk}/resume/")
    assert Webhook.objects.get().state == "active"
    client.post(f"/webhooks/{row.pk}/again/", {"position": 3})
    assert Webhook.objects.get().position == 2
    far = client.post(f"/webhooks/{row.pk}/again/", {"position": 10**9})
    assert (far.status_code, "The log has no entry" in far.content.decode()) == (409, True)
    before = row.secret
    assert client.get(f"/webhooks/{row.pk}/secret/").status_code == 200
    assert Webhook.objects.get().secret == before
    assert "whsec_" in client.post(f"/webhooks/{row.pk}/secret/").content.decode()
    assert Webhook.objects.get().secret != before
    assert client.get(f"/webhooks/{row.pk}/eat/").status_code == 405
    assert client.post(f"/webhooks/{row.pk}/eat/").status_code == 404
    assert client.get(f"/webhooks/{row.pk}/remove/").status_code == 200
    client.post(f"/webhooks/{row.pk}/remove/")
    assert not Webhook.objects.exists()


def test_what_waits_is_counted_for_what_rests(town: Town) -> None:
    row, client = made(town, "webhook.tested"), browser(town)
    keeping.pause_webhook(by=town.users["admin"], now=clock.now(), webhook=row)
    assert "nothing waits" in client.get(f"/webhooks/{row.pk}/").content.decode()
    for _ in range(3):
        client.post(f"/webhooks/{row.pk}/test/")
    assert "3 entries wait" in client.get("/webhooks/").content.decode()
    for _ in range(100):
        keeping.try_out(by=town.users["admin"], now=clock.now() + timedelta(seconds=1), webhook=row)
    assert "more than 100 entries wait" in client.get("/webhooks/").content.decode()


def test_making_one_and_a_new_secret_ask_who_sits_here(town: Town) -> None:
    row, client = made(town), browser(town)
    session = client.session
    del session["confirmed_at"]
    session.save()
    for address in ("/webhooks/new/", f"/webhooks/{row.pk}/secret/"):
        for answer in (client.get(address), client.post(address)):
            assert answer["Location"].startswith("/me/confirm/")
    assert Webhook.objects.get().secret == row.secret


def test_an_administrator_of_a_part_sees_that_part_alone(town: Town) -> None:
    row = made(town, unit=town.city)
    own = made(town, unit=town.plant)
    client = browser(town, "stranger")
    page = client.get("/webhooks/").content.decode()
    assert f"/webhooks/{own.pk}/" in page
    assert f"/webhooks/{row.pk}/" not in page
    for verb in ("", "change/", "again/", "secret/", "remove/"):
        assert client.get(f"/webhooks/{row.pk}/{verb}").status_code == 404
        assert client.post(f"/webhooks/{row.pk}/{verb}").status_code == 404
