"""exp, log, sin, cos, tanh and their kin on vectors, without a branch: pip's LLVM brings none.

Each is range reduction, a polynomial and the exponent put back by its bits, in double precision; errors are at most 2
units in the last place, tested against mpmath. The polynomials of log, sin and cos are those of Sun's fdlibm (1993).
"""

import math
from collections.abc import Callable, Mapping, Sequence

from gradlab.kernel.code import CONTRACTED, Code, Lane, number

LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
ROUNDING = 6755399441055744.0
"""1.5 · 2⁵²: added to a number it leaves the nearest whole number in the last bits."""

LOG = (
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
)
SIN = (
    -1.66666666666666324348e-01,
    8.33333333332248946124e-03,
    -1.98412698298579493134e-04,
    2.75573137070700676789e-06,
    -2.50507602534068634195e-08,
    1.58969099521155010221e-10,
)
COS = (
    4.16666666666666019037e-02,
    -1.38888888888741095749e-03,
    2.48015872894767294178e-05,
    -2.75573143513906633035e-07,
    2.08757232129817482790e-09,
    -1.13596475577881948265e-11,
)
HALF_PI = (1.5707963267948966, 6.123233995736766e-17, -1.4973849048591698e-33)
"""π/2 in three parts. A whole number below 2²⁰ times the first, taken from an angle near it, leaves an exact rest."""

LARGEST_ANGLE = 1.6e6
"""Beyond it sin and cos say NaN; the run then differs from the eager one, asked at its end, and is given up."""

EXP = (
    5.0000000000000001e-01,
    1.6666666666666669e-01,
    4.166666666662399e-02,
    8.333333333330051e-03,
    1.3888888917281794e-03,
    1.9841269863105968e-04,
    2.480152119021773e-05,
    2.7557268378684192e-06,
    2.7620138719733994e-07,
    2.5100424157005067e-08,
)
"""(exp(r) - 1 - r)/r² on |r| ≤ ln2/2, by Chebyshev; the rest is below 2⁻⁵⁶."""

SMALLEST_EXP, LARGEST_EXP = -708.0, 709.782712893384
"""Below and beyond, exp is 0 (smaller numbers have fewer digits, and are slow) and infinity."""


