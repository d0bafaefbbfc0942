"""What a mail server's answer means for one mail: RFC 5321 4.2.1 (4yz again, 5yz never) and 4.5.4.1 (retry for four to five days).

Three answers are told apart more finely. A server that refuses to relay or wants a login (RFC 3463 X.7.x) says something about us, not
about the recipient: the mail is right and waits until we are. 552 for a full mailbox is an old spelling of 452 (4.5.3.1.10), so it is
tried again, unless it is the mail that is too large. 421 closes the line, whatever was asked.
"""

import re
import smtplib
from dataclasses import dataclass
from enum import Enum

from kesu.complaints import mail_lines

RIGHTS = re.compile(
    r"relay|rcpthosts|authenticat|auth first|need auth|not logged in|log ?in first|non-local|must equal authorized|smtp auth|认证|转发|中继",
    re.IGNORECASE,
)
TOO_LARGE = re.compile(
    r"[45]\.3\.4|[45]\.2\.3|too (large|big|long)|size limit|message size|maximum.{0,20}size",
    re.IGNORECASE,
)
FULL = re.compile(
    r"[45]\.2\.2|quota|mailbox.{0,20}full|full.{0,20}mailbox|over.?quota|storage", re.IGNORECASE
)


class Meaning(Enum):
    """What an answer asks for."""

    AGAIN = "again"  # the same mail, later
    NEVER = "never"  # not this mail to this address
    RIGHTS = "rights"  # any mail, once our settings are mended


@dataclass(frozen=True)
class Answer:
    """An answer as its reader needs it."""

    meaning: Meaning
    words: str


def of(error: Exception) -> Answer:
    """Read what came back for a mail, once the line itself was good."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return _read(code, said, at="recipient")
    if isinstance(error, smtplib.SMTPSenderRefused):
        return _read(error.smtp_code, error.smtp_error, at="sender")
    if isinstance(error, smtplib.SMTPResponseException):
        return _read(error.smtp_code, error.smtp_error, at="content")
    if isinstance(
        error, smtplib.SMTPNotSupportedError
    ):  # letters beyond ASCII before the @ that it cannot carry (RFC 6531)
        return Answer(Meaning.NEVER, mail_lines.words(error))
    return Answer(Meaning.AGAIN, mail_lines.words(error))


def _read(code: int, said: bytes | str, *, at: str) -> Answer:
    told = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    words = f"{code} {told}".strip()
    return Answer(_meaning(code, told, at), words)


def _meaning(code: int, told: str, at: str) -> Meaning:
    if not 500 <= code < 600:
        return Meaning.AGAIN
    if code == 552 or FULL.search(told):
        again = FULL.search(told) or at == "recipient"
        return Meaning.AGAIN if again and not TOO_LARGE.search(told) else Meaning.NEVER
    if code in (530, 534, 535, 538) or at != "content" and RIGHTS.search(told):
        return Meaning.RIGHTS
    return Meaning.RIGHTS if at == "sender" else Meaning.NEVER
