"""Numbers as people write them: 1,200.50 and 1.200,50, 1 200, 1'200, 1.2万, ￥12, 两百元, １２.

One reader for every way in: forms of tasks, complaints by page, telephone, file and programme,
corrections and remedies. A comma or point is a thousands mark only before exactly three digits;
what can be read in two ways is asked back with both, and never guessed. Numbers of a programme
(JSON) are taken as they are.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kesu.engine import chinese_numerals
from kesu.engine.errors import sentence

NO_NUMBER = sentence("Expected a number, such as 1200 or 99.50.")
TWO_READINGS = sentence(
    "{given} can be meant as {one} or as {other}. Please write it in one of these two ways."
)
SHORTENED = sentence(
    "{given} is how a spreadsheet shortens a long number. Format the column as text there, or type "
    "the whole number."
)
SPACES = "\u00a0\u2009\u202f\u2007\u3000\t"
CURRENCIES = (  # words first: a sign may be part of them
    (r"cn¥|人民币|rmb|cny|元整|元正|圆整|块钱|元钱|yuan|元|圆|块", ("CNY",)),
    (r"us\$|usd|美元|美金|dollars?", ("USD",)),
    (r"hk\$|hkd|港元|港币|港幣", ("HKD",)),
    (r"nt\$|twd|新台币|新臺幣", ("TWD",)),
    (r"euros?|eur|€|欧元|歐元", ("EUR",)),
    (r"gbp|£|英镑|pounds?", ("GBP",)),
    (r"jpy|日元|日圆|円", ("JPY",)),
    (r"chf|sfr\.?|fr\.|瑞士法郎|瑞郎", ("CHF",)),
    (r"¥", ("CNY", "JPY")),
    (r"\$", ("USD", "HKD", "TWD", "AUD", "CAD", "SGD", "NZD", "MOP")),
)
COINS = re.compile(r"(\d[\d,. ]*)(?:元|圆|块)(?:(\d)角?|(\d)角(\d)分|(\d{1,2})分)(?:钱|整)?")
UNITS = "|".join(chinese_numerals.UNITS)


class Unclear(ValueError):
    """A text is no number, or is one in two ways: `template` is the sentence, with its `values`."""

    def __init__(self, template: str, **values: str) -> None:
        super().__init__(template.format(**values))
        self.template, self.values = template, values


@dataclass(frozen=True)
class Written:
    """A number as it was written, and the currencies that its sign may stand for."""

    number: Decimal
    currencies: tuple[str, ...] = ()


def read(value: Any) -> Decimal:
    """Return the number that a text or a value of JSON means. Raises `Unclear`."""
    return amount(value).number


def amount(value: Any) -> Written:
    """Return the number a text means, with what its sign may stand for. Raises `Unclear`."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return Written(_finite(Decimal(str(value)), str(value)))
    given = str(value).strip()[:60]
    text = _plain(given)
    coins = COINS.fullmatch(text)
    if coins:
        return Written(_with_coins(coins, given), ("CNY",))
    text, currencies = _without_currency(text)
    return Written(_finite(_number(text, given), given), currencies)


def plain(number: Decimal) -> str:
    """Return a number as `read` understands it in one way only: 12.345 is written 12.3450."""
    text = f"{number:f}"
    return f"{text}0" if re.fullmatch(r"-?[1-9]\d{0,2}\.\d{3}", text) else text


def _plain(given: str) -> str:
    text = unicodedata.normalize("NFKC", given).casefold().replace("\u2212", "-")
    text = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
    return re.sub(f"[{SPACES} ]+", " ", text.replace("’", "'").replace("`", "'")).strip()


def _without_currency(text: str) -> tuple[str, tuple[str, ...]]:
    for words, codes in CURRENCIES:
        match = re.fullmatch(rf"(?P<sign>[-+]?) ?(?:{words}) ?(?P<rest>.+)", text)
        match = match or re.fullmatch(rf"(?P<sign>)(?P<rest>.+?) ?(?:{words})", text)
        if match and re.search(r"\d|[一-龥]", match["rest"]):
            rest, others = _without_currency(match["rest"])  # ￥1200元 names it twice
            return match["sign"] + rest, _shared(codes, others)
    return text, ()


