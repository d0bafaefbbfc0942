"""Every reason why a complaint cannot be taken yet, in one go: page, API, phone form and imported file obey the same rules."""

import re
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from kesu.complaints import (
    amounts,
    categories,
    extraction,
    missing_details,
    phones,
    products,
    safety,
    working_hours,
    written_dates,
)
from kesu.complaints.complainants import Contact
from kesu.complaints.new_complaints import NewComplaint
from kesu.complaints.problems import FieldProblem
from kesu.engine.errors import sentence

CHANNELS = {
    "web": sentence("Web form"),
    "phone": sentence("Phone"),
    "email": sentence("E-mail"),
    "api": sentence("Programme (API)"),
    "csv": sentence("Imported file"),
    "store": sentence("Store or service desk"),
    "social": sentence("Social media"),
    "chat": sentence("Online chat"),
}
LONGEST = {"title": 200, "description": 20_000, "name": 100, "phone": 40, "email": 254, "address": 500}
LONGEST_OTHER = 200
TITLE = 60  # characters of a title made from the text
EMAIL = re.compile(r"[^@\s<>,;:\"()]+@[^@\s<>,;:\"()]+\.[^@\s<>,;:\"().]{2,}")
REQUIRED = sentence("{label} is missing: please fill it in.")
UNREACHABLE = sentence("Please give a phone number or an e-mail address, so that we can answer you.")
EMPTY = (REQUIRED, UNREACHABLE)
UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


@dataclass(frozen=True)
class Accepted:
    """A complaint that holds: columns for the case, and who complained."""

    case: dict[str, Any]
    complainant: Contact
    read: dict[str, Any] = field(default_factory=dict)  # what the text itself said

    @property
    def words(self) -> str:
        """Return everything that was said in words."""
        return "\n".join([self.case["title"], self.case["description"], *map(str, self.case["details"].values())])

    @property
    def danger(self) -> bool:
        """Say whether any of it may mean danger to people."""
        return safety.is_concern(self.words)


def check(
    connection: Connection,
    complaint: NewComplaint,
    *,
    channel: str,
    at: datetime,
    reading: bool = True,
) -> tuple[Accepted, list[FieldProblem]]:
    """Return the columns of a complaint, and everything that is wrong with it, field by field.

    With `reading` the text fills what was left empty, as far as it says so (`extraction`).
    """
    read: dict[str, Any] = extraction.proposals(connection, complaint) if reading else {}
    complaint = replace(complaint, **read)
    category, product = _implied(connection, complaint)
    problems = [
        *_text_problems(complaint),
        *_contact_problems(complaint),
        *_category_problems(connection, category, complaint.subcategory),
        *_product_problems(connection, product, complaint),
        *_value_problems(complaint, channel, at.astimezone(working_hours.zone(connection))),
    ]
    missing = _missing(connection, complaint, category, product)
    told = {problem.field for problem in problems}
    problems += [problem for problem in missing if problem.field not in told]
    return replace(_accepted(complaint, category, product), read=read), problems


def hindrances(accepted: Accepted, problems: list[FieldProblem]) -> list[FieldProblem]:
    """Return which of the problems keep a complaint from being received.

    An empty field never holds up a text with danger in it (R6): the process asks an agent for it afterwards.
    """
    return [each for each in problems if not (accepted.danger and each.template in EMPTY)]


def _implied(connection: Connection, complaint: NewComplaint) -> tuple[str, str]:
    category, product = complaint.category, complaint.product
    if complaint.subcategory and not category:
        row = categories.find(connection, complaint.subcategory)
        category = (row.parent or "") if row else ""
    if complaint.model and not product:
        product = products.product_of_model(connection, complaint.model) or ""
    return category, product


def _text_problems(complaint: NewComplaint) -> list[FieldProblem]:
    problems = []
    texts = {each.name: getattr(complaint, each.name) for each in fields(NewComplaint)} | dict(complaint.details)
    for name, text in texts.items():
        longest = LONGEST.get(name, LONGEST_OTHER)
        if not isinstance(text, str):
            continue
        if len(text) > longest:
            problems.append(_problem(name, sentence("{label} is too long: at most {most} characters."), most=longest))
        if UNSTORABLE.search(text):
            problems.append(_problem(name, sentence("{label} holds characters that cannot be kept; type it again.")))
    return problems


def _contact_problems(complaint: NewComplaint) -> list[FieldProblem]:
    problems = []
    if not complaint.description.strip():
        problems.append(_problem("description", sentence("Please describe what happened.")))
    if not complaint.name.strip():
        problems.append(_problem("name", REQUIRED))
    if not complaint.phone.strip() and not complaint.email.strip():
        problems.append(_problem("phone", UNREACHABLE))
    if complaint.phone.strip():
        unclear = phones.problem(complaint.phone)
        problems += [unclear] if unclear else []
    if complaint.email.strip() and not EMAIL.fullmatch(complaint.email.strip()):
        problems.append(_problem("email", sentence("Expected an e-mail address like name@example.com, got {given}."), given=complaint.email[:60]))
    return problems


