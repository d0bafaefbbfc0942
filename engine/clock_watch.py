"""Whether the machine's clock can be believed: a jump against the time that really passed holds back all that is due.

A clock three days ahead would send every reminder and escalation of three days at once, and nothing
takes a mail back. So the worker looks here before each step. The last believed reading of each
machine is kept: the time of day beside the uptime, which nobody sets and which goes on while the
machine sleeps. Where both have not moved alike, the worker stands still until the clock is right
again or a person says that it is. A machine that was off for days is no jump: after a new start
only a time before the last believed one is.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Float, String, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from kesu.engine import clock, incidents
from kesu.engine.clock import Reading
from kesu.engine.database import Database, Instant, metadata
from kesu.engine.errors import sentence

log = logging.getLogger(__name__)

TOLERANCE = timedelta(minutes=2)  # time servers may step a clock by less; nothing here is due to the minute
KEPT_EVERY = 30.0  # seconds between two readings that are kept
ACCEPTED = "accepted"
MESSAGE = sentence(
    "The clock of {host} shows {wall} UTC where {expected} UTC was expected ({hours} hours). "
    "Nothing that is due goes out until it is right, or an administrator says that it is."
)
EMPTY = {"jump_seconds": None, "held_since": None, "accepted_by": None}

clock_readings = Table(
    "clock_readings",
    metadata,
    Column("boot", String, primary_key=True),
    Column("host", String, nullable=False),
    Column("wall", Instant, nullable=False),  # the last that was believed
    Column("uptime", Float),  # seconds, at the same moment; none where it belongs to an earlier start
    Column("jump_seconds", Float),  # how far off the clock is, while it is not believed
    Column("held_since", Instant),
    Column("accepted_by", String),  # who said that its time is right
)


@dataclass(frozen=True)
class Believed:
    """The last believed reading of a machine, and how far off its clock has been since."""

    boot: str
    host: str
    wall: datetime
    uptime: float | None
    jump_seconds: float | None
    held_since: datetime | None
    accepted_by: str | None

    @property
    def jump(self) -> timedelta:
        """How far off the clock is."""
        return timedelta(seconds=self.jump_seconds or 0)


def holds(db: Database) -> bool:
    """Look at the clock; True where what is due has to wait for it. Opens and closes the incident that says so."""
    reading = clock.reading()
    if reading is None:
        return False
    with db.read() as connection:
        last = _last(connection, reading)
    if last is None:
        return _noted(db, reading)
    jump = measured(last, reading)
    is_off = _is_off(last, jump)
    return _noted(db, reading) if _is_news(last, reading, jump, is_off) else is_off


def measured(last: Believed, reading: Reading) -> timedelta:
    """Return how far the clock went beyond the time that passed; behind it where negative."""
    gap = reading.wall - last.wall
    if last.boot == reading.boot and last.uptime is not None and reading.uptime >= last.uptime:
        return gap - timedelta(seconds=reading.uptime - last.uptime)
    if gap < timedelta(0):
        return gap
    still = last.jump > TOLERANCE and gap >= last.jump - TOLERANCE  # started again with the wrong time
    return last.jump if still else timedelta(0)


def held(connection: Connection) -> list[Believed]:
    """Return the machines whose clocks are not believed."""
    query = select(clock_readings).where(clock_readings.c.jump_seconds.is_not(None))
    found = connection.execute(query.order_by(clock_readings.c.host))
    return [Believed(**row._mapping) for row in found]


def accept(db: Database, *, by: str) -> int:
    """Say that the clocks that are not believed are right; what is due goes out again. Returns how many they were."""
    with db.write() as connection:
        off = clock_readings.c.jump_seconds.is_not(None)
        count = connection.execute(clock_readings.update().where(off).values(accepted_by=by))
        for incident in incidents.listed(connection, kind=incidents.CLOCK):
            incidents.resolve(connection, incident.id, by=by, at=clock.now(), resolution=ACCEPTED)
    return count.rowcount


def _last(connection: Connection, reading: Reading, lock: bool = False) -> Believed | None:
    """Return this run's own reading; else the host's earlier one, or the newest of all where that is later."""
    query = select(clock_readings).order_by(clock_readings.c.boot)
    query = query.with_for_update() if lock else query
    rows = [Believed(**row._mapping) for row in connection.execute(query)]
    for wanted in (
        [row for row in rows if row.boot == reading.boot],
        [row for row in rows if row.host == reading.host and row.jump_seconds is not None],
        rows,
    ):
        if wanted:
            return max(wanted, key=lambda row: row.wall)
    return None


def _is_off(last: Believed, jump: timedelta) -> bool:
    return abs(jump) > TOLERANCE and last.accepted_by is None


def _is_news(last: Believed, reading: Reading, jump: timedelta, is_off: bool) -> bool:
    if is_off or last.jump_seconds is not None:
        was_off = last.boot == reading.boot and last.jump_seconds is not None
        return not (was_off and is_off and abs(jump - last.jump) <= TOLERANCE)
    passed = None if last.uptime is None else reading.uptime - last.uptime
    return last.boot != reading.boot or passed is None or not 0 <= passed < KEPT_EVERY


def _noted(db: Database, reading: Reading) -> bool:
    """Keep what was seen, looked at once more under a lock: of two workers of a machine only one opens the incident."""
    with db.write() as connection:
        last = _last(connection, reading, lock=True)
        jump = timedelta(0) if last is None else measured(last, reading)
        if last is not None and _is_off(last, jump):
            _hold(connection, last, reading, jump)
            return True
        if last is not None and last.jump_seconds is not None:
            _close(connection, reading)
        _keep(connection, reading, wall=reading.wall, uptime=reading.uptime)
    return False


def _hold(connection: Connection, last: Believed, reading: Reading, jump: timedelta) -> None:
    expected = reading.wall - jump
    _keep(
        connection,
        reading,
        wall=last.wall,
        uptime=last.uptime if last.boot == reading.boot else None,
        jump_seconds=jump.total_seconds(),
        held_since=last.held_since or expected,
    )
    if last.jump_seconds is None:
        log.error(_said(reading, jump), extra={"action": "clock_jumped"})
        incidents.open_incident(
            connection,
            kind=incidents.CLOCK,
            element_id=reading.host,
            opened_at=expected,
            message=_said(reading, jump),
        )


def _said(reading: Reading, jump: timedelta) -> str:
    return MESSAGE.format(
        host=reading.host,
        expected=f"{reading.wall - jump:%Y-%m-%d %H:%M}",
        wall=f"{reading.wall:%Y-%m-%d %H:%M}",
        hours=f"{jump / timedelta(hours=1):+.1f}",
    )


def _keep(connection: Connection, reading: Reading, **columns: Any) -> None:
    """Write this machine's row, in place of one that an earlier start left held."""
    mine, table = clock_readings.c.boot == reading.boot, clock_readings
    left = (table.c.host == reading.host) & table.c.jump_seconds.is_not(None) & ~mine
    connection.execute(table.delete().where(left))
    row = {**EMPTY, "host": reading.host, **columns}
    if connection.execute(table.update().where(mine).values(row)).rowcount == 0:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        new = insert(table).values(boot=reading.boot, **row).on_conflict_do_nothing()
        connection.execute(new)  # another worker of this machine may have been first, with the same


def _close(connection: Connection, reading: Reading) -> None:
    open_here = (incidents.incidents.c.kind == incidents.CLOCK) & (
        incidents.incidents.c.element_id == reading.host
    )
    incidents.close(connection, open_here, at=reading.wall)
