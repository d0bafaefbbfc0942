"""The arithmetic of numbers: decimal128 of IEEE 754-2008, 34 digits, half-even, as the standard asks."""

from decimal import (
    ROUND_HALF_EVEN,
    Context,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

from kesu.rules.limits import NUMBER_DIGITS

# The traps make an impossible operation raise, which the caller turns into null. Flags of the shared context are never
# read, so sharing it between threads is safe.
NUMBERS = Context(
    prec=NUMBER_DIGITS,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    clamp=0,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
SCALE_MIN, SCALE_MAX = -6111, 6176
