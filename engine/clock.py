"""The one clock. Nobody else asks the time; tests and demonstrations turn it by hand."""

import pathlib
import socket
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Protocol

BOOT_ID = pathlib.Path("/proc/sys/kernel/random/boot_id")  # Linux: random(4)


@dataclass(frozen=True)
class Reading:
    """The time of day beside what nobody can set: how long the machine has run, sleep included."""

    wall: datetime
    uptime: float  # seconds
    boot: str  # which run of which machine the uptime counts
    host: str


class Clock(Protocol):
    """Whatever can tell the time as an aware UTC instant."""

    def now(self) -> datetime: ...

    def reading(self) -> Reading | None:
        """Return the time beside the machine's uptime; None for a clock that is turned on purpose."""
        ...


class WallClock:
    """The machine's time."""

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return datetime.now(UTC)

    def reading(self) -> Reading | None:
        """Return the time beside the machine's uptime."""
        return Reading(self.now(), _uptime(), _boot(), socket.gethostname())


class ManualClock:
    """A clock that stands still until it is turned."""

    def __init__(self, start: datetime) -> None:
        self.instant = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the instant the clock was last turned to."""
        return self.instant

    def reading(self) -> Reading | None:
        """Nothing: whoever turns this clock means it."""
        return None

    def advance(self, by: timedelta) -> None:
        """Turn the clock forward."""
        self.instant += by


_clock: Clock = WallClock()


def now() -> datetime:
    """Return the present instant in UTC, from whichever clock is in use."""
    return _clock.now()


def use(clock: Clock) -> Clock:
    """Put `clock` in use for the whole program and return the one used before."""
    global _clock
    before, _clock = _clock, clock
    return before


def current() -> Clock:
    """Return the clock in use."""
    return _clock


def reading() -> Reading | None:
    """Return the time beside the machine's uptime; None where the clock in use is turned on purpose."""
    return _clock.reading()


def _uptime() -> float:
    """Return the machine's seconds since it was switched on: CLOCK_BOOTTIME goes on while it sleeps, CLOCK_MONOTONIC does not."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@cache
def _boot() -> str:
    """Name this run of the machine; where the system does not, the machine, whose uptime then begins anew at each."""
    return BOOT_ID.read_text().strip() if BOOT_ID.exists() else socket.gethostname()
