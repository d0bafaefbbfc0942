"""What a fresh Kesu knows before anybody sets anything up: categories, keyword rules, calendars, departments and roles; all theirs to change."""

from importlib import resources
from typing import Any

import yaml
from sqlalchemy import Connection, func, select

from kesu.complaints import categories, keyword_rules, working_hours
from kesu.complaints.calendars import Calendar, Span
from kesu.engine import identity

OFFICE = (Span(9 * 60, 12 * 60), Span(13 * 60, 18 * 60))


def install(connection: Connection) -> None:
    """Write the starting data where there is none yet; what somebody has changed since stays."""
    if _is_empty(connection, categories.categories):
        for position, entry in enumerate(_read("categories.yaml")):
            categories.keep(
                connection,
                entry["code"],
                name=entry["name"],
                name_en=entry["name_en"],
                parent=entry.get("parent"),
                required=entry.get("required", ()),
                position=position,
            )
    if _is_empty(connection, keyword_rules.keyword_rules):
        keyword_rules.replace_all(connection, [(rule["subcategory"], rule["words"]) for rule in _read("keyword_rules.yaml")])
    if _is_empty(connection, working_hours.calendars):
        working_hours.keep(connection, working_hours.WORKING_DAYS, name="工作日（每日24小时）", name_en="Working days, around the clock")
        working_hours.keep(connection, working_hours.ALWAYS, name="全天候（每日24小时）", name_en="Always, day and night")
        office = Calendar("office_hours", "Asia/Shanghai", "CN", {day: OFFICE for day in range(5)})
        working_hours.keep(connection, office, name="办公时间", name_en="Office hours")


def staff(connection: Connection) -> None:
    """Write the departments and roles that what came with Kesu asks for, where they are not there yet."""
    known = set(connection.execute(select(identity.groups.c.key)).scalars())
    for position, entry in enumerate(_read("groups.yaml")):
        if entry["key"] not in known:
            identity.add_group(connection, entry.pop("key"), position=position, **entry)


def _is_empty(connection: Connection, table: Any) -> bool:
    return connection.execute(select(func.count()).select_from(table)).scalar_one() == 0


def _read(name: str) -> list[dict[str, Any]]:
    text = resources.files("kesu.complaints").joinpath("data", name).read_text("utf-8")
    entries: list[dict[str, Any]] = yaml.safe_load(text)
    return entries
