"""The one timeline of a case: what was said, what was done, what was decided by which rule, what was sent; the latest first.

`group` is the filter a line belongs to; `kind` gives it its mark. Internal notes and letters to the customer never look alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Connection, Row

from kesu.complaints import attachments, cases, contacts, escalations, mails, statuses
from kesu.complaints.categories import FIELD_NAMES
from kesu.engine import history, identity, instances, packages, resources
from kesu.engine.errors import sentence
from kesu.engine.instances import Instance
from kesu.engine.packages import Package
from kesu.engine.resources import DMN
from kesu.webui.context import database
from kesu.webui.hidden_words import Hidden
from kesu.webui.languages import named, own_half
from kesu.webui.status_words import status_words
from kesu.webui.task_cards import people_names
from kesu.webui.timelines import entries

GROUPS = {
    "messages": sentence("Messages"),
    "work": sentence("Work"),
    "decisions": sentence("Decisions"),
    "mails": sentence("Mail"),
    "changes": sentence("Corrections"),
}
LETTERS = {
    "acknowledgement": sentence("Letter: we have received it"),
    "result": sentence("Letter: the result"),
    "survey": sentence("Letter: are you satisfied"),
    "withdrawn": sentence("Letter: withdrawn"),
    "closed": sentence("Letter: closed"),
}
CHANNELS = {
    "phone": sentence("by phone"),
    "mail": sentence("by mail"),
    "portal": sentence("on the tracking page"),
    "sms": sentence("by text message"),
    "visit": sentence("in person"),
}


@dataclass(frozen=True)
class Line:
    """One line of the story. `facts` are pairs of words; `text` is what somebody wrote."""

    at: datetime
    group: str
    kind: str  # note, to_customer, from_customer, work, good, bad, decision, mail, file, change, status
    actor: str
    title: str
    text: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    link: tuple[str, Any] | None = None
    is_letter: bool = False


@dataclass(frozen=True)
class Story:
    """The lines of a case, the latest first, with everybody's names and how many lines each filter holds."""

    lines: list[Line]
    names: dict[str, str]
    counts: dict[str, int]


def story(connection: Connection, case: Row[Any], hidden: Hidden, group: str = "") -> Story:
    """Tell a case's story, whole or one group of it, without what this reader need not know of the customer."""
    reference = case.reference
    instance = instances.by_business_key(connection, reference)
    told = [
        *_messages(connection, case),
        *_statuses(connection, reference),
        *_mails(connection, reference),
        *_files(connection, reference),
        *_escalations(connection, reference),
        *_changes(connection, reference),
        *(_work(connection, instance) if instance else ()),
    ]
    lines = sorted(enumerate(told), key=lambda pair: (pair[1].at, pair[0]), reverse=True)
    everything = [_shortened(line, hidden) for _place, line in lines]
    counts = {name: sum(line.group == name for line in everything) for name in GROUPS}
    return Story([line for line in everything if group in ("", line.group)], people_names(connection, {line.actor for line in everything}), counts)


def _shortened(line: Line, hidden: Hidden) -> Line:
    if not hidden.words:
        return line
    facts = tuple((word, hidden.text(fact)) for word, fact in line.facts)
    return replace(line, title=hidden.text(line.title), text=hidden.text(line.text), facts=facts)


def _messages(connection: Connection, case: Row[Any]) -> Iterable[Line]:
    titles = {contacts.INTERNAL: _("Internal note"), contacts.TO_CUSTOMER: _("To the customer"), contacts.FROM_CUSTOMER: _("From the customer")}
    kinds = {contacts.INTERNAL: "note", contacts.TO_CUSTOMER: "to_customer", contacts.FROM_CUSTOMER: "from_customer"}
    letters = {mail.template for mail in mails.latest(connection, reference=case.reference)}
    for line in contacts.for_staff(connection, case.reference):
        if line.template in letters and line.channel == "mail":
            continue  # the mail itself is a line of its own
        how = _(CHANNELS[line.channel]) if line.channel in CHANNELS else ""
        title = _(LETTERS[line.template]) if line.template in LETTERS else titles[line.kind]
        yield Line(line.at, "messages", kinds[line.kind], line.actor, f"{title} {how}".strip(), line.text, is_letter=line.template in LETTERS)


