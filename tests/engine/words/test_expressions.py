"""A question taken apart finds what the whole finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.content.language import lexicon
from youbei.engine.words import expression
from youbei.engine.words.expression import AllOf, AnyOf, Expression, Term, any_of, apart, holds, least_of, size
from youbei.engine.words.query import Stage, ask, read_query

words = st.builds(Term, st.sampled_from("abcdefgh"))
expressions: st.SearchStrategy[Expression] = st.recursive(
    words,
    lambda inner: st.builds(
        lambda kind, parts: kind(tuple(parts)), st.sampled_from((AllOf, AnyOf)), st.lists(inner, min_size=1, max_size=4)
    ),
    max_leaves=20,
)


@given(expressions, st.frozensets(st.sampled_from("abcdefgh")), st.integers(1, 6))
def test_what_fits_one_of_the_pieces_fits_the_whole(whole: Expression, tokens: frozenset[str], many: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(expression, "MANY", many)
        pieces = apart(whole)
    assert any(holds(piece, tokens) for piece in pieces) == holds(whole, tokens)


@given(st.lists(expressions, min_size=1, max_size=4), st.frozensets(st.sampled_from("abcdefgh")))
def test_what_is_left_out_as_more_than_another_changes_nothing(parts: list[Expression], tokens: frozenset[str]) -> None:
    whole, least = any_of(parts), least_of(parts)
    assert whole is not None
    assert least is not None
    assert holds(least, tokens) == holds(whole, tokens)
    assert size(least) <= size(whole)


def test_what_begins_with_a_word_is_not_asked_for_beside_what_holds_it() -> None:
    query = read_query("救援", lexicon())
    assert query is not None
    asked = least_of(ask(query, stage, lexicon()) for stage in (Stage.WHOLE, Stage.START, Stage.INSIDE))
    assert asked == AnyOf((Term("=救援"), Term("救援")))


def test_a_slip_in_pinyin_is_asked_for_in_pieces_that_are_weighed_quickly() -> None:
    query = read_query("jiuyuandiu", lexicon())
    assert query is not None
    slips = ask(query, Stage.SLIP, lexicon())
    assert slips is not None
    pieces = apart(AllOf((slips, Term("r:lot"))))
    words, *others = sorted(pieces, key=size, reverse=True)
    assert size(slips) > 200
    assert isinstance(words, AllOf)
    assert all(isinstance(one, Term) for one in words.parts[0].parts)  # type: ignore[union-attr]
    assert all(size(one) <= 50 for one in others)


def test_where_something_must_stand_remains_behind_what_is_asked_for() -> None:
    asked = AnyOf((Term("zs"), Term("_zs")))
    registers = AnyOf(tuple(Term(f"r:{n}") for n in range(200)))
    scope = AllOf((registers, AnyOf((Term("o0"), Term("o7")))))
    assert apart(AllOf((asked, scope))) == [AllOf((asked, scope))]
    slips = AnyOf(tuple(AllOf((Term(f"a{n}"), Term(f"b{n}"))) for n in range(200)))
    pieces = apart(AllOf((slips, scope)))
    assert len(pieces) > 1
    assert all(isinstance(piece, AllOf) and piece.parts[-1] == scope for piece in pieces)
