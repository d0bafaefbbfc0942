"""What may stand in a company file, and everything in one that does not hold, each with its place and a sentence."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from kesu.complaints.calendars import Span
from kesu.complaints.problems import FieldProblem
from kesu.engine import identity
from kesu.engine.errors import sentence

ENTRIES = {  # section -> its entries; those that must be there come first, up to the bar
    "departments": ("key", "name", "|", "name_en", "head"),
    "roles": ("key", "name", "|", "name_en"),
    "people": ("login", "name", "groups", "|", "name_en", "email", "superior", "locale"),
    "products": ("code", "name", "|", "name_en", "kind", "warranty_months", "models"),
}
HOURS = "working_hours"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "make_up_day")
NOBODY = (identity.SYSTEM, identity.CUSTOMER)  # in the history these two are nobody who signs in
LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,63}")
RULES = {  # what an entry has to be, where that is not plain
    "login": sentence(
        "{place}: {name} cannot be {value}. A login is 2 to 64 small letters, digits and . _ - + @, "
        "and begins with a letter or digit."
    ),
    "email": sentence("{place}: {name} cannot be {value}. Expected an address like name@example.com."),
    "warranty_months": sentence("{place}: {name} cannot be {value}. Expected months from 0 to 1200."),
    "locale": sentence("{place}: {name} cannot be {value}. Expected the language zh or en."),
}


def shape_problems(told: Mapping[str, Any]) -> Iterable[FieldProblem]:
    """Say which sections and entries are missing, unknown, or cannot be what they are."""
    yield from _hours_problems(told)
    for section in told.keys() - {*ENTRIES, HOURS}:
        known = ", ".join([*ENTRIES, HOURS])
        yield FieldProblem(str(section), sentence("There is no section {section}; there are {known}."), {"section": section, "known": known})
    for section, names in ENTRIES.items():
        entries = told.get(section) or []
        if not isinstance(entries, list):
            yield FieldProblem(section, sentence("Expected {section} to be a list."), {"section": section})
            continue
        for number, entry in enumerate(entries, 1):
            yield from _entry_problems(f"{section} {number}", entry, names)


def _entry_problems(place: str, entry: Any, names: tuple[str, ...]) -> Iterable[FieldProblem]:
    if not isinstance(entry, dict):
        yield FieldProblem(place, sentence("{place}: expected entries like {names}."), {"place": place, "names": ", ".join(names[:names.index("|")])})
        return
    for name in names[:names.index("|")]:
        if not entry.get(name):
            yield FieldProblem(place, sentence("{place}: {name} is missing."), {"place": place, "name": name})
    for name, value in entry.items():
        if name not in names or name == "|":
            yield FieldProblem(place, sentence("{place}: there is no entry {name}."), {"place": place, "name": name})
        elif not _fits(name, value):
            told = RULES.get(name, sentence("{place}: {name} cannot be {value}."))
            yield FieldProblem(place, told, {"place": place, "name": name, "value": value})


def _fits(name: str, value: Any) -> bool:
    checks: dict[str, Callable[[Any], bool]] = {
        "login": lambda value: isinstance(value, str) and LOGIN.fullmatch(value) is not None and value not in NOBODY,
        "groups": _is_names,
        "models": _is_names,
        "warranty_months": lambda value: str(value).isdecimal() and int(value) <= 1200,
        "email": lambda value: isinstance(value, str) and re.fullmatch(r"[^\s@]+@[^\s@]+", value) is not None,
        "locale": lambda value: value in ("zh", "en"),
    }
    return checks.get(name, lambda value: isinstance(value, str))(value)


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def name_problems(connection: Connection, told: Mapping[str, Any]) -> Iterable[FieldProblem]:
    """Say which names stand twice, and which are named but are neither in the file nor known already."""
    people = [entry["login"] for entry in told.get("people") or []]
    groups = [entry["key"] for section in ("departments", "roles") for entry in told.get(section) or []]
    for name in sorted({name for names in (people, groups) for name in names if names.count(name) > 1}):
        yield FieldProblem(name, sentence("{name} stands twice in the file."), {"name": name})
    known_people = {*people, *connection.execute(select(identity.people.c.login)).scalars()}
    known_groups = {*groups, *connection.execute(select(identity.groups.c.key)).scalars()}
    for entry in told.get("people") or []:
        yield from _unknown(entry["login"], entry["groups"], known_groups)
        yield from _unknown(entry["login"], [entry["superior"]] if "superior" in entry else [], known_people)
    for entry in told.get("departments") or []:
        yield from _unknown(entry["key"], [entry["head"]] if "head" in entry else [], known_people)


def _unknown(place: str, names: Iterable[str], known: set[str]) -> Iterable[FieldProblem]:
    return [FieldProblem(place, sentence("{place} names {name}, but there is none of that name."), {"place": place, "name": name})
            for name in names if name not in known]


def _hours_problems(told: Mapping[str, Any]) -> Iterable[FieldProblem]:
    hours = told.get(HOURS) or {}
    if not isinstance(hours, dict):
        yield FieldProblem(HOURS, sentence("Expected {section} to name a zone, a country and days."), {"section": HOURS})
        return
    for name in hours.keys() - {"zone", "country", *DAYS}:
        yield FieldProblem(HOURS, sentence("{place}: there is no entry {name}."), {"place": HOURS, "name": name})
    for day in DAYS:
        if hours.get(day) and spans(hours[day]) is None:
            yield FieldProblem(day, sentence("{day}: expected spans like \"9:00-12:00, 13:00-18:00\", but got {value}."),
                               {"day": day, "value": hours[day]})


def spans(told: Any) -> tuple[Span, ...] | None:
    """Read "9:00-12:00, 13:00-18:00"; None where it is not that."""
    found = [re.fullmatch(r"\s*(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)\s*", part) for part in str(told).split(",")]
    if not all(found):
        return None
    return tuple(Span(60 * int(each[1]) + int(each[2]), 60 * int(each[3]) + int(each[4])) for each in found if each)
