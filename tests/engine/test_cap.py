"""A CAP alert from outside: what it says, what of it counts, and what is refused unread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.cap import cap, reference

from youbei import content
from youbei.engine.alerts.cap import AlertRefused, Status, Warning, admit, refuse_reply, warning_of
from youbei.engine.alerts.cap_xml import DEEPEST, LARGEST, MOST_ELEMENTS, read_alert
from youbei.engine.clock import Mode

NOW = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)


def warned(message: str, now: datetime = NOW) -> Warning | None:
    return warning_of(read_alert(message), content.warning_colours(), now=now)


@pytest.mark.parametrize(
    ("said", "colour"),
    [
        ({"severity": "Extreme"}, "red"),
        ({"severity": "Severe"}, "orange"),
        ({"severity": "Moderate"}, "yellow"),
        ({"severity": "Minor"}, "blue"),
        ({"severity": "Unknown", "headline": "市气象台发布暴雨红色预警"}, "red"),
        ({"severity": "Minor", "headline": "Orange rain warning"}, "orange"),
        ({"severity": "Minor", "headline": "Fire near Redding, Colored Hills"}, "blue"),
    ],
)
def test_the_colour_is_the_one_in_words_else_that_of_the_severity(said: dict[str, str], colour: str) -> None:
    found = warned(cap(NOW, **said))  # type: ignore[arg-type]
    assert found is not None
    assert (found.colour, found.ends_at, found.published_by) == (colour, NOW + timedelta(hours=12), "市气象台")


def test_it_holds_for_a_day_where_it_does_not_say_and_no_more_once_it_has_expired() -> None:
    found = warned(cap(NOW, hours=None))
    assert found is not None
    assert found.ends_at == NOW + timedelta(days=1)
    with pytest.raises(AlertRefused, match="expired"):
        warned(cap(NOW, hours=1), now=NOW + timedelta(hours=1))


def test_what_tells_that_the_danger_has_passed_warns_of_nothing() -> None:
    assert warned(cap(NOW, urgency="Past")) is None
    assert warned(cap(NOW, response="<responseType>AllClear</responseType>")) is None


def test_what_does_not_say_how_grave_it_is_is_refused() -> None:
    with pytest.raises(AlertRefused, match="how grave"):
        warned(cap(NOW, severity="Unknown"))


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("to", [Mode.REAL, Mode.EXERCISE, Mode.SIMULATED])
def test_the_gate_lets_in_what_fits_the_mode_and_nothing_else(status: Status, to: Mode) -> None:
    if (status, to) in {(Status.ACTUAL, Mode.REAL), (Status.EXERCISE, Mode.EXERCISE)}:
        admit(status, to=to)
        return
    with pytest.raises(AlertRefused) as refused:
        admit(status, to=to)
    assert status.value in refused.value.text.zh
    assert status.value in refused.value.text.en


def test_an_update_names_what_it_updates_and_comes_from_the_same_sender() -> None:
    refuse_reply(read_alert(cap(NOW, msg_type="Update", references=reference(NOW))))
    with pytest.raises(AlertRefused, match="references"):
        refuse_reply(read_alert(cap(NOW, msg_type="Cancel")))
    with pytest.raises(AlertRefused, match="cannot update or cancel"):
        refuse_reply(read_alert(cap(NOW, msg_type="Cancel", references=reference(NOW, sender="other@x.example"))))
    with pytest.raises(AlertRefused, match="answers another"):
        refuse_reply(read_alert(cap(NOW, msg_type="Ack", references=reference(NOW))))


BOMB = '<!DOCTYPE alert [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
FILE = '<!DOCTYPE alert [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
OUTSIDE = '<!DOCTYPE alert SYSTEM "http://outside.example/cap.dtd">'


def after_prolog(text: str) -> Callable[[str], str]:
    return lambda message: message.replace("?>", f"?>{text}", 1)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (after_prolog(BOMB), "entities"),
        (after_prolog(FILE), "entities"),
        (after_prolog(OUTSIDE), "entities"),
        (lambda message: message.replace("暴雨预警", "&x;"), "well-formed"),
        (lambda message: message[:200], "well-formed"),
        (lambda message: "", "well-formed"),
        (lambda message: "\x00" * 40, "well-formed"),
        (lambda message: "PK\x03\x04", "well-formed"),
        (lambda message: message.replace("alert", "rss"), "no CAP alert"),
        (lambda message: message.replace("cap:1.2", "cap:9.9"), "no CAP alert"),
        (lambda message: message.replace("<headline>", "<a>" * DEEPEST + "</a>" * DEEPEST + "<headline>"), "too large"),
        (lambda message: message.replace("</info>", "<x/>" * MOST_ELEMENTS + "</info>"), "too large"),
        (lambda message: message + " " * LARGEST, "too large"),
        (lambda message: message.replace("Actual", "Perhaps"), "status has the value"),
        (lambda message: message.replace("<scope>Public</scope>", ""), "scope is missing"),
        (lambda message: message.replace("+00:00</sent>", "</sent>"), "names its zone"),
        (lambda message: message.replace("2026-07-01T", "0001-01-01T"), "cannot be read"),
        (lambda message: message.replace("rain-1", "rain 1"), "holds a blank"),
        (lambda message: message.replace("</scope>", "</scope><references>a,b</references>"), "reference 'a,b'"),
        (lambda message: message.replace("<headline>", "<colour>x</colour><headline>"), "not known to CAP"),
        (lambda message: message.replace("<info>", "<info/><note>n</note><info>"), "wrong order"),
    ],
)  # fmt: skip
def test_what_is_hostile_or_no_alert_is_refused_with_a_sentence(change: Callable[[str], str], word: str) -> None:
    with pytest.raises(AlertRefused, match=word) as refused:
        read_alert(change(cap(NOW)).encode())
    assert refused.value.text.zh


def test_an_encoding_that_nobody_knows_is_refused_and_of_text_the_declared_one_is_passed_over() -> None:
    declared = cap(NOW).replace("UTF-8", "ISO-8859-1")
    assert read_alert(declared).title == "暴雨预警"
    with pytest.raises(AlertRefused, match="well-formed"):
        read_alert(cap(NOW).replace("UTF-8", "klingon").encode())


def test_the_messages_of_real_services_are_read_where_the_schema_finds_them_valid(
    outside_data: Callable[[str], Path],
) -> None:
    lines = outside_data("alerts/XSD_VERDICTS.tsv").read_text("utf-8").splitlines()[1:]
    verdicts = {name: verdict for name, verdict, *_ in (line.split("\t") for line in lines)}
    # An envelope around alerts, or a list of links to them, is no alert.
    for name, verdict in verdicts.items():
        message = outside_data(f"alerts/messages/{name}").read_bytes()
        is_one = b"<alert" in message[:600] or b":alert" in message[:600]
        if verdict == "1 alerts, 0 invalid" and is_one:
            assert read_alert(message).of.identifier, name
        else:
            with pytest.raises(AlertRefused):
                read_alert(message)
