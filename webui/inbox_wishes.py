"""What the address of the inbox asks for: a box, filters that combine, a place in the list, a task beside it. Nothing of it is kept elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import parse_qsl

from flask import url_for

from kesu.complaints.case_words import matching
from kesu.engine import clock, inbox
from kesu.webui.addresses import id_in
from kesu.webui.case_glances import of_department, of_product
from kesu.webui.languages import zone

FILTERS = ("q", "kind", "due", "priority", "product", "department")
DUES = ("overdue", "today", "week")
PRIORITIES = ("1", "2", "3")  # this pressing or more
LONGEST = 100


@dataclass(frozen=True)
class Wish:
    """What the address asks for. `kind` is a process, or one of its steps as process/step."""

    box: str = "mine"
    q: str = ""
    kind: str = ""
    due: str = ""
    priority: str = ""
    product: str = ""
    department: str = ""
    after: int | None = None
    task: int | None = None

    @staticmethod
    def read(args: Mapping[str, str]) -> "Wish":
        """Read a wish from the parameters of an address; what makes no sense is left out."""
        told = {name: args.get(name, "").replace("\0", "").strip()[:LONGEST] for name in FILTERS}
        told["due"] = told["due"] if told["due"] in DUES else ""
        told["priority"] = told["priority"] if told["priority"] in PRIORITIES else ""
        box = args.get("box", "mine")
        return Wish(box if box in inbox.BOXES else "mine", **told, after=id_in(args.get("after")), task=id_in(args.get("task")))

    @staticmethod
    def of_query(query: str) -> "Wish":
        """Read a wish from the part of an address behind its question mark."""
        return Wish.read(dict(parse_qsl(query)))

    @property
    def filters(self) -> dict[str, str]:
        """Return the filters that are set."""
        return {name: value for name in FILTERS if (value := str(getattr(self, name)))}

    @property
    def lasting(self) -> dict[str, str]:
        """Return what a saved view keeps: the box and the filters, not the page or the task beside it."""
        return {"box": self.box, **self.filters}

    def address(self, **changes: Any) -> str:
        """Return the address of this wish with something changed, from its first page; empty parts are left out."""
        return url_for("inbox.index", **{name: value for name, value in (self.lasting | changes).items() if value})

    def filter(self) -> inbox.Filter:
        """Return the filters as the engine knows them."""
        definition, _slash, element = self.kind.partition("/")
        due_from, due_before = _span(self.due)
        among = [of_product(self.product)] if self.product else []
        among += [of_department(self.department)] if self.department else []
        return inbox.Filter(text=self.q, keys=matching(self.q) if self.q else None, definition_key=definition or None, element_id=element or None,
                            due_from=due_from, due_before=due_before, priority=int(self.priority) if self.priority else None, among=tuple(among))


def beside(address: str, task_id: int | None) -> str:
    """Return an address of the inbox with this task beside the list; any other address as it is."""
    path, _mark, query = address.partition("?")
    return Wish.of_query(query).address(task=task_id) if path == url_for("inbox.index") else address


def _span(due: str) -> tuple[datetime | None, datetime | None]:
    """Return from when until when, in the reader's days; midnight is the end of the day before it."""
    now = clock.now()
    if due == "overdue":
        return None, now
    if due not in DUES:
        return None, None
    today = now.astimezone(zone()).date()
    days = 1 if due == "today" else 7 - today.weekday()
    return now, datetime.combine(today + timedelta(days=days), time(), zone()) + timedelta(microseconds=1)
