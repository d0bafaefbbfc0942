"""A company file: one YAML with the departments, people, products and working hours of a real company, loaded as a whole or not at all.

`docs/company.example.yaml` shows every entry. Loading it again brings what stands in it up to date and leaves everything else as it is, so that
the file may grow. Who is new gets a first password, which is returned once and kept only as a hash.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import yaml
from sqlalchemy import Connection, Table, select

from kesu.complaints import encodings, products, working_hours
from kesu.complaints.calendars import Calendar
from kesu.complaints.company_file_checks import DAYS, HOURS, name_problems, shape_problems, spans
from kesu.complaints.problems import refuse_if_any
from kesu.engine import identity, passwords
from kesu.engine.errors import Invalid, sentence

WRONG = sentence("The company file was not loaded, and nothing was changed: {count} entries do not hold. {problems_told}")
NO_YAML = sentence("Expected a company file in YAML, but it cannot be read: {reason}")


def load(connection: Connection, text: str, *, at: datetime) -> dict[str, str]:
    """Write what a company file says; return the first password of everybody who is new, by login.

    Raises `Invalid` with every entry that does not hold; the caller's transaction is then to be rolled back.
    """
    told = _read(text)
    refuse_if_any([*shape_problems(told)], WRONG)
    refuse_if_any([*name_problems(connection, told)], WRONG)
    _keep_groups(connection, told)
    first = _keep_people(connection, told.get("people") or [], at)
    for entry in told.get("departments") or []:
        if "head" in entry:
            connection.execute(identity.groups.update().where(identity.groups.c.key == entry["key"]).values(head=entry["head"]))
    for entry in told.get("products") or []:
        _keep_product(connection, entry)
    if told.get(HOURS):
        working_hours.keep(connection, _calendar(told[HOURS]), name="工作时间", name_en="Working hours")
    return first


class _Words(yaml.SafeLoader):
    """YAML whose plain scalars are words: 007 is a login, 9:30 an hour."""


_Words.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag == "tag:yaml.org,2002:null"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def decoded(content: bytes) -> str:
    """Return the text of a company file, in whatever encoding it was saved.

    Raises `Invalid` where that is not certain.
    """
    found = encodings.readings(content)
    if not encodings.is_certain(found):
        raise Invalid(NO_YAML, reason="its encoding is not clear; save it as UTF-8")
    return found[0].text


def _read(text: str) -> dict[str, Any]:
    try:
        told = yaml.load(text, Loader=_Words)
    except yaml.YAMLError as error:
        raise Invalid(NO_YAML, reason=" ".join(str(error).split())) from error
    if not isinstance(told, dict):
        raise Invalid(NO_YAML, reason="the outermost thing is not a mapping")
    return told


def _keep_groups(connection: Connection, told: Mapping[str, Any]) -> None:
    for section, kind in (("departments", "department"), ("roles", "role")):
        for position, entry in enumerate(told.get(section) or []):
            columns = {name: entry[name] for name in ("name", "name_en") if name in entry}
            _keep(connection, identity.groups, "key", entry["key"], {"kind": kind, "position": position, **columns})


def _keep_people(connection: Connection, entries: list[dict[str, Any]], at: datetime) -> dict[str, str]:
    known = set(connection.execute(select(identity.people.c.login)).scalars())
    first = {entry["login"]: secrets.token_urlsafe(9) for entry in entries if entry["login"] not in known}
    for login, password in first.items():
        kept = passwords.hashed(password)
        identity.add_person(
            connection, login, at=at, name=login, password_hash=kept, password_given=True
        )
    for entry in entries:
        columns: dict[str, Any] = {name: entry[name] for name in ("name", "name_en", "email", "superior", "locale") if name in entry}
        _keep(connection, identity.people, "login", entry["login"], columns)
        connection.execute(identity.memberships.delete().where(identity.memberships.c.login == entry["login"]))
        rows = [{"login": entry["login"], "group_key": key} for key in dict.fromkeys(entry["groups"])]
        connection.execute(identity.memberships.insert(), rows)
    return first


def _keep_product(connection: Connection, entry: Mapping[str, Any]) -> None:
    columns = {name: entry[name] for name in ("name", "name_en") if name in entry}
    if "warranty_months" in entry:
        columns["warranty_months"] = int(entry["warranty_months"])
    if "kind" in entry:
        columns["type"] = entry["kind"]
    _keep(connection, products.products, "code", entry["code"], columns, warranty_months=12)
    for model in entry.get("models") or []:
        _keep(connection, products.product_models, "code", model, {"product": entry["code"]}, name=f"{entry['name']} {model}")


def _keep(connection: Connection, table: Table, key: str, value: str, columns: Mapping[str, Any], **otherwise: Any) -> None:
    """Bring a row up to date, or write it where there is none, then with `otherwise` for what the file does not say."""
    if connection.execute(table.update().where(table.c[key] == value).values({key: value, **columns})).rowcount == 0:
        connection.execute(table.insert().values({**otherwise, key: value, **columns}))


def _calendar(hours: Mapping[str, Any]) -> Calendar:
    days = {number: spans(hours[day]) or () for number, day in enumerate(DAYS) if hours.get(day)}
    return Calendar(working_hours.DEFAULT, str(hours.get("zone", "Asia/Shanghai")), str(hours.get("country", "CN")), days)
