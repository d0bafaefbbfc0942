"""Money: decimal outside, whole cents in the database, because SQLite keeps decimals in binary."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import BigInteger, Dialect
from sqlalchemy.types import TypeDecorator

from kesu.complaints.problems import FieldProblem
from kesu.engine import written_numbers
from kesu.engine.errors import sentence

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
    """Return the amount a person or a form meant, or None where that is not certain.

    From 0 to a trillion, in cents. What is read how stands in `engine.written_numbers`.
    """
    try:
        amount = written_numbers.read(text)
    except written_numbers.Unclear:
        return None
    return rounded(amount) if 0 <= amount <= LARGEST else None


def problem(field: str, text: Any, currency: str) -> FieldProblem | None:
    """Return why an amount cannot be taken, or None: no number, one in two ways, other money."""
    try:
        written = written_numbers.amount(text)
    except written_numbers.Unclear as unclear:
        if unclear.template != written_numbers.NO_NUMBER:
            return FieldProblem(field, unclear.template, dict(unclear.values))
        written = None
    given = str(text).strip()[:40]
    if written is None or not 0 <= written.number <= LARGEST:
        template = sentence("Expected an amount like 1200 or 99.50, got {given}.")
        return FieldProblem(field, template, {"given": given})
    if written.currencies and currency not in written.currencies:
        template = sentence("{given} is not in {currency}. Give the amount in {currency}.")
        return FieldProblem(field, template, {"given": given, "currency": currency})
    return None
