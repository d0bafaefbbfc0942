"""Have the remedy carried out as it was approved: one instruction to the remedy outbox, however often it is tried.

The far side is somebody else's system, so the instruction is not the deed: whoever knows confirms it.

`KESU_REMEDY_OUTBOX` names a folder into which instructions are written as files, one each under its key; `simulated` (or
nothing) gives receipts marked as simulated and writes nothing.
"""

import hashlib
import json
import os
import pathlib
from typing import Any, Protocol

from sqlalchemy import Connection

from kesu.complaints import case_references, proposals, remedies
from kesu.engine.errors import Failed, sentence
from kesu.engine.service_tasks import Outcome, ServiceTask, done


class Outbox(Protocol):
    """Where instructions go; the same key twice is the same instruction and gets the same receipt."""

    def instruct(self, key: str, instruction: dict[str, Any]) -> str: ...


class FolderOutbox:
    """One file an instruction, complete or not there at all."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder

    def instruct(self, key: str, instruction: dict[str, Any]) -> str:
        """Write the instruction unless it is there already; the file's name is the receipt. Raises `Failed`."""
        target = self.folder / f"{_digest(key)}.json"
        draft = target.with_suffix(f".{os.getpid()}.part")
        try:
            if not target.exists():
                draft.write_text(json.dumps({"key": key, **instruction}, ensure_ascii=False, indent=2), "utf-8")
                os.replace(draft, target)
        except OSError as error:
            raise Failed(
                sentence("The remedy outbox {folder} cannot be written: {reason}. The instruction was not given."),
                folder=str(self.folder),
                reason=error.strerror or str(error),
            ) from error
        return target.name


class SimulatedOutbox:
    """Says that it was done, for demonstrations."""

    def instruct(self, key: str, instruction: dict[str, Any]) -> str:
        """Return a receipt that says it is simulated."""
        return f"SIMULATED-{_digest(key)[:12]}"


def carry_out_remedy(task: ServiceTask) -> Outcome:
    """Instruct the outbox and keep its receipt; that it was done is another's word.

    Raises `Failed` where there is no remedy or the outbox cannot be reached, `Rejected` where it is not as it was approved.
    """
    reference = case_references.of_task(task)
    with task.db.read() as connection:
        remedy = remedies.to_instruct(connection, reference)
    if remedy is None:
        raise Failed(sentence("Case {reference} has no recorded remedy to carry out."), permanent=True, reference=reference)
    receipt = remedy.receipt or ("-" if remedy.kind in proposals.WORDS else outbox().instruct(remedy.key, _instruction(remedy)))

    def write(connection: Connection) -> None:
        remedies.instructed(connection, remedy.id, receipt=receipt, at=task.now)

    return done({"remedy_receipt": receipt}, [write])


def outbox() -> Outbox:
    """Return the outbox that the environment names."""
    place = os.environ.get("KESU_REMEDY_OUTBOX", "simulated")
    return SimulatedOutbox() if place == "simulated" else FolderOutbox(pathlib.Path(place))


def _instruction(remedy: Any) -> dict[str, Any]:
    due = remedy.due_on.isoformat() if remedy.due_on else None
    return {
        "reference": remedy.reference,
        "remedy": remedy.kind,
        "amount": str(remedy.amount),
        "currency": remedy.currency,
        "due_on": due,
        "payee": remedy.payee,
        "note": remedy.note,
    }


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]
