"""Telephone numbers as people and spreadsheets write them, and the form by which a caller is found.

+86 10 1234 5678, 0086-10-12345678 and 010-12345678 are one line; an extension belongs to the line; a
field may hold two numbers.
"""

import re
import unicodedata

from kesu.complaints.problems import FieldProblem
from kesu.engine import written_numbers
from kesu.engine.errors import sentence

EXTENSION = re.compile(
    r"(?:转|轉|分机|分機|内线|ext(?:ension|n)?\.?|\bx|#|durchwahl|;ext=)\s*[:：]?\s*\d{1,6}\)?$",
    re.IGNORECASE,
)
DASHED = re.compile(r"^(0\d{2,3}[- ]?\d{7,8}|\d{7,8})-\d{1,5}$")  # 021-12345678-801
BETWEEN = re.compile(r"[/,;、|\n]|或者?|和|以及|\bor\b|\band\b|\bund\b", re.IGNORECASE)
FRACTION = re.compile(r"(\+?\d{5,20})\.0+")
SHORTENED = re.compile(r"\d+([.,]\d+)?e[-+]?\d+", re.IGNORECASE)
LEAST, MOST = 5, 20


def cleaned(text: str) -> str:
    """Return a number without what a spreadsheet put around it: 13900001112.0, ="139...", '139..."""
    plain = text.strip()
    formula = re.fullmatch(r"=\s*\"(.*)\"", plain)
    plain = (formula[1] if formula else plain.removeprefix("'")).strip()
    match = FRACTION.fullmatch(unicodedata.normalize("NFKC", plain))
    return match[1] if match else plain


def key(text: str) -> str:
    """Return the digits by which the first number of a field is looked up; empty where there are none."""
    return next(iter(keys(text)), "")


def keys(text: str) -> list[str]:
    """Return the digits of every number of a field: without country code of China and extension."""
    plain = unicodedata.normalize("NFKC", cleaned(text))
    parts = [part for part in BETWEEN.split(plain) if re.search(r"\d", part)]
    found = [_digits(part) for part in parts]
    if len(found) > 1 and min(map(len, found)) < 7:
        found = [_digits(plain)]  # 138/0000/1111 is one number
    return list(dict.fromkeys(each for each in found if each))


def problem(text: str) -> FieldProblem | None:
    """Return why a text is no telephone number, or None."""
    given = {"given": text.strip()[:40]}
    if SHORTENED.fullmatch(unicodedata.normalize("NFKC", cleaned(text))):
        return FieldProblem("phone", written_numbers.SHORTENED, given)
    found = keys(text)
    if not found or not all(LEAST <= len(each) <= MOST for each in found):
        return FieldProblem(
            "phone", sentence("Expected a phone number of 5 to 20 digits, got {given}."), given
        )
    return None


def _digits(text: str) -> str:
    line = EXTENSION.sub("", text.strip()).strip()
    dashed = DASHED.match(line)
    digits = re.sub(r"\D", "", (dashed[1] if dashed else line).replace("(0)", ""))
    foreign = line.lstrip("( ").startswith("+") or digits.startswith("00")
    digits = digits.removeprefix("00")
    chinese = digits.startswith("86") and (foreign or len(digits) > 11)
    if foreign and not chinese:
        return digits
    return _national(digits[2:] if chinese else digits, chinese)


def _national(digits: str, chinese: bool) -> str:
    """Return a number as it is dialled in China: a mobile without, a fixed line with its 0."""
    bare = digits.removeprefix("0")
    if re.fullmatch(r"1[3-9]\d{9}", bare):
        return bare
    # +86 leaves the 0 out, a spreadsheet loses it
    fixed = re.fullmatch(r"(10|2\d)\d{8}", bare) or (
        chinese and re.fullmatch(r"[3-9]\d{8,10}", bare)
    )
    toll_free = re.fullmatch(r"[48]00\d{7}", bare)
    return f"0{bare}" if fixed and not toll_free else digits
