"""The chain: whatever is done to a log after it was written is found."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.clock import Mode
from youbei.engine.events import Actor, Event, iso, parse_iso
from youbei.engine.log import GENESIS, body_hash, canonical, chain, entry_body, verify
from youbei.testing import START, minutes

STREAMS = ("incident:1", "run:1", "run:1", "incident:2", "run:1", "incident:2", "run:1")


def recorded(streams=STREAMS):
    """Return the lines of a log with one event for each stream named."""
    seqs = dict.fromkeys(streams, 0)
    events = []
    for number, stream in enumerate(streams):
        seqs[stream] += 1
        data = {"key": "injured", "value": number, "source": "电话"}
        events.append(Event(stream, seqs[stream], START + minutes(number), Mode.REAL, "fact.added", data))
    return as_lines(events)


def as_lines(events, after=0, head=GENESIS):
    return [
        {
            **entry_body(
                position=entry.position,
                event=entry.event,
                recorded_at=entry.recorded_at,
                prev_hash=entry.prev_hash,
            ),
            "hash": entry.hash,
        }
        for entry in chain(events, after=after, head=head, recorded_at=START)
    ]


def faults(lines):
    return {(fault.position, fault.code) for fault in verify(lines)}


def rehashed(lines):
    """Return the lines as a forger who knows the method would hash and number them anew."""
    head, forged = GENESIS, []
    for position, line in enumerate(lines, start=1):
        body = {key: value for key, value in line.items() if key != "hash"}
        body |= {"position": position, "prev_hash": head}
        head = body_hash(body)
        forged.append({**body, "hash": head})
    return forged


def test_an_untouched_log_has_no_fault():
    assert faults(recorded()) == set()
    assert faults([]) == set()


def test_a_log_goes_on_where_it_stopped():
    first = recorded(("run:1", "run:1"))
    event = Event("run:1", 3, START, Mode.REAL, "end.proposed")
    assert faults([*first, *as_lines([event], after=2, head=first[-1]["hash"])]) == set()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("data", {"key": "injured", "value": 0, "source": "电话"}),
        ("at", iso(START)),
        ("recorded_at", iso(START + minutes(1))),
        ("kind", "fact.corrected"),
        ("by_id", "user:9"),
        ("by_label", "someone"),
        ("mode", "exercise"),
        ("version", 2),
    ],
)
def test_a_changed_entry_is_found(field, value):
    lines = recorded()
    lines[3][field] = value
    assert faults(lines) == {(4, "content")}


def test_a_changed_entry_with_a_hash_to_match_breaks_the_link_after_it():
    lines = recorded()
    lines[3]["data"] = {"key": "injured", "value": 0, "source": "电话"}
    lines[3]["hash"] = body_hash({key: value for key, value in lines[3].items() if key != "hash"})
    assert faults(lines) == {(5, "link")}


def test_a_removed_entry_leaves_a_gap():
    lines = recorded()
    del lines[2]
    assert {(4, "gap"), (4, "link")} <= faults(lines)


def test_a_removed_entry_that_is_renumbered_over_is_missed_in_its_stream():
    lines = recorded()
    del lines[2]
    assert (4, "sequence") in faults(rehashed(lines))


def test_an_inserted_entry_is_found():
    lines = recorded()
    lines.insert(3, copy.deepcopy(lines[2]))
    assert {code for _, code in faults(lines)} == {"gap", "link", "sequence"}
    assert "sequence" in {code for _, code in faults(rehashed(lines))}


def test_entries_in_another_order_are_found():
    lines = recorded()
    lines[1], lines[2] = lines[2], lines[1]
    assert {"gap", "link", "sequence"} <= {code for _, code in faults(lines)}


def test_a_whole_stream_taken_out_leaves_a_hole():
    lines = [line for line in recorded() if line["stream"] != "incident:2"]
    assert {code for _, code in faults(lines)} == {"gap", "link"}


def test_a_stream_taken_out_by_a_forger_shows_at_the_anchor():
    lines = recorded()
    forged = rehashed([line for line in lines if line["stream"] != "incident:2"])
    assert faults(forged) == set()
    assert forged[-1]["hash"] != lines[-1]["hash"]


def test_a_truncated_log_is_whole_in_itself_but_does_not_reach_its_anchor():
    lines = recorded()
    assert faults(lines[:-2]) == set()
    assert lines[-3]["hash"] != lines[-1]["hash"]


def test_a_log_that_lacks_its_beginning_is_found():
    assert {(3, "gap"), (3, "link")} <= faults(recorded()[2:])


@pytest.mark.parametrize("line", [{}, {"position": "one"}, {"position": 1, "hash": None, "seq": "x", "stream": 7}])
def test_a_line_that_is_none_is_a_fault_and_no_crash(line):
    assert faults([line])


def test_every_fault_says_in_both_languages_what_is_wrong():
    lines = recorded()
    lines[1]["data"] = {}
    del lines[3]
    assert all(fault.zh and fault.en for fault in verify(lines))


@given(st.integers(0, 6), st.sampled_from(["at", "kind", "by_id", "stream", "data", "hash", "prev_hash", "position"]))
def test_any_change_of_any_field_is_found(number, field):
    lines = recorded()
    lines[number][field] = 99 if field == "position" else "tampered"
    assert faults(lines)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_the_order_of_keys_does_not_change_the_hash(body):
    assert body_hash(dict(reversed(body.items()))) == body_hash(body)


def test_what_is_not_json_is_not_hashed():
    with pytest.raises(ValueError, match="Out of range"):
        canonical({"loss": float("nan")})


@given(st.datetimes(min_value=datetime(2, 1, 1), timezones=st.timezones()))
def test_times_are_written_in_utc_so_that_their_text_has_their_order(moment):
    written = iso(moment)
    # A local time that daylight saving skips equals no time in another zone, so compare in UTC.
    moment = moment.astimezone(UTC)
    assert parse_iso(written) == moment
    assert (iso(moment) < iso(START)) is (moment < START)


def test_two_events_compare_without_where_they_were_recorded():
    event = Event("run:1", 1, START, Mode.REAL, "end.proposed", by=Actor("user:1", "值班员"))
    assert replace(event, by=Actor("user:1", "带班领导")).comparable() == event.comparable()
    assert replace(event, by=Actor("user:2")).comparable() != event.comparable()
