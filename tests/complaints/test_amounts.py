"""Amounts of complaints and remedies: never guessed, whichever way they come in."""

from decimal import Decimal

import pytest

from kesu.complaints import amounts, cases, corrections, receipts, remedies
from kesu.complaints.remedies import Remedy
from kesu.engine import clock
from kesu.engine.errors import Invalid
from tests.complaints.companies import complaint


@pytest.mark.parametrize(
    ("text", "amount"),
    [("12,50", "12.50"), ("1.200,50", "1200.50"), ("1,200.50", "1200.50"), ("￥1.2万", "12000")],
)
def test_an_amount_of_a_complaint_is_what_was_written(company, text, amount):
    reference = receipts.receive(company, complaint(amount=text), channel="phone").reference
    with company.read() as connection:
        assert cases.find(connection, reference).amount == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1.200", "1.200 can be meant as 1.2 or as 1200"),
        ("1.39E+10", "spreadsheet shortens"),
        ("$50", r"\$50 is not in CNY"),
        ("80 €", "80 € is not in CNY"),
        ("-5", "Expected an amount like 1200 or 99.50, got -5"),
        ("about 50", "Expected an amount like 1200 or 99.50, got about 50"),
    ],
)
def test_an_unclear_amount_is_asked_back_and_nothing_is_taken(company, text, told):
    with pytest.raises(Invalid, match=told):
        receipts.receive(company, complaint(amount=text), channel="phone")
    with pytest.raises(Invalid, match=told):
        remedies.check(Remedy("refund", text, currency="CNY"))
    with company.read() as connection:
        assert connection.execute(cases.cases.select()).first() is None


def test_the_sign_may_say_the_currency_of_the_complaint():
    assert amounts.problem("amount", "$50", "USD") is None
    assert amounts.problem("amount", "￥50", "JPY") is None
    assert amounts.problem("amount", "€50", "EUR") is None


def test_a_correction_asks_back_as_the_form_does(company):
    reference = receipts.receive(company, complaint(amount="199"), channel="web").reference
    with company.read() as connection:
        seen = cases.find(connection, reference).version
    told = {"actor": "ines", "seen": seen, "reason": "misread"}
    with pytest.raises(Invalid, match="12.345 can be meant as"):
        corrections.correct(company, reference, {"amount": "12.345"}, **told)
    corrections.correct(company, reference, {"amount": "12,50"}, **told)
    with company.read() as connection:
        case = cases.find(connection, reference)
    assert case.amount == Decimal("12.50") and case.received_at <= clock.now()
