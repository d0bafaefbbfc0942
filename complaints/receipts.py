"""Receipt of a complaint: checked, then written with everything that came along and its process started, in one transaction.

Whatever goes wrong, either the case is there with its number, raw content, files and process, or nothing is.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from kesu.complaints import (
    attachments,
    cases,
    complainants,
    dangers,
    first_words,
    intake_checks,
    intakes,
    new_complaints,
    numbers,
    statuses,
    tracking,
)
from kesu.complaints.attachments import Examined
from kesu.complaints.complainants import Contact
from kesu.complaints.intake_checks import Accepted
from kesu.complaints.new_complaints import NewComplaint
from kesu.complaints.problems import refuse_if_any
from kesu.engine import clock, identity, runtime
from kesu.engine.database import Database
from kesu.engine.errors import Conflict, Failed, sentence

PROCESS = "complaint"
READ = sentence("Read in the text of the complaint; nothing was given for it.")
ATTEMPTS = 50  # each attempt that is lost means that another complaint went through


@dataclass(frozen=True)
class Receipt:
    """What the complainant gets: the number, and the token of the tracking link."""

    reference: str
    tracking_token: str


@dataclass(frozen=True)
class _Arrival:
    accepted: Accepted
    files: Sequence[Examined]
    payload: dict[str, Any]
    channel: str
    actor: str
    key: str
    salt: str
    at: datetime


def receive(db: Database, complaint: NewComplaint, *, channel: str, actor: str = identity.CUSTOMER, idempotency_key: str | None = None) -> Receipt:
    """Take a complaint in and start its process; the same submit again gets the first receipt.

    Raises `Invalid` with a sentence for every wrong field, `Conflict` where the key was used for another complaint.
    """
    key = f"{channel}/{actor}/{idempotency_key or secrets.token_hex(16)}"
    arrival = _examined(db, complaint, channel, actor, key)
    for _ in range(ATTEMPTS):
        with db.read() as connection:
            known = _answered(connection, arrival)
            reference = numbers.next_reference(connection, arrival.at)
        if known is not None:
            return known
        try:
            return _start(db, reference, arrival)
        except numbers.Taken:
            continue
    raise Failed(sentence("Too many complaints arrived at the same moment. Nothing was kept; please send yours again."))


def _examined(db: Database, complaint: NewComplaint, channel: str, actor: str, key: str) -> _Arrival:
    at = clock.now()
    files, wrong_files = attachments.examine(complaint.attachments)
    with db.read() as connection:
        judged = replace(complaint, vip=_is_vip(connection, complaint, actor))
        accepted, problems = intake_checks.check(connection, judged, channel=channel, at=at)
    hindrances = intake_checks.hindrances(accepted, problems)
    refuse_if_any([*hindrances, *wrong_files], sentence("The complaint was not received: {problems_told}"))
    digests = [{"name": file.name, "sha256": file.sha256, "size": len(file.content)} for file in files]
    payload = new_complaints.raw(complaint, digests)
    return _Arrival(accepted, files, payload, channel, actor, key, intakes.new_salt(), at)


def _is_vip(connection: Connection, complaint: NewComplaint, actor: str) -> bool:
    # Nobody makes himself important by ticking a box: colleagues say so, or said so before.
    known = complainants.is_vip(connection, Contact(complaint.name.strip(), complaint.phone, complaint.email))
    return known or (complaint.vip and actor != identity.CUSTOMER)


def _answered(connection: Connection, arrival: _Arrival) -> Receipt | None:
    known = intakes.known(connection, arrival.key)
    if known is None:
        return None
    if known.payload_sha256 != intakes.fingerprint(arrival.payload):
        raise Conflict(
            sentence("This form was already sent as complaint {reference}, with other content. Open a new form for another one."),
            reference=known.reference,
        )
    return Receipt(known.reference, intakes.token_of(known.salt, arrival.key))


def _start(db: Database, reference: str, arrival: _Arrival) -> Receipt:
    runtime.start(
        db,
        PROCESS,
        actor=arrival.actor,
        business_key=reference,
        variables=_variables(reference, arrival),
        writes=[lambda connection: _write(connection, reference, arrival)],
    )
    return Receipt(reference, intakes.token_of(arrival.salt, arrival.key))


def _variables(reference: str, arrival: _Arrival) -> dict[str, Any]:
    case = arrival.accepted.case
    told = {
        "reference": reference,
        "channel": arrival.channel,
        "initiator": arrival.actor,
        "product": case["product"],
        "amount": case["amount"] or 0,
        "vip": case["vip"],
        "safety": arrival.accepted.danger,
    }
    told |= {"priority": 1} if arrival.accepted.danger else {}
    return told | ({"category": case["category"], "subcategory": case["subcategory"]} if case["category"] else {})


def _write(connection: Connection, reference: str, arrival: _Arrival) -> None:
    numbers.take(connection, reference)
    at, actor = arrival.at, arrival.actor
    person = complainants.keep(connection, arrival.accepted.complainant, at=at, trusted=actor != identity.CUSTOMER)
    cases.insert(connection, reference, at=at, channel=arrival.channel, received_by=actor, complainant_id=person, **arrival.accepted.case)
    read = {name: (None, value) for name, value in arrival.accepted.read.items()}
    cases.note_changes(connection, reference, read, actor=identity.SYSTEM, at=at, reason=READ)
    try:
        intakes.write(
            connection,
            reference,
            key=arrival.key,
            salt=arrival.salt,
            payload=arrival.payload,
            channel=arrival.channel,
            at=at,
            actor=actor,
        )
    except IntegrityError as other:  # the same submit came through at the same moment: its receipt is the answer
        raise numbers.Taken from other
    tracking.issue(connection, reference, at=at, token=intakes.token_of(arrival.salt, arrival.key))
    attachments.add(connection, reference, arrival.files, at=at, actor=actor)
    statuses.begin(connection, reference, actor=actor, at=at)
    first_words.begin(connection, reference)
    if arrival.accepted.danger:  # told in the same transaction, whatever the diagram does with it
        dangers.heed_words(connection, reference, arrival.accepted.words, actor=actor, at=at)
