"""What kind of day a date is in a country: working day, weekend, public holiday, or a weekend day worked to make up for one.

China publishes its holidays and make-up workdays once a year (`chinese_calendar` holds them from 2004 on); elsewhere `holidays`
knows. A Chinese year not yet published falls back on the statutory days and says so.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

import chinese_calendar
import holidays

from kesu.engine.errors import sentence

WORKDAY = sentence("working day")
WEEKEND = sentence("weekend")
HOLIDAY = sentence("public holiday: {name}")
MAKE_UP = sentence("make-up workday for {name}")
UNPUBLISHED = sentence("{name}, provisional: the holidays of {year} are not published yet")


@dataclass(frozen=True)
class DayKind:
    """Whether a day is worked, and why, as a sentence with values."""

    worked: bool
    template: str
    values: dict[str, Any] = field(default_factory=dict)
    make_up: bool = False


@lru_cache(maxsize=4096)
def day_kind(country: str, day: date) -> DayKind:
    """Say what kind of day it is in a country (two-letter code; empty: weekends only)."""
    if country == "CN":
        return _in_china(day)
    return _elsewhere(country, day) if country else _by_weekday(day)


def known_countries() -> frozenset[str]:
    """Return the two-letter codes of the countries whose public holidays are known."""
    return frozenset(holidays.list_supported_countries())


def _in_china(day: date) -> DayKind:
    try:
        off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return _unpublished(day)
    names = _chinese_names(name)
    if off:
        return DayKind(False, HOLIDAY, names) if name else DayKind(False, WEEKEND)
    return DayKind(True, MAKE_UP, names, make_up=True) if day.weekday() > 4 else DayKind(True, WORKDAY)


def _chinese_names(name: str | None) -> dict[str, Any]:
    if not name:
        return {}
    return {"name": name, "name_zh": chinese_calendar.Holiday(name).chinese}


def _unpublished(day: date) -> DayKind:
    name = _country("CN").get(day)
    if name is None:
        return _by_weekday(day)
    return DayKind(False, UNPUBLISHED, {"name": name, "name_zh": _country("CN", "zh_CN").get(day), "year": day.year})


def _elsewhere(country: str, day: date) -> DayKind:
    name = _country(country).get(day)
    return _by_weekday(day) if name is None else DayKind(False, HOLIDAY, {"name": name, "name_zh": name})


def _by_weekday(day: date) -> DayKind:
    return DayKind(True, WORKDAY) if day.weekday() < 5 else DayKind(False, WEEKEND)


@lru_cache(maxsize=32)
def _country(country: str, language: str = "en_US") -> Any:
    supported = holidays.list_localized_countries().get(country, [])
    return holidays.country_holidays(country, language=language if language in supported else None)