def _shared(some: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code for code in some if not others or code in others)


def _number(text: str, given: str) -> Decimal:
    if re.fullmatch(r"[-+]?\d+([.,]\d+)?e[-+]?\d+", text):
        raise Unclear(SHORTENED, given=given)
    sign, body = (text[0], text[1:].strip()) if text[:1] in ("-", "+") else ("", text)
    value = chinese_numerals.read(body)
    if value is None:
        value = _with_units(re.sub(r"[.,] ?(--?|–|—)$", "", body), given)
    return -value if sign == "-" else value


def _with_units(text: str, given: str) -> Decimal:
    """Read 1.2万, 1万2千, 3千; 1万2 is asked back."""
    parts = re.findall(rf"([\d.,' ]+?) ?({UNITS}|$)", text)
    if "".join(number + unit for number, unit in parts).replace(" ", "") != text.replace(" ", ""):
        raise Unclear(NO_NUMBER, given=given)
    parts = [(number, unit) for number, unit in parts if number.strip()]
    if not parts:
        raise Unclear(NO_NUMBER, given=given)
    total, last = Decimal(0), None
    for number, unit in parts:
        factor = chinese_numerals.UNITS.get(unit, Decimal(1))
        value = _separated(number.strip(), given, factor)
        if last is not None and (value * factor >= last or factor >= last):
            raise Unclear(NO_NUMBER, given=given)
        if last is not None and not unit and value * 10 < last:
            short, long = total + value, total + value * last / 10 ** len(number.strip())
            raise Unclear(TWO_READINGS, given=given, one=_told(long), other=_told(short))
        total, last = total + value * factor, factor
    return total


def _separated(text: str, given: str, factor: Decimal = Decimal(1)) -> Decimal:
    """Read digits with marks between them; the factor that follows is for the sentence only."""
    if re.fullmatch(r"\d+\.?|\d*\.\d{1,2}|\d*\.\d{4,}|\d{4,}\.\d{3}|0*\.\d{3}", text):
        return Decimal(text)
    if re.fullmatch(r"[1-9]\d{0,2}((,\d{3})+(\.\d+)?|(['’ ]\d{3})+(\.\d{1,2}|\.\d{4,})?)", text):
        return Decimal(re.sub(r"[,' ]", "", text))
    if re.fullmatch(
        r"[1-9]\d{0,2}((\.\d{3})+,\d+|(\.\d{3}){2,}|([' ]\d{3})+,(\d{1,2}|\d{4,}))", text
    ):
        return Decimal(re.sub(r"[.' ]", "", text).replace(",", "."))
    if re.fullmatch(r"\d*,\d{1,2}|0+,\d{3,}", text):
        return Decimal(text.replace(",", "."))
    readings = [_told(reading * factor) for reading in _readings(text)]
    if readings:
        raise Unclear(TWO_READINGS, given=given, one=readings[0], other=readings[1])
    raise Unclear(NO_NUMBER, given=given)


def _readings(text: str) -> list[Decimal]:
    """Return what one mark in an unusual place may mean: the mark of decimals, and nothing."""
    if not re.fullmatch(r"\d[\d' ]*[.,]\d+", text):
        return []
    digits = re.sub(r"[' ]", "", text).replace(",", ".")
    return [Decimal(digits), Decimal(digits.replace(".", ""))]


def _told(number: Decimal) -> str:
    whole = number == number.to_integral_value()
    return plain(number.quantize(Decimal(1)) if whole else number.normalize())


def _with_coins(match: re.Match[str], given: str) -> Decimal:
    """Read 12元5角, 12块5 and 3元5角2分."""
    tens = match[2] or match[3] or "0"
    cents = match[4] or "0"
    small = Decimal(int(tens) * 10 + int(cents)) if match[5] is None else Decimal(match[5])
    return _separated(match[1].strip(), given) + small / 100


def _finite(number: Decimal, given: str) -> Decimal:
    if not number.is_finite() or abs(number) > 10**15:
        raise Unclear(NO_NUMBER, given=given)
    return number
