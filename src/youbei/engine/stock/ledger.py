"""The ledger of materials: every movement is a double entry, and what lies where follows from the movements alone.

A movement holds postings; for each lot they sum to zero, so nothing appears or vanishes without an account that says
where it came from or went. A posted movement is never edited: it is reversed by another. A lot is one batch at one
place; when part of it is moved, the other place has a lot of its own, and both pass the account `moved`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from youbei.engine.errors import Refused
from youbei.engine.text import Text

NOTHING = Decimal(0)
THOUSANDTH = Decimal("0.001")
# As much as the register takes for a lot; the columns of the database hold a hundred times as much.
MOST = Decimal(10**9)


class Kind(StrEnum):
    """What an account stands for. `store` and `reserved` are at hand; `owed` is a replacement that is still to come."""

    STORE = "store"
    RESERVED = "reserved"
    OWED = "owed"
    MOVED = "moved"
    SUPPLIER = "supplier"
    CONSUMER = "consumer"
    LOSS = "loss"
    DIFFERENCE = "difference"


AT_HAND = frozenset({Kind.STORE, Kind.RESERVED})
NEVER_NEGATIVE = frozenset({Kind.STORE, Kind.RESERVED, Kind.OWED})
KIND_NAMES: Mapping[Kind, Text] = {
    Kind.STORE: Text("在库", "In store"),
    Kind.RESERVED: Text("已预留", "Reserved"),
    Kind.OWED: Text("待补库", "To be replaced"),
    Kind.MOVED: Text("移库", "Moved"),
    Kind.SUPPLIER: Text("来源", "Supplier"),
    Kind.CONSUMER: Text("领用", "Consumer"),
    Kind.LOSS: Text("报废损耗", "Loss"),
    Kind.DIFFERENCE: Text("盘点差异", "Difference"),
}


class Verb(StrEnum):
    """What a movement does."""

    OPEN = "open"
    RECEIVE = "receive"
    ISSUE = "issue"
    MOVE = "move"
    RESERVE = "reserve"
    RELEASE = "release"
    COUNT = "count"
    WRITE_OFF = "write_off"
    ROTATE = "rotate"
    RESTATE = "restate"
    REVERSE = "reverse"


VERB_NAMES: Mapping[Verb, Text] = {
    Verb.OPEN: Text("期初", "Opening balance"),
    Verb.RECEIVE: Text("入库", "Received"),
    Verb.ISSUE: Text("出库", "Issued"),
    Verb.MOVE: Text("移库", "Moved"),
    Verb.RESERVE: Text("预留", "Reserved"),
    Verb.RELEASE: Text("解除预留", "Released"),
    Verb.COUNT: Text("盘点", "Counted"),
    Verb.WRITE_OFF: Text("报废", "Written off"),
    Verb.ROTATE: Text("轮换", "Rotated"),
    Verb.RESTATE: Text("登记更正", "Restated in the register"),
    Verb.REVERSE: Text("冲销", "Reversed"),
}


@dataclass(frozen=True, slots=True, order=True)
class Account:
    """One account of a lot: its kind, and of whom or what (a run's assignment, a supplier, a reason); may be empty."""

    kind: Kind
    name: str = ""


STORE = Account(Kind.STORE)


@dataclass(frozen=True, slots=True)
class Posting:
    """Add `quantity` to an account of a lot; negative takes away."""

    lot: str
    account: Account
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Movement:
    """One thing that was done with stock. `reverses` is the id of the movement that this one undoes."""

    id: str
    verb: Verb
    postings: tuple[Posting, ...]
    reverses: str = ""


Balances = Mapping[tuple[str, Account], Decimal]


class MovementUnbalanced(ValueError):
    """A movement that makes something out of nothing: a mistake in the program, never a user's doing."""


class NotEnough(Refused):
    """Refuse to take more than an account of a lot holds."""


class QuantityRefused(Refused):
    """Refuse a quantity that is not above zero, has more than three places, or comes to more than a lot can hold."""


class CannotReverse(Refused):
    """Refuse to reverse a movement twice, or a reversal."""


def transfer(lot: str, source: Account, target: Account, quantity: Decimal) -> tuple[Posting, Posting]:
    """Return the two postings that bring a quantity of a lot from one account to another."""
    return Posting(lot, source, -quantity), Posting(lot, target, quantity)


def simple(id: str, verb: Verb, lot: str, source: Account, target: Account, quantity: Decimal) -> Movement:
    demand_positive(quantity)
    return Movement(id, verb, transfer(lot, source, target, quantity))


def demand_positive(quantity: Decimal) -> None:
    if not quantity.is_finite() or quantity <= 0:
        raise QuantityRefused(
            zh=f"数量应大于零，不能为 {quantity}。请改正。",
            en=f"A quantity is more than zero, not {quantity}. Correct it.",
        )
    if quantity > MOST:
        raise too_much(quantity)
    if quantity % THOUSANDTH:
        raise QuantityRefused(
            zh=f"数量最多三位小数，不能为 {quantity}。请改用较小的计量单位，或四舍五入。",
            en=f"A quantity has three decimal places at most, not {quantity}. Round it.",
        )


def too_much(quantity: Decimal) -> QuantityRefused:
    return QuantityRefused(
        zh=f"一个批次最多 {MOST}，会达到 {quantity:f}。请核对数量，或分成几个批次。",
        en=f"A lot holds {MOST} at most, and this would be {quantity:f}. Check the quantity, or make several lots.",
    )


def opening(id: str, *, lot: str, quantity: Decimal, reserved: Decimal = NOTHING, holder: str = "") -> Movement:
    """Take over what a lot held before the ledger began, with what was promised of it."""
    start = transfer(lot, Account(Kind.SUPPLIER, "opening"), STORE, quantity)
    promised = transfer(lot, STORE, Account(Kind.RESERVED, holder), reserved) if reserved else ()
    return Movement(id, Verb.OPEN, (*start, *promised))


def receive(id: str, *, lot: str, quantity: Decimal, supplier: str = "", replaces: str = "") -> Movement:
    """Take a quantity in from a supplier. `replaces` names a lot whose rotation it makes good: that debt shrinks."""
    got = simple(id, Verb.RECEIVE, lot, Account(Kind.SUPPLIER, supplier), STORE, quantity)
    paid = transfer(replaces, Account(Kind.OWED), Account(Kind.SUPPLIER, "rotation"), quantity) if replaces else ()
    return Movement(id, Verb.RECEIVE, (*got.postings, *paid))


def issue(id: str, *, lot: str, quantity: Decimal, consumer: str, holder: str | None = None) -> Movement:
    """Hand a quantity out for good; with `holder`, out of what was reserved for it."""
    source = STORE if holder is None else Account(Kind.RESERVED, holder)
    return simple(id, Verb.ISSUE, lot, source, Account(Kind.CONSUMER, consumer), quantity)


def move(id: str, *, lot: str, to_lot: str, quantity: Decimal) -> Movement:
    """Bring a quantity to another place, where it is (part of) another lot."""
    demand_positive(quantity)
    moved = Account(Kind.MOVED)
    postings = (*transfer(lot, STORE, moved, quantity), *transfer(to_lot, moved, STORE, quantity))
    return Movement(id, Verb.MOVE, postings)


def reserve(id: str, *, lot: str, quantity: Decimal, holder: str) -> Movement:
    """Promise a quantity to a holder; it stays where it is and nobody else can have it."""
    return simple(id, Verb.RESERVE, lot, STORE, Account(Kind.RESERVED, holder), quantity)


def release(id: str, *, lot: str, quantity: Decimal, holder: str) -> Movement:
    """Take a promise back."""
    return simple(id, Verb.RELEASE, lot, Account(Kind.RESERVED, holder), STORE, quantity)


def count(id: str, *, lot: str, at_hand: Decimal, counted: Decimal, verb: Verb = Verb.COUNT) -> Movement:
    """Set what is at hand, reserved or not, to what was counted: the difference is posted, also when it is none."""
    if not counted.is_finite() or counted < 0:
        raise QuantityRefused(
            zh=f"盘点数不能为 {counted}。请填写零或正数。", en=f"A count cannot be {counted}. Enter zero or more."
        )
    if counted:
        demand_positive(counted)
    missing = at_hand - counted
    return Movement(id, verb, transfer(lot, STORE, Account(Kind.DIFFERENCE), missing))


def write_off(id: str, *, lot: str, quantity: Decimal, why: str) -> Movement:
    """Take a quantity out that can no longer be used."""
    return simple(id, Verb.WRITE_OFF, lot, STORE, Account(Kind.LOSS, why), quantity)


def rotate(id: str, *, lot: str, quantity: Decimal, consumer: str) -> Movement:
    """Hand a quantity out for use before it expires, and keep in mind that as much is to come in its place."""
    used = simple(id, Verb.ROTATE, lot, STORE, Account(Kind.CONSUMER, consumer), quantity)
    owed = transfer(lot, Account(Kind.SUPPLIER, "rotation"), Account(Kind.OWED), quantity)
    return Movement(id, Verb.ROTATE, (*used.postings, *owed))


def reverse(id: str, movement: Movement) -> Movement:
    """Return the movement that undoes another; a reversal itself is not reversed, the thing is done again instead."""
    if movement.verb is Verb.REVERSE:
        raise CannotReverse(
            zh="冲销本身不能再冲销。需要时请重新办理原业务。",
            en="A reversal is not reversed. Do what was reversed once more instead.",
        )
    postings = tuple(Posting(posting.lot, posting.account, -posting.quantity) for posting in movement.postings)
    return Movement(id, Verb.REVERSE, postings, reverses=movement.id)


def fold(movements: Iterable[Movement], start: Balances | None = None) -> dict[tuple[str, Account], Decimal]:
    """Add up all postings; the order of the movements makes no difference. Empty accounts are left out."""
    balances = dict(start or {})
    for movement in movements:
        for posting in movement.postings:
            key = (posting.lot, posting.account)
            balances[key] = balances.get(key, NOTHING) + posting.quantity
    return {key: quantity for key, quantity in balances.items() if quantity}


def post(balances: Balances, movement: Movement) -> dict[tuple[str, Account], Decimal]:
    """Return the balances after a movement, or refuse it: no account at hand falls below zero.

    Since what is reserved has accounts of its own, what lies in store can never be less than what is promised.
    """
    demand_balance(movement)
    after = fold([movement], balances)
    for posting in movement.postings:
        left = after.get((posting.lot, posting.account), NOTHING)
        if posting.account.kind in NEVER_NEGATIVE and left < 0:
            raise counted_too_few(posting.lot, after) if movement.verb is Verb.COUNT else not_enough(posting, left)
    for lot in {posting.lot for posting in movement.postings}:
        if (held := at_hand(after, lot)) > MOST and held > at_hand(balances, lot):
            raise too_much(held)
    return after


def demand_balance(movement: Movement) -> None:
    """Raise MovementUnbalanced unless the postings of each lot, and what is moved between lots, sum to zero."""
    sums: dict[str, Decimal] = {}
    moved = NOTHING
    for posting in movement.postings:
        sums[posting.lot] = sums.get(posting.lot, NOTHING) + posting.quantity
        moved += posting.quantity if posting.account.kind is Kind.MOVED else NOTHING
    if any(sums.values()) or moved:
        raise MovementUnbalanced(f"The movement {movement.id} ({movement.verb}) does not sum to zero.")


def not_enough(posting: Posting, left: Decimal) -> NotEnough:
    name, held = KIND_NAMES[posting.account.kind], (left - posting.quantity).normalize()
    wanted = (-posting.quantity).normalize()
    return NotEnough(
        zh=f"“{name.zh}”只有 {held:f}，不能减少 {wanted:f}。请减少数量，或另选批次。",
        en=f"“{name.en}” holds {held:f} only, {wanted:f} cannot be taken from it. Take less, or choose another lot.",
    )


def counted_too_few(lot: str, after: Balances) -> NotEnough:
    counted, wanted = at_hand(after, lot).normalize(), promised(after, lot).normalize()
    return NotEnough(
        zh=f"盘点数 {counted:f} 少于已预留的 {wanted:f}：有人会取不到。请先取消或改派预留，再录入盘点。",
        en=f"{counted:f} were counted, but {wanted:f} are reserved, and somebody would not get theirs. Take back or "
        "change what is reserved, then enter the count.",
    )


def at_hand(balances: Balances, lot: str) -> Decimal:
    """Return what lies there of a lot, promised or not."""
    found = (quantity for (name, account), quantity in balances.items() if name == lot and account.kind in AT_HAND)
    return sum(found, NOTHING)


def promised(balances: Balances, lot: str) -> Decimal:
    return sum(
        (quantity for (name, account), quantity in balances.items() if name == lot and account.kind is Kind.RESERVED),
        NOTHING,
    )
