"""Letters that wait to be sent, and what became of them."""

from kesu.complaints import mails
from kesu.engine import incidents


def post(db, at, key="k1", to="carol@example.com"):
    """Post a letter to Carol; return its id."""
    with db.write() as connection:
        return mails.post(
            connection,
            key=key,
            template="acknowledgement",
            to=to,
            locale="en",
            values={
                "name": "Carol",
                "reference": "KS-2026-000001",
                "title": "Leak",
                "link": "http://x",
            },
            reference="KS-2026-000001",
            at=at,
        )


def state(db, mail):
    """Return the state of a letter."""
    with db.read() as connection:
        return mails.find(connection, mail).state


def mail_of(db, mail):
    """Return a letter."""
    with db.read() as connection:
        return mails.find(connection, mail)


def opened(db):
    """Return the open incidents: kind and message."""
    with db.read() as connection:
        return [(each.kind, each.message) for each in incidents.listed(connection)]
