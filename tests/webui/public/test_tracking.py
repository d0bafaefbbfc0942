"""The tracking page: plain words for the holder of the link, nothing internal, nothing for anybody else."""

import io
import re
from datetime import timedelta

import pytest

from kesu.complaints import attachments, contacts, questions, statuses
from kesu.engine import clock, instances, runtime, user_tasks, worker
from tests.webui.cases.stage import PNG
from tests.webui.pages import words


def open_task(db, reference):
    with db.read() as connection:
        instance = instances.by_business_key(connection, reference)
        return user_tasks.of_instance(connection, instance.id, only_open=True)[0]


@pytest.fixture
def asked(company, received):
    """A case in which Ivan has asked Carol a question."""
    receipt = received()
    runtime.complete(
        company,
        open_task(company, receipt.reference).id,
        actor="ivan",
        submission={"facts": "checked", "customer_needed": "yes", "question": "When did you buy it?"},
    )
    worker.drain(company)
    return receipt


def test_four_steps_in_plain_words_with_the_promised_day(reader, received):
    page = words(reader.get(f"/track/{received().tracking_token}").text)

    assert "We are finding out what went wrong." in page
    assert page.index("Received by us") < page.index("Finding out what went wrong") < page.index("Putting it right") < page.index("Settled")
    assert "By Tuesday, 3 March 2026 we have looked into it" in page


def test_a_promise_that_was_not_kept_is_admitted(reader, received, turned):
    receipt = received()
    turned.advance(timedelta(days=4))

    assert "We are late, and we are sorry" in words(reader.get(f"/track/{receipt.tracking_token}").text)


def test_internal_notes_never_show(company, reader, received):
    receipt = received()
    with company.write() as connection:
        contacts.log(connection, receipt.reference, contacts.INTERNAL, "SECRET: a difficult customer", channel="note", actor="ines", at=clock.now())
        contacts.log(connection, receipt.reference, contacts.TO_CUSTOMER, "We are on it.", channel="portal", actor="ines", at=clock.now())

    page = reader.get(f"/track/{receipt.tracking_token}").text
    assert "We are on it." in page
    assert "SECRET" not in page and "ines" not in page.lower()


def test_a_question_is_answered_with_a_photo_and_the_process_goes_on(company, reader, asked):
    page = reader.get(f"/track/{asked.tracking_token}").text
    assert "When did you buy it?" in page and "Our time limit stands still" in words(page)

    reader.post(f"/track/{asked.tracking_token}/answers", answer="In January.", attachments=(io.BytesIO(PNG), "bill.png"))
    worker.drain(company)

    with company.read() as connection:
        assert questions.of_case(connection, asked.reference)[-1].answer == "In January."
        assert [row.name for row in attachments.of_case(connection, asked.reference)] == ["bill.png"]
        assert statuses.history_of(connection, asked.reference)[-1].after == "in_progress"
    assert open_task(company, asked.reference).element_id == "investigate"
    assert "Your answer" not in words(reader.get(f"/track/{asked.tracking_token}").text)


def test_an_empty_answer_is_asked_for_again(reader, asked):
    page = reader.post(f"/track/{asked.tracking_token}/answers", status=422, answer="  ")

    assert "Please write an answer" in words(page.text)


def test_answering_twice_is_told_and_harms_nothing(reader, asked):
    reader.post(f"/track/{asked.tracking_token}/answers", answer="In January.")

    assert "no open question" in words(reader.post(f"/track/{asked.tracking_token}/answers", status=409, answer="Again").text)


def test_a_message_and_files_can_be_added_at_any_time(company, reader, received):
    receipt = received()
    reader.post(f"/track/{receipt.tracking_token}/messages", message="It also smells.", attachments=(io.BytesIO(PNG), "smell.png"))

    page = reader.get(f"/track/{receipt.tracking_token}").text
    assert "It also smells." in page and "smell.png" in page
    link = re.search(r'href="(/track/[^"]+/attachments/\d+)"', page).group(1)
    picture = reader.get(link)
    assert picture.mimetype == "image/png" and "sandbox" in picture.headers["Content-Security-Policy"]


def test_a_file_of_a_colleague_is_not_given_to_the_customer(company, reader, received):
    receipt = received()
    with company.write() as connection:
        [number] = attachments.add(
            connection, receipt.reference, attachments.accept([attachments.Upload("inside.png", PNG)]), at=clock.now(), actor="ivan"
        )

    assert "inside.png" not in reader.get(f"/track/{receipt.tracking_token}").text
    reader.get(f"/track/{receipt.tracking_token}/attachments/{number}", status=404)


def test_one_link_does_not_open_the_files_of_another_complaint(company, reader, received):
    mine, other = received(), received(name="Dora", email="dora@example.com")
    reader.post(f"/track/{other.tracking_token}/messages", message="", attachments=(io.BytesIO(PNG), "dora.png"))
    with company.read() as connection:
        number = attachments.of_case(connection, other.reference)[0].id

    reader.get(f"/track/{mine.tracking_token}/attachments/{number}", status=404)


def test_a_complaint_is_withdrawn_after_one_more_question(company, reader, received):
    receipt = received()
    assert "Withdraw this complaint?" in words(reader.get(f"/track/{receipt.tracking_token}/withdrawal").text)

    reader.post(f"/track/{receipt.tracking_token}/withdrawal", reason="It works again.")
    worker.drain(company)

    page = words(reader.get(f"/track/{receipt.tracking_token}").text)
    assert "You have withdrawn your complaint." in page and "It works again." in page
    with company.read() as connection:
        assert instances.by_business_key(connection, receipt.reference).state == "completed"


def test_a_wrong_link_opens_nothing_and_says_so(reader, received):
    received()

    assert "opens no complaint" in words(reader.get("/track/" + "x" * 32, status=404).text)


def test_the_link_can_be_pasted_whole_or_in_part(reader, received):
    token = received().tracking_token

    assert reader.post("/track", link=f" http://example.com/track/{token}  ").location == f"/track/{token}"
    assert reader.post("/track", link=token).location == f"/track/{token}"
    assert "opens no complaint" in words(reader.post("/track", status=422, link="KS-2026-000001").text)


def test_every_open_question_has_its_own_box_and_the_named_one_is_answered(company, reader, asked):
    with company.write() as connection:
        second = questions.ask(connection, asked.reference, "Which colour?", actor="bo", at=clock.now(), department="technical")
    page = reader.get(f"/track/{asked.tracking_token}").text
    assert "When did you buy it?" in page and "Which colour?" in page and "Another question" in words(page)

    reader.post(f"/track/{asked.tracking_token}/answers", answer="Blue.", question=second)
    with company.read() as connection:
        assert [each.answer for each in questions.of_case(connection, asked.reference)] == [None, "Blue."]
