"""A caller is found however the number was typed, with what they complained about before."""

import pytest

from kesu.complaints import cases, complainants, receipts
from tests.complaints.companies import complaint


@pytest.mark.parametrize("typed", ["13800001111", "+86 138 0000 1111", "0086-138-0000-1111", "８６１３８００００１１１１", "138-0000-1111"])
def test_a_phone_number_is_the_same_however_it_is_typed(typed):
    assert complainants.phone_key(typed) == "13800001111"


@pytest.mark.parametrize(("typed", "key"), [("021-5555 6666", "02155556666"), ("+49 30 123456", "4930123456"), ("86123", "86123")])
def test_other_numbers_keep_their_digits(typed, key):
    assert complainants.phone_key(typed) == key


def test_a_caller_is_found_with_earlier_cases(company):
    first = receipts.receive(company, complaint(), channel="web").reference
    second = receipts.receive(company, complaint(title="again", email=""), channel="phone", actor="ines").reference
    with company.read() as connection:
        [carol] = complainants.look_up(connection, phone="138 0000 1111")
    assert carol["name"] == "Carol" and [case["reference"] for case in carol["cases"]] == [second, first]


def test_a_family_on_one_phone_are_different_people(company):
    receipts.receive(company, complaint(), channel="web")
    receipts.receive(company, complaint(name="Carl", email=""), channel="web")
    with company.read() as connection:
        found = complainants.look_up(connection, phone="13800001111")
    assert sorted((person["name"], len(person["cases"])) for person in found) == [("Carl", 1), ("Carol", 1)]


def test_what_was_not_known_before_is_filled_in_and_nothing_overwritten(company):
    receipts.receive(company, complaint(email=""), channel="phone", actor="ines")
    more = complaint(email="Carol@Example.com", phone="+8613800001111", address="Street 1")
    receipts.receive(company, more, channel="phone", actor="ines")
    with company.read() as connection:
        [carol] = complainants.look_up(connection, email="CAROL@example.com")
    assert (carol["phone"], carol["email"], carol["address"]) == ("+86 138 0000 1111", "Carol@Example.com", "Street 1")


def test_looking_up_nothing_finds_nobody(company):
    receipts.receive(company, complaint(phone="", email="carol@example.com"), channel="web")
    with company.read() as connection:
        assert complainants.look_up(connection, phone="", email="") == []
        assert complainants.look_up(connection, phone="ext.") == []


def test_a_stranger_cannot_have_anothers_letters_sent_to_himself(company):
    first = receipts.receive(company, complaint(email=""), channel="phone", actor="ines").reference
    other = receipts.receive(company, complaint(email="otto@example.com"), channel="web").reference
    with company.read() as connection:
        assert complainants.of_case(connection, first).email == ""
        assert complainants.of_case(connection, other).email == "otto@example.com"


def test_a_changed_address_does_not_send_letters_to_the_old_one(company):
    receipts.receive(company, complaint(), channel="web")
    moved = receipts.receive(company, complaint(email="carol@new.example"), channel="phone", actor="ines").reference
    with company.read() as connection:
        assert complainants.of_case(connection, moved).email == "carol@new.example"


def test_nobody_makes_himself_important(company):
    ticked = receipts.receive(company, complaint(vip="true"), channel="web").reference
    said = receipts.receive(company, complaint(vip="true"), channel="phone", actor="ines").reference
    again = receipts.receive(company, complaint(title="again"), channel="web").reference
    with company.read() as connection:
        assert [cases.find(connection, reference).vip for reference in (ticked, said, again)] == [False, True, True]
