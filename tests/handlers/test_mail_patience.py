"""A mail is never lost: a server that is away costs one incident and heals by itself; only a no that is final is final."""

import socket
import threading
from datetime import timedelta

import pytest

from kesu.complaints import mail_answers, mail_lines
from kesu.complaints.mail_answers import Meaning
from kesu.engine import incidents, jobs, worker
from kesu.engine.runtime import retry
from tests.handlers.letters_out import mail_of, opened, post, state
from tests.handlers.mailboxes import Mailbox, free_port, serving

MINUTE = timedelta(minutes=1)


def pass_time(db, turned, time, step=MINUTE):
    """Let time go by, with the worker at its work."""
    end = turned.now() + time
    while turned.now() < end:
        worker.drain(db)
        turned.advance(step)


def test_a_server_that_is_away_for_days_is_one_incident_and_everything_goes_when_it_is_back(
    company, monkeypatch, turned
):
    port = free_port()
    monkeypatch.setenv("KESU_SMTP_URL", f"smtp://127.0.0.1:{port}")
    letters = [post(company, turned.now(), f"k{n}") for n in range(3)]
    pass_time(company, turned, timedelta(minutes=10))
    assert [kind for kind, _ in opened(company)] == ["mail_server"]
    pass_time(company, turned, timedelta(days=6), timedelta(minutes=30))
    assert [kind for kind, _ in opened(company)] == ["mail_server"]
    assert {state(company, letter) for letter in letters} == {"waiting"}
    box = Mailbox()
    with serving(box, port):
        pass_time(company, turned, timedelta(minutes=16))
    assert {state(company, letter) for letter in letters} == {"sent"} and len(box.received) == 3
    assert opened(company) == []


def test_days_without_a_server_are_no_days_of_patience_with_a_mailbox(company, monkeypatch, turned):
    port = free_port()
    monkeypatch.setenv("KESU_SMTP_URL", f"smtp://127.0.0.1:{port}")
    letter, box = post(company, turned.now()), Mailbox()
    pass_time(company, turned, timedelta(days=6), timedelta(hours=1))
    box.answers = ["451 4.7.1 greylisted, come back later"]
    with serving(box, port):
        pass_time(company, turned, timedelta(minutes=5))
    assert state(company, letter) == "sent"


def test_a_server_that_is_started_anew_is_nobody_s_business(company, monkeypatch, turned):
    port = free_port()
    monkeypatch.setenv("KESU_SMTP_URL", f"smtp://127.0.0.1:{port}")
    letter = post(company, turned.now())
    pass_time(company, turned, 3 * MINUTE)
    with serving(Mailbox(), port):
        pass_time(company, turned, 5 * MINUTE)
    assert state(company, letter) == "sent"
    with company.read() as connection:
        assert incidents.listed(connection, only_open=False) == []


def test_greylisting_of_hours_is_waited_for(company, mailbox, turned):
    mailbox.answers = ["451 4.7.1 greylisted, come back later"] * 8
    letter = post(company, turned.now())
    pass_time(company, turned, timedelta(hours=8))
    assert state(company, letter) == "sent" and opened(company) == []


def test_a_mailbox_that_stays_full_is_given_up_after_five_days_and_can_be_tried_again(
    company, mailbox, turned
):
    mailbox.answers = ["552 5.2.2 mailbox full"] * 100
    letter = post(company, turned.now())
    pass_time(company, turned, timedelta(days=4), timedelta(hours=1))
    assert (
        state(company, letter) == "waiting"
        and opened(company) == []
        and mail_of(company, letter).again_at > turned.now()
    )
    assert 20 < 100 - len(mailbox.answers) < 50  # RFC 5321 4.5.4.1: pauses of hours
    pass_time(company, turned, timedelta(days=2), timedelta(hours=1))
    [(kind, message)] = opened(company)
    assert (
        kind == "job_failed"
        and "5 days" in message
        and "mailbox full" in message
        and state(company, letter) == "refused"
    )
    mailbox.answers = []
    with company.read() as connection:
        [incident] = incidents.listed(connection)
    retry(company, incident.id, actor="mara")
    worker.drain(company)
    assert state(company, letter) == "sent" and len(mailbox.received) == 1


