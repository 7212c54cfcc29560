"""The words of links: their own kind's, their own key's, worthless after a new nonce, and never a fault."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from youbei.actions.link_words import is_same, number_in, word_for

KINDS = ("campaign", "call_off", "head_count", "hot_wash", "debrief")


@given(st.integers(1, 10**18 - 1), st.text(max_size=8), st.text(max_size=8))
def test_a_word_names_its_number_and_belongs_to_one_kind_and_nonce(key: int, nonce: str, other: str) -> None:
    words = {word_for(kind, key, nonce) for kind in KINDS}
    assert len(words) == len(KINDS)
    assert {number_in(word) for word in words} == {key}
    assert is_same(word_for("debrief", key, nonce), word_for("debrief", key, other)) == (nonce == other)


@given(st.text())
def test_whatever_comes_is_compared_and_is_not_it(word: str) -> None:
    assert 0 <= number_in(word) < 10**18
    assert not is_same(word, word_for("debrief", 1, "nonce"))
