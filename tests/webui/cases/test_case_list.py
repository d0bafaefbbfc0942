"""The list of cases: overdue first, filters in the address, pages that lose nothing, and only what one may read."""

import re
from datetime import timedelta

import pytest

from kesu.webui import case_lists
from tests.webui.pages import words


def references(page):
    return re.findall(r'class="number">(KS-\d{4}-\d{6})</span>', page.text)


def test_an_empty_list_says_so(as_person):
    assert "No open cases" in words(as_person("ines").get("/cases").text)


def test_what_is_due_first_comes_first_and_what_is_overdue_says_so(as_person, received, turned):
    first = received()
    turned.advance(timedelta(hours=30))
    second = received(name="Dora", email="dora@example.com")

    page = as_person("ines").get("/cases")
    assert references(page) == [first.reference, second.reference]
    assert "Overdue by 6 hours" in words(page.text)
    assert references(as_person("ines").get("/cases?overdue=1")) == [first.reference]


def test_filters_stand_in_the_address(as_person, received):
    quality = received()
    delivery = received(name="Dora", email="d@example.com", product="", category="delivery", subcategory="late_delivery", order_number="SO-17")
    ines = as_person("ines")

    assert references(ines.get("/cases?category=delivery")) == [delivery.reference]
    assert references(ines.get("/cases?product=kettle")) == [quality.reference]
    assert references(ines.get("/cases?channel=csv")) == []
    assert references(ines.get("/cases?since=2026-03-03")) == []
    assert set(references(ines.get("/cases?until=2026-03-02&status=all"))) == {quality.reference, delivery.reference}
    assert references(ines.get("/cases?department=logistics")) == [delivery.reference]
    assert references(ines.get("/cases?since=nonsense&status=nonsense&category=")) != []


def test_search_finds_number_words_customer_and_phone(as_person, received):
    carol = received()
    received(name="Dora", email="dora@example.com", phone="", description="Lid cracked")
    ines = as_person("ines")

    assert ines.get(f"/cases?q={carol.reference.lower()}", status=302).location.endswith(carol.reference)
    assert references(ines.get("/cases?q=handle")) == [carol.reference]
    assert references(ines.get("/cases?q=Carol")) == [carol.reference]
    assert references(ines.get("/cases?q=138-0000-1111")) == [carol.reference]
    assert references(ines.get("/cases?q=100%25")) == []


def test_pages_follow_each_other_without_loss_even_while_cases_come_in(as_person, received, monkeypatch):
    monkeypatch.setattr(case_lists, "LIMIT", 2)
    expected = {received(name=f"Customer {number}", email=f"c{number}@example.com").reference for number in range(5)}
    ines, seen, address = as_person("ines"), [], "/cases"
    while address:
        page = ines.get(address)
        seen += references(page)
        received(name="Latecomer", email="late@example.com") if len(seen) == 2 else None
        following = re.search(r'href="([^"]+)" rel="next"', page.text)
        address = following.group(1).replace("&amp;", "&") if following else ""

    assert len(seen) == len(set(seen)) and expected <= set(seen)


@pytest.mark.parametrize("address", ["/cases?after=x", "/cases?after=9999-01-01T00:00:00~y~z"])
def test_an_address_that_was_cut_or_invented_shows_a_list(as_person, received, address):
    received()
    as_person("ines").get(address)


def test_a_character_that_no_text_can_have_is_said(as_person):
    assert "NUL" in as_person("ines").get("/cases?q=%00", status=422).text


def test_a_department_sees_its_own_cases_only(as_person, received):
    quality = received()
    delivery = received(name="Dora", email="d@example.com", product="", category="delivery", subcategory="late_delivery", order_number="SO-17")

    assert references(as_person("ivan").get("/cases")) == [quality.reference]
    assert references(as_person("lin").get("/cases")) == [delivery.reference]
    assert references(as_person("otto").get("/cases?status=all")) == []
    assert len(references(as_person("mara").get("/cases"))) == 2


def test_who_does_not_deal_with_customers_sees_them_shortened(as_person, received):
    received()

    assert "Carol" in words(as_person("ines").get("/cases").text)
    page = words(as_person("yun").get("/cases").text)
    assert "Carol" not in page and "C**" in page
    assert references(as_person("yun").get("/cases?q=Carol")) == []


def test_nobody_reads_the_list_without_signing_in(reader):
    assert reader.get("/cases", status=303).location.startswith("/sign-in")


def test_every_word_of_a_search_has_to_stand_somewhere(as_person, received):
    texts = ("The handle broke in two", "The lid broke", "Handle and lid arrived late")
    first, *_ = [received(title=f"Case {number}", description=text) for number, text in enumerate(texts)]
    assert references(as_person("ines").get("/cases?q=broke+handle")) == [first.reference]
    assert references(as_person("ines").get("/cases?q=carol+two")) == [first.reference]
