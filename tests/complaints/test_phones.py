"""Telephone numbers: however they are written, the same caller; what is none is refused."""

import pytest

from kesu.complaints import complainants, phones, receipts
from kesu.engine.errors import Invalid
from tests.complaints.companies import complaint

SAME = {
    "01012345678": [
        "+86 10 1234 5678",
        "0086-10-12345678",
        "010-12345678",
        "(010)12345678",
        "86-010-12345678",
        "01012345678",
        "1012345678",
        "010 12345678 转 801",
        "010-12345678-801",
        "010-12345678 ext. 12",
        "010-12345678#3",
        "０１０－１２３４５６７８",
    ],
    "13900001112": [
        "13900001112",
        "139 0000 1112",
        "139-0000-1112",
        "+8613900001112",
        "+86 139 0000 1112",
        "8613900001112",
        "13900001112.0",
        "13900001112.00",
        '="13900001112"',
        "'13900001112",
        "013900001112",
        "139/0000/1112",
    ],
    "075512345678": ["+86 755 1234 5678", "0755-12345678", "0755-12345678-9"],
    "4001234567": ["400-123-4567", "+86 400 123 4567"],
    "4930123456": ["+49 30 123456", "0049 30 123456", "+49 (0)30 123456", "+49 (0) 30 / 123456"],
}


@pytest.mark.parametrize(
    ("text", "wanted"), [(text, key) for key, texts in SAME.items() for text in texts]
)
def test_one_line_is_one_caller_however_it_is_written(text, wanted):
    assert phones.key(text) == wanted and phones.problem(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "13900001111/13900002222",
        "13900001111、13900002222",
        "13900001111 或 13900002222",
        "13900001111; 13900002222",
        "13900001111 and 13900002222",
    ],
)
def test_a_field_may_hold_two_numbers(text):
    assert phones.keys(text) == ["13900001111", "13900002222"] and phones.problem(text) is None


@pytest.mark.parametrize("text", ["1.39E+10", "1,39E+10", "１.39e10"])
def test_what_a_spreadsheet_shortened_is_refused_with_a_hint(company, text):
    with pytest.raises(Invalid, match="how a spreadsheet shortens a long number"):
        receipts.receive(company, complaint(phone=text), channel="csv")


@pytest.mark.parametrize("text", ["12", "no phone", "1" * 21, "", "转 12"])
def test_what_is_no_number_is_refused(text):
    assert phones.problem(text) is not None


def test_a_caller_is_found_by_either_way_to_write_the_number(company):
    receipts.receive(
        company, complaint(phone="13900001112.0", name="Lu"), channel="csv", actor="ines"
    )
    receipts.receive(
        company,
        complaint(phone="010-12345678-801", name="Wu", email=""),
        channel="phone",
        actor="ines",
    )
    with company.read() as connection:
        assert (
            complainants.look_up(connection, phone="+86 139 0000 1112")[0]["phone"] == "13900001112"
        )
        assert complainants.look_up(connection, phone="+86 10 12345678")[0]["name"] == "Wu"
        assert (
            complainants.look_up(connection, phone="13911112222 / 010-12345678")[0]["name"] == "Wu"
        )
