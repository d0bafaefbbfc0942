"""Nothing goes to a mail server that somebody in between could read: no password and no mail."""

import pytest

from kesu.complaints import mail_lines
from kesu.complaints.mail_lines import Unusable
from kesu.engine import incidents, worker
from kesu.engine.runtime import retry
from tests.handlers import certificates
from tests.handlers.letters_out import opened, post, state
from tests.handlers.mailboxes import Mailbox, serving


@pytest.fixture
def mail(company, turned):
    """A letter to Carol that waits to be sent."""
    return post(company, turned.now())


def drained(db, monkeypatch, url):
    monkeypatch.setenv("KESU_SMTP_URL", url)
    worker.drain(db)


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_certificate_that_nobody_signed_gets_neither_password_nor_mail(
    company, mail, monkeypatch, tmp_path, scheme
):
    box, (context, _trust) = Mailbox(), certificates.for_server(tmp_path)
    with serving(box, asks=True, **{"tls" if scheme == "smtps" else "starttls": context}) as port:
        drained(company, monkeypatch, f"{scheme}://kesu:secret@127.0.0.1:{port}")
    assert (box.logins, box.received, state(company, mail)) == ([], [], "waiting")
    [(kind, message)] = opened(company)
    assert (
        kind == "mail_server"
        and "certificate" in message
        and "KESU_SMTP_CA" in message
        and "secret" not in message
    )


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_certificate_of_another_name_gets_neither_password_nor_mail(
    company, mail, monkeypatch, tmp_path, scheme
):
    box, (context, trust) = Mailbox(), certificates.for_server(tmp_path, "mail.example.com")
    monkeypatch.setenv("KESU_SMTP_CA", str(trust))
    with serving(box, asks=True, **{"tls" if scheme == "smtps" else "starttls": context}) as port:
        drained(company, monkeypatch, f"{scheme}://kesu:secret@127.0.0.1:{port}")
    assert (box.logins, box.received, state(company, mail)) == ([], [], "waiting")


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_company_s_own_authority_is_trusted_once_it_is_named(
    company, mail, monkeypatch, tmp_path, scheme
):
    box, (context, trust) = Mailbox(), certificates.for_server(tmp_path)
    monkeypatch.setenv("KESU_SMTP_CA", str(trust))
    with serving(box, asks=True, **{"tls" if scheme == "smtps" else "starttls": context}) as port:
        drained(company, monkeypatch, f"{scheme}://kesu:se%40cret@127.0.0.1:{port}")
    assert (box.logins, len(box.received), state(company, mail)) == (
        [("kesu", "se@cret")],
        1,
        "sent",
    )


def test_a_server_without_tls_gets_no_password(company, mail, monkeypatch):
    box = Mailbox()
    with serving(box, asks=True) as port:
        drained(company, monkeypatch, f"smtp://kesu:secret@127.0.0.1:{port}")
    assert (box.logins, box.received, state(company, mail)) == ([], [], "waiting")
    [(kind, message)] = opened(company)
    assert kind == "mail_server" and "no TLS" in message and "smtp+insecure://" in message


def test_a_server_elsewhere_without_tls_gets_no_mail(company, mail, monkeypatch):
    box = Mailbox()
    monkeypatch.setattr(mail_lines.Address, "is_here", False)  # 127.0.0.1 as if over the wire
    with serving(box) as port:
        drained(company, monkeypatch, f"smtp://127.0.0.1:{port}")
    assert (box.received, state(company, mail)) == ([], "waiting") and "no TLS" in opened(company)[
        0
    ][1]


def test_plain_on_purpose_is_what_the_address_says(company, mail, monkeypatch):
    box = Mailbox()
    monkeypatch.setattr(mail_lines.Address, "is_here", False)
    with serving(box, asks=True) as port:
        drained(company, monkeypatch, f"smtp+insecure://kesu:secret@127.0.0.1:{port}")
    assert (box.logins, len(box.received), state(company, mail)) == (
        [("kesu", "secret")],
        1,
        "sent",
    )


def test_a_wrong_password_is_one_incident_and_after_its_repair_all_mails_go(
    company, mail, monkeypatch, turned
):
    box, second = Mailbox(), post(company, turned.now(), "k2")
    box.admits = False
    with serving(box, asks=True) as port:
        drained(company, monkeypatch, f"smtp+insecure://kesu:wrong@127.0.0.1:{port}")
        assert [kind for kind, _ in opened(company)] == ["mail_server"] and "login" in opened(
            company
        )[0][1]
        box.admits = True
        with company.read() as connection:
            [incident] = incidents.listed(connection)
        retry(company, incident.id, actor="mara")
        worker.drain(company)
    assert {state(company, mail), state(company, second)} == {"sent"} and opened(company) == []


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("smtp://mail.example.com", ("smtp", "mail.example.com", 25, "", "")),
        (
            "smtps://a%40b.c:p%2Fw@mail.example.com",
            ("smtps", "mail.example.com", 465, "a@b.c", "p/w"),
        ),
        ("smtp+insecure://[::1]:2525", ("smtp+insecure", "::1", 2525, "", "")),
    ],
)
def test_an_address_is_read(written, told):
    to = mail_lines.address(written)
    assert (to.scheme, to.host, to.port, to.user, to.password) == told


@pytest.mark.parametrize(
    "written",
    ["mail.example.com:25", "http://mail", "smtp://x:secret@mail:port", "smtp://mail:99999"],
)
def test_an_address_that_is_none_says_what_one_looks_like_but_no_password(written):
    with pytest.raises(Unusable, match="Expected KESU_SMTP_URL like") as wrong:
        mail_lines.address(written)
    assert "secret" not in str(wrong.value) and wrong.value.mendable


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("127.0.0.9", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("localhost.evil.example", False),
    ],
)
def test_only_this_machine_is_here(host, here):
    assert mail_lines.Address("smtp", host, 25, "", "").is_here is here


def test_a_file_of_certificates_that_is_none_is_said(company, mail, monkeypatch, tmp_path):
    (tmp_path / "ca.pem").write_text("no certificate")
    monkeypatch.setenv("KESU_SMTP_CA", str(tmp_path / "ca.pem"))
    context, _trust = certificates.for_server(tmp_path)
    with serving(Mailbox(), starttls=context) as port:
        drained(company, monkeypatch, f"smtp://127.0.0.1:{port}")
    assert "KESU_SMTP_CA" in opened(company)[0][1] and state(company, mail) == "waiting"
