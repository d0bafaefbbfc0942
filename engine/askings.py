"""The question who is asked at a user task, with the places to look, and how its settings are read.

A setting that begins with `=` is FEEL over the process variables; anything else is a list of keys separated by commas.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from kesu.engine import claims, identity
from kesu.engine.errors import Invalid, sentence

Evaluate = Callable[[str], Any]
BLOCK, ADMINISTRATOR, SUPERIOR, SKIP = "block", "administrator", "superior", "skip"  # what happens where nobody is left
NAMES = sentence("{setting}: expected a text or a list of texts, such as a login or the key of a group, "
                 "but {expression} gave {value}.")
LEVELS = sentence("{setting}: expected a whole number from 0 up (so many superiors above), but {expression} gave {value}.")


@dataclass(frozen=True)
class Asked:
    """What to resolve, with the places to look."""

    connection: Connection
    instance_id: int | None
    settings: Mapping[str, dict[str, Any]]
    lane: str | None
    evaluate: Evaluate
    acted: tuple[tuple[str, str], ...] = ()  # (element, login) completed by the command that asks, not yet written
    initiator: str | None = None
    definition_key: str | None = None
    at: datetime | None = None  # for deputies; None: nobody is represented

    @property
    def wanted(self) -> dict[str, Any]:
        """Return the settings of the assignment."""
        return self.settings.get("assignment", {})

    @property
    def excluded(self) -> set[str]:
        """Return who may not act here because they did what this step has to check (four eyes)."""
        names = [name.strip() for name in str(self.wanted.get("fourEyes") or "").split(",") if name.strip()]
        if not names:
            return set()
        just_now = {login for element, login in self.acted if element in names}
        return just_now | claims.done_by(self.connection, self.instance_id, names)


def policy(settings: Mapping[str, dict[str, Any]]) -> str:
    """Return what is to happen where nobody can be asked: block, administrator, superior or skip."""
    return str(settings.get("assignment", {}).get("ifNobody") or BLOCK)


def listed(asked: Asked, name: str, setting: str | None) -> list[str]:
    """Return the keys that a setting gives. Raises `Invalid` where an expression gives anything but texts."""
    if not setting:
        return []
    if not setting.startswith("="):
        return [key.strip() for key in setting.split(",") if key.strip()]
    value = asked.evaluate(setting)
    if value is None and setting[1:].strip() == "initiator":
        value = asked.initiator
    found = [each for each in (value if isinstance(value, list) else [value]) if each is not None]
    if not all(isinstance(each, str) for each in found):
        raise Invalid(NAMES, setting=name, expression=setting[:200], value=str(value)[:100])
    return [each for each in found if each.strip()]


def superiors(asked: Asked) -> list[str]:
    """Return the heads named by `headOf` and `initiatorsDepartment`, or whoever stands `levelsUp` above them (or the initiator)."""
    wanted, connection = asked.wanted, asked.connection
    keys = listed(asked, "headOf", wanted.get("headOf"))
    if str(wanted.get("initiatorsDepartment", "")).lower() == "true" and asked.initiator:
        keys += [key for key in [identity.department_of(connection, asked.initiator)] if key]
    levels = _levels(asked, wanted.get("levelsUp"))
    found = [asked.initiator] if levels and not keys else [identity.head_of(connection, key) for key in keys]
    above = [identity.superior_of(connection, login, levels) if levels else login for login in found if login]
    return [login for login in above if login]


def without(logins: Iterable[str], excluded: set[str]) -> list[str]:
    """Return these people but for some."""
    return [login for login in logins if login not in excluded]


def ladder(connection: Connection, login: str) -> list[str]:
    """Return everybody above a person, the nearest first."""
    found: list[str] = []
    above = identity.superior_of(connection, login)
    while above is not None and above != login and above not in found:
        found.append(above)
        above = identity.superior_of(connection, above)
    return found


def _levels(asked: Asked, setting: str | None) -> int:
    if not setting:
        return 0
    value = asked.evaluate(setting) if setting.startswith("=") else setting.strip()
    number = str(value) if not isinstance(value, bool) else ""
    if value is None or not number.isdecimal() or len(number) > 3:
        raise Invalid(LEVELS, setting="levelsUp", expression=setting[:200], value=str(value)[:100])
    return int(number)
