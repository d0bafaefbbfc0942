"""How money is said: the currency's sign, two places only where they matter."""

from decimal import Decimal
from typing import Any

from babel.numbers import format_currency
from flask import Flask
from flask_babel import get_locale

from kesu.engine import written_numbers


def init(app: Flask) -> None:
    """Give templates the ways to say money, and a number in a field to type in."""
    app.jinja_env.filters.update(money=money, typed_number=typed_number)


def typed_number(value: Any) -> Any:
    """Return a number as a field shows it, so that it is read back as the same; a text stays."""
    if isinstance(value, Decimal | float):
        return written_numbers.plain(Decimal(str(value)))
    return value


def money(amount: Decimal | None, currency: str = "CNY") -> str:
    """Say an amount; nothing where there is none."""
    if amount is None:
        return ""
    whole = amount == amount.to_integral_value()
    pattern = "¤#,##0" if whole else "¤#,##0.00"
    return str(format_currency(amount, currency, pattern, locale=get_locale(), currency_digits=False))