@pytest.mark.parametrize(
    "answer",
    [
        "550 5.7.1 Unable to relay",
        "554 5.7.1 <c@x>: Relay access denied",
        "550 relaying denied",
        "530 5.7.0 Authentication required",
        "553 sorry, that domain isn't in my list of allowed rcpthosts",
    ],
)
def test_a_server_that_will_not_relay_for_us_is_one_incident_and_no_mail_is_lost(
    company, mailbox, turned, answer
):
    mailbox.answers = [answer] * 2
    letters = [post(company, turned.now(), key) for key in ("k1", "k2")]
    worker.drain(company)
    [(kind, message)] = opened(company)
    assert (
        kind == "mail_rights"
        and "KESU_MAIL_FROM" in message
        and {state(company, each) for each in letters} == {"waiting"}
    )
    pass_time(company, turned, timedelta(minutes=20))
    assert {state(company, each) for each in letters} == {"sent"} and opened(company) == []


def test_a_no_after_the_content_is_final_at_once(company, mailbox, turned):
    mailbox.verdicts = ["554 5.7.1 looks like spam"]
    letter = post(company, turned.now())
    worker.drain(company)
    assert state(company, letter) == "refused" and len(opened(company)) == 1
    pass_time(company, turned, timedelta(days=1), timedelta(hours=1))
    assert mailbox.received == []


def test_a_sender_that_is_refused_is_our_own_trouble(company, mailbox, turned):
    mailbox.openings = ["553 5.7.1 sender not allowed"]
    letter = post(company, turned.now())
    worker.drain(company)
    assert [kind for kind, _ in opened(company)] == ["mail_rights"] and state(
        company, letter
    ) == "waiting"


@pytest.mark.parametrize(
    ("code", "words", "at", "meaning"),
    [
        (450, "busy", "recipient", Meaning.AGAIN),
        (421, "closing", "content", Meaning.AGAIN),
        (452, "full", "sender", Meaning.AGAIN),
        (552, "exceeded storage allocation", "recipient", Meaning.AGAIN),
        (552, "5.3.4 message too large", "sender", Meaning.NEVER),
        (552, "5.2.2 over quota", "content", Meaning.AGAIN),
        (550, "5.1.1 no such user", "recipient", Meaning.NEVER),
        (554, "no", "content", Meaning.NEVER),
        (535, "login", "recipient", Meaning.RIGHTS),
        (550, "must be authenticated", "sender", Meaning.RIGHTS),
    ],
)
def test_an_answer_means_what_the_standard_says(code, words, at, meaning):
    assert mail_answers._meaning(code, words, at) is meaning


def test_mail_is_sent_in_a_lane_of_its_own(company, mailbox, turned):
    letter = post(company, turned.now())
    while worker.main_step(company):
        pass
    assert state(company, letter) == "waiting"
    worker.drain_lane(company, "mail")
    assert state(company, letter) == "sent"


def test_a_server_that_never_answers_holds_nobody_else(company, monkeypatch, turned):
    with socket.create_server(("127.0.0.1", 0)) as tarpit:
        monkeypatch.setattr(mail_lines, "TIMEOUT_SECONDS", 20)
        monkeypatch.setenv("KESU_SMTP_URL", f"smtp://127.0.0.1:{tarpit.getsockname()[1]}")
        post(company, turned.now())
        with company.write() as connection:
            jobs.enqueue(connection, "escalate_case", {}, key="other", run_at=turned.now())
        lane = threading.Thread(target=worker.drain_lane, args=[company, "mail"])
        lane.start()
        held, _peer = tarpit.accept()
        while worker.main_step(company):  # comes back while the mail still waits for its answer
            pass
        assert lane.is_alive()
        with company.read() as connection:
            other = connection.execute(jobs.jobs.select().where(jobs.jobs.c.key == "other")).one()
        assert other.attempts == 1
        held.close()
        lane.join(20)
        assert not lane.is_alive()


def test_a_server_that_drips_its_answers_is_hung_up_on(company, monkeypatch, turned):
    with socket.create_server(("127.0.0.1", 0)) as dripping:
        monkeypatch.setattr(mail_lines, "LIMIT_SECONDS", 0.3)
        monkeypatch.setenv("KESU_SMTP_URL", f"smtp://127.0.0.1:{dripping.getsockname()[1]}")
        letter = post(company, turned.now())
        lane = threading.Thread(target=worker.drain_lane, args=[company, "mail"])
        lane.start()
        held, _peer = dripping.accept()
        held.sendall(b"220-")  # and never a whole answer
        lane.join(20)
        held.close()
    assert not lane.is_alive() and state(company, letter) == "waiting"
