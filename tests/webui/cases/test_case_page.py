"""The page of one case: who may read it, what is hidden from whom, notes and replies that cannot be taken for each other."""

import io
from datetime import timedelta

import pytest

from kesu.complaints import attachments, clocks, contacts, deadlines, mails
from kesu.engine import claims, clock, instances, runtime, user_tasks, worker
from tests.webui.cases.stage import PNG
from tests.webui.pages import words


@pytest.fixture
def case(received):
    """A case with everything known about Carol."""
    return received(address="1 Example Road", attachments=()).reference


def messages(db, reference):
    with db.read() as connection:
        return [(line.kind, line.text) for line in contacts.for_staff(connection, reference) if line.template is None]


def test_the_page_tells_case_customer_clocks_and_open_work(as_person, case):
    page = words(as_person("ines").get(f"/cases/{case}").text)

    for told in (
        "The handle broke off",
        case,
        "Carol",
        "+86 138 0000 1111",
        "Investigation · quality",
        "Investigate",
        "Product quality › Part damaged",
    ):
        assert told in page


@pytest.mark.parametrize(
    ("bought_on", "told"),
    [
        ("2025-03-02", "Warranty in warranty on the day of receipt"),
        ("2025-03-01", "Warranty out of warranty on the day of receipt"),
        ("", None),
    ],
)
def test_the_page_says_whether_the_product_was_in_warranty(as_person, received, bought_on, told):
    case = received(purchased_on=bought_on)
    page = words(as_person("ines").get(f"/cases/{case.reference}").text)
    assert told in page if told else "Warranty" not in page


def test_an_outsider_is_told_that_there_is_no_such_case(as_person, case):
    otto = as_person("otto")
    there, not_there = otto.get(f"/cases/{case}", status=404), otto.get("/cases/KS-2026-999999", status=404)

    assert words(there.text).replace(case, "") == words(not_there.text).replace("KS-2026-999999", "")
    for path in ("notes", "attachments"):
        otto.post(f"/cases/{case}/{path}", status=404, text="hello")
    otto.get(f"/contacts/{1}", status=404)


def test_other_departments_do_not_see_it_and_the_own_one_does(as_person, case):
    as_person("lin").get(f"/cases/{case}", status=404)
    assert "Carol" in words(as_person("ivan").get(f"/cases/{case}").text)


def test_an_auditor_reads_everything_but_the_customers_name_and_number(company, as_person, case):
    with company.write() as connection:
        contacts.log(connection, case, contacts.INTERNAL, "Carol called from +86 138 0000 1111", channel="note", actor="ines", at=clock.now())

    page = as_person("yun").get(f"/cases/{case}").text
    for hidden in ("Carol", "+86 138 0000 1111", "carol@example.com", "1 Example Road"):
        assert hidden not in page
    assert "C** called from" in words(page)


def test_the_tasks_of_a_case_keep_the_customer_from_an_auditor_in_quotes_and_answers_too(company, as_person, case):
    with company.read() as connection:
        instance = instances.by_business_key(connection, case)
        task = user_tasks.of_instance(connection, instance.id, only_open=True)[0]
    claims.release(company, task.id, actor=task.assignee) if task.assignee else None
    claims.claim(company, task.id, actor="ivan")
    facts = {"facts": "Carol showed it", "customer_needed": "no", "department_cause": "Carol's handle", "responsible": "own"}
    runtime.complete(company, task.id, actor="ivan", submission=facts, comment="Carol is right")
    worker.drain(company)

    with company.read() as connection:
        tasks = user_tasks.of_instance(connection, instance.id)
    for each in tasks:
        page = as_person("yun").get(f"/tasks/{each.id}").text
        assert "C** showed it" in words(page) and "Carol" not in page
    assert "Carol showed it" in words(as_person("ivan").get(f"/tasks/{task.id}").text)


def test_the_computation_of_a_time_limit_is_shown_line_by_line_with_its_pause(company, as_person, case, turned):
    with company.read() as connection:
        task = user_tasks.of_instance(connection, instances.by_business_key(connection, case).id, only_open=True)[0]
    turned.advance(timedelta(hours=2))
    runtime.complete(company, task.id, actor="ivan", submission={"facts": "x", "customer_needed": "yes", "question": "When?"})
    worker.drain(company)
    assert "standing still" in words(as_person("ines").get(f"/cases/{case}").text)

    turned.advance(timedelta(hours=5))
    runtime.correlate(company, "customer_answered", {"question": f"{case}/quality"}, {}, actor="customer")
    worker.drain(company)

    page = as_person("ines").get(f"/cases/{case}").text
    assert "Stood still, waiting for the customer:" in words(page) and "clock-paused" in page
    with company.read() as connection:
        [row] = [row for row in deadlines.standing(connection, case, clock.now()) if row["kind"] == "investigation"]
    assert row["standing"] == "running" and "working day" in words(page)


