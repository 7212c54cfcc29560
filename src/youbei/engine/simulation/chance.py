"""The draws of `engine/draws.py` for compiled loops: the same words, the same numbers, bit by bit.

A loop is given the *key* of a kind of draw, `key(seed, replication, purpose, indices...)`, and completes the name of a
draw by one further word: `uniform(key, i)` is `Draws(seed, replication).uniform(purpose, indices..., i)`. Words must be
unsigned: a loop takes them from `loops.words`, or counts with `range` between two of them.
"""

from __future__ import annotations

import math

from youbei.engine import draws
from youbei.engine.draws import MASK
from youbei.engine.simulation.instructions import bits_of, float_of, quotient
from youbei.engine.simulation.loops import loop, part

mix = part(draws.mix)
triangular = loop(draws.triangular)

# Source: Wichura, Algorithm AS 241, Applied Statistics 37(3), 1988, PPND16: the coefficients of three fractions, for
# the middle, the tails and the far tails, highest power first.
MIDDLE_ABOVE = (
    *(2.50908_09287_30122_6727e3, 3.34305_75583_58812_8105e4, 6.72657_70927_00870_0853e4, 4.59219_53931_54987_1457e4),
    *(1.37316_93765_50946_1125e4, 1.97159_09503_06551_4427e3, 1.33141_66789_17843_7745e2, 3.38713_28727_96366_6080e0),
)
MIDDLE_BELOW = (
    *(5.22649_52788_52854_5610e3, 2.87290_85735_72194_2674e4, 3.93078_95800_09271_0610e4, 2.12137_94301_58659_5867e4),
    *(5.39419_60214_24751_1077e3, 6.87187_00749_20579_0830e2, 4.23133_30701_60091_1252e1, 1.0),
)
TAIL_ABOVE = (
    *(7.74545_01427_83414_07640e-4, 2.27238_44989_26918_45833e-2, 2.41780_72517_74506_11770e-1),
    *(1.27045_82524_52368_38258e0, 3.64784_83247_63204_60504e0, 5.76949_72214_60691_40550e0),
    *(4.63033_78461_56545_29590e0, 1.42343_71107_49683_57734e0),
)
TAIL_BELOW = (
    *(1.05075_00716_44416_84324e-9, 5.47593_80849_95344_94600e-4, 1.51986_66563_61645_71966e-2),
    *(1.48103_97642_74800_74590e-1, 6.89767_33498_51000_04550e-1, 1.67638_48301_83803_84940e0),
    *(2.05319_16266_37758_82187e0, 1.0),
)
FAR_ABOVE = (
    *(2.01033_43992_92288_13265e-7, 2.71155_55687_43487_57815e-5, 1.24266_09473_88078_43860e-3),
    *(2.65321_89526_57612_30930e-2, 2.96560_57182_85048_91230e-1, 1.78482_65399_17291_33580e0),
    *(5.46378_49111_64114_36990e0, 6.65790_46435_01103_77720e0),
)
FAR_BELOW = (
    *(2.04426_31033_89939_78564e-15, 1.42151_17583_16445_88870e-7, 1.84631_83175_10054_68180e-5),
    *(7.86869_13114_56132_59100e-4, 1.48753_61290_85061_48525e-2, 1.36929_88092_27358_05310e-1),
    *(5.99832_20655_58879_37690e-1, 1.0),
)

# Source: K. C. Ng, FDLIBM e_log.c, Sun Microsystems 1993: ln 2 in two parts, the first of which has its last 32 bits 0,
# and the minimax polynomial of (log(1 + s) - log(1 - s) - 2 s) / s in s**2.
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
LOG_1, LOG_2, LOG_3 = 6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01
LOG_4, LOG_5, LOG_6 = 2.222219843214978396e-01, 1.818357216161805012e-01, 1.531383769920937332e-01
LOG_7 = 1.479819860511658591e-01
# The bits of 1 and of the root of a half (its higher half), of the fraction of a float, and of 2**52.
ONE, ROOT_OF_HALF = 0x3FF0000000000000, 0x3FE6A09E00000000
FRACTION, WHOLE = 0x000FFFFFFFFFFFFF, 0x4330000000000000
TO_ONE = ONE - ROOT_OF_HALF


def key(seed: int, replication: int, purpose: int, *indices: int) -> int:
    """Return the state of a draw's name before its last word."""
    state = draws.mix(seed & MASK)
    for word in (replication, purpose, *indices):
        state = draws.mix(state ^ (word & MASK))
    return state


@part
def unit(state: int) -> float:
    """Return the number strictly between 0 and 1 that a whole name stands for."""
    return ((state >> 12) + 0.5) * 2.0**-52


@part
def logarithm(u: float) -> float:
    """Return the natural logarithm of a normal float above 0, to within one unit in the last place.

    In adding, multiplying and dividing alone: unlike that of a C library it is the same to the bit everywhere, and a
    compiled loop takes it of several numbers at once. u = 2**k (1 + f), 1 + f from the root of a half to its double.
    """
    word = bits_of(u) + TO_ONE
    k = float_of((word >> 52) | WHOLE) - (2.0**52 + 1023.0)
    f = float_of((word & FRACTION) + ROOT_OF_HALF) - 1.0
    s = quotient(f, 2.0 + f)
    z = s * s
    w = z * z
    even = w * (LOG_2 + w * (LOG_4 + w * LOG_6))
    rest = z * (LOG_1 + w * (LOG_3 + w * (LOG_5 + w * LOG_7))) + even
    half = 0.5 * f * f
    return k * LN2_HIGH - ((half - (s * (half + rest) + k * LN2_LOW)) - f)


@loop
def uniform(state: int, index: int) -> float:
    return unit(mix(state ^ index))


@part
def length_at(word: int) -> float:
    """Return the exponential length of mean 1 that a whole name stands for: its distribution inverted at 1 - u."""
    return -logarithm(unit(mix(word)))


@loop
def exponential(state: int, index: int) -> float:
    """Return an exponential length of mean 1."""
    return length_at(state ^ index)


@loop
def polynomial(coefficients: tuple[float, ...], x: float) -> float:
    value = coefficients[0]
    for place in range(1, 8):
        value = value * x + coefficients[place]
    return value


@loop
def normal(u: float) -> float:
    """Return the normal quantile at u, as `statistics.NormalDist().inv_cdf` does."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return polynomial(MIDDLE_ABOVE, r) * q / polynomial(MIDDLE_BELOW, r)
    r = math.sqrt(-math.log(u if q <= 0.0 else 1.0 - u))
    if r <= 5.0:
        x = polynomial(TAIL_ABOVE, r - 1.6) / polynomial(TAIL_BELOW, r - 1.6)
    else:
        x = polynomial(FAR_ABOVE, r - 5.0) / polynomial(FAR_BELOW, r - 5.0)
    return -x if q < 0.0 else x


@loop
def lognormal(log_spread: float, u: float) -> float:
    """Return the factor about the median for a geometric standard deviation of which this is the logarithm."""
    return math.exp(log_spread * normal(u)) if log_spread > 0.0 else 1.0


@loop
def whole(seconds: float) -> int:
    """Return whole milliseconds, halves up."""
    return math.floor(seconds * 1000 + 0.5)
