"""The hot wash on pages: opened by who leads, answered on a telephone without account or script."""

from __future__ import annotations

import re

from django.test import Client

from tests.actions.town import Town
from tests.built_once import A_MINUTE, built_once
from tests.web.conftest import english
from tests.web.test_exercises import text
from youbei.actions import clock
from youbei.actions.exercises import hot_wash, leading
from youbei.actions.exercises.hot_wash import Asking
from youbei.records.models import Exercise, HotWash, HotWashAnswer


@built_once(fresh_for=A_MINUTE)
def over(cast: Town, planned: Exercise) -> Exercise:
    leading.start_exercise(by=None, now=clock.now(), exercise=planned)
    return leading.end_exercise(by=None, now=clock.now(), exercise=planned, reason="done")


@built_once(fresh_for=A_MINUTE)
def wash(over: Exercise) -> HotWash:
    return hot_wash.open_hot_wash(by=None, now=clock.now(), exercise=over, asking=Asking("short", 3))


@built_once
def link(wash: HotWash) -> str:
    return f"/w/{hot_wash.word_of(wash)}/"


def telephone() -> Client:
    return Client(headers={"accept-language": "en"})


def answered(link: str, grade: str, words: str = "") -> str:
    browser = telephone()
    mark = re.search(r'name="mark" value="(\w+)"', text(browser, link))
    assert mark is not None
    sent = {"mark": mark[1], "q-told": grade, "q-change": words}
    return str(browser.post(link, sent, follow=True).content.decode())


def test_it_is_opened_when_the_exercise_is_over(over: Exercise, trainer: Client) -> None:
    here = f"/exercises/{over.pk}/hot-wash/"
    assert "Open the hot wash" in text(trainer, here)
    asked = {"questionnaire": "general", "is_anonymous": "1", "asked": "40", "days": "3", "tell": "on"}
    page = trainer.post(f"{here}open/", asked, follow=True).content.decode()
    assert "<svg" in page
    assert "/w/" in page
    assert "Hot wash" in text(trainer, f"/exercises/{over.pk}/")


def test_it_is_answered_on_a_telephone_and_counted_out_of_those_asked(
    over: Exercise, link: str, trainer: Client
) -> None:
    assert "neither your name nor the time is kept" in text(telephone(), link)
    for grade in ("5", "4"):
        assert "Thank you" in answered(link, grade, "more radios")
    page = text(trainer, f"/exercises/{over.pk}/hot-wash/")
    assert "(67 %)" in page
    assert "more radios" not in page
    answered(link, "3")
    page = text(trainer, f"/exercises/{over.pk}/hot-wash/")
    assert "more radios" in page
    assert "4.0" in page


def test_who_is_signed_in_stays_anonymous(cast: Town, wash: HotWash, link: str) -> None:
    english(cast.users["officer"]).post(link, {"mark": "m", "q-told": "1"})
    (row,) = HotWashAnswer.objects.all()
    assert (row.said_by, row.mark) == ("", "form:m")


def test_by_name_an_account_answers_once(cast: Town, over: Exercise) -> None:
    asking = Asking("short", 3, is_anonymous=False)
    wash = hot_wash.open_hot_wash(by=None, now=clock.now(), exercise=over, asking=asking)
    link = f"/w/{hot_wash.word_of(wash)}/"
    officer = english(cast.users["officer"])
    assert 'name="name"' in text(officer, link)
    for grade in ("1", "2"):
        officer.post(link, {"mark": grade, "name": "Officer", "q-told": grade})
    assert HotWashAnswer.objects.get().answers == {"told": 2}


def test_what_was_typed_stays_where_it_is_refused(link: str) -> None:
    answer = telephone().post(link, {"mark": "m", "q-change": "x" * 2001})
    assert answer.status_code == 422
    assert "x" * 2001 in answer.content.decode()
    assert telephone().post(link, {"mark": "m"}).status_code == 409


def test_those_who_look_on_see_answers_only_once_it_is_closed(
    cast: Town, over: Exercise, link: str, trainer: Client
) -> None:
    for grade in ("5", "4", "3"):
        answered(link, grade, "more radios")
    observer = english(cast.users["observer"])
    page = text(observer, f"/exercises/{over.pk}/hot-wash/")
    assert "more radios" not in page
    assert "/w/" not in page
    assert observer.get(f"/exercises/{over.pk}/hot-wash/close/").status_code == 404
    trainer.post(f"/exercises/{over.pk}/hot-wash/close/")
    assert "more radios" in text(observer, f"/exercises/{over.pk}/hot-wash/")
    assert "takes no more answers" in text(telephone(), link)


def test_there_is_nothing_behind_a_wrong_link(link: str) -> None:
    assert telephone().get(link[:-2] + "zz/").status_code == 404
    assert telephone().get("/w/nothing/").status_code == 404
