"""Whom a message to staff reaches, and that nobody is told the same thing twice."""

import pytest

from kesu.complaints import mails, notices, recipients
from kesu.engine import identity, worker
from kesu.engine.errors import Invalid
from kesu.engine.service_tasks import ServiceTask
from kesu.handlers.notify_staff import notify_staff
from tests.handlers.stories import Story


@pytest.mark.parametrize(
    ("to", "reached"),
    [
        ("ivan", ["ivan"]),
        ("quality", ["ivan"]),
        ("approver", ["ada", "bo"]),
        ("head_of:quality", ["ivan"]),
        ("superior_of:ivan", ["mara"]),
        ("superior_of:quality", ["mara"]),
        ("superior_of:mara", []),
        ("nobody", []),
        ("head_of:sales", []),
    ],
)
def test_recipients_are_found(company, to, reached):
    with company.read() as connection:
        assert recipients.resolve(connection, to) == reached


def test_whoever_has_left_is_not_told(company):
    with company.write() as connection:
        connection.execute(identity.people.update().where(identity.people.c.login == "ada").values(active=False))
        assert recipients.resolve(connection, "approver") == ["bo"]


def test_a_copy_is_a_notice_and_a_mail_to_each(company, turned):
    story = Story(company)
    worker.drain(company)
    with company.read() as connection:
        task = ServiceTask(1, story.reference, "x", {}, turned.now(), "k", "system", connection=connection)
        outcome = notify_staff(task, to="approver", template="copy")
    for _ in range(2):
        with company.write() as connection:
            for write in outcome.writes:
                write(connection)
    with company.read() as connection:
        assert [notice.template for notice in notices.of_person(connection, "ada")] == ["copy"]
        sent = sorted(mail.to_address for mail in mails.latest(connection) if mail.template == "copy")
        assert notices.unread(connection, "bo") == 1
    assert sent == ["ada@kesu.example", "bo@kesu.example"]


def test_an_unknown_letter_is_refused_with_the_list_of_known_ones(company, turned):
    with company.read() as connection, pytest.raises(Invalid, match="reminder, escalation, assignment, copy, got spam"):
        notify_staff(ServiceTask(1, "KS-2026-000001", "x", {}, turned.now(), "k", "system", connection=connection), to="ada", template="spam")
