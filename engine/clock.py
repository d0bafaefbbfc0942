"""The one clock. Nobody else asks the time; tests and demonstrations turn it by hand."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Whatever can tell the time as an aware UTC instant."""

    def now(self) -> datetime: ...


class WallClock:
    """The machine's time."""

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is turned."""

    def __init__(self, start: datetime) -> None:
        self.instant = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the instant the clock was last turned to."""
        return self.instant

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
