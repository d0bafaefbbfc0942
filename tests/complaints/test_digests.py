"""The daily digest over a real SMTP conversation: on working days at each person's hour, once, in their language, only when there is something."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from kesu.complaints import announcements, digests, mail_wishes, mails, profiles, receipts
from kesu.engine import claims, definitions, identity, notifications, runtime, user_tasks, worker
from tests.complaints import companies

HOUR = timedelta(hours=1)  # the clock begins on Monday, 2 March 2026, 09:00 in Shanghai


@pytest.fixture
def told():
    """What happens to tasks becomes notices and mails."""
    before = notifications.plug(announcements.tell)
    yield
    notifications.plug(before)


@pytest.fixture
def task(company, told):
    """An investigation that Ivan has claimed, due on Tuesday; returns its id."""
    definitions.deploy(company, companies.SMALL.replace('<kesu:moves allow="approve,reject"/>', "").encode(), actor="olga")
    return begun(company)


def begun(db, **changes):
    """File a complaint and let Ivan claim its investigation; returns the task's id."""
    filed = receipts.receive(db, companies.complaint(**changes), channel="web", actor="customer")
    with db.read() as connection:
        table = user_tasks.user_tasks
        task_id = connection.execute(table.select().where(table.c.business_key == filed.reference)).first().id
    claims.claim(db, task_id, actor="ivan")
    return task_id


def wishes(db, login, locale="en", *, hour=8, zone="", **ways):
    with db.write() as connection:
        mail_wishes.choose(connection, login, ways or dict.fromkeys(mail_wishes.KINDS, "daily"))
        profiles.choose(connection, login, time_zone=zone, digest_hour=hour)
        identity.choose_locale(connection, login, locale)


def run(db, turned, hours=24):
    """Let hours pass, the scheduler waking up at each."""
    for _ in range(hours):
        turned.advance(HOUR)
        digests.send_due(db)
        worker.drain(db)


def received(box, login="ivan"):
    return [mail for mail in box.received if mail["To"] == f"{login}@kesu.example"]


def test_one_mail_a_day_says_overdue_before_today_before_new(company, task, mailbox, turned):
    wishes(company, "ivan")
    with company.write() as connection:
        user_tasks.touch(connection, user_tasks.find(connection, task), due_at=turned.now() + 30 * HOUR)
    run(company, turned, 24 + 24)
    fresh = begun(company, description="The lid does not close any more.")
    run(company, turned, 24)
    subjects = [mail["Subject"] for mail in received(mailbox)]
    assert subjects == ["Your work on 2026-03-02: New 1", "Your work on 2026-03-03: Due today 1", "Your work on 2026-03-04: Overdue 1",
                        "Your work on 2026-03-05: Overdue 1, Due today 1"]
    last = received(mailbox)[-1].get_content()
    assert last.index(f"/tasks/{task}") < last.index(f"/tasks/{fresh}") and "(due 2026-03-03 15:00)" in last


def test_nothing_to_say_and_nobody_who_asks_make_no_mail(company, task, mailbox, turned):
    wishes(company, "bo")
    run(company, turned, 24)
    assert received(mailbox, "bo") == [] == received(mailbox, "ivan")


def test_it_comes_in_the_readers_language_at_the_hour_of_their_zone(company, task, mailbox, turned):
    wishes(company, "ivan", "zh", hour=7, zone="Europe/London")
    run(company, turned, 5)  # 14:00 in Shanghai is 06:00 in London
    assert received(mailbox) == []
    run(company, turned, 1)
    [mail] = received(mailbox)
    assert mail["Subject"].startswith("2026-03-02 工作摘要：") and "以下事项等您处理" in mail.get_content()


def test_it_rests_on_days_that_are_none_of_work_and_mondays_news_begins_on_friday(company, task, mailbox, turned):
    wishes(company, "ivan", work="daily")
    run(company, turned, 4 * 24)
    assert [mail["Subject"] for mail in received(mailbox)] == ["Your work on 2026-03-02: New 1"]
    mailbox.received.clear()  # it is Friday, 09:00
    runtime.transfer(company, task, actor="ivan", to="bo", reason="theirs")
    turned.advance(HOUR)
    runtime.transfer(company, task, actor="bo", to="ivan", reason="theirs")
    run(company, turned, 68)
    assert received(mailbox) == []  # Saturday and Sunday
    run(company, turned, 12)
    [mail] = received(mailbox)
    assert mail["Subject"] == "Your work on 2026-03-09: New 1"


def test_urges_copies_and_escalations_come_in_the_digest_instead_of_at_once(company, task, mailbox, turned):
    wishes(company, "ivan", urge="daily")
    wishes(company, "bo", copy="daily")
    runtime.urge(company, task, actor="mara", reason="the customer waits")
    runtime.copy(company, task, actor="ivan", people=["bo"])
    worker.drain(company)
    assert received(mailbox) == [] == received(mailbox, "bo")
    run(company, turned, 24)
    assert "Reminders from colleagues 1" in received(mailbox)[0]["Subject"] and "Copies 1" in received(mailbox, "bo")[0]["Subject"]


def test_never_means_never_and_at_once_means_at_once(company, task, mailbox, turned):
    wishes(company, "ivan", urge="never", work="daily")
    runtime.urge(company, task, actor="mara")
    runtime.copy(company, task, actor="ivan", people=["ada"])
    worker.drain(company)
    assert received(mailbox) == [] and len(received(mailbox, "ada")) == 1


def test_two_workers_at_the_same_moment_write_one_mail(company, task, turned):
    wishes(company, "ivan")
    turned.advance(24 * HOUR)
    with ThreadPoolExecutor(4) as pool:
        made = sum(pool.map(lambda _: digests.send_due(company), range(8)))
    with company.read() as connection:
        assert made == 1 == len([mail for mail in mails.latest(connection) if mail.template == "digest"])


def test_somebody_who_has_left_gets_nothing(company, task, mailbox, turned):
    wishes(company, "ivan")
    with company.write() as connection:
        connection.execute(identity.people.update().where(identity.people.c.login == "ivan").values(active=False))
    run(company, turned, 24)
    assert received(mailbox) == []


def test_a_long_day_is_told_in_short(company, task, mailbox, turned):
    wishes(company, "ivan")
    for number in range(24):
        begun(company, description=f"Another one, number {number}, broke after a week.")
    run(company, turned, 1)
    [mail] = received(mailbox)
    assert "... and 5 more" in mail.get_content()
