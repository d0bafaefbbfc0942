"""A colleague's reply to the customer: shown on the tracking page, and sent as a letter with a fresh link where there is an address."""

import secrets
from datetime import datetime

from sqlalchemy import Connection

from kesu.complaints import complainants, contacts, mails, tracking


def send(connection: Connection, reference: str, text: str, *, actor: str, at: datetime) -> None:
    """Log a reply and post the letter that carries it. Raises `Invalid` for an empty or endless text."""
    entry = contacts.log(connection, reference, contacts.TO_CUSTOMER, text, channel="portal", actor=actor, at=at)
    customer = complainants.of_case(connection, reference)
    if not customer.email:
        return
    link = tracking.link(tracking.issue(connection, reference, at=at, token=secrets.token_urlsafe(24)))
    values = {"reference": reference, "name": customer.name, "text": text.strip(), "link": link}
    mails.post(
        connection, key=f"reply/{entry}", template="reply", to=customer.email, locale=customer.locale, values=values, reference=reference, at=at
    )
