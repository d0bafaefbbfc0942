"""A complaint is received whole or not at all, once, under a number without gaps."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from kesu.complaints import attachments, cases, complainants, intake_checks, intakes, numbers, receipts, statuses, tracking
from kesu.complaints.attachments import Upload
from kesu.complaints.new_complaints import from_fields
from kesu.engine import instances
from kesu.engine.errors import Conflict, Invalid, NotFound
from tests.complaints import companies
from tests.complaints.companies import complaint

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(40)


def count(db, table):
    with db.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def refused(db, **changes):
    with pytest.raises(Invalid) as caught:
        receipts.receive(db, complaint(**changes), channel="web")
    return {problem.field: str(problem) for problem in caught.value.problems}


def test_a_complaint_gets_a_number_a_link_and_a_running_process(company):
    with_photo = from_fields({"name": "Carol", "phone": "12345", "description": "Broken"}, [Upload("photo.png", PNG)])
    receipt = receipts.receive(company, with_photo, channel="web")
    assert receipt.reference == "KS-2026-000001"
    with company.read() as connection:
        case = tracking.find_case(connection, receipt.tracking_token)
        assert (case.reference, case.status, case.channel, case.received_by) == (receipt.reference, "received", "web", "customer")
        assert complainants.of_case(connection, case.reference).name == "Carol"
        assert [file.name for file in attachments.of_case(connection, case.reference)] == ["photo.png"]
        assert instances.by_business_key(connection, case.reference).state == "active"
        assert [change.after for change in statuses.history_of(connection, case.reference)] == ["received"]


def test_a_wrong_tracking_token_opens_nothing(company):
    receipts.receive(company, complaint(), channel="web")
    with company.read() as connection, pytest.raises(NotFound, match="opens no complaint"):
        tracking.find_case(connection, "guess\ud800")


def test_the_same_submit_twice_is_one_complaint_with_one_receipt(company):
    first = receipts.receive(company, complaint(), channel="web", idempotency_key="form-7")
    again = receipts.receive(company, complaint(), channel="web", idempotency_key="form-7")
    assert again == first
    assert count(company, cases.cases) == 1


def test_the_key_of_a_sent_form_cannot_carry_another_complaint(company):
    receipts.receive(company, complaint(), channel="web", idempotency_key="form-7")
    with pytest.raises(Conflict, match="already sent as complaint KS-2026-000001"):
        receipts.receive(company, complaint(description="Something else"), channel="web", idempotency_key="form-7")


def test_a_key_belongs_to_whoever_used_it(company):
    one = receipts.receive(company, complaint(), channel="api", actor="ines", idempotency_key="1")
    other = receipts.receive(company, complaint(), channel="api", actor="ivan", idempotency_key="1")
    assert one.reference != other.reference


def test_every_wrong_field_is_named_at_once(company):
    found = refused(company, name="", phone="12", email="carol@", amount="a lot", purchased_on="2027-01-01", locale="fr", description=" ")
    assert set(found) == {"name", "phone", "email", "amount", "purchased_on", "locale", "description"}
    assert found["amount"] == "Expected an amount like 1200 or 99.50, got a lot."
    assert found["purchased_on"] == "Date of purchase lies in the future."


def test_an_unknown_product_gets_a_clear_sentence_and_leaves_nothing(company):
    found = refused(company, product="toaster")
    assert found == {"product": "There is no product toaster; choose one from the list, or leave it empty."}
    assert count(company, cases.cases) == count(company, intakes.intakes) == count(company, complainants.complainants) == 0


def test_a_model_leads_to_its_product_and_must_be_of_it(company):
    assert "model" in refused(company, model="KX-999")
    receipt = receipts.receive(company, complaint(product="", model="KX-100"), channel="web")
    with company.read() as connection:
        assert cases.find(connection, receipt.reference).product == "kettle"


def test_a_category_asks_for_its_own_fields(company):
    assert refused(company, category="quality", subcategory="noise") == {"how_often": "How often is missing: please fill it in."}
    receipt = receipts.receive(company, complaint(subcategory="noise", how_often="every morning"), channel="web")
    with company.read() as connection:
        case = cases.find(connection, receipt.reference)
    assert (case.category, case.subcategory, case.details) == ("quality", "noise", {"how_often": "every morning"})


def test_a_subcategory_of_another_category_is_refused(company):
    assert "subcategory" in refused(company, category="delivery", subcategory="noise", order_number="A-1")


def test_characters_no_database_keeps_are_refused_with_a_sentence(company):
    assert set(refused(company, description="a\x00b", title="c\ud800d")) == {"description", "title"}


def test_endless_text_is_refused(company):
    assert refused(company, description="x" * 20_001) == {"description": "Description is too long: at most 20000 characters."}


def test_what_came_in_is_kept_as_it_came(company):
    receipt = receipts.receive(company, complaint(amount="1,200.50"), channel="phone", actor="ines")
    with company.read() as connection:
        intake = intakes.find(connection, receipt.reference)
    assert intake.payload["fields"]["amount"] == "1,200.50" and intakes.is_untouched(intake)


@pytest.mark.parametrize("act", [intakes.intakes.update().values(payload={"fields": {}}), intakes.intakes.delete()], ids=["change", "delete"])
def test_the_database_itself_refuses_to_touch_what_came_in(company, act):
    receipt = receipts.receive(company, complaint(), channel="web")
    with pytest.raises(DBAPIError, match="never changed or deleted"), company.engine.begin() as connection:
        connection.execute(act)
    with company.read() as connection:
        assert intakes.is_untouched(intakes.find(connection, receipt.reference))


def test_personal_data_stays_out_of_the_process(company):
    receipt = receipts.receive(company, complaint(), channel="web")
    with company.read() as connection:
        variables = instances.by_business_key(connection, receipt.reference).variables
    assert not any("carol" in str(value).lower() or "handle" in str(value) for value in variables.values())


def test_a_wrong_file_stops_the_whole_complaint(company):
    with pytest.raises(Invalid, match="neither a photo"):
        receipts.receive(company, from_fields({"name": "C", "phone": "12345", "description": "x"}, [Upload("a.png", b"MZ\x90")]), channel="web")
    assert count(company, cases.cases) == 0


def test_where_no_process_can_start_no_number_is_used(db, turned, plugged):
    companies.found(db)
    with pytest.raises(NotFound):
        receipts.receive(db, complaint(), channel="web")
    assert count(db, cases.cases) == count(db, numbers.case_numbers) == count(db, complainants.complainants) == 0


def test_a_crash_before_the_last_write_leaves_nothing_behind(company, monkeypatch):
    def crash(*_args, **_kwargs):
        raise RuntimeError("power cut")

    monkeypatch.setattr(statuses, "begin", crash)
    with pytest.raises(RuntimeError):
        receipts.receive(company, complaint(), channel="web")
    monkeypatch.undo()
    assert count(company, cases.cases) == count(company, instances.instances) == 0
    assert receipts.receive(company, complaint(), channel="web").reference == "KS-2026-000001"


def test_numbers_have_no_gap_however_many_arrive_at_once(company):
    with ThreadPoolExecutor(6) as pool:
        received = list(pool.map(lambda n: receipts.receive(company, complaint(title=f"number {n}"), channel="web"), range(18)))
    assert sorted(receipt.reference for receipt in received) == [f"KS-2026-{n:06d}" for n in range(1, 19)]


def test_one_form_sent_from_six_windows_at_once_is_one_complaint(company):
    with ThreadPoolExecutor(6) as pool:
        send = lambda _n: receipts.receive(company, complaint(), channel="web", idempotency_key="same")  # noqa: E731
        received = set(pool.map(send, range(6)))
    assert len(received) == 1 and count(company, cases.cases) == 1


def test_the_series_begins_anew_at_midnight_in_shanghai(company, turned):
    turned.instant = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
    assert receipts.receive(company, complaint(), channel="web").reference == "KS-2026-000001"
    turned.instant = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert receipts.receive(company, complaint(title="new year"), channel="web").reference == "KS-2027-000001"


@pytest.mark.parametrize(("text", "title"), [
    ("The handle broke off after three days of normal use and nobody answered my calls.", "The handle broke off after three days of normal use and…"),
    ("It leaks. I put a bucket under it and called the hotline, but nobody came for a whole week.",
     "It leaks. I put a bucket under it and called the hotline…"),
    ("Broken at once", "Broken at once"), ("坏" * 80, "坏" * 60 + "…"),
    ("热水器冬天洗澡的时候根本不够用。" + "才用了两周，" * 12, "热水器冬天洗澡的时候根本不够用")])
def test_a_title_made_from_the_text_never_ends_within_a_word(text, title):
    assert intake_checks.headline(text) == title
