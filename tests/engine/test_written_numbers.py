"""Numbers as people write them: understood where certain, asked back where not."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kesu.engine import chinese_numerals, forms, written_numbers
from kesu.engine.written_numbers import Unclear
from tests.conftest import MONDAY

CERTAIN = {
    "12,50": "12.50",
    "12,5": "12.5",
    "1.200,50": "1200.50",
    "1,200.50": "1200.50",
    "1,200": "1200",
    "12.345,00": "12345.00",
    "1'200.50": "1200.50",
    "1’200,50": "1200.50",
    "1 200,50": "1200.50",
    "1\u202f200": "1200",
    "1\u00a0200\u00a0000": "1200000",
    "1.200.500": "1200500",
    "1,200,300": "1200300",
    "0,125": "0.125",
    "0.125": "0.125",
    "1234.567": "1234.567",
    ".5": "0.5",
    "1.2万": "12000",
    "1,2万": "12000",
    "1.2萬": "12000",
    "1,200万": "12000000",
    "1万2千": "12000",
    "1万2000": "12000",
    "3.5 万元": "35000",
    "5千": "5000",
    "5k": "5000",
    "1亿": "100000000",
    "￥12": "12",
    "¥1,200.00": "1200",
    "12元": "12",
    "￥1200元": "1200",
    "12元整": "12",
    "12元5角": "12.5",
    "12块5": "12.5",
    "3元5角2分": "3.52",
    "人民币1200元": "1200",
    "12,-": "12",
    "CHF 1'200.-": "1200",
    "€ 80": "80",
    "80 Euro": "80",
    "HK$20": "20",
    "１２００": "1200",
    "１，２００．５０": "1200.50",
    "٣٤": "34",
    "-5": "-5",
    "−5": "-5",
    "007": "7",
    "两百元": "200",
    "三百零五": "305",
    "十五": "15",
    "二十": "20",
    "壹仟贰佰元整": "1200",
    "一千二百": "1200",
    "两万": "20000",
    "十二万三千": "123000",
    "二〇二六": "2026",
    "一万亿": "1000000000000",
}
TWO_WAYS = {
    "1.200": ("1.2", "1200"),
    "12.345": ("12.3450", "12345"),
    "1,2000": ("1.2", "12000"),
    "12,3456": ("12.3456", "123456"),
    "1234,567": ("1234.567", "1234567"),
    "1.200万": ("12000", "12000000"),
    "1万2": ("12000", "10002"),
    "1 200.500": ("1200.5", "1200500"),
    "1.200 €": ("1.2", "1200"),
}
NONE = (
    "1,2,3",
    "1,20.50",
    "1,,200",
    "1,000,00",
    "12. 50",
    "100-200",
    "约1200",
    "1200左右",
    "12%",
    "1_000",
    "nan",
    "Infinity",
    "(1200)",
    "½",
    "",
    "abc",
    "一万二",
    "一百五",
    "1" * 17,
    True,
    None,
    "1200,00 kr",
)


@pytest.mark.parametrize("text", CERTAIN)
def test_what_is_certain_is_understood(text):
    assert written_numbers.read(text) == Decimal(CERTAIN[text])


@pytest.mark.parametrize("text", TWO_WAYS)
def test_what_can_be_meant_in_two_ways_is_asked_back_with_both(text):
    with pytest.raises(Unclear) as unclear:
        written_numbers.read(text)
    assert (unclear.value.values["one"], unclear.value.values["other"]) == TWO_WAYS[text]


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(Unclear, match="Expected a number"):
        written_numbers.read(text)


@pytest.mark.parametrize("text", ["1.39E+10", "1e3", "-4,5E-2"])
def test_a_number_that_a_spreadsheet_shortened_is_refused_with_a_hint(text):
    with pytest.raises(Unclear, match="spreadsheet shortens"):
        written_numbers.read(text)


def test_numbers_of_a_programme_are_taken_as_they_are():
    assert [written_numbers.read(value) for value in (12, 12.345, Decimal("1.200"))] == [
        12,
        Decimal("12.345"),
        Decimal("1.2"),
    ]


@given(st.decimals(-(10**12), 10**12, allow_nan=False, allow_infinity=False, places=3))
def test_what_a_field_shows_is_read_back_as_the_same(number):
    assert written_numbers.read(written_numbers.plain(number)) == number


@given(st.integers(1, 999_999), st.sampled_from([(",", "."), (".", ","), (" ", ","), ("'", ".")]))
def test_every_way_to_group_thousands_is_read(number, marks):
    text = f"{number:,}.05".replace(",", "T").replace(".", marks[1]).replace("T", marks[0])
    assert written_numbers.read(text) == number + Decimal("0.05")


@given(st.text(max_size=12) | st.text("0123456789.,' 万千元¥-", max_size=12))
def test_any_text_is_a_number_or_unclear_and_nothing_else(text):
    try:
        assert written_numbers.read(text).is_finite()
    except Unclear as unclear:
        assert str(unclear)


@pytest.mark.parametrize("text", ["百", "一一百", "百千", "零", "两", "十", "一万零五", "万"])
def test_chinese_numerals_that_are_none_are_none(text):
    wanted = {"零": 0, "两": 2, "十": 10, "一万零五": 10005}
    assert chinese_numerals.read(text) == wanted.get(text)


def test_a_number_field_of_a_form_asks_back_too():
    asked = {"type": "number", "key": "n", "validate": {"max": 2000}}
    form = forms.read(json.dumps({"id": "f", "components": [asked]}).encode())
    assert form.validate({"n": "1.200,50"}, {}, MONDAY) == ({"n": Decimal("1200.50")}, {})
    clean, wrong = form.validate({"n": "1.200"}, {}, MONDAY)
    assert clean == {} and wrong["n"].values == {"given": "1.200", "one": "1.2", "other": "1200"}
