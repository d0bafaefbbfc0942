"""The socket for telling people: the engine says what happened and to whom, a room above makes it a notice or a mail.

What is plugged in returns writes that join the command's transaction; nothing is sent inside it. Unplugged, history alone tells.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from kesu.engine.service_tasks import Write

URGED, REMINDED, ESCALATED, TRANSFERRED, DELEGATED, ASKED, COPIED, ANSWERED, TURN = (
    "urged", "reminded", "escalated", "transferred", "delegated", "asked", "copied", "answered", "turn")


@dataclass(frozen=True)
class Notification:
    """What is told: `kind` is one of the words above, `to` logins, `by` who did it (or `system`)."""

    kind: str
    to: tuple[str, ...]
    by: str
    at: datetime
    instance_id: int
    business_key: str | None
    task_id: int
    element_id: str
    task_name: str
    task_name_en: str
    reason: str | None = None
    key: str = field(default="")


Tell = Callable[[Connection, Notification], Sequence[Write]]


def _nobody(_connection: Connection, _notification: Notification) -> Sequence[Write]:
    return ()


_tell: Tell = _nobody


def plug(tell: Tell | None) -> Tell:
    """Put a way of telling people in use for the whole program (None: none) and return the one used before."""
    global _tell
    before, _tell = _tell, tell or _nobody
    return before


def tell(connection: Connection, notification: Notification) -> None:
    """Tell people, inside the transaction of the command."""
    for write in _tell(connection, notification):
        write(connection)
