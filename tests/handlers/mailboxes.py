"""A real mail server for tests, on a port of its own, that keeps what it is given."""

import socket
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult


class Mailbox:
    """What a mail server does with what it is given.

    `answers` are given first, one a recipient, `verdicts` one a content, `openings` one a sender.
    `logins` are the passwords that it was shown.
    """

    def __init__(self):
        self.received, self.answers, self.verdicts, self.openings = [], [], [], []
        self.logins, self.admits = [], True

    async def handle_MAIL(self, server, session, envelope, address, options):
        answer = self.openings.pop(0) if self.openings else "250 OK"
        if answer.startswith("250"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        answer = self.verdicts.pop(0) if self.verdicts else "250 OK"
        if answer.startswith("250"):
            self.received.append(message_from_bytes(envelope.content, policy=default))
        return answer

    def authenticator(self, server, session, envelope, mechanism, login):
        self.logins.append((login.login.decode(), login.password.decode()))
        return AuthResult(success=self.admits, handled=False)


class _Smtps(Controller):
    def factory(self):
        return SMTP(self.handler, **self.SMTP_kwargs)


@contextmanager
def serving(box, port=None, *, tls=None, starttls=None, asks=False):
    """Serve a mailbox: with TLS from the start, with STARTTLS, or in plain; return its port."""
    kwargs = {"authenticator": box.authenticator, "auth_require_tls": False} if asks else {}
    server = _Smtps(
        box,
        hostname="127.0.0.1",
        port=port or free_port(),
        ssl_context=tls,
        tls_context=starttls,
        **kwargs,
    )
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


@pytest.fixture
def mailbox(monkeypatch):
    """A real mail server on a port of its own, named in the environment."""
    box = Mailbox()
    with serving(box) as port:
        monkeypatch.setenv("KESU_SMTP_URL", f"smtp://127.0.0.1:{port}")
        yield box


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
