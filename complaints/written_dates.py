"""Dates as people and spreadsheets write them; what may be two days is asked back with both."""

import re
import unicodedata
from datetime import date, timedelta

from kesu.complaints.problems import FieldProblem
from kesu.engine.errors import sentence

FIRST_SERIAL, LAST_SERIAL = 20_000, 80_000  # 1954 to 2119, counted by spreadsheets from 1899-12-30
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
TIME = re.compile(r"[ t]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[ap]m)?(z|[+-]\d\d:?\d\d)?$")


def meant(text: str) -> list[date]:
    """Return the days that a text may mean: one where it is certain, two where it is not, none."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    plain = TIME.sub("", plain)
    serial = re.fullmatch(r"(\d{5})(\.\d+)?", plain)
    if serial and FIRST_SERIAL <= int(serial[1]) <= LAST_SERIAL:
        return [date(1899, 12, 30) + timedelta(days=int(serial[1]))]
    match = re.fullmatch(r"(\d{4})(?:[-/.年 ]+)(\d{1,2})(?:[-/.月 ]+)(\d{1,2})日?号?", plain)
    match = match or re.fullmatch(r"(\d{4})(\d\d)(\d\d)", plain)
    if match:
        return _days((match[1], match[2], match[3]))
    match = re.fullmatch(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})", plain)  # dots: the day comes first
    if match:
        return _days((match[3], match[2], match[1]))
    match = re.fullmatch(r"(\d{1,2})[-/ ](\d{1,2})[-/ ](\d{4})", plain)
    if match:
        return _days((match[3], match[2], match[1]), (match[3], match[1], match[2]))
    return _with_month_name(plain)


def problem(field: str, text: str, label: str) -> FieldProblem | None:
    """Return why a text is no day, or None."""
    found, told = meant(text), {"label": label, "given": text.strip()[:40]}
    if len(found) > 1:
        template = sentence(
            "{given} can be meant as {one} or as {other}. Please write it in one of these two ways."
        )
        return FieldProblem(field, template, told | {"one": str(found[0]), "other": str(found[1])})
    if not found:
        return FieldProblem(field, sentence("Expected a date like 2026-03-02, got {given}."), told)
    return None


def _days(*parts: tuple[str, str, str]) -> list[date]:
    found = []
    for year, month, day in parts:
        try:
            found.append(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


def _with_month_name(text: str) -> list[date]:
    match = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th|\.)?[ -]([a-z]{3})[a-z]*\.?,?[ -](\d{4})", text)
    if match and match[2] in MONTHS:
        return _days((match[3], str(MONTHS.index(match[2]) + 1), match[1]))
    match = re.fullmatch(r"([a-z]{3})[a-z]*\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})", text)
    if match and match[1] in MONTHS:
        return _days((match[3], str(MONTHS.index(match[1]) + 1), match[2]))
    return []
