"""Trouble with the mail server itself: one incident for all mails that wait for it, closed as soon as a mail goes through again.

Nothing is given up: every mail keeps its job, which asks again after pauses that grow. The first mail that is taken wakes the others.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from kesu.engine import incidents, jobs

SERVER, RIGHTS = (
    "mail_server",
    "mail_rights",
)  # nobody is there to talk to; or it will not serve us as we are set up
TOPIC = "send_mail"
GRACE = timedelta(minutes=5)  # a server that is started anew is nobody's business


def rise(
    connection: Connection,
    kind: str,
    message: str,
    *,
    since: datetime,
    at: datetime,
    mendable: bool,
) -> None:
    """Open the one incident of this kind: at once where only a person can mend it, else when it has gone on for a while."""
    if not mendable and at - since < GRACE:
        return
    if not incidents.listed(connection, kind=kind, limit=1):
        incidents.open_incident(connection, kind=kind, message=message[:2000], opened_at=at)


def hold(connection: Connection, until: datetime) -> None:
    """Let no other mail knock before this one does again."""
    jobs.put_all_off(connection, TOPIC, until)


def end(connection: Connection, kind: str, at: datetime) -> None:
    """Close the incident that is over, if there is one, and let the mails go that waited."""
    if incidents.close(connection, incidents.incidents.c.kind == kind, at=at):
        jobs.wake(connection, TOPIC, at)


def _wake(connection: Connection, at: datetime) -> None:
    jobs.wake(connection, TOPIC, at)


incidents.RETRIED.update({SERVER: _wake, RIGHTS: _wake})
