"""Send one mail by SMTP (`KESU_SMTP_URL`, like smtp://user:pass@host:587 or smtps://...). Without a server it is kept and shown.

The Message-ID is the mail's own, so a mail sent again after a crash is the same one. Auto-Submitted keeps other programs from
answering us (RFC 3834).
"""

import os
import smtplib
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

from kesu.complaints import mails
from kesu.engine.errors import Failed, sentence
from kesu.engine.service_tasks import Outcome, ServiceTask, done

TIMEOUT_SECONDS = 30


def send_mail(task: ServiceTask, mail_id: int) -> Outcome:
    """Send a waiting mail, once. Raises `Failed`, for good only where the server refuses the recipient."""
    with task.db.read() as connection:
        mail = mails.find(connection, mail_id)
    if mail is None or mail.state != mails.WAITING:
        return done()
    server = os.environ.get("KESU_SMTP_URL")
    if not server:
        return _settled(task, mail, mails.KEPT)
    try:
        _deliver(server, written(mail))
    except smtplib.SMTPRecipientsRefused as error:
        _refused(task, mail, error)
    except smtplib.SMTPNotSupportedError as error:
        _unspeakable(task, mail, error)
    except (smtplib.SMTPException, OSError) as error:
        raise Failed(
            sentence("The mail server at {server} did not take the mail: {reason}. It is kept and will be sent again."),
            server=urlsplit(server).hostname,
            reason=str(error),
        ) from error
    return _settled(task, mail, mails.SENT)


def written(mail: Any) -> EmailMessage:
    """Return a mail as it goes over the wire."""
    message = EmailMessage()
    message["From"] = os.environ.get("KESU_MAIL_FROM", "kesu@localhost")
    message["To"] = on_the_wire(mail.to_address)
    message["Subject"] = mail.subject
    message["Message-ID"] = mail.message_id
    message["Date"] = mail.created_at
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if mail.reference:
        message["X-Kesu-Reference"] = mail.reference
    message.set_content(mail.body)
    return message


def on_the_wire(address: str) -> str:
    """Return an address whose domain every server knows: münchen.de as xn--mnchen-3ya.de."""
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        return address  # no domain there is; the server will say so


def _deliver(server: str, message: EmailMessage) -> None:
    url = urlsplit(server)
    client = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
    with client(url.hostname or "localhost", url.port or 0, timeout=TIMEOUT_SECONDS) as smtp:
        smtp.ehlo()
        if url.scheme == "smtp" and smtp.has_extn("starttls"):
            smtp.starttls()
        if url.username:
            smtp.login(unquote(url.username), unquote(url.password or ""))
        smtp.send_message(message)


def _settled(task: ServiceTask, mail: Any, state: str, reason: str | None = None) -> Outcome:
    return done(writes=[lambda connection: mails.settle(connection, mail.id, state, at=task.now, reason=reason)])


def _unspeakable(task: ServiceTask, mail: Any, error: smtplib.SMTPNotSupportedError) -> None:
    # Only letters beyond ASCII before the @ are left to this: trying again does not help.
    with task.db.write() as connection:
        mails.settle(connection, mail.id, mails.REFUSED, at=task.now, reason=str(error))
    raise Failed(
        sentence("The mail server does not take mail for {address}: {reason}"),
        permanent=True,
        address=mail.to_address,
        reason=str(error),
    ) from error


def _refused(task: ServiceTask, mail: Any, error: smtplib.SMTPRecipientsRefused) -> None:
    code, words = next(iter(error.recipients.values()))
    told = f"{code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"
    permanent = code >= 500
    if permanent:
        with task.db.write() as connection:
            mails.settle(connection, mail.id, mails.REFUSED, at=task.now, reason=told)
    raise Failed(
        sentence("The mail server does not take mail for {address}: {reason}"),
        permanent=permanent,
        address=mail.to_address,
        reason=told,
    ) from error
