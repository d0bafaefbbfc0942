"""Reference numbers of cases, `KS-2026-000123`: one series a year, without a gap, on both databases and under concurrency.

A number is looked at first (the process must start under it) and taken by compare-and-set in the transaction that writes the
case: it is used exactly if the case is there, so nothing ever leaves a hole. Whoever comes second begins again with the next.
"""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Column, Connection, Integer, Table, select
from sqlalchemy.exc import IntegrityError

from kesu.complaints import working_hours
from kesu.engine.database import metadata

REFERENCE = re.compile(r"KS-\d{4}-\d{6,}")
ZONE = ZoneInfo("Asia/Shanghai")  # of whoever has said nothing about theirs

case_numbers = Table(
    "case_numbers",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
)


class Taken(Exception):
    """Somebody else took this number first; look again."""


def next_reference(connection: Connection, at: datetime) -> str:
    """Return the reference that the next case received at this instant would bear."""
    year = at.astimezone(working_hours.zone(connection)).year  # it turns with the company's midnight
    last = connection.execute(select(case_numbers.c.last).where(case_numbers.c.year == year)).scalar()
    return f"KS-{year}-{(last or 0) + 1:06d}"


def take(connection: Connection, reference: str) -> None:
    """Use a reference up, in the transaction that writes its case.

    Raises `Taken` where it is not the next one any more.
    """
    year, number = int(reference[3:7]), int(reference[8:])
    if number == 1:
        return _begin_year(connection, year)
    match = (case_numbers.c.year == year) & (case_numbers.c.last == number - 1)
    if connection.execute(case_numbers.update().where(match).values(last=number)).rowcount != 1:
        raise Taken


def _begin_year(connection: Connection, year: int) -> None:
    try:
        connection.execute(case_numbers.insert().values(year=year, last=1))
    except IntegrityError as other:
        raise Taken from other
