"""Whoever is told of a case may read it, masked where they need not know the customer; whoever is not told finds nothing."""

import pytest

from kesu.engine import clock, identity
from tests.webui.conftest import HASH
from tests.webui.pages import words

HURT = "水壶起火，手被烧伤"


@pytest.fixture
def above(company):
    """A head of management and their superior who are nothing else, an executive, and a head of sales who is told of nothing."""
    with company.write() as connection:
        identity.add_group(connection, "executive", kind="role", name="executive")
        cast = {"chair": ([], None), "gao": (["management"], "chair"), "eve": (["executive"], None), "sam": (["sales"], None)}
        for login, (groups, superior) in cast.items():
            identity.add_person(connection, login, at=clock.now(), groups=groups, name=login, name_en=login, locale="en", superior=superior,
                                password_hash=HASH)
        table = identity.groups
        connection.execute(table.update().where(table.c.key == "management").values(head="gao"))
        people = identity.people
        connection.execute(people.update().where(people.c.login == "ines").values(superior="gao"))
    return company


@pytest.mark.parametrize("login", ["gao", "chair", "eve"])
def test_the_head_of_management_opens_what_they_were_told_of(above, as_person, received, login):
    receipt = received(description=HURT)
    page = as_person(login).get(f"/cases/{receipt.reference}").text
    assert "Safety" in words(page)
    assert "138 0000 1111" not in page and "carol@example.com" not in page


@pytest.mark.parametrize("login", ["sam", "otto", "lin"])
def test_whoever_was_not_told_finds_nothing(above, as_person, received, login):
    receipt = received(description=HURT)
    as_person(login).get(f"/cases/{receipt.reference}", status=404)


def test_the_head_of_management_finds_nothing_of_what_nobody_told_them(above, as_person, received):
    receipt = received()
    for login in ("gao", "chair"):
        as_person(login).get(f"/cases/{receipt.reference}", status=404)


def test_an_executive_reads_every_case_and_the_reports_and_changes_nothing(above, as_person, received):
    receipt, eve = received(), as_person("eve")
    assert "carol@example.com" not in eve.get(f"/cases/{receipt.reference}").text
    eve.get("/reports")
    eve.post(f"/cases/{receipt.reference}/replies", status=403, text="x")
    eve.post(f"/cases/{receipt.reference}/notes", status=403, text="x")
