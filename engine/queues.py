"""Whoever comes first is first: turns at something that only one thread of this process may have at a time.

A plain lock may be taken again by whoever has just let it go, and a database that is asked again
and again whether it is free answers by chance; both leave some waiting for seconds.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class Queue:
    """Turns in the order in which they were asked for."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._waiting: deque[Lock] = deque()
        self._taken = False

    @contextmanager
    def turn(self, patience: float) -> Iterator[None]:
        """Hold one's turn. Raises `TimeoutError` where it has not come after `patience` seconds."""
        self._line_up(patience)
        try:
            yield
        finally:
            self._pass_on()

    def _line_up(self, patience: float) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            gate = Lock()
            gate.acquire()
            self._waiting.append(gate)
        if gate.acquire(timeout=patience):
            return
        with self._guard:
            if gate in self._waiting:  # else it was opened at the last moment, and the turn is ours
                self._waiting.remove(gate)
                raise TimeoutError

    def _pass_on(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
