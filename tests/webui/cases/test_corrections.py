"""An agent sets right what was taken down wrongly: with a reason, before and after kept, the raw content untouched."""

import pytest

from kesu.complaints import cases, complainants, intakes
from kesu.engine import history, instances
from tests.webui.pages import words


@pytest.fixture
def case(received):
    """Carol's complaint; returns its reference."""
    return received().reference


@pytest.fixture
def ines(as_person):
    """Ines at her browser."""
    return as_person("ines")


def stored(db, reference):
    with db.read() as connection:
        return cases.find(connection, reference), complainants.of_case(connection, reference)


def correct(reader, db, reference, status=303, **changes):
    """Send the form with these changes to what stands there now."""
    case, customer = stored(db, reference)
    asked = {"title": case.title, "kind": "/".join(part for part in (case.category, case.subcategory) if part),
             "product": case.model or case.product or "", "batch": case.batch or "", "serial": case.serial or "",
             "order_number": case.order_number or "", "amount": str(case.amount or ""),
             "purchased_on": str(case.purchased_on or ""), "name": customer.name, "phone": customer.phone, "email": customer.email,
             "address": customer.address, "seen": case.version, "reason": "misheard"}
    return reader.post(f"/cases/{reference}/corrections", status=status, **{**asked, **changes})


def test_batch_and_category_are_corrected_and_before_and_after_are_read_in_the_story(company, ines, case):
    before, _customer = stored(company, case)
    correct(ines, company, case, batch="B-77", kind="service/installation")
    after, _customer = stored(company, case)
    assert (after.batch, after.category, after.subcategory, after.classified_by) == ("B-77", "service", "installation", "ines")
    page = words(ines.get(f"/cases/{case}?show=changes").text)
    assert "B-77" in page and "misheard" in page and (before.batch or "–") in page


def test_the_history_of_the_process_tells_it_and_its_variables_follow(company, ines, case):
    correct(ines, company, case, kind="service/installation")
    with company.read() as connection:
        instance = instances.by_business_key(connection, case)
        [told] = [event for event in history.of_instance(connection, instance.id) if event["kind"] == "case_corrected"]
        assert history.verify(connection, instance.id).intact
    assert (told["actor"], told["reason"]) == ("ines", "misheard")
    assert told["details"]["changed"]["category"] == {"before": "quality", "after": "service"}
    assert instance.variables["category"] == "service"


def test_what_came_in_stays_as_it_came(company, ines, case):
    with company.read() as connection:
        before = intakes.find(connection, case)
    correct(ines, company, case, batch="B-77", phone="+86 139 2222 3333")
    with company.read() as connection:
        assert intakes.find(connection, case) == before


def test_the_customer_is_found_by_the_corrected_number_and_others_do_not_read_either(company, ines, as_person, case):
    correct(ines, company, case, phone="+86 139 2222 3333")
    with company.read() as connection:
        assert [found["name"] for found in complainants.look_up(connection, phone="13922223333")] == ["Carol"]
    for path in (f"/cases/{case}", f"/cases/{case}?show=changes"):
        page = as_person("yun").get(path).text
        assert "139 2222 3333" not in page and "138 0000 1111" not in page
    with company.read() as connection:
        events = history.of_instance(connection, instances.by_business_key(connection, case).id)
    assert "2222" not in str(events)


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"reason": " "}, "Expected a reason"), ({"phone": "12"}, "Expected a phone number"), ({"amount": "much"}, "Expected an amount"),
    ({"product": "spaceship"}, "We do not make a product"), ({"name": ""}, "Name is missing"),
    ({"purchased_on": "2030-01-01"}, "lies in the future")])
def test_what_does_not_hold_is_said_at_its_field_and_nothing_changes(company, ines, case, changes, sentence):
    before = stored(company, case)
    page = correct(ines, company, case, status=422, **changes)
    assert sentence in words(page.text) and stored(company, case) == before


def test_two_agents_do_not_overwrite_each_other(company, ines, as_person, case):
    seen = stored(company, case)[0].version
    correct(ines, company, case, batch="B-1")
    late = correct(as_person("mara"), company, case, status=409, batch="B-2", seen=seen)
    assert "changed by somebody else meanwhile" in words(late.text) and stored(company, case)[0].batch == "B-1"


def test_nothing_different_is_nothing_changed(company, ines, case):
    before = stored(company, case)
    page = ines.follow(correct(ines, company, case))
    assert "Nothing was different" in words(page.text) and stored(company, case) == before


@pytest.mark.parametrize("login", ["ivan", "yun", "olga"])
def test_only_agents_and_managers_correct(company, as_person, case, login):
    as_person(login).get(f"/cases/{case}/corrections/new", status=403)


def test_the_form_shows_what_stands_there_in_both_languages(ines, case):
    assert "Carol" in ines.get(f"/cases/{case}/corrections/new").text
    assert "更正" in words(ines.get(f"/cases/{case}/corrections/new?lang=zh").text)