def test_a_pause_that_began_too_late_gives_no_more_time_and_the_computation_says_so(company, as_person, case, turned):
    with company.read() as connection:
        task = user_tasks.of_instance(connection, instances.by_business_key(connection, case).id, only_open=True)[0]
    turned.advance(timedelta(hours=30))
    runtime.complete(company, task.id, actor="ivan", submission={"facts": "x", "customer_needed": "yes", "question": "When?"})
    turned.advance(timedelta(hours=5))
    runtime.correlate(company, "customer_answered", {"question": f"{case}/quality"}, {}, actor="customer")

    with company.read() as connection:
        clock_row = clocks.find(connection, case, "investigation", "quality")
        last = clocks.explained(connection, clock_row)[-1]
    assert (last.spans[-1][1], last.total) == (clock_row.due_at, timedelta(hours=24))
    assert "Overdue by 11 hours" in words(as_person("ines").get(f"/cases/{case}").text)


def test_a_note_stays_inside(company, as_person, received):
    receipt = received()
    ivan = as_person("ivan")
    ivan.post(f"/cases/{receipt.reference}/notes", text="Looks like the glue again")

    assert messages(company, receipt.reference) == [("internal", "Looks like the glue again")]
    assert "Looks like the glue again" not in ivan.get(f"/track/{receipt.tracking_token}").text
    with company.read() as connection:
        assert "reply" not in {mail.template for mail in mails.latest(connection, reference=receipt.reference)}


def test_a_reply_reaches_the_customer_by_mail_and_on_the_tracking_page(company, as_person, received):
    receipt = received()
    ines = as_person("ines")
    ines.post(f"/cases/{receipt.reference}/replies", text="A technician comes tomorrow.")

    assert messages(company, receipt.reference) == [("to_customer", "A technician comes tomorrow.")]
    assert "A technician comes tomorrow." in ines.get(f"/track/{receipt.tracking_token}").text
    with company.read() as connection:
        mail = mails.latest(connection, reference=receipt.reference)[0]
    assert (mail.template, mail.to_address) == ("reply", "carol@example.com") and "A technician comes tomorrow." in mail.body


def test_only_those_who_deal_with_customers_may_reply(company, as_person, case):
    ivan = as_person("ivan")
    assert "Reply to the customer" not in words(ivan.get(f"/cases/{case}").text)
    ivan.post(f"/cases/{case}/replies", status=403, text="Hello Carol")
    as_person("yun").post(f"/cases/{case}/notes", status=403, text="Hello")

    assert messages(company, case) == []


def test_an_empty_reply_is_not_sent_and_the_form_stays_open(company, as_person, case):
    page = as_person("ines").post(f"/cases/{case}/replies", status=422, text="   ")

    assert "Expected a text of 1 to" in words(page.text) and 'name="compose" open' in page.text
    assert messages(company, case) == []


def test_note_and_reply_say_in_words_who_reads_them(as_person, case):
    page = words(as_person("ines").get(f"/cases/{case}").text)

    assert "Only colleagues read this." in page and "The customer never sees it." in page
    assert "Carol reads this" in page and "Send to Carol" in page and "Keep the note" in page


def test_files_are_attached_and_given_only_to_those_who_may_read_the_case(company, as_person, case):
    ivan = as_person("ivan")
    ivan.post(f"/cases/{case}/attachments", attachments=(io.BytesIO(PNG), "crack.png"))
    with company.read() as connection:
        [row] = attachments.of_case(connection, case)

    given = ivan.get(f"/cases/{case}/attachments/{row.id}")
    assert given.data == PNG
    assert given.headers["Cache-Control"] == "private, no-store"  # not to be read after signing out
    as_person("lin").get(f"/cases/{case}/attachments/{row.id}", status=404)
    as_person("otto").get(f"/cases/{case}/attachments/{row.id}", status=404)


def test_what_is_no_picture_is_refused_with_a_sentence(as_person, case):
    page = as_person("ivan").post(f"/cases/{case}/attachments", status=422, attachments=(io.BytesIO(b"#!/bin/sh"), "a.png"))

    assert "a.png is neither a photo" in words(page.text)


def test_the_timeline_tells_which_rule_of_which_table_decided(as_person, case):
    page = words(as_person("ines").get(f"/cases/{case}?show=decisions").text)

    assert "Decided by table" in page and "grade v1" in page and "rule" in page
    assert "To the customer" not in page.partition("Timeline")[2].partition("About")[0]


def test_the_customers_page_lists_all_their_complaints(as_person, received):
    first, second = received(), received(description="And now the lid.")
    page = words(as_person("ines").get("/contacts/1").text)

    assert first.reference in page and second.reference in page and "2 complaints" in page
    as_person("yun").get("/contacts/1", status=404)
    as_person("lin").get("/contacts/1", status=404)
    as_person("ines").get("/contacts/99", status=404)


@pytest.mark.parametrize("reference", ["%00", "KS-2026-000001%00", "..%2f..", "'; drop table cases; --"])
def test_an_invented_reference_is_not_found(as_person, case, reference):
    assert as_person("ines").browser.get(f"/cases/{reference}").status_code == 404


@pytest.mark.parametrize(("login", "knows"), [("yun", False), ("olga", False), ("mara", True), ("ivan", True)])
def test_the_page_of_a_task_shows_the_customer_only_to_those_who_deal_with_them(company, as_person, case, login, knows):
    with company.read() as connection:
        task = user_tasks.of_instance(connection, instances.by_business_key(connection, case).id, only_open=True)[0]
    page = as_person(login).get(f"/tasks/{task.id}").text
    assert ("Carol" in page) is knows
