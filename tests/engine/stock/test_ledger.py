"""The laws of the ledger: nothing appears or vanishes, nothing falls below zero, order makes no difference."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.errors import Refused
from youbei.engine.stock import ledger
from youbei.engine.stock.ledger import Account, Balances, Kind, Movement, Posting, Verb

LOTS = ("a", "b", "c")
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["receive", "issue", "move", "reserve", "release", "count", "write_off", "rotate", "reverse"]),
        st.sampled_from(LOTS),
        st.sampled_from(LOTS),
        st.integers(0, 20).map(Decimal),
    ),
    max_size=40,
)


def movement(number: int, act: tuple[str, str, str, Decimal], balances: Balances, done: list[Movement]) -> Movement:
    verb, lot, other, quantity = act
    code = f"m{number}"
    made = {
        "receive": lambda: ledger.receive(code, lot=lot, quantity=quantity),
        "issue": lambda: ledger.issue(code, lot=lot, quantity=quantity, consumer="x"),
        "move": lambda: ledger.move(code, lot=lot, to_lot=other, quantity=quantity),
        "reserve": lambda: ledger.reserve(code, lot=lot, quantity=quantity, holder="run"),
        "release": lambda: ledger.release(code, lot=lot, quantity=quantity, holder="run"),
        "count": lambda: ledger.count(code, lot=lot, at_hand=ledger.at_hand(balances, lot), counted=quantity),
        "write_off": lambda: ledger.write_off(code, lot=lot, quantity=quantity, why="expired"),
        "rotate": lambda: ledger.rotate(code, lot=lot, quantity=quantity, consumer="school"),
        "reverse": lambda: ledger.reverse(code, done[int(quantity) % len(done)]) if done else None,
    }[verb]()
    return made or ledger.receive(code, lot=lot, quantity=Decimal(1))


def carried_out(acts: list[tuple[str, str, str, Decimal]]) -> tuple[list[Movement], dict[tuple[str, Account], Decimal]]:
    """Carry out what is not refused."""
    done: list[Movement] = []
    balances: dict[tuple[str, Account], Decimal] = {}
    for number, act in enumerate(acts):
        try:
            made = movement(number, act, balances, done)
            balances = ledger.post(balances, made)
        except Refused:
            continue
        done.append(made)
    return done, balances


@given(ACTS)
def test_whatever_is_done_nothing_appears_or_vanishes(acts: list[tuple[str, str, str, Decimal]]) -> None:
    _, balances = carried_out(acts)
    assert sum(balances.values(), Decimal(0)) == 0
    for lot in LOTS:
        assert sum((quantity for (name, _), quantity in balances.items() if name == lot), Decimal(0)) == 0
    assert sum(quantity for (_, account), quantity in balances.items() if account.kind is Kind.MOVED) == 0


@given(ACTS)
def test_what_is_at_hand_is_never_below_zero_nor_below_what_is_promised(
    acts: list[tuple[str, str, str, Decimal]],
) -> None:
    _, balances = carried_out(acts)
    for lot in LOTS:
        assert 0 <= ledger.promised(balances, lot) <= ledger.at_hand(balances, lot)


@given(ACTS, st.randoms())
def test_folding_in_any_order_and_in_any_batches_gives_the_same(acts: list[tuple[str, str, str, Decimal]], rng) -> None:  # type: ignore[no-untyped-def]
    done, balances = carried_out(acts)
    shuffled = list(done)
    rng.shuffle(shuffled)
    cut = rng.randint(0, len(shuffled))
    assert ledger.fold(shuffled[cut:], ledger.fold(shuffled[:cut])) == balances


@given(ACTS)
def test_reversing_everything_leaves_nothing(acts: list[tuple[str, str, str, Decimal]]) -> None:
    done, balances = carried_out([act for act in acts if act[0] != "reverse"])
    for one in reversed(done):
        balances = ledger.post(balances, ledger.reverse(f"r-{one.id}", one))
    assert balances == {}


def test_a_movement_that_makes_something_of_nothing_is_a_mistake_of_the_program() -> None:
    made = Movement("m", Verb.RECEIVE, (Posting("a", ledger.STORE, Decimal(1)),))
    with pytest.raises(ledger.MovementUnbalanced):
        ledger.post({}, made)


def test_a_reversal_is_not_reversed() -> None:
    got = ledger.receive("m", lot="a", quantity=Decimal(3))
    with pytest.raises(ledger.CannotReverse):
        ledger.reverse("r2", ledger.reverse("r1", got))


def test_what_is_reserved_cannot_be_issued_to_others() -> None:
    balances = ledger.post({}, ledger.receive("m1", lot="a", quantity=Decimal(10)))
    balances = ledger.post(balances, ledger.reserve("m2", lot="a", quantity=Decimal(8), holder="run:1"))
    with pytest.raises(ledger.NotEnough) as caught:
        ledger.post(balances, ledger.issue("m3", lot="a", quantity=Decimal(3), consumer="x"))
    assert "2" in caught.value.text.zh
    after = ledger.post(balances, ledger.issue("m4", lot="a", quantity=Decimal(8), consumer="x", holder="run:1"))
    assert ledger.at_hand(after, "a") == 2
    assert ledger.promised(after, "a") == 0


def test_a_rotation_is_remembered_until_its_replacement_has_come() -> None:
    balances = ledger.post({}, ledger.receive("m1", lot="old", quantity=Decimal(10)))
    balances = ledger.post(balances, ledger.rotate("m2", lot="old", quantity=Decimal(10), consumer="school"))
    owed = ("old", Account(Kind.OWED))
    assert balances[owed] == 10
    balances = ledger.post(balances, ledger.receive("m3", lot="new", quantity=Decimal(6), replaces="old"))
    assert balances[owed] == 4
    with pytest.raises(ledger.NotEnough):
        ledger.post(balances, ledger.receive("m4", lot="new", quantity=Decimal(5), replaces="old"))


def test_a_count_posts_its_difference_and_may_not_fall_below_what_is_promised() -> None:
    balances = ledger.post({}, ledger.receive("m1", lot="a", quantity=Decimal(10)))
    balances = ledger.post(balances, ledger.reserve("m2", lot="a", quantity=Decimal(4), holder="run:1"))
    after = ledger.post(balances, ledger.count("m3", lot="a", at_hand=Decimal(10), counted=Decimal(7)))
    assert after["a", Account(Kind.DIFFERENCE)] == 3
    with pytest.raises(ledger.NotEnough):
        ledger.post(balances, ledger.count("m4", lot="a", at_hand=Decimal(10), counted=Decimal(3)))
