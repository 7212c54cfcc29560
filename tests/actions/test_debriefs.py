"""A replay is shared by a link that expires, can be ended, and whose every opening stands in the log."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.actions.town import NOW, Town
from tests.built_once import built_once
from youbei.actions import debriefs, runs
from youbei.engine.errors import NotAllowed, NotFound, Refused
from youbei.records.log import read_stream
from youbei.records.models import DebriefLink, Run

WEEK = timedelta(days=7)


@built_once
def over(town: Town, run: Run) -> Run:
    return runs.end_response(by=town.users["director"], now=NOW + timedelta(minutes=5), run=run, reason="处置完毕")


def shared(town: Town, run: Run, lasts: timedelta = WEEK) -> DebriefLink:
    return debriefs.share_debrief(by=None, now=NOW, run=run, purpose="复盘会", lasts=lasts)


def test_what_goes_on_is_not_shared(town: Town, run: Run) -> None:
    with pytest.raises(Refused, match="not over"):
        shared(town, run)


def test_it_takes_who_manages_incidents_a_purpose_and_an_end(town: Town, over: Run) -> None:
    for who, refusal in (("observer", NotAllowed), ("stranger", NotFound)):
        with pytest.raises(refusal):
            debriefs.share_debrief(by=town.users[who], now=NOW, run=over, purpose="x", lasts=WEEK)
    with pytest.raises(Refused, match="whom it is for"):
        debriefs.share_debrief(by=None, now=NOW, run=over, purpose=" ", lasts=WEEK)
    with pytest.raises(Refused, match="lasts"):
        shared(town, over, timedelta(days=400))


def test_it_opens_until_it_expires_and_then_never_was(town: Town, over: Run) -> None:
    link = shared(town, over)
    word = debriefs.word_of(link)
    assert debriefs.link_behind(word, NOW + WEEK - timedelta(seconds=1)) == link
    for wrong, now in ((word, NOW + WEEK), (word[:-1] + "g", NOW), (f"{link.pk}-", NOW), ("x", NOW)):
        with pytest.raises(NotFound):
            debriefs.link_behind(wrong, now)


def test_ended_it_is_worthless_at_once(town: Town, over: Run) -> None:
    link = shared(town, over)
    debriefs.end_debrief(by=None, now=NOW, link=link)
    debriefs.end_debrief(by=None, now=NOW + WEEK, link=link)
    with pytest.raises(NotFound):
        debriefs.link_behind(debriefs.word_of(link), NOW)
    assert [event.kind for event in read_stream(link.stream)] == ["debrief.shared", "debrief.ended"]


def test_every_opening_stands_in_the_log_and_nothing_of_who_opened(town: Town, over: Run) -> None:
    link = shared(town, over)
    for minute in range(3):
        debriefs.note_opened(link=link, now=NOW + timedelta(minutes=minute))
    link.refresh_from_db()
    opened = [event for event in read_stream(link.stream) if event.kind == "debrief.opened"]
    assert (link.opened, link.last_opened_at, len(opened)) == (3, NOW + timedelta(minutes=2), 3)
    assert {tuple(event.data) for event in opened} == {("run",)}
