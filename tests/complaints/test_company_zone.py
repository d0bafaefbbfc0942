"""The year of a case's number and the day of a purchase are the company's, wherever its calendar says that it is."""

from datetime import UTC, datetime, timedelta

import pytest

from kesu.complaints import intake_checks, numbers, working_hours
from kesu.engine import durations
from tests.complaints.companies import complaint

NEW_YEAR = datetime(2026, 12, 31, 20, 0, tzinfo=UTC)  # 04:00 on 1 January in Shanghai, 15:00 of the old year in New York


@pytest.fixture
def moved(company):
    """Let the company work in another zone."""

    def move(zone):
        table = working_hours.calendars
        with company.write() as connection:
            connection.execute(table.delete().where(table.c.key == working_hours.DEFAULT))
            row = {"key": working_hours.DEFAULT, "name": "Here", "zone": zone}
            connection.execute(table.insert().values(row))

    return move


@pytest.mark.parametrize(("zone", "year", "is_future"), [("Asia/Shanghai", 2027, False), ("America/New_York", 2026, True)])
def test_the_year_and_the_day_are_the_companys(company, moved, zone, year, is_future):
    moved(zone)
    with company.read() as connection:
        assert numbers.next_reference(connection, NEW_YEAR) == f"KS-{year}-000001"
        bought = complaint(purchased_on="2027-01-01")
        _, found = intake_checks.check(connection, bought, channel="web", at=NEW_YEAR)
    assert ("purchased_on" in {each.field for each in found}) is is_future


@pytest.mark.parametrize(("text", "days"), [("P2W", 14), ("P1M", 31), ("PT0S", 0), ("P1.5D", 1.5), ("2 weeks", None), ("P9999Y", None)])
def test_how_long_a_duration_is_from_a_day(text, days):
    wanted = None if days is None else timedelta(days=days)
    assert durations.span(text, datetime(2026, 3, 2, tzinfo=UTC)) == wanted
