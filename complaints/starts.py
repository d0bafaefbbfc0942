"""What may be started about a case: one running process a case, and a complaint only by being received."""

from sqlalchemy import Connection, select

from kesu.complaints import numbers
from kesu.complaints.cases import cases
from kesu.complaints.receipts import PROCESS
from kesu.engine.errors import Conflict, sentence
from kesu.engine.instances import ENDED, instances


def check(connection: Connection, definition: str, business_key: str | None) -> None:
    """Raise `Conflict` where a process may not be started by hand: the complaint's own, or a second one about a case."""
    if definition == PROCESS:
        raise Conflict(sentence("A complaint begins by being received, with its number and receipt. Send it to POST /api/v1/complaints instead."))
    if business_key is None:
        return
    running = (instances.c.business_key == business_key) & instances.c.state.not_in(ENDED)
    known = connection.execute(select(cases.c.reference).where(cases.c.reference == business_key)).first() is not None
    if known and connection.execute(select(instances.c.id).where(running).limit(1)).first() is not None:
        raise Conflict(sentence("Case {reference} has a running process already, and a case has one at a time. "
                                "Wait until it has ended, or start this without its reference."), reference=business_key)
    if not known and numbers.REFERENCE.fullmatch(business_key):
        raise Conflict(sentence("There is no case {reference}. Numbers of cases are given with their receipt, "
                                "so nothing can be started under one before."), reference=business_key)
