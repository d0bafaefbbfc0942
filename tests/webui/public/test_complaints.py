"""The public form: no login, no script, nothing typed is lost, nobody files twice by accident."""

import io
import re
from datetime import timedelta

from sqlalchemy import func, select

from kesu.complaints import attachments, cases, complainants, intakes
from kesu.complaints.cases import cases as case_table
from tests.webui.cases.stage import PNG
from tests.webui.pages import words

GOOD = {
    "category": "quality",
    "quality.product": "KX-100",
    "description": "The handle broke off.",
    "name": "Carol",
    "contact": "carol@example.com",
    "submission": "form-1",
}


def send(reader, status=303, **changes):
    return reader.post("/complaints", status=status, **{**GOOD, **changes})


def count(db):
    with db.read() as connection:
        return connection.execute(select(func.count()).select_from(case_table)).scalar_one()


def test_the_front_door_leads_to_the_form_and_to_tracking(reader):
    page = reader.get("/complaints").text

    assert 'href="/complaints/new"' in page and 'href="/track"' in page
    assert reader.get("/", status=302).location == "/complaints"


def test_a_complaint_without_signing_in_gets_number_and_link(company, reader):
    answer = send(reader, demand="refund")
    receipt = words(reader.follow(answer).text)

    assert re.search(r"KS-\d{4}-000001", receipt)
    assert "carol@example.com" in receipt
    with company.read() as connection:
        case = connection.execute(select(case_table)).one()
        assert (case.channel, case.model, case.product, case.details["demand"]) == ("web", "KX-100", "kettle", "refund")
        assert complainants.of_case(connection, case.reference).email == "carol@example.com"
        assert intakes.find(connection, case.reference).payload["fields"]["description"] == "The handle broke off."


def test_the_cookie_tells_nobody_who_has_complained(reader):
    send(reader)
    with reader.browser.session_transaction() as session:
        assert "carol" not in str(dict(session))


def test_the_link_on_the_receipt_does_not_lead_where_a_forged_host_says(reader, monkeypatch):
    monkeypatch.setenv("KESU_BASE_URL", "https://kesu.example.com")
    answer = send(reader)
    receipt = reader.browser.get(answer.location, headers={"Host": "evil.example"}).text

    assert 'value="https://kesu.example.com/track/' in receipt and "evil.example" not in receipt


def test_the_link_on_the_receipt_opens_the_complaint(reader):
    receipt = reader.follow(send(reader)).text
    link = re.search(r'value="http://127.0.0.1:8000(/track/[^"]+)"', receipt).group(1)

    assert "The handle broke off." in words(reader.get(link).text)


def test_every_missing_field_is_said_at_once_and_what_was_typed_stays(reader):
    page = send(reader, status=422, **{"quality.product": "", "contact": "", "description": "It leaks <b>badly</b>"})
    text = words(page.text)

    assert "2 things are still missing" in text
    assert "Product is missing: please fill it in." in text
    assert "Please give a phone number or an e-mail address" in text
    assert "It leaks &lt;b&gt;badly&lt;/b&gt;" in page.text
    assert 'href="#product-quality"' in page.text and 'id="product-quality"' in page.text
    assert 'value="form-1"' in page.text


def test_each_category_asks_for_its_own_fields_and_eight_at_most(reader):
    page = reader.get("/complaints/new").text
    kinds = re.findall(r'<div class="only-for only-for-\d">(.*?)</div>\s*(?=<div class="only-for|<datalist)', page, flags=re.S)

    assert [re.findall(r'name="(\w+\.\w+)"', kind) for kind in kinds] == [
        ["quality.product", "quality.batch"],
        ["service.order_number", "service.occurred_on"],
        ["delivery.order_number", "delivery.expected_on"],
        [],
    ]
    assert len(re.findall(r'name="(?:description|attachments|demand|name|contact)"', page)) + 1 + 2 == 8


def test_a_delivery_complaint_needs_its_order_number_but_no_product(company, reader):
    page = send(reader, status=422, category="delivery", **{"quality.product": ""})
    assert "Order number is missing" in words(page.text)

    send(reader, category="delivery", **{"quality.product": "", "delivery.order_number": "SO-17"})
    assert count(company) == 1


def test_without_a_category_the_form_asks_for_one(company, reader):
    assert "Please choose what it is about." in words(send(reader, status=422, category="").text)
    assert count(company) == 0


def test_an_unknown_product_is_said_with_what_to_do(company, reader):
    page = send(reader, status=422, **{"quality.product": "Zeppelin 9"})

    assert "We do not make a product called “Zeppelin 9”." in words(page.text)
    assert count(company) == 0


def test_a_product_is_found_by_part_of_its_name(company, reader):
    send(reader, **{"quality.product": "kettl"})

    with company.read() as connection:
        assert connection.execute(select(case_table.c.product)).scalar_one() == "kettle"


def test_sending_the_same_form_twice_gives_the_same_receipt(company, reader):
    first, second = send(reader), send(reader)

    assert first.location == second.location
    assert count(company) == 1


def test_the_same_form_with_other_words_is_refused_not_received_again(company, reader):
    send(reader)
    assert "already sent as complaint" in words(send(reader, status=409, description="Something else").text)
    assert count(company) == 1


def test_a_program_that_fills_in_everything_is_not_heard(company, reader):
    assert send(reader, website="https://spam.example").location == "/complaints"
    assert count(company) == 0


def test_photos_are_kept_with_the_case_and_what_is_none_is_refused(company, reader):
    refused = send(reader, status=422, attachments=(io.BytesIO(b"MZ\x90 not a picture"), "virus.jpg"))
    assert "virus.jpg is neither a photo" in words(refused.text)
    assert "choose them again" in words(refused.text)

    send(reader, attachments=(io.BytesIO(PNG), "handle.png"))
    with company.read() as connection:
        reference = connection.execute(select(case_table.c.reference)).scalar_one()
        assert [(row.name, row.content_type) for row in attachments.of_case(connection, reference)] == [("handle.png", "image/png")]


def test_too_many_from_one_connection_have_to_wait(company, reader, turned):
    for number in range(10):
        send(reader, submission=f"form-{number}")
    assert "Please wait 30 minutes" in words(send(reader, status=429, submission="form-10").text)
    assert count(company) == 10

    turned.advance(timedelta(minutes=31))
    send(reader, submission="form-11")
    assert count(company) == 11


def test_the_form_speaks_chinese(reader):
    page = reader.get("/complaints/new?lang=zh").text

    assert "提交投诉" in page and "产品质量" in page and 'lang="zh-CN"' in page
    assert "请填写产品" in words(reader.post("/complaints?lang=zh", status=422, **{**GOOD, "quality.product": ""}).text)


def test_the_form_can_be_linked_to_with_fields_filled_in(reader):
    page = reader.get("/complaints/new?category=delivery&delivery.order_number=SO-17").text

    assert 'value="SO-17"' in page
    assert re.search(r'value="delivery" required checked', page)


def test_a_complaint_never_reaches_into_another_customers_case(company, reader):
    send(reader)
    with company.read() as connection:
        reference = connection.execute(select(case_table.c.reference)).scalar_one()
        assert cases.find(connection, reference).received_by == "customer"
    assert reader.get(f"/cases/{reference}", status=303).location.startswith("/sign-in")
