"""Chinese numerals: 三百零五, 两万, 壹仟贰佰; and digits with Chinese units: 1.2万, 3千."""

import re
from decimal import Decimal

DIGITS = {
    **{sign: value for value, sign in enumerate("零一二三四五六七八九")},
    **{sign: value for value, sign in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    **{"两": 2, "貳": 2, "參": 3, "陸": 6},
}
SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1_000, "仟": 1_000}
LARGE = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
NUMERAL = re.compile(f"[{''.join([*DIGITS, *SMALL, *LARGE])}]+")
UNITS = {**{sign: Decimal(value) for sign, value in {**SMALL, **LARGE}.items()}, "k": Decimal(1000)}


def read(text: str) -> Decimal | None:
    """Return the number that a numeral in Chinese signs stands for, or None where it is none.

    一万二 (twelve thousand, the last unit left out) is none: 一万零二 is meant by some.
    """
    if not NUMERAL.fullmatch(text) or re.search(
        r"[万萬亿億千仟百佰][^零〇十拾百佰千仟万萬亿億]$", text
    ):
        return None
    if not any(sign in SMALL or sign in LARGE for sign in text):
        return Decimal("".join(str(DIGITS[sign]) for sign in text))
    total, section, digit, last = 0, 0, None, 10_000
    for sign in text:
        if sign in DIGITS:
            if digit:
                return None
            digit = DIGITS[sign]
        elif sign in SMALL:
            if SMALL[sign] >= last or (digit is None and sign not in "十拾"):
                return None
            section += (1 if digit is None else digit) * SMALL[sign]
            digit, last = None, SMALL[sign]
        elif not (section or digit or total):
            return None
        else:
            total, section = _raised(total, section + (digit or 0), LARGE[sign])
            digit, last = None, 10_000
    return Decimal(total + section + (digit or 0))


def _raised(total: int, section: int, unit: int) -> tuple[int, int]:
    if unit == LARGE["亿"]:  # 一万亿 is ten thousand times a hundred million
        return (total + section) * unit, 0
    return total + section * unit, 0
