"""What the filters of the inbox offer, and the chips that say which are set; each chip's address leaves that filter out."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import Connection

from kesu.complaints import products
from kesu.engine import definitions, inbox
from kesu.engine.identity import Person
from kesu.webui.department_names import department_names
from kesu.webui.inbox_wishes import FILTERS, Wish
from kesu.webui.languages import named

Options = list[tuple[str, str]]


@dataclass(frozen=True)
class Choices:
    """What each filter can be set to, as pairs of value and words; `steps` by process."""

    steps: list[tuple[str, Options]]
    due: Options
    priority: Options
    product: Options
    department: Options

    @property
    def kind(self) -> Options:
        """Return steps and processes as one list."""
        return [option for _process, options in self.steps for option in options]


@dataclass(frozen=True)
class Chip:
    """One filter that is set, in words, and the address without it."""

    text: str
    address: str


def choices(connection: Connection, person: Person, box: str) -> Choices:
    """Return what can be chosen in a box; only steps of which it has tasks."""
    return Choices(
        _steps(connection, person, box),
        [("overdue", _("Overdue")), ("today", _("Due today")), ("week", _("Due this week"))] if box in inbox.OPEN_BOXES else [],
        [("1", _("Most pressing")), ("2", _("Pressing or more")), ("3", _("Ordinary or more"))],
        [(product["code"], named(product)) for product in products.offered(connection)],
        list(department_names(connection).items()),
    )


def chips(wish: Wish, offered: Choices) -> list[Chip]:
    """Return a chip for every filter that is set."""
    return [Chip(_words(name, wish.filters[name], offered), wish.address(**{name: None})) for name in FILTERS if name in wish.filters]


def _words(name: str, value: str, offered: Choices) -> str:
    if name == "q":
        return f"“{value}”"
    return dict(getattr(offered, name)).get(value, value)


def _steps(connection: Connection, person: Person, box: str) -> list[tuple[str, Options]]:
    names = {each.key: named(each) for each in definitions.all_latest(connection)}
    found: dict[str, Options] = {}
    for key, element, name, name_en in inbox.kinds(connection, person, box):
        found.setdefault(key, []).append((f"{key}/{element}", named({"name": name, "name_en": name_en})))
    return [(names.get(key, key), [(key, _("%(process)s: every step", process=names.get(key, key))), *steps]) for key, steps in found.items()]
