"""Mail goes over a real SMTP conversation: once, recognisable, and never lost."""

import os

import pytest

from kesu.complaints import mails
from kesu.engine import incidents, jobs, worker
from kesu.engine.runtime import retry
from kesu.handlers.send_mail import on_the_wire
from tests.handlers.mailboxes import free_port


@pytest.fixture
def mail(company, turned):
    """A letter to Carol that waits to be sent."""
    values = {"name": "Carol", "reference": "KS-2026-000001", "title": "水壶漏水\r\nBcc: otto@example.com", "link": "http://x"}
    with company.write() as connection:
        return mails.post(
            connection,
            key="k1",
            template="acknowledgement",
            to="carol@example.com",
            locale="zh",
            values=values,
            reference="KS-2026-000001",
            at=turned.now(),
        )


def state(db, mail):
    with db.read() as connection:
        return mails.find(connection, mail)


def opened(db):
    with db.read() as connection:
        return [row.message for row in connection.execute(incidents.incidents.select().where(incidents.incidents.c.resolved_at.is_(None)))]


def test_a_letter_arrives_whole_in_chinese_and_marked_as_automatic(company, mail, mailbox):
    worker.drain(company)
    [received] = mailbox.received
    assert received["Subject"] == "[KS-2026-000001] 我们已收到您的投诉" and "水壶漏水" in received.get_content()
    assert received["Auto-Submitted"] == "auto-generated" and received["X-Kesu-Reference"] == "KS-2026-000001"
    assert received["Message-ID"] == mails.message_id("k1") == state(company, mail).message_id
    assert (state(company, mail).state, received["Bcc"]) == ("sent", None)


def test_a_title_cannot_write_headers(company, turned, mailbox):
    with company.write() as connection:
        mails.post(
            connection,
            key="k2",
            template="escalation",
            to="mara@kesu.example",
            locale="en",
            reference=None,
            at=turned.now(),
            values={"reference": "KS-1", "reason": "late\r\nBcc: otto@example.com\r\n\r\nhello"},
        )
    worker.drain(company)
    [received] = mailbox.received
    assert received["Bcc"] is None and received["Subject"] == "[KS-1] Escalated to you: late Bcc: otto@example.com hello"


def test_a_letter_of_one_key_is_written_and_sent_once(company, mail, mailbox, turned):
    with company.write() as connection:
        assert mails.post(connection, key="k1", template="closed", to="x@y.zz", locale="en", values={}, reference=None, at=turned.now()) is None
    worker.drain(company)
    worker.drain(company)
    assert len(mailbox.received) == 1


def test_a_server_that_is_down_delays_the_letter_but_does_not_lose_it(company, mail, mailbox, monkeypatch, turned):
    working = os.environ["KESU_SMTP_URL"]
    monkeypatch.setenv("KESU_SMTP_URL", f"smtp://127.0.0.1:{free_port()}")
    worker.drain(company)
    assert state(company, mail).state == "waiting" and opened(company) == []
    monkeypatch.setenv("KESU_SMTP_URL", working)
    turned.advance(jobs.FIRST_PAUSE * 2)
    worker.drain(company)
    assert state(company, mail).state == "sent" and len(mailbox.received) == 1


def test_a_full_mailbox_is_tried_again(company, mail, mailbox, turned):
    mailbox.answers = ["452 4.2.2 mailbox full"]
    worker.drain(company)
    assert state(company, mail).state == "waiting"
    turned.advance(jobs.FIRST_PAUSE * 2)
    worker.drain(company)
    assert state(company, mail).state == "sent"


def test_an_unknown_recipient_is_an_incident_at_once_and_not_tried_again(company, mail, mailbox, turned):
    mailbox.answers = ["550 5.1.1 no such user"]
    worker.drain(company)
    assert opened(company) == ["The mail server does not take mail for carol@example.com: 550 5.1.1 no such user"]
    assert (state(company, mail).state, state(company, mail).reason) == ("refused", "550 5.1.1 no such user")
    turned.advance(jobs.FIRST_PAUSE * 100)
    worker.drain(company)
    assert mailbox.received == []


def test_a_server_that_stays_down_becomes_an_incident_that_can_be_retried(company, mail, mailbox, monkeypatch, turned):
    working = os.environ["KESU_SMTP_URL"]
    monkeypatch.setenv("KESU_SMTP_URL", f"smtp://127.0.0.1:{free_port()}")
    for _ in range(10):
        worker.drain(company)
        turned.advance(jobs.FIRST_PAUSE * 1000)
    assert len(opened(company)) == 1 and "cannot be reached" in opened(company)[0]
    monkeypatch.setenv("KESU_SMTP_URL", working)
    with company.read() as connection:
        incident = connection.execute(incidents.incidents.select()).one().id
    retry(company, incident, actor="mara")
    worker.drain(company)
    assert state(company, mail).state == "sent" and len(mailbox.received) == 1


def test_without_a_server_the_letter_is_kept_for_the_mail_page(company, mail, monkeypatch):
    monkeypatch.delenv("KESU_SMTP_URL", raising=False)
    worker.drain(company)
    assert state(company, mail).state == "kept" and opened(company) == []


def test_a_letter_written_in_a_command_that_fails_is_never_sent(company, mailbox, turned):
    with pytest.raises(RuntimeError), company.write() as connection:
        mails.post(connection, key="k3", template="closed", to="x@y.zz", locale="en", values={}, reference=None, at=turned.now())
        raise RuntimeError("power cut")
    worker.drain(company)
    assert mailbox.received == []


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("info@münchen.example", "info@xn--mnchen-3ya.example"),
        ("用户@example.com", "用户@example.com"),
        ("kefu@例子.公司", "kefu@xn--fsqu00a.xn--55qx5d"),
        ("nobody", "nobody"),
    ],
)
def test_a_domain_is_written_so_that_every_server_understands_it(address, sent):
    assert on_the_wire(address) == sent
