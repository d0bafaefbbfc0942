"""Whatever a customer sends in later reaches somebody: told, marked in the case until it is read, judged for danger, also after the end."""

import io

import pytest

from kesu.complaints import cases, dangers, mails, notices, surveys
from kesu.engine import clock, instances, runtime, user_tasks, worker
from tests.webui.cases.stage import PNG
from tests.webui.pages import words


def told(db, reference, template="heard"):
    """Return who was told by a notice, and to which addresses a mail went."""
    with db.read() as connection:
        seen, sent = notices.notices, mails.mails
        rows = connection.execute(seen.select().where(seen.c.reference == reference, seen.c.template == template))
        posted = connection.execute(sent.select().where(sent.c.reference == reference, sent.c.template == template))
        return sorted(row.login for row in rows), sorted(row.to_address for row in posted)


def case_of(db, reference):
    with db.read() as connection:
        return cases.find(connection, reference)


def closed(db, reference, status="closed"):
    """Let a case be closed as it is: only where it stands matters here."""
    with db.read() as connection:
        instance = instances.by_business_key(connection, reference)
    runtime.terminate(db, instance.id, actor="mara", reason="closed")
    with db.write() as connection:
        cases.set_columns(connection, reference, status=status)


def test_a_message_reaches_whoever_has_the_open_task(company, reader, received):
    receipt = received()
    reader.post(f"/track/{receipt.tracking_token}/messages", message="Any news?")
    assert told(company, receipt.reference) == (["ivan"], ["ivan@kesu.example"])
    assert case_of(company, receipt.reference).unread_since == clock.now()


def test_photos_alone_reach_somebody_too(company, reader, received):
    receipt = received()
    reader.post(f"/track/{receipt.tracking_token}/messages", message="", attachments=(io.BytesIO(PNG), "handle.png"))
    assert told(company, receipt.reference)[0] == ["ivan"] and case_of(company, receipt.reference).unread_since


@pytest.mark.parametrize("text", ["昨天又漏电了，孩子被电到", "It caught fire last night"])
def test_danger_in_a_message_raises_the_case(company, reader, received, text):
    receipt = received()
    reader.post(f"/track/{receipt.tracking_token}/messages", message=text)
    assert told(company, receipt.reference, "heard_danger")[0] == ["ivan"]
    assert told(company, receipt.reference, "danger")[0] == ["ines", "ivan", "mara"]
    case = case_of(company, receipt.reference)
    assert (case.safety, case.grade, case.priority) == (True, "major", 1)
    with company.read() as connection:
        instance = instances.by_business_key(connection, receipt.reference)
        tasks = user_tasks.of_instance(connection, instance.id, only_open=True)
    assert (instance.variables["safety"], instance.variables["grade"]) == (True, "major")
    assert {task.priority for task in tasks} == {1}


def test_an_answer_to_a_question_is_told_and_judged(company, reader, received):
    receipt = received()
    with company.read() as connection:
        instance = instances.by_business_key(connection, receipt.reference)
        task = user_tasks.of_instance(connection, instance.id, only_open=True)[0]
    runtime.complete(company, task.id, actor="ivan", submission={"facts": "checked", "customer_needed": "yes", "question": "When?"})
    worker.drain(company)
    reader.post(f"/track/{receipt.tracking_token}/answers", answer="When it gave me an electric shock.")
    assert told(company, receipt.reference, "heard_danger")[0] == ["ivan"] and case_of(company, receipt.reference).safety


def test_a_closed_case_says_what_to_do_and_customer_service_is_told(company, reader, received):
    receipt = received()
    closed(company, receipt.reference)
    with company.write() as connection:
        cases.set_columns(connection, receipt.reference, owner_department=None)
    assert "This complaint is closed." in words(reader.get(f"/track/{receipt.tracking_token}").text)
    answer = reader.post(f"/track/{receipt.tracking_token}/messages", message="现在又冒烟了")
    assert "although this complaint is closed" in words(reader.follow(answer).text)
    assert told(company, receipt.reference, "heard_danger")[0] == ["ines"] and case_of(company, receipt.reference).safety


def test_the_mark_stands_in_list_and_page_until_somebody_reads_it(company, reader, received, as_person):
    receipt = received()
    closed(company, receipt.reference)
    reader.post(f"/track/{receipt.tracking_token}/messages", message="Hello?")
    ines = as_person("ines")
    assert "Unread words of the customer" in words(ines.get("/cases").text)
    assert "Unread words of the customer" in words(ines.get(f"/cases/{receipt.reference}").text)
    ines.post(f"/cases/{receipt.reference}/reading")
    assert "Unread words of the customer" not in words(ines.get(f"/cases/{receipt.reference}").text)
    assert case_of(company, receipt.reference).unread_since is None


def test_the_mark_stands_on_the_card_in_the_inbox(company, reader, received, as_person):
    receipt = received()
    reader.post(f"/track/{receipt.tracking_token}/messages", message="Hello?")
    assert "Unread words of the customer" in words(as_person("ivan").get("/inbox?box=group").text)


def test_a_withdrawal_is_told_to_whoever_was_at_work(company, reader, received):
    receipt = received()
    reader.post(f"/track/{receipt.tracking_token}/withdrawal")
    assert told(company, receipt.reference)[0] == ["ivan"]


def test_a_customer_who_is_not_satisfied_is_heard_though_nobody_waits(company, received):
    receipt = received()
    with company.write() as connection:
        token = surveys.invite(connection, receipt.reference, cycle=1, at=clock.now())
    surveys.answer(company, token, score=1, satisfied=False)
    assert told(company, receipt.reference)[0] == ["ivan"]


def test_a_note_of_a_colleague_that_tells_of_danger_raises_the_case(company, received, as_person):
    receipt = received()
    as_person("ines").post(f"/cases/{receipt.reference}/notes", text="客户来电：照片里的插座烧焦了")
    assert told(company, receipt.reference, "danger")[0] == ["ines", "ivan", "mara"]


def test_the_all_clear_is_asked_and_answered_on_the_page(company, received, as_person):
    receipt = received(description="水壶起火")
    ines = as_person("ines")
    ines.post(f"/cases/{receipt.reference}/all-clears", reason="是演习")
    assert "A second person has to answer." in words(ines.get(f"/cases/{receipt.reference}").text)
    ines.post(f"/cases/{receipt.reference}/all-clears/answers", status=403, reason="x", answer="agree")
    as_person("ivan").post(f"/cases/{receipt.reference}/all-clears", status=403, reason="x")
    mara = as_person("mara")
    assert "Nobody is in danger" in words(mara.get(f"/cases/{receipt.reference}").text)
    mara.post(f"/cases/{receipt.reference}/all-clears/answers", reason="电话核实", answer="agree")
    assert case_of(company, receipt.reference).safety is False
    assert dangers.why("水壶起火")
