"""The diary of the demo month: what is to be done when. The clock is turned from one entry to the next, and the engine's own timers and
jobs happen in between, each at its time."""

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

from kesu.engine import clock, performances
from kesu.engine.database import Database
from kesu.engine.worker import drain

Entry = Callable[[], object]


class Diary:
    """Entries in order of time; `look` is called whenever something has happened, to write new ones."""

    def __init__(self, db: Database, manual: clock.ManualClock, look: Entry) -> None:
        self._db, self._manual, self._look = db, manual, look
        self._entries: list[tuple[datetime, int, Entry]] = []
        self._number = count()

    def write(self, at: datetime, entry: Entry) -> None:
        """Write an entry; one in the past is done at once."""
        heapq.heappush(self._entries, (max(at, self._manual.now()), next(self._number), entry))

    def live_through(self, end: datetime) -> None:
        """Do everything that falls due until `end`, and leave the clock there."""
        while True:
            due, planned = performances.next_due(self._db), self._entries[0][0] if self._entries else None
            at = min((each for each in (due, planned) if each is not None), default=end)
            if at > end or (due is None and planned is None):
                break
            self._turn(at)
            if due is not None and due <= at:
                drain(self._db)
            else:
                heapq.heappop(self._entries)[2]()
            self._look()
        self._turn(end)

    def _turn(self, at: datetime) -> None:
        if at > self._manual.now():
            self._manual.advance(at - self._manual.now())
