"""The satisfaction form: two questions, one answer, and an unhappy customer opens the case again."""

import pytest

from kesu.complaints import cases, contacts, surveys
from kesu.engine import candidates, clock, instances, user_tasks, worker
from tests.handlers.stories import Story
from tests.webui.pages import words


@pytest.fixture
def solved(company):
    """A complaint that has been solved and told; returns its story and the survey's token."""
    story = Story(company, category="quality", subcategory="part_damaged")
    worker.drain(company)
    story.do("investigate", "ivan", facts="checked", customer_needed="no", department_cause="glue", responsible="own")
    story.do(
        "propose_remedy",
        "ivan",
        cause="Too little glue",
        remedy="replace",
        remedy_amount=300,
        due_on="2026-03-05",
        measure="A new kettle",
        prevention="glue",
    )
    story.do("approve_first", "bo", outcome="approved", opinion="ok")
    with company.read() as connection:
        [task] = user_tasks.of_instance(connection, story.instance().id, only_open=True)
        offered = candidates.names(connection, task.id)
    assert task.element_id == "confirm_carried_out"
    story.do(
        "confirm_carried_out",
        "lin" if ("group", "logistics") in offered else "ines",
        carried_out="done",
        carried_out_on="2026-03-02",
        document_number="GD-1",
    )
    story.do("answer_customer", "ines", answer="A new kettle is on its way.", told_by="phone")
    with company.write() as connection:
        token = surveys.invite(connection, story.reference, cycle=1, at=clock.now())
    return story, token


def test_the_tracking_page_tells_what_was_found_and_leads_to_the_survey(reader, solved):
    story, _token = solved
    page = words(reader.get(f"/track/{story.receipt.tracking_token}").text)
    assert "Too little glue" in page and "Replacement" in page and "Is it settled for you?" in page

    answer = reader.post(f"/track/{story.receipt.tracking_token}/survey")
    assert "Are you satisfied?" in words(reader.follow(answer).text)


def test_a_satisfied_customer_closes_the_case(company, reader, solved):
    story, token = solved
    reader.post(f"/survey/{token}", score="5", satisfied="yes", comment="Quick!")
    worker.drain(company)

    assert story.case().status == "closed"
    with company.read() as connection:
        assert surveys.of_case(connection, story.reference)[-1].score == 5
        assert "Quick!" in [line.text for line in contacts.for_staff(connection, story.reference)]


def test_a_dissatisfied_customer_is_heard_again(company, reader, solved):
    story, token = solved
    answer = reader.post(f"/survey/{token}", score="1", satisfied="no", comment="")
    worker.drain(company)

    assert "look at your complaint again" in words(reader.follow(answer).text)
    assert story.case().status != "closed"
    with company.read() as connection:
        assert instances.by_business_key(connection, story.reference).state == "active"
        assert cases.find(connection, story.reference).closed_at is None


def test_the_link_works_once(reader, solved):
    _story, token = solved
    reader.post(f"/survey/{token}", score="4", satisfied="yes", comment="")

    assert "answered already" in words(reader.post(f"/survey/{token}", status=409, score="1", satisfied="no").text)
    assert "We have your answer." in words(reader.get(f"/survey/{token}").text)


def test_both_questions_must_be_answered(reader, solved):
    _story, token = solved
    page = words(reader.post(f"/survey/{token}", status=422, score="9", comment="kept").text)

    assert "Please choose one of the five." in page and "Please choose yes or no." in page and "kept" in page


def test_an_unknown_link_says_so(reader):
    assert "not valid" in words(reader.get("/survey/" + "x" * 32, status=404).text)
