"""The case page: everything that is known of one complaint, for one reader, in the words the page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext as _
from sqlalchemy import Connection, Row, select

from kesu.complaints import (
    all_clears,
    attachments,
    categories,
    commitments,
    complainants,
    missing_details,
    products,
    remedies,
    routings,
    statuses,
    working_hours,
)
from kesu.complaints.cases import cases
from kesu.complaints.intake_checks import CHANNELS
from kesu.engine import instances, user_tasks
from kesu.engine.identity import Person
from kesu.engine.user_tasks import UserTask
from kesu.webui import case_clocks, case_scopes, case_stories
from kesu.webui.amounts import money
from kesu.webui.case_clocks import ClockView
from kesu.webui.case_stories import Story
from kesu.webui.complaint_forms import demands
from kesu.webui.department_names import department_names, offered_to
from kesu.webui.hidden_words import hidden_from
from kesu.webui.languages import listed, named
from kesu.webui.moments import day
from kesu.webui.navigation import exists
from kesu.webui.status_words import status_words
from kesu.webui.task_cards import Card, cards
from kesu.webui.tracks import remedy_words

WRITERS = ("agent", "manager", "investigator")
UNSEEN = frozenset({"image/heic", "image/tiff"})  # photos that browsers do not draw


@dataclass(frozen=True)
class Customer:
    """The customer as this reader may know them."""

    name: str
    phone: str
    email: str
    address: str


@dataclass(frozen=True)
class CaseFile:
    """What the case page shows beside the row of the case itself."""

    clocks: list[ClockView]
    story: Story
    customer: Customer
    knows: bool
    description: str
    earlier: list[Row[Any]]
    open_tasks: list[Card]
    own_tasks: list[UserTask]
    offered: dict[int, list[str]]
    images: list[Row[Any]]
    other_files: list[Row[Any]]
    fields: list[tuple[str, Any]]
    outcome: list[tuple[str, str]]
    writes: bool
    may_reply: bool
    reply_way: str
    audit: str
    missing: list[str]
    all_clear: Row[Any] | None


def init(app: Flask) -> None:
    """Give templates the words for where a case stands and what it is about."""
    app.jinja_env.globals.update(status_words=status_words, product_words=product_words)


def file(connection: Connection, case: Row[Any], person: Person, group: str = "") -> CaseFile:
    """Gather a case for a reader."""
    knows = case_scopes.knows_customer(connection, person, case.reference)
    customer = complainants.find(connection, case.complainant_id)
    files = attachments.of_case(connection, case.reference)
    pictures = [each for each in files if each.content_type.startswith("image/")]
    shown = [each for each in pictures if each.content_type not in UNSEEN]
    tasks = _open_tasks(connection, case.reference)
    hidden = hidden_from(connection, case, person)
    return CaseFile(
        case_clocks.views(connection, case.reference),
        case_stories.story(connection, case, hidden, group),
        _customer(customer, knows),
        knows,
        hidden.text(case.description),
        _earlier(connection, case, person),
        cards(connection, tasks, person),
        [task for task in tasks if task.assignee == person.login],
        offered_to(connection, [task.id for task in tasks]),
        shown,
        [each for each in files if each not in shown],
        _fields(connection, case),
        _outcome(connection, case),
        person.is_in(*WRITERS) or knows,
        person.is_in("agent", "manager") and (case.status in statuses.OPEN or case.unread_since is not None),
        _reply_way(customer),
        _audit(connection, case),
        _missing(connection, case),
        all_clears.waiting(connection, case.reference),
    )


def _missing(connection: Connection, case: Row[Any]) -> list[str]:
    """Return, where people may be in danger, the fields that were taken although they were empty."""
    names = missing_details.of_case(connection, case) if case.safety else []
    return [_(categories.FIELD_NAMES.get(name, name)) for name in names]


def product_words(case: Row[Any]) -> str:
    """Return model or code of the product of a case, for where there is little room."""
    return str(case.model or case.product or "")


def _customer(row: Row[Any], knows: bool) -> Customer:
    name, phone, email, address = row.name, row.phone, row.email, row.address
    if knows:
        return Customer(name, phone, email, address)
    return Customer(*(case_scopes.masked(part) for part in (name, phone, email)), "")


def _earlier(connection: Connection, case: Row[Any], person: Person) -> list[Row[Any]]:
    others = select(cases).where(cases.c.complainant_id == case.complainant_id, cases.c.reference != case.reference, case_scopes.readable(person))
    return list(connection.execute(others.order_by(cases.c.received_at.desc()).limit(50)))


def _open_tasks(connection: Connection, reference: str) -> Sequence[UserTask]:
    instance = instances.by_business_key(connection, reference)
    return user_tasks.of_instance(connection, instance.id, only_open=True) if instance else []


def _fields(connection: Connection, case: Row[Any]) -> list[tuple[str, Any]]:
    names = department_names(connection)
    product = products.find(connection, case.product) if case.product else None
    kinds = [named(found) for code in (case.category, case.subcategory) if code and (found := categories.find(connection, code))]
    sent_to = [names.get(key, key) for key in dict.fromkeys([*filter(None, [case.owner_department]), *routings.of_case(connection, case.reference)])]
    given = [
        (_("Category"), " › ".join(kinds)),
        (_("Departments"), listed(sent_to)),
        (_("Product"), named(product) if product else ""),
        (_("Model"), case.model),
        (_("Batch"), case.batch),
        (_("Serial number"), case.serial),
        (_("Order number"), case.order_number),
        (_("Bought on"), day(case.purchased_on)),
        (_("Warranty"), _warranty(connection, case)),
        (_("Amount claimed"), money(case.amount, case.currency)),
        (_("What the customer wants"), _wanted(case)),
        *((_detail(name), text) for name, text in (case.details or {}).items() if name != "demand"),
        (_("Received"), day(case.received_at)),
        (_("Channel"), _(CHANNELS[case.channel]) if case.channel in CHANNELS else case.channel),
        (_("Classified by"), _classified(case)),
    ]
    return [(word, text) for word, text in given if text]


def _warranty(connection: Connection, case: Row[Any]) -> str:
    """Say whether the product was in warranty on the day its complaint came in, in the company's zone."""
    if not case.product or not case.purchased_on:
        return ""
    came_in = case.received_at.astimezone(working_hours.zone(connection)).date()
    if products.in_warranty(connection, case.product, case.purchased_on, came_in):
        return _("in warranty on the day of receipt")
    return _("out of warranty on the day of receipt")


