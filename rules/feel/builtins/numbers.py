"""Built-in functions over numbers."""

from collections.abc import Callable
from datetime import timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal

from kesu.rules.feel.builtins.registry import builtin
from kesu.rules.feel.numbers import NUMBERS, SCALE_MAX, SCALE_MIN
from kesu.rules.feel.values import YearMonthDuration
from kesu.rules.limits import charge

_ROOT_STEPS, _LOGARITHM_STEPS = 4, 12  # what each takes beyond its call, in steps


def _rounding(signature: str, mode: str) -> None:
    def round_to(n: Decimal, scale: Decimal | None) -> Decimal | None:
        return rounded(n, scale or Decimal(0), mode)

    builtin(signature, "number")(round_to)


def rounded(n: Decimal, scale: Decimal, mode: str) -> Decimal | None:
    """Round to so many decimal places; None beyond the places the standard allows."""
    if not SCALE_MIN <= scale <= SCALE_MAX:
        return None
    places = int(scale)
    exponent = n.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places:
        return n
    if n.adjusted() < -places - 1 and mode in (ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_DOWN):
        return Decimal(0)
    try:
        return n.quantize(Decimal(1).scaleb(-places, NUMBERS), mode, NUMBERS) + 0
    except ArithmeticError:
        return None


_rounding("decimal(n: number, scale: number)", ROUND_HALF_EVEN)
_rounding("floor(n: number, [scale: number])", ROUND_FLOOR)
_rounding("ceiling(n: number, [scale: number])", ROUND_CEILING)
_rounding("round up(n: number, scale: number)", ROUND_UP)
_rounding("round down(n: number, scale: number)", ROUND_DOWN)
_rounding("round half up(n: number, scale: number)", ROUND_HALF_UP)
_rounding("round half down(n: number, scale: number)", ROUND_HALF_DOWN)


@builtin("abs(n: number)", "number")
def absolute(n: Decimal) -> Decimal:
    """The number without its sign."""
    return abs(n)


@builtin("abs(n: duration)", "duration")
def absolute_duration(n: timedelta | YearMonthDuration) -> timedelta | YearMonthDuration:
    """The duration without its sign."""
    return abs(n) if isinstance(n, timedelta) else YearMonthDuration(abs(n.months))


@builtin("modulo(dividend: number, divisor: number)", "number")
def modulo(dividend: Decimal, divisor: Decimal) -> Decimal | None:
    """The rest of a division, with the sign of the divisor."""

    def rest() -> Decimal:
        remainder = NUMBERS.remainder(dividend, divisor)
        return NUMBERS.add(remainder, divisor) if remainder and (remainder < 0) != (divisor < 0) else remainder

    return _or_null(rest)


@builtin("sqrt(number: number)", "number")
def sqrt(number: Decimal) -> Decimal | None:
    """The square root."""
    charge(_ROOT_STEPS)
    return _or_null(lambda: NUMBERS.sqrt(number))


@builtin("log(number: number)", "number")
def log(number: Decimal) -> Decimal | None:
    """The natural logarithm."""
    charge(_LOGARITHM_STEPS)
    return _or_null(lambda: NUMBERS.ln(number)) if number > 0 else None


@builtin("exp(number: number)", "number")
def exp(number: Decimal) -> Decimal | None:
    """The power of e."""
    charge(_LOGARITHM_STEPS)
    return _or_null(lambda: NUMBERS.exp(number))


@builtin("odd(number: number)", "boolean")
def odd(number: Decimal) -> bool | None:
    """Whether a whole number is odd."""
    return _parity(number, 1)


@builtin("even(number: number)", "boolean")
def even(number: Decimal) -> bool | None:
    """Whether a whole number is even."""
    return _parity(number, 0)


def _parity(number: Decimal, wanted: int) -> bool | None:
    if number != number.to_integral_value():
        return False
    return _or_null_bool(lambda: abs(NUMBERS.remainder(number, Decimal(2))) == wanted)


def _or_null(operation: Callable[[], Decimal]) -> Decimal | None:
    try:
        return operation()
    except ArithmeticError:
        return None


def _or_null_bool(operation: Callable[[], bool]) -> bool | None:
    try:
        return operation()
    except ArithmeticError:
        return None
