"""What is over cannot be withdrawn, and what was only instructed is not done: the customer reads it as it is."""

import pytest

from kesu.complaints import contacts, remedies, surveys
from kesu.engine import worker
from tests.handlers.stories import Story
from tests.webui.pages import words


@pytest.fixture
def story(company):
    """Carol's complaint with a remedy that has been instructed."""
    told = Story(company, category="quality", subcategory="part_damaged")
    worker.drain(company)
    told.investigate()
    told.propose(remedy="compensation", remedy_amount=500)
    told.do("approve_first", "ada", outcome="approved", opinion="Fine")
    return told


def page(reader, story):
    return words(reader.get(f"/track/{story.receipt.tracking_token}").text)


def test_an_instruction_is_not_the_deed(reader, story):
    told = page(reader, story)
    assert "instructed on Monday, 2 March 2026 · expected by Friday, 20 March 2026" in told and "done on" not in told
    story.do("confirm_carried_out", "ines", carried_out="done", carried_out_on="2026-03-05")
    told = page(reader, story)
    assert "done on Monday, 2 March 2026" in told and "instructed on" not in told


def test_what_turned_out_to_be_impossible_is_not_called_done(reader, story):
    story.do("confirm_carried_out", "ines", carried_out="impossible", impossible_because="no account")
    with story.db.read() as connection:
        remedy = remedies.latest(connection, story.reference)
    assert remedy.impossible_at and not remedy.confirmed_at and "done on" not in page(reader, story)


def test_a_closed_complaint_offers_no_withdrawal_and_refuses_it_with_a_way_on(company, reader, story):
    story.do("confirm_carried_out", "ines", carried_out="done", carried_out_on="2026-03-05")
    story.do("answer_customer", "ines", answer="Sorry.", told_by="none")
    address = f"/track/{story.receipt.tracking_token}/withdrawal"
    with company.write() as connection:
        token = surveys.invite(connection, story.reference, cycle=1, at=story.case().received_at)
    surveys.answer(company, token, score=5, satisfied=True)
    worker.drain(company)
    assert story.case().status == "closed" and "Withdraw this complaint" not in page(reader, story)
    for refused in (reader.get(address, status=409), reader.post(address, status=409, reason="after all")):
        assert "nothing left to withdraw" in words(refused.text) and "file a new complaint" in words(refused.text)
    assert story.case().status == "closed"
    with company.read() as connection:
        assert "after all" not in [line.text for line in contacts.for_staff(connection, story.reference)]


def test_what_is_withdrawn_is_not_withdrawn_again(reader, story):
    address = f"/track/{story.receipt.tracking_token}/withdrawal"
    reader.post(address, reason="It works again.")
    assert "withdrawn already" in words(reader.post(address, status=409, reason="again").text)
