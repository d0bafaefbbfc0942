"""A company file is loaded as a whole or not at all; what does not hold is said with its place; loading again brings up to date."""

import pytest
from sqlalchemy import select

from kesu.complaints import company_files, products, starting_data, working_hours
from kesu.complaints.calendars import Span
from kesu.engine import clock, identity, passwords
from kesu.engine.errors import Invalid
from tests.conftest import ROOT

EXAMPLE = (ROOT / "docs" / "company.example.yaml").read_text("utf-8")


@pytest.fixture
def fresh(db):
    """A fresh installation."""
    with db.write() as connection:
        starting_data.install(connection)
        starting_data.staff(connection)
    return db


def load(db, text):
    """Load a file as the command does."""
    with db.write() as connection:
        return company_files.load(connection, text, at=clock.now())


def everything(db):
    """All rows that a company file may touch."""
    tables = (identity.people, identity.groups, identity.memberships, products.products, products.product_models, working_hours.calendar_spans)
    with db.read() as connection:
        return [sorted(map(repr, connection.execute(select(table)).all())) for table in tables]


def test_the_example_is_loaded_and_everybody_can_sign_in(fresh):
    first = load(fresh, EXAMPLE)
    assert set(first) == {"boss", "mei", "agent1", "hong", "owner1", "it"} and len(set(first.values())) == len(first)
    with fresh.read() as connection:
        hong = identity.person(connection, "hong")
        assert (hong.groups, hong.superior, hong.email) == ({"quality", "investigator", "approver"}, "boss", "hong@example.com")
        assert passwords.fits(identity.password_hash(connection, "hong"), first["hong"])
        assert identity.head_of(connection, "quality") == "hong"
        assert products.find(connection, "WH").warranty_months == 36
        assert working_hours.load(connection, working_hours.DEFAULT).weekdays[7] == (Span(540, 720), Span(780, 1080))


def test_loading_again_changes_what_stands_in_it_and_nobodys_password(fresh):
    first = load(fresh, EXAMPLE)
    before = everything(fresh)
    assert load(fresh, EXAMPLE) == {} and everything(fresh) == before
    assert load(fresh, "people: [{login: hong, name: 洪工, groups: [technical]}]") == {}
    with fresh.read() as connection:
        hong = identity.person(connection, "hong")
        assert (hong.groups, hong.email) == ({"technical"}, "hong@example.com")
        assert passwords.fits(identity.password_hash(connection, "hong"), first["hong"])


@pytest.mark.parametrize(("text", "told"), [
    ("people: [", "cannot be read"),
    ("- people", "the outermost thing is not a mapping"),
    ("persons: []", "There is no section persons; there are departments, roles, people, products, working_hours."),
    ("people: {login: a}", "Expected people to be a list."),
    ("people: [hong]", "people 1: expected entries like login, name, groups."),
    ("people: [{login: hong, name: 洪}]", "people 1: groups is missing."),
    ("people: [{login: Hong Wei, name: 洪, groups: [quality]}]", "people 1: login cannot be Hong Wei."),
    ("people: [{login: system, name: 系统, groups: [admin]}]", "people 1: login cannot be system."),
    ("people: [{login: hong, name: 洪, groups: [quality], email: nowhere}]", "people 1: email cannot be nowhere."),
    ("people: [{login: hong, name: 洪, groups: [quality], boss: mei}]", "people 1: there is no entry boss."),
    ("people: [{login: hong, name: 洪, groups: [qualify]}]", "hong names qualify, but there is none of that name."),
    ("people: [{login: hong, name: 洪, groups: [quality], superior: nobody}]", "hong names nobody, but there is none of that name."),
    ("people: [{login: a1, name: a, groups: [sales]}, {login: a1, name: b, groups: [sales]}]", "a1 stands twice in the file."),
    ("departments: [{key: quality, name: 质量部, head: nobody}]", "quality names nobody, but there is none of that name."),
    ("products: [{code: X, name: x, warranty_months: long}]", "products 1: warranty_months cannot be long."),
    ("working_hours: {monday: nine to five}", 'monday: expected spans like "9:00-12:00, 13:00-18:00", but got nine to five.'),
    ("working_hours: {noonday: 9:00-10:00}", "working_hours: there is no entry noonday."),
    ("working_hours: {zone: Asia/Nowhere, monday: 9:00-10:00}", "Expected a time zone like Asia/Shanghai, got Asia/Nowhere."),
    ("working_hours: {monday: 12:00-9:00}", "must lie in order"),
])
def test_what_does_not_hold_is_said_and_nothing_is_changed(fresh, text, told):
    before = everything(fresh)
    with pytest.raises(Invalid) as refused:
        load(fresh, text)
    assert told in str(refused.value)
    assert everything(fresh) == before


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_a_file_is_read_in_whatever_encoding_it_was_saved(fresh, encoding):
    assert load(fresh, company_files.decoded(EXAMPLE.encode(encoding)))


def test_a_file_that_is_no_text_is_refused_with_a_sentence():
    with pytest.raises(Invalid, match="save it as UTF-8"):
        company_files.decoded(b"\xff\xfe\xff\xff\x00\x01")


@pytest.mark.parametrize("login", ["007", "1e3", "0x1F".lower(), "wang@example.com", "2026-03-02", "no"])
def test_a_login_may_be_a_number_a_date_or_an_address(fresh, login):
    first = load(fresh, f"people: [{{login: {login}, name: 王, groups: [quality]}}]")
    assert set(first) == {login}


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("login: Wang, name: 王, groups: [quality]", "login cannot be Wang. A login is 2 to 64 small letters"),
        ("login: wang, name: 王, groups: [quality], email: wang", "email cannot be wang. Expected an address like"),
        ("login: wang, name: 王, groups: [quality], locale: fr", "locale cannot be fr. Expected the language zh or en"),
    ],
)
def test_what_an_entry_has_to_be_is_said(fresh, entry, told):
    with pytest.raises(Invalid, match=told):
        load(fresh, f"people: [{{{entry}}}]")
