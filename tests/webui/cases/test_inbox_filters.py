"""The inbox narrowed by what the case file knows: product, department, words of the case."""

import re

from kesu.complaints import products, routings
from tests.webui.pages import words


def cases_in(page):
    """Return the references of the rows of an inbox."""
    return re.findall(r'class="number">(KS-[^<]+)</span>', page.text)


def test_a_product_and_words_of_the_case_narrow_the_inbox_together(company, received, as_person):
    with company.write() as connection:
        products.add_product(connection, "heater", name="热水器", name_en="Water heater", warranty_months=12)
    kettle = received(title="The lid leaks").reference
    heater = received(product="heater", model=None, title="Runs cold").reference
    ivan = as_person("ivan")
    assert set(cases_in(ivan.get("/inbox?box=group"))) == {kettle, heater}

    page = ivan.get("/inbox?box=group&product=heater")

    assert cases_in(page) == [heater]
    assert "Water heater – take this filter away" in words(page.text)
    assert cases_in(ivan.get("/inbox?box=group&product=heater&q=lid")) == []
    assert cases_in(ivan.get("/inbox?box=group&product=kettle&q=lid")) == [kettle]


def test_a_department_has_the_cases_that_were_sent_to_it(company, received, as_person, turned):
    first, second = received().reference, received().reference
    with company.write() as connection:
        routings.route(connection, second, ["legal"], at=turned.now(), actor="ines")
    ivan = as_person("ivan")

    assert cases_in(ivan.get("/inbox?box=group&department=legal")) == [second]
    assert first not in cases_in(ivan.get("/inbox?box=group&department=legal"))
    assert cases_in(ivan.get("/inbox?box=group&department=no_such")) == []
