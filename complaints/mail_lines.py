"""The line to the mail server: `KESU_SMTP_URL` says where, and nothing goes over it that anybody else could read.

`smtp://` begins in plain and goes over to TLS (STARTTLS, RFC 3207), `smtps://` begins with TLS (RFC 8314). Certificates are checked
against the system's authorities, and against those of the file `KESU_SMTP_CA` as well. `smtp+insecure://` sends all of it in plain, on
purpose. A server on this machine (localhost, 127.0.0.0/8, ::1) that offers no TLS may have mail in plain, but never a password.
"""

import ipaddress
import os
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from kesu.engine.errors import Failed, sentence

TIMEOUT_SECONDS = 30  # for one answer
LIMIT_SECONDS = (
    300  # for a whole mail: a server that drips its answers letter by letter is hung up on
)
PORTS = {"smtp": 25, "smtps": 465, "smtp+insecure": 25}
UNCLEAR = sentence(
    "Expected KESU_SMTP_URL like smtp://user:password@host:587 or smtps://host, got {got}."
)
NO_TLS = sentence(
    "The mail server at {server} offers no TLS, so nothing was sent to it. Expected STARTTLS; somebody on the way may have"
    " taken it out. Only if it is to go in plain: write KESU_SMTP_URL as smtp+insecure://…"
)
NO_CA = sentence(
    "The certificates in {file} (KESU_SMTP_CA) cannot be read: {reason}. Expected a PEM file."
)
UNTRUSTED = sentence(
    "The certificate of the mail server at {server} does not hold ({reason}), so nothing was sent to it. If your company has"
    " an authority of its own, name its file in KESU_SMTP_CA."
)
NO_LOGIN = sentence(
    "The mail server at {server} does not take our login: {reason}. Check name and password in KESU_SMTP_URL."
)
UNREACHABLE = sentence(
    "The mail server at {server} cannot be reached: {reason}. Mails are kept and sent as soon as it is back."
)


class Unusable(Failed):
    """The line cannot be used for any mail. `mendable` says that waiting will not help: somebody has to change a setting."""

    def __init__(self, template: str, *, mendable: bool, **values: Any) -> None:
        super().__init__(template, **values)
        self.mendable = mendable


@dataclass(frozen=True)
class Address:
    """Where the mail server is and how it is spoken to."""

    scheme: str
    host: str
    port: int
    user: str
    password: str

    @property
    def is_here(self) -> bool:
        """Say whether the server is on this machine, so that nobody can listen in between."""
        try:
            return self.host == "localhost" or ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def address(text: str) -> Address:
    """Return what `KESU_SMTP_URL` says. Raises `Unusable`."""
    url = urlsplit(text.strip())
    try:
        port = url.port or PORTS[url.scheme]
    except (KeyError, ValueError) as wrong:
        told = f"{url.scheme}://…" if url.scheme else "…"  # the rest may hold a password
        raise Unusable(UNCLEAR, mendable=True, got=told) from wrong
    user, password = unquote(url.username or ""), unquote(url.password or "")
    return Address(url.scheme, url.hostname or "localhost", port, user, password)


@contextmanager
def line(text: str) -> Iterator[smtplib.SMTP]:
    """Hand out a line on which a mail may be sent. Raises `Unusable` with a sentence where there is none."""
    to = address(text)
    with _opened(to) as smtp:
        with _told(to):
            _prepare(smtp, to)
        yield smtp


class _Watched(smtplib.SMTP):
    """A conversation that is cut off after `LIMIT_SECONDS`, however it is going."""

    def connect(self, host: str = "localhost", port: int = 0, source_address: Any = None) -> Any:
        """Connect, and let the time run."""
        self.watch = threading.Timer(LIMIT_SECONDS, self._cut)
        self.watch.daemon = True
        self.watch.start()
        return super().connect(host, port, source_address)

    def close(self) -> None:
        """Close the line; nobody needs to watch it any more."""
        if watch := getattr(self, "watch", None):
            watch.cancel()
        super().close()

    def _cut(self) -> None:
        if self.sock is not None:
            socket.socket.shutdown(
                self.sock, socket.SHUT_RDWR
            )  # whoever waits for an answer gets the end of the line


class _WatchedTls(_Watched, smtplib.SMTP_SSL):
    """The same for a line that begins with TLS."""


@contextmanager
def _opened(to: Address) -> Iterator[smtplib.SMTP]:
    with _told(to):
        smtp = (
            _WatchedTls(to.host, to.port, timeout=TIMEOUT_SECONDS, context=_trusted())
            if to.scheme == "smtps"
            else _Watched(to.host, to.port, timeout=TIMEOUT_SECONDS)
        )
    try:
        yield smtp
        _hang_up(smtp)
    finally:
        smtp.close()


def _hang_up(smtp: smtplib.SMTP) -> None:
    try:
        smtp.quit()
    except (smtplib.SMTPException, OSError):
        pass  # the mail has its answer; how the server says good-bye changes nothing


def _prepare(smtp: smtplib.SMTP, to: Address) -> None:
    smtp.ehlo()
    if to.scheme == "smtp" and smtp.has_extn("starttls"):
        smtp.starttls(context=_trusted())
        smtp.ehlo()
    elif to.scheme == "smtp" and (not to.is_here or to.user):
        raise Unusable(NO_TLS, mendable=True, server=to.host)
    if to.user:
        try:
            smtp.login(to.user, to.password)
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError) as error:
            busy = isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code < 500
            raise Unusable(
                NO_LOGIN, mendable=not busy, server=to.host, reason=words(error)
            ) from error


@contextmanager
def _told(to: Address) -> Iterator[None]:
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise Unusable(
            UNTRUSTED, mendable=True, server=to.host, reason=error.verify_message
        ) from error
    except (smtplib.SMTPException, OSError) as error:
        raise Unusable(UNREACHABLE, mendable=False, server=to.host, reason=words(error)) from error


def _trusted() -> ssl.SSLContext:
    context = ssl.create_default_context()
    own = os.environ.get("KESU_SMTP_CA")
    if own:
        try:
            context.load_verify_locations(cafile=own)
        except (OSError, ssl.SSLError) as error:
            raise Unusable(NO_CA, mendable=True, file=own, reason=words(error)) from error
    return context


def words(error: Exception) -> str:
    """Return what the server, or the system, said, for people."""
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}".strip()
    return str(error) or type(error).__name__
