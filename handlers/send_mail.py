"""Send one mail by SMTP (`KESU_SMTP_URL`, see `mail_lines`). Without a server it is kept and shown.

The Message-ID is the mail's own, so a mail sent again after a crash is the same one. Auto-Submitted keeps other programs from
answering us (RFC 3834). What is not taken now is tried again after pauses that grow: for five days where the recipient's side says no
for now (RFC 5321 4.5.4.1), for ever where the trouble is our own server's, since an incident tells somebody who can mend it.
"""

import os
import smtplib
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from kesu.complaints import mail_answers, mail_lines, mail_troubles, mails
from kesu.complaints.mail_answers import Answer, Meaning
from kesu.complaints.mail_lines import Unusable
from kesu.engine.errors import Failed, sentence
from kesu.engine.service_tasks import Outcome, ServiceTask, again, done

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(hours=3)
LONGEST_FOR_OUR_OWN = timedelta(
    minutes=15
)  # our server is one: asking it often costs nobody anything
GIVEN_UP_AFTER = timedelta(days=5)
REFUSED = sentence("The mail server does not take mail for {address}: {reason}")
GIVEN_UP = sentence(
    "The mail to {address} was tried for {days} days and not taken: {reason}. Try again when their mailbox is in order,"
    " or reach them in another way."
)
NO_RIGHTS = sentence(
    "The mail server does not let us send: {reason}. Check the login in KESU_SMTP_URL, the sender in KESU_MAIL_FROM, and"
    " whether the server lets us relay. The mails are kept and sent again by themselves."
)


def send_mail(task: ServiceTask, mail_id: int) -> Outcome:
    """Send a waiting mail, once. Raises `Failed`, for good only where the server refuses it for good, or for five days."""
    with task.db.read() as connection:
        mail = mails.find(connection, mail_id)
    if mail is None or mail.state not in (mails.WAITING, mails.REFUSED):
        return done()
    server = os.environ.get("KESU_SMTP_URL")
    if not server:
        return _kept(task, mail)
    try:
        with mail_lines.line(server) as smtp:
            smtp.send_message(written(mail))
    except Unusable as trouble:
        return _unusable(task, mail, trouble)
    except (smtplib.SMTPException, OSError) as error:
        return _not_taken(task, mail, mail_answers.of(error))
    return _sent(task, mail)


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


def _kept(task: ServiceTask, mail: Any) -> Outcome:
    return done(
        writes=[lambda connection: mails.settle(connection, mail.id, mails.KEPT, at=task.now)]
    )


def _sent(task: ServiceTask, mail: Any) -> Outcome:
    def write(connection: Any) -> None:
        mails.settle(connection, mail.id, mails.SENT, at=task.now)
        mail_troubles.end(connection, mail_troubles.SERVER, task.now)
        if mail.trouble == mail_troubles.RIGHTS:
            mail_troubles.end(connection, mail_troubles.RIGHTS, task.now)

    return done(writes=[write])


def _unusable(task: ServiceTask, mail: Any, trouble: Unusable) -> Outcome:
    since = mails.since(mail, mail_troubles.SERVER, task.now)
    until = task.now + _pause(task, since, LONGEST_FOR_OUR_OWN)
    with task.db.write() as connection:
        mails.put_off(
            connection, mail, until, at=task.now, reason=str(trouble), trouble=mail_troubles.SERVER
        )
        mail_troubles.rise(
            connection,
            mail_troubles.SERVER,
            str(trouble),
            since=since,
            at=task.now,
            mendable=trouble.mendable,
        )
        mail_troubles.hold(connection, until)
    return again(until)


def _not_taken(task: ServiceTask, mail: Any, answer: Answer) -> Outcome:
    if answer.meaning is Meaning.NEVER:
        raise _refused(task, mail, REFUSED, answer)
    ours = answer.meaning is Meaning.RIGHTS
    trouble = mail_troubles.RIGHTS if ours else None
    since = mails.since(mail, trouble, task.now)
    if not ours and task.now - since >= GIVEN_UP_AFTER:
        raise _refused(task, mail, GIVEN_UP, answer)
    until = task.now + _pause(task, since, LONGEST_FOR_OUR_OWN if ours else LONGEST)
    with task.db.write() as connection:
        mails.put_off(connection, mail, until, at=task.now, reason=answer.words, trouble=trouble)
        if ours:
            message = NO_RIGHTS.format(reason=answer.words)
            mail_troubles.rise(
                connection,
                mail_troubles.RIGHTS,
                message,
                since=task.now,
                at=task.now,
                mendable=True,
            )
    return again(until)


def _pause(task: ServiceTask, since: datetime, longest: timedelta) -> timedelta:
    """As long as it has been going wrong already: the pauses double, from a minute up to the longest."""
    return min(max(task.now - since, SHORTEST), longest)


def _refused(task: ServiceTask, mail: Any, template: str, answer: Answer) -> Failed:
    with task.db.write() as connection:
        mails.settle(connection, mail.id, mails.REFUSED, at=task.now, reason=answer.words)
    told = {"address": mail.to_address, "reason": answer.words, "days": GIVEN_UP_AFTER.days}
    return Failed(template, permanent=True, **told)
