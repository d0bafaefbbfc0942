"""What the letter with the result says of the remedy: its name, with an amount only where it is money."""

from types import SimpleNamespace

import pytest

from kesu.complaints import letters
from kesu.handlers.notify_customer import _values

CASE = SimpleNamespace(reference="KS-2026-000001", title="Broken", cause="x", measure="y", currency="CNY")
CAROL = SimpleNamespace(name="Carol", locale="en")


LINES = {"repair": "What you get: Repair\n", "compensation": "What you get: Compensation in money 80.00 CNY\n", None: "What you get: -\n"}


@pytest.mark.parametrize(("remedy", "line"), LINES.items())
def test_a_remedy_without_money_is_told_without_a_dash_behind_it(remedy, line):
    told = _values({"remedy": remedy, "remedy_amount": 80}, CASE, CAROL)

    assert line in letters.write("result", "en", told).body