def _wanted(case: Row[Any]) -> str:
    demand = (case.details or {}).get("demand") or case.demand or ""
    return dict(demands()).get(demand, demand)


def _detail(name: str) -> str:
    return _(categories.FIELD_NAMES[name]) if name in categories.FIELD_NAMES else name


def _classified(case: Row[Any]) -> str:
    words = {"rule": _("keyword rules"), "model": _("language model of this company"), "complainant": _("the customer")}
    by = words.get(case.classified_by or "", case.classified_by or "")
    return (
        _("%(who)s, %(sure)s %% sure", who=by, sure=round(case.confidence * 100)) if by and case.confidence and case.classified_by == "model" else by
    )


def _outcome(connection: Connection, case: Row[Any]) -> list[tuple[str, str]]:
    told = [
        (_("Cause"), case.cause),
        (_("Measure"), case.measure),
        (_("So that it does not happen again"), case.prevention),
        *((_("Remedy"), remedy_words(remedy)) for remedy in remedies.of_case(connection, case.reference)),
        *(
            (_("Promised"), f"{_promised(promise)} · {day(promise.due_on).striptags()}" + (" ✓" if promise.kept_at else ""))
            for promise in commitments.of_case(connection, case.reference)
        ),
        (_("Why there was no follow-up"), case.waiver),
    ]
    return [(word, text) for word, text in told if text]


def _promised(promise: Row[Any]) -> str:
    return _(remedies.KINDS[promise.text]) if promise.text in remedies.KINDS else str(promise.text)


def _reply_way(customer: Row[Any]) -> str:
    return _("by e-mail and on the tracking page.") if customer.email else _("on the tracking page; there is no e-mail address.")


def _audit(connection: Connection, case: Row[Any]) -> str:
    instance = instances.by_business_key(connection, case.reference)
    return url_for("audits.show", instance_id=instance.id) if instance and exists("audits.show") else ""