def _category_problems(connection: Connection, category: str, subcategory: str) -> list[FieldProblem]:
    problems = []
    if category and categories.find(connection, category) is None:
        problems.append(_problem("category", sentence("There is no category {given}; choose one from the list."), given=category[:60]))
    row = categories.find(connection, subcategory) if subcategory else None
    if subcategory and (row is None or row.parent != category):
        problems.append(
            _problem(
                "subcategory",
                sentence("There is no subcategory {given} in this category; choose one from the list."),
                given=subcategory[:60],
            )
        )
    return problems


def _product_problems(connection: Connection, product: str, complaint: NewComplaint) -> list[FieldProblem]:
    offered = {row["code"]: row["models"] for row in products.offered(connection)} if product or complaint.model else {}
    if product and product not in offered:
        return [
            _problem(
                "product",
                sentence("There is no product {given}; choose one from the list, or leave it empty."),
                given=product[:60],
            )
        ]
    if complaint.model and complaint.model not in offered.get(product, ()):
        return [
            _problem(
                "model",
                sentence("There is no model {given} of this product; choose one from the list, or leave it empty."),
                given=complaint.model[:60],
            )
        ]
    return []


def _value_problems(complaint: NewComplaint, channel: str, at: datetime) -> list[FieldProblem]:
    problems = []
    if channel not in CHANNELS:
        problems.append(FieldProblem("channel", sentence("There is no channel {given}."), {"given": channel[:60]}))
    if complaint.amount.strip():
        unclear = amounts.problem("amount", complaint.amount, complaint.currency)
        problems += [unclear] if unclear else []
    if not re.fullmatch(r"[A-Z]{3}", complaint.currency):
        problems.append(
            FieldProblem(
                "currency",
                sentence("Expected a currency of three letters like CNY, got {given}."),
                {"given": complaint.currency[:10]},
            )
        )
    if complaint.locale not in ("zh", "en"):
        problems.append(FieldProblem("locale", sentence("Expected the language zh or en, got {given}."), {"given": complaint.locale[:10]}))
    return problems + _date_problems(complaint, at)


def _date_problems(complaint: NewComplaint, at: datetime) -> list[FieldProblem]:
    if not complaint.purchased_on.strip():
        return []
    label = categories.FIELD_NAMES.get("purchased_on", "purchased_on")
    unclear = written_dates.problem("purchased_on", complaint.purchased_on, label)
    day = _day(complaint.purchased_on)
    if unclear or day is None:
        return [unclear] if unclear else []
    if day > at.date():
        return [_problem("purchased_on", sentence("{label} lies in the future."))]
    return []


def _missing(connection: Connection, complaint: NewComplaint, category: str, product: str) -> list[FieldProblem]:
    given = {each.name: getattr(complaint, each.name) for each in fields(NewComplaint)} | {
        "category": category,
        "product": product,
    }
    given |= {name: text for name, text in complaint.details.items() if name not in given}
    wanted = categories.required_fields(connection, category, complaint.subcategory)
    return [_problem(name, REQUIRED) for name in wanted if not (given.get(name) if name == "attachments" else str(given.get(name, "")).strip())]


def _accepted(complaint: NewComplaint, category: str, product: str) -> Accepted:
    text = complaint.description.strip()
    case = {
        "title": complaint.title.strip() or headline(text),
        "description": text,
        "product": product or None,
        "amount": amounts.read(complaint.amount),
        "currency": complaint.currency,
        "category": category or None,
        "subcategory": complaint.subcategory or None,
        "classified_by": "complainant" if category else None,
        "vip": complaint.vip,
        "details": dict(complaint.details),
        "purchased_on": _day(complaint.purchased_on),
    }
    case |= {name: getattr(complaint, name).strip() or None for name in ("model", "batch", "serial", "order_number")}
    person = {name: getattr(complaint, name).strip() for name in ("name", "phone", "email", "address", "locale")}
    person["phone"] = phones.cleaned(person["phone"])
    person["name"] = person["name"] or missing_details.NO_NAME
    return Accepted(case, Contact(**person, vip=complaint.vip))


def headline(text: str) -> str:
    """Return the first line of a text as a title: up to a full stop where that is near, else whole words and an ellipsis."""
    line = text.strip().split("\n")[0].strip()
    if len(line) <= TITLE:
        return line
    sentence_end = re.match(rf".{{12,{TITLE - 1}}}?(?:[。！？!?；;]|\.(?=\s))", line)
    if sentence_end:
        return sentence_end.group().rstrip("。.;；")
    cut = line[:TITLE]
    words = cut.rsplit(" ", 1)[0] if " " in cut and not line[TITLE].isspace() else cut
    return words.rstrip(" ,，、:：") + "…"


def _problem(name: str, template: str, **values: Any) -> FieldProblem:
    # The label is itself a sentence, so that a page can say the whole in one language.
    return FieldProblem(name, template, {"label": categories.FIELD_NAMES.get(name, name), **values})


def _day(text: str) -> date | None:
    found = written_dates.meant(text)
    return found[0] if len(found) == 1 else None
