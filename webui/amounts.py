"""How money is said: the currency's sign, two places only where they matter."""

from decimal import Decimal

from babel.numbers import format_currency
from flask import Flask
from flask_babel import get_locale


def init(app: Flask) -> None:
    """Give templates the way to say money."""
    app.jinja_env.filters.update(money=money)


def money(amount: Decimal | None, currency: str = "CNY") -> str:
    """Say an amount; nothing where there is none."""
    if amount is None:
        return ""
    whole = amount == amount.to_integral_value()
    pattern = "¤#,##0" if whole else "¤#,##0.00"
    return str(format_currency(amount, currency, pattern, locale=get_locale(), currency_digits=False))
