"""The chain hashes exactly the canonical text of an entry's body, whatever stands in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.clock import Mode
from youbei.engine.events import Actor, Event
from youbei.engine.log import GENESIS, body_hash, canonical, chain, entry_body, verify

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(texts, parts, max_size=3),
    max_leaves=8,
)
zones = st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-3, minutes=-30))])
times = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=zones)


@st.composite
def events(draw: st.DrawFn) -> list[Event]:
    return [
        Event(
            stream="run:1",
            seq=number,
            at=draw(times),
            mode=draw(st.sampled_from(Mode)),
            kind=draw(texts),
            data=draw(st.dictionaries(texts, values, max_size=4)),
            version=draw(st.integers(1, 9)),
            by=Actor(draw(texts), draw(texts)),
        )
        for number in range(1, draw(st.integers(1, 4)) + 1)
    ]


@given(events(), times)
def test_the_hash_is_that_of_the_canonical_body(made: list[Event], recorded_at: datetime) -> None:
    lines = []
    for entry in chain(made, after=0, head=GENESIS, recorded_at=recorded_at):
        body = entry_body(
            position=entry.position, event=entry.event, recorded_at=recorded_at, prev_hash=entry.prev_hash
        )
        assert entry.hash == body_hash(body)
        assert entry.data_text == canonical(entry.event.data)
        lines.append({**body, "hash": entry.hash})
    assert not list(verify(lines))