def _statuses(connection: Connection, reference: str) -> Iterable[Line]:
    for change in statuses.history_of(connection, reference):
        yield Line(change.at, "work", "status", change.actor, _("Status: %(status)s", status=status_words(change.after)))


def _mails(connection: Connection, reference: str) -> Iterable[Line]:
    states = {
        mails.WAITING: _("waiting to be sent"),
        mails.SENT: _("sent"),
        mails.KEPT: _("kept, no mail server is set"),
        mails.REFUSED: _("refused"),
    }
    for mail in mails.latest(connection, reference=reference, limit=200):
        facts = ((_("Recipient"), mail.to_address), (_("State"), states.get(mail.state, mail.state)))
        yield Line(mail.created_at, "mails", "mail", identity.SYSTEM, mail.subject, "", facts, ("mail", mail.id))


def _files(connection: Connection, reference: str) -> Iterable[Line]:
    for file in attachments.of_case(connection, reference):
        yield Line(file.added_at, "messages", "file", file.added_by, _("Attached: %(name)s", name=file.name), "", (), ("file", file.id))


def _escalations(connection: Connection, reference: str) -> Iterable[Line]:
    for row in escalations.of_case(connection, reference):
        told = ((_("Recipient"), people_names(connection, {row.to}).get(row.to, row.to)),) if row.to else ()
        yield Line(row.at, "work", "bad", row.actor, _("Escalated, level %(level)s", level=row.level), own_half(row.reason), told)


def _changes(connection: Connection, reference: str) -> Iterable[Line]:
    for change in cases.changes_of(connection, reference):
        facts = ((_("Before"), _plain(change.before)), (_("After"), _plain(change.after)))
        field, by_program = _field(change.field), change.actor == identity.SYSTEM
        title = _("Corrected: %(field)s", field=field)
        title = _("Filled: %(field)s", field=field) if by_program else title
        reason = _(change.reason) if by_program else change.reason
        yield Line(change.at, "changes", "change", change.actor, title, reason, facts)


def _work(connection: Connection, instance: Instance) -> Iterable[Line]:
    package = packages.load(database(), connection, instance.package_id)
    for entry in entries(connection, instance, package.model):
        if not entry.by_person and not entry.level:
            continue  # what a program did by itself is told by its letters, decisions and statuses
        yield Line(entry.at, "work", entry.level or "work", entry.actor, entry.text, entry.quote)
    for event in history.of_instance(connection, instance.id):
        if event["kind"] == "decision_made":
            yield _decision(connection, event, package)


def _decision(connection: Connection, event: dict[str, Any], package: Package) -> Line:
    details, element = event["details"], package.model.elements.get(event["element_id"] or "")
    title = _("Decided by table: %(name)s", name=named(element) if element else details.get("decision", ""))
    fired = details.get("fired") or []
    facts = (
        (_("Result"), _plain(details.get("value"))),
        (_("Rule"), ", ".join(_rule(rule) for rule in fired) or _("none fired")),
        (_("Table"), _table(connection, package, details.get("decision", ""))),
    )
    return Line(event["at"], "decisions", "decision", event["actor"], title, "", facts)


def _rule(rule: Any) -> str:
    # as the rules room tells it: decision, id of the rule, its number in the table
    number = rule[-1] if isinstance(rule, list) else rule
    return _("rule %(number)s", number=number) + (f" ({rule[1]})" if isinstance(rule, list) and len(rule) == 3 else "")


def _table(connection: Connection, package: Package, decision: str) -> str:
    pinned = package.pins[DMN].get(decision)
    return f"{decision} v{resources.find(connection, pinned).version}" if pinned else decision


def _field(name: str) -> str:
    return _(FIELD_NAMES[name]) if name in FIELD_NAMES else name


def _plain(value: Any) -> str:
    if value in (None, "", [], {}):
        return "–"
    if isinstance(value, dict):
        return " · ".join(f"{name}: {_plain(entry)}" for name, entry in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(entry) for entry in value)
    return {True: _("yes"), False: _("no")}.get(value, str(value)) if isinstance(value, bool) else str(value)
