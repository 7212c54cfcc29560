"""The capacity reserve as supply: how much a production line has made by when, exactly.

A line begins to make the item after its switch-over, climbs evenly from its first to its full rate during the ramp-up
and then holds it, as long as the raw material at hand lasts; afterwards it makes what the resupply allows. Only the
share that was promised counts. Times are hours from the call, quantities are fractions: nothing is rounded on the way.

During the ramp-up the rate rises in a straight line, so the quantity is a curve; it is replaced by `STAIRS` steps of
equal length with the mean rate of each. The quantity is exact at each end of a step, and a straight line between.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

Number = Fraction | Decimal | int
STAIRS = 8
HOURS_OF_A_DAY = 24
NEVER = None


@dataclass(frozen=True, slots=True)
class Line:
    """A production line: hours of switch-over and ramp-up, rates per day, raw material for so much (None: no limit)."""

    switch_over_h: Number
    first_rate: Number
    ramp_up_h: Number
    full_rate: Number
    raw_material: Number | None = None
    resupply_rate: Number = 0
    share: Number = 1


@dataclass(frozen=True, slots=True)
class Piece:
    """From `start_h` on, `quantity` is there and grows by `rate_h` an hour."""

    start_h: Fraction
    quantity: Fraction
    rate_h: Fraction


@dataclass(frozen=True, slots=True)
class Curve:
    """Supply over time, piecewise linear: nothing before the first piece, the last piece goes on without end."""

    pieces: tuple[Piece, ...]

    def at(self, hours: Number) -> Fraction:
        """Return how much is there after so many hours."""
        moment, found = Fraction(hours), Fraction(0)
        for piece in self.pieces:
            if piece.start_h > moment:
                break
            found = piece.quantity + piece.rate_h * (moment - piece.start_h)
        return found

    def when(self, quantity: Number) -> Fraction | None:
        """Return after how many hours at least `quantity` is there, the earliest; None where it never is."""
        wanted = Fraction(quantity)
        if wanted <= 0:
            return Fraction(0)
        for number, piece in enumerate(self.pieces):
            following = self.pieces[number + 1] if number + 1 < len(self.pieces) else None
            if piece.quantity >= wanted:
                return piece.start_h
            if not piece.rate_h:
                continue
            moment = piece.start_h + (wanted - piece.quantity) / piece.rate_h
            if following is None or moment <= following.start_h:
                return moment
        return NEVER

    def later(self, hours: Number) -> Curve:
        """Return the same supply so many hours later: what is added for the way."""
        shift = Fraction(hours)
        return Curve(tuple(Piece(piece.start_h + shift, piece.quantity, piece.rate_h) for piece in self.pieces))


def lump(quantity: Number, delay_h: Number = 0) -> Curve:
    """Return the supply that is there as a whole after a delay: stock, a delivery."""
    return Curve((Piece(Fraction(delay_h), Fraction(quantity), Fraction(0)),))


def curve_of(line: Line) -> Curve:
    """Return what the promised share of a line supplies over time."""
    made, limited = Fraction(0), False
    pieces: list[Piece] = []
    stock = None if line.raw_material is None else Fraction(line.raw_material)
    resupply = Fraction(line.resupply_rate) / HOURS_OF_A_DAY
    for start, length, rate in stretches(line):
        if limited or stock is None:
            used = min(rate, resupply) if limited else rate
            pieces.append(Piece(start, made, used))
            made += used * (length or 0)
            continue
        lasts = exhausted_after(stock - made + resupply * start, rate - resupply)
        if length is not None and (lasts is None or lasts >= length):
            pieces.append(Piece(start, made, rate))
            made += rate * length
        else:
            limited = True
            pieces, made = cut_short(pieces, Piece(start, made, rate), lasts, length, resupply)
    return combine([scaled(Curve(tuple(pieces)), Fraction(line.share))])


def stretches(line: Line) -> list[tuple[Fraction, Fraction | None, Fraction]]:
    """Return (start, length, rate an hour) of the steps of the ramp-up and of the full rate, which has no end."""
    start = Fraction(line.switch_over_h)
    first, full = Fraction(line.first_rate) / HOURS_OF_A_DAY, Fraction(line.full_rate) / HOURS_OF_A_DAY
    ramp = Fraction(line.ramp_up_h)
    step = ramp / STAIRS
    found: list[tuple[Fraction, Fraction | None, Fraction]] = []
    if ramp:
        for number in range(STAIRS):
            share = Fraction(2 * number + 1, 2 * STAIRS)
            found.append((start + number * step, step, first + (full - first) * share))
    return [*found, (start + ramp, None, full)]


def exhausted_after(left: Fraction, faster: Fraction) -> Fraction | None:
    """Return for how many hours the raw material lasts when it is used faster than it comes; None for ever."""
    if faster <= 0:
        return None
    return max(left, Fraction(0)) / faster


def cut_short(
    pieces: list[Piece], piece: Piece, lasts: Fraction | None, length: Fraction | None, resupply: Fraction
) -> tuple[list[Piece], Fraction]:
    """Run at the piece's rate while the raw material lasts, then at the rate of the resupply."""
    if lasts is None:
        return [*pieces, piece], piece.quantity
    spent = piece.quantity + piece.rate_h * lasts
    slow = min(piece.rate_h, resupply)
    rest = Fraction(0) if length is None else length - lasts
    kept = [*pieces, piece] if lasts else pieces
    return [*kept, Piece(piece.start_h + lasts, spent, slow)], spent + slow * rest


def scaled(curve: Curve, share: Fraction) -> Curve:
    return Curve(tuple(Piece(piece.start_h, piece.quantity * share, piece.rate_h * share) for piece in curve.pieces))


def combine(curves: Iterable[Curve]) -> Curve:
    """Add several supplies up."""
    given: Sequence[Curve] = tuple(curves)
    starts = sorted({piece.start_h for curve in given for piece in curve.pieces})
    return Curve(
        tuple(
            Piece(
                start,
                sum((curve.at(start) for curve in given), Fraction(0)),
                sum((rate_at(curve, start) for curve in given), Fraction(0)),
            )
            for start in starts
        )
    )


def rate_at(curve: Curve, hours: Fraction) -> Fraction:
    rate = Fraction(0)
    for piece in curve.pieces:
        if piece.start_h > hours:
            break
        rate = piece.rate_h
    return rate
