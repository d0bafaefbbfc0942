"""Money: decimal outside, whole cents in the database, because SQLite would keep a decimal as a binary fraction."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from sqlalchemy import BigInteger, Dialect
from sqlalchemy.types import TypeDecorator

CENT = Decimal("0.01")
LARGEST = Decimal("1000000000000")


class Money(TypeDecorator[Decimal]):
    """A decimal amount with two places, stored as a whole number of cents."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Store cents."""
        return None if value is None else int(rounded(value) * 100)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Give a decimal with two places back."""
        return None if value is None else (Decimal(int(value)) / 100).quantize(CENT)


def rounded(value: Decimal) -> Decimal:
    """Round to cents, half up, as a cash desk does."""
    return value.quantize(CENT, ROUND_HALF_UP)


def read(text: Any) -> Decimal | None:
    """Return the amount a person or a form meant, or None where it is not a number from 0 to a trillion."""
    try:
        amount = Decimal(str(text).strip().replace(",", "").replace("，", "").lstrip("¥￥$€"))
    except InvalidOperation:
        return None
    return rounded(amount) if amount.is_finite() and 0 <= amount <= LARGEST else None
