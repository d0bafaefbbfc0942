"""What may be started about a case: one running process a case, and a complaint only by being received."""

from sqlalchemy import Connection, func, select

from kesu.complaints import numbers
from kesu.complaints.cases import cases
from kesu.complaints.receipts import PROCESS
from kesu.engine.errors import Conflict, sentence
from kesu.engine.instances import ENDED, instances
from kesu.engine.service_tasks import Write


def check(connection: Connection, definition: str, business_key: str | None) -> None:
    """Raise `Conflict` where a process may not be started by hand: the complaint's own, or one about a case that there is not.

    Whether it would be a second one is for `alone` to say, in the transaction that starts it.
    """
    if definition == PROCESS:
        raise Conflict(
            sentence(
                "A complaint begins by being received, with its number and receipt. Send it to POST /api/v1/complaints instead."
            )
        )
    if business_key is None:
        return
    known = (
        connection.execute(
            select(cases.c.reference).where(cases.c.reference == business_key)
        ).first()
        is not None
    )
    if not known and numbers.REFERENCE.fullmatch(business_key):
        raise Conflict(
            sentence(
                "There is no case {reference}. Numbers of cases are given with their receipt, "
                "so nothing can be started under one before."
            ),
            reference=business_key,
        )


def alone(business_key: str | None) -> Write:
    """Return what joins the transaction that starts a process: it raises `Conflict` where another one about the case runs.

    Whoever starts one holds the case meanwhile, so that of two at the same moment the second sees the first.
    """

    def write(connection: Connection) -> None:
        held = select(cases.c.reference).where(cases.c.reference == business_key).with_for_update()
        if business_key is None or connection.execute(held).first() is None:
            return
        running = (instances.c.business_key == business_key) & instances.c.state.not_in(ENDED)
        if (
            connection.execute(
                select(func.count()).select_from(instances).where(running)
            ).scalar_one()
            > 1
        ):
            raise Conflict(
                sentence(
                    "Case {reference} has a running process already, and a case has one at a time. "
                    "Wait until it has ended, or start this without its reference."
                ),
                reference=business_key,
            )

    return write
