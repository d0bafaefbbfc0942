"""What the engine tells becomes a notice and a mail for each person, once, in their language."""

import pytest

from kesu.complaints import announcements, escalations, mails, notices, receipts
from kesu.engine import identity, instances, user_tasks
from kesu.engine.notifications import Notification
from tests.complaints.companies import complaint


@pytest.fixture
def task(company):
    """The open task of a complaint just received."""
    reference = receipts.receive(company, complaint(), channel="web").reference
    with company.read() as connection:
        return user_tasks.of_instance(connection, instances.by_business_key(connection, reference).id, only_open=True)[0]


def tell(db, task, kind, *to, by="ines", key=""):
    said = Notification(
        kind, to, by, task.created_at, task.instance_id, task.business_key, task.id, task.element_id, task.name, task.name_en, key=key
    )
    with db.write() as connection:
        for write in announcements.tell(connection, said):
            write(connection)


def noticed(db, login):
    with db.read() as connection:
        return [
            (notice.template, notices.TEXTS[notice.template].format(reference=notice.reference, **notice.values))
            for notice in notices.of_person(connection, login)
        ]


@pytest.mark.parametrize("kind", sorted(announcements.SAID))
def test_every_kind_has_a_notice_and_a_letter(company, task, kind):
    tell(company, task, kind, "ivan")
    assert len(noticed(company, "ivan")) == 1
    with company.read() as connection:
        [mail] = [mail for mail in mails.latest(connection) if mail.to_address == "ivan@kesu.example"]
    assert task.business_key in mail.subject and f"/tasks/{task.id}" in mail.body and "$" not in mail.body


def test_the_same_occasion_is_told_once(company, task):
    for _ in range(2):
        tell(company, task, "urged", "ivan", key="urge-1")
    assert noticed(company, "ivan") == [("urged", f"Ines asks you to see to 调查 in case {task.business_key}.")]


def test_whoever_did_it_and_whoever_has_left_is_not_told(company, task):
    with company.write() as connection:
        connection.execute(identity.people.update().where(identity.people.c.login == "bo").values(active=False))
    tell(company, task, "copied", "ines", "bo", "ada")
    assert (noticed(company, "ines"), noticed(company, "bo"), len(noticed(company, "ada"))) == ([], [], 1)


def test_an_escalation_by_policy_is_kept_in_the_case_file(company, task):
    tell(company, task, "escalated", "mara", by="system", key="mark-1")
    with company.read() as connection:
        [kept] = escalations.of_case(connection, task.business_key)
    assert (kept.to, kept.reason) == ("mara", "“调查”已超过时限")
