"""What customers are told will happen next, and by when: words for what the case's own clocks say."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Connection, Row

from kesu.complaints import clocks
from kesu.engine import clock
from kesu.webui.moments import exactly_day

FIRST, RESULT = ("attitude_reply", "start"), ("feedback", "investigation")


@dataclass(frozen=True)
class Promise:
    """One step that is still to come, in the customer's words."""

    title: str
    text: str


def general() -> list[Promise]:
    """Return the steps every complaint goes through."""
    return [
        Promise(_("We confirm at once"), _("You get a number and a link under which you see every step.")),
        Promise(_("We find out what went wrong"), _("The people who know the product look into it. If we need something from you, we ask.")),
        Promise(_("We propose how to put it right"), _("Repair, replacement, money back: you hear what we found and what you get, with a date.")),
        Promise(_("You tell us whether it is settled"), _("If you are not satisfied, we look at it again.")),
    ]


def of_case(connection: Connection, reference: str) -> list[Promise]:
    """Return the steps that are still to come for a case, with its own times where they are known."""
    first, result = _due(connection, reference, FIRST), _due(connection, reference, RESULT)
    begins = (
        _("Somebody who knows the matter begins by %(day)s.", day=exactly_day(first)) if first else _("Somebody who knows the matter begins at once.")
    )
    return [
        Promise(_("We look into it"), f"{begins} {_('If we need something from you, we ask.')}"),
        Promise(
            _("You hear from us"),
            _("By %(day)s we have looked into it; you then get our findings and a proposal.", day=exactly_day(result))
            if result
            else _("You get our findings and a proposal, with a date by which it is done."),
        ),
        Promise(_("You tell us whether it is settled"), _("If you are not satisfied, we look at it again.")),
    ]


def next_news(connection: Connection, case: Row[Any]) -> tuple[str, bool]:
    """Return by when the customer hears from us, in one sentence (empty where nothing is owed), and whether we are late."""
    if case.status == "waiting_customer":
        return _("Our time limit stands still until we have your answer."), False
    due = _due(connection, case.reference, ("feedback",)) or _due(connection, case.reference, ("investigation",))
    if due is None or case.status not in ("received", "in_progress", "awaiting_approval"):
        return "", False
    if due < clock.now():
        return _(
            "We had promised you news by %(day)s. We are late, and we are sorry: the person in charge has been told.", day=exactly_day(due)
        ), True
    if _due(connection, case.reference, ("feedback",)):
        return _("You hear from us by %(day)s.", day=exactly_day(due)), False
    return _("By %(day)s we have looked into it; you then get our findings and a proposal.", day=exactly_day(due)), False


def _due(connection: Connection, reference: str, kinds: tuple[str, ...]) -> datetime | None:
    dues = [each.due_at for each in clocks.of_case(connection, reference) if each.kind in kinds]
    return max(dues, default=None)