class Vectors:
    """Functions of `Lane`s of doubles; every method writes the instructions and gives back the result."""

    def __init__(self, code: Code) -> None:
        self.code = code

    def constant(self, value: float, like: Lane) -> Lane:
        return number(value, "double", like.width)

    def add(self, a: Lane, b: Lane | float) -> Lane:
        return self.code.arithmetic("fadd", a, self._lane(b, a), "")

    def sub(self, a: Lane | float, b: Lane) -> Lane:
        return self.code.arithmetic("fsub", self._lane(a, b), b, "")

    def mul(self, a: Lane, b: Lane | float) -> Lane:
        return self.code.arithmetic("fmul", a, self._lane(b, a), "")

    def div(self, a: Lane | float, b: Lane) -> Lane:
        return self.code.arithmetic("fdiv", self._lane(a, b), b, "")

    def muladd(self, a: Lane, b: Lane | float, c: Lane | float) -> Lane:
        """a·b + c, in one instruction where the processor has it."""
        product = self.code.arithmetic("fmul", a, self._lane(b, a), CONTRACTED)
        return self.code.arithmetic("fadd", product, self._lane(c, a), CONTRACTED)

    def polynomial(self, coefficients: Sequence[float], a: Lane) -> Lane:
        """c₀ + c₁a + c₂a² + … by Horner's scheme: what counts is the number of products, not how they wait."""
        result = self.constant(coefficients[-1], a)
        for coefficient in reversed(coefficients[:-1]):
            result = self.muladd(result, a, coefficient)
        return result

    def where(self, relation: str, a: Lane, b: float, then: Lane | float, otherwise: Lane) -> Lane:
        condition = self.code.compare(relation, a, self._lane(b, a))
        return self.code.select(condition, self._lane(then, a), otherwise)

    def absolute(self, a: Lane) -> Lane:
        return self.code.intrinsic("fabs", a)

    def _lane(self, value: Lane | float, like: Lane) -> Lane:
        return value if isinstance(value, Lane) else self.constant(value, like)

    def _bits(self, a: Lane) -> Lane:
        return self.code.cast("bitcast", a, "i64")

    def _whole(self, value: int, like: Lane) -> Lane:
        return number(value, "i64", like.width)

    def nearest(self, a: Lane) -> tuple[Lane, Lane]:
        """The nearest whole number, as a double, and as bits of which the lowest 51 count."""
        shifted = self.add(a, ROUNDING)
        return self.add(shifted, -ROUNDING), self._bits(shifted)

    def scaled(self, a: Lane, whole: Lane) -> Lane:
        """a·2^k, by adding k to the exponent: a and the product are neither tiny, infinite nor 0.

        A NaN stays one: where a is NaN, so is what `whole` are the bits of, and those that count of it are 0.
        """
        bits = self.code.integer("add", self._bits(a), self.code.integer("shl", whole, self._whole(52, whole)))
        return self.code.cast("bitcast", bits, "double")

    def _reduced(self, a: Lane) -> tuple[Lane, Lane]:
        """k and expm1(r), with a = k·ln2 + r, |r| ≤ ln2/2."""
        k, whole = self.nearest(self.mul(a, 1 / math.log(2)))
        r = self.muladd(k, -LN2_LOW, self.muladd(k, -LN2_HIGH, a))
        return whole, self.muladd(self.mul(r, r), self.polynomial(EXP, r), r)

    def exp(self, a: Lane) -> Lane:
        whole, small = self._reduced(a)
        result = self.scaled(self.add(small, 1.0), whole)
        result = self.where("olt", a, SMALLEST_EXP, 0.0, result)
        return self.where("ogt", a, LARGEST_EXP, math.inf, result)

    def expm1(self, a: Lane) -> Lane:
        """2^k·expm1(r) + (2^k - 1); where 1 no longer counts, exp."""
        whole, small = self._reduced(a)
        power = self.scaled(self.constant(1.0, a), whole)
        near = self.muladd(small, power, self.add(power, -1.0))
        result = self.where("ogt", a, 40.0, self.exp(a), near)
        result = self.where("olt", a, -40.0, -1.0, result)
        return self.where("ueq", a, 0.0, a, result)

    def log(self, a: Lane) -> Lane:
        tiny = self.code.compare("olt", a, self.constant(2.2250738585072014e-308, a))
        scaled = self.code.select(tiny, self.mul(a, 2.0**54), a)
        bits = self._bits(scaled)
        # Counted from √½, so that the mantissa lies between √½ and √2 and the logarithm near 1 is not cancelled.
        root = self._whole(0x3FE6A09E667F3BCD, bits)
        power = self.code.integer("ashr", self.code.integer("sub", bits, root), self._whole(52, bits))
        mantissa = self.code.integer("sub", bits, self.code.integer("shl", power, self._whole(52, bits)))
        k = self._as_double(power)
        k = self.code.select(tiny, self.add(k, -54.0), k)
        f = self.add(self.code.cast("bitcast", mantissa, "double"), -1.0)
        result = self._log_near_one(f, k)
        result = self.where("oeq", a, math.inf, math.inf, result)
        result = self.where("oeq", a, 0.0, -math.inf, result)
        return self.where("oge", a, 0.0, result, self.constant(math.nan, a))

    def _as_double(self, whole: Lane) -> Lane:
        """A whole number below 2⁵¹ as a double, by its bits."""
        magic = self._bits(self.constant(ROUNDING, whole))
        return self.add(self.code.cast("bitcast", self.code.integer("add", whole, magic), "double"), -ROUNDING)

    def _log_near_one(self, f: Lane, k: Lane) -> Lane:
        """log(1 + f) + k·ln2."""
        s = self.div(f, self.add(f, 2.0))
        z = self.mul(s, s)
        series = self.mul(z, self.polynomial(LOG, z))
        half_square = self.mul(self.mul(f, f), 0.5)
        inner = self.muladd(s, self.add(half_square, series), self.mul(k, LN2_LOW))
        return self.sub(self.mul(k, LN2_HIGH), self.sub(self.sub(half_square, inner), f))

    def log1p(self, a: Lane) -> Lane:
        """log(u)·a/(u - 1) with u = 1 + a rounded: the error of u cancels (Kahan)."""
        u = self.add(a, 1.0)
        rounded = self.add(u, -1.0)
        corrected = self.div(self.mul(self.log(u), a), rounded)
        corrected = self.where("oeq", a, math.inf, math.inf, corrected)
        return self.where("oeq", rounded, 0.0, a, corrected)

    def _angle(self, a: Lane) -> tuple[Lane, Lane, Lane]:
        """The quarter turn that `a` lies in, and what is left of it: a value and the tail that rounding lost."""
        k, whole = self.nearest(self.mul(a, 2 / math.pi))
        within = self.where("ole", self.absolute(a), LARGEST_ANGLE, a, self.constant(math.nan, a))
        minus = self.sub(0.0, k)
        left = self._fused(minus, HALF_PI[0], within)
        angle = self._fused(minus, HALF_PI[1], left)
        taken = self.sub(left, angle)
        again = self.sub(self.sub(left, taken), angle)  # what rounding took of `taken`, where `angle` is the smaller
        lost = self.add(self._fused(minus, HALF_PI[1], taken), again)
        return whole, angle, self._fused(minus, HALF_PI[2], lost)

    def _fused(self, a: Lane, b: float, c: Lane) -> Lane:
        """a·b + c with one rounding, wherever it runs: what is exact here depends on it."""
        return self.code.intrinsic("fma", a, self.constant(b, a), c)

    def _sine(self, angle: Lane, tail: Lane) -> Lane:
        z = self.mul(angle, angle)
        return self.add(self.muladd(self.mul(z, angle), self.polynomial(SIN, z), tail), angle)

    def _cosine(self, angle: Lane, tail: Lane) -> Lane:
        z = self.mul(angle, angle)
        half = self.mul(z, 0.5)
        first = self.sub(1.0, half)
        lost = self.sub(self.sub(1.0, first), half)
        rest = self.muladd(self.sub(0.0, angle), tail, lost)
        return self.add(first, self.muladd(self.mul(z, z), self.polynomial(COS, z), rest))

    def sin(self, a: Lane) -> Lane:
        return self._wave(a, quarter=0)

    def cos(self, a: Lane) -> Lane:
        return self._wave(a, quarter=1)

    def _wave(self, a: Lane, quarter: int) -> Lane:
        """sin(a + quarter·π/2): sine or cosine of what is left, and its sign, by the quarter turn."""
        whole, angle, tail = self._angle(a)
        turn = self.code.integer("add", whole, self._whole(quarter, whole))
        parity = self.code.integer("and", turn, self._whole(1, turn))
        odd = self.code.compare("ne", parity, self._whole(0, turn))
        wave = self.code.select(odd, self._cosine(angle, tail), self._sine(angle, tail))
        sign = self.code.integer("shl", self.code.integer("and", turn, self._whole(2, turn)), self._whole(62, turn))
        return self.code.cast("bitcast", self.code.integer("xor", self._bits(wave), sign), "double")

    def tanh(self, a: Lane) -> Lane:
        """expm1(2|a|)/(expm1(2|a|) + 2), with the sign of a; 1 from |a| = 20 on."""
        size = self.absolute(a)
        doubled = self.expm1(self.mul(self.where("ogt", size, 20.0, 20.0, size), 2.0))
        return self.code.intrinsic("copysign", self.div(doubled, self.add(doubled, 2.0)), a)

    def sigmoid(self, a: Lane) -> Lane:
        return self.div(1.0, self.add(self.exp(self.sub(0.0, a)), 1.0))

    def softplus(self, a: Lane) -> Lane:
        """log(1 + exp(a)); from 20 on PyTorch takes a itself."""
        return self.where("ogt", a, 20.0, a, self.log1p(self.exp(a)))


LIBRARY = frozenset("tan asin acos atan sinh cosh log2 log10 erf exp2 pow atan2".split())
"""What is left to the C library, a number at a time."""

VECTOR: Mapping[str, Callable[[Vectors, Lane], Lane]] = {
    "exp": Vectors.exp,
    "expm1": Vectors.expm1,
    "log": Vectors.log,
    "log1p": Vectors.log1p,
    "sin": Vectors.sin,
    "cos": Vectors.cos,
    "tanh": Vectors.tanh,
    "sigmoid": Vectors.sigmoid,
    "softplus": Vectors.softplus,
}
