"""What a command writes: statements, rows and bytes of parameters, counted at the driver."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from kesu.engine.database import Database

WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass
class Written:
    """A tally: `statements` are all, reads too; `writes`, `rows` and `bytes` only what changes the database."""

    statements: int = 0
    writes: int = 0
    rows: int = 0
    bytes: int = 0


@contextmanager
def counting(db: Database) -> Iterator[Written]:
    """Count what goes through a database meanwhile."""
    tally = Written()

    def executed(_connection: Any, cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        tally.statements += 1
        if statement.lstrip()[:6].upper() in WRITES:
            tally.writes += 1
            tally.rows += max(cursor.rowcount, len(parameters) if many else 1)
            tally.bytes += _size(parameters)

    event.listen(db.engine, "after_cursor_execute", executed)
    try:
        yield tally
    finally:
        event.remove(db.engine, "after_cursor_execute", executed)


def _size(value: Any) -> int:
    if isinstance(value, dict):
        return sum(_size(each) for each in value.values())
    if isinstance(value, list | tuple):
        return sum(_size(each) for each in value)
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, str):
        return len(value.encode())
    return 0 if value is None else 8 if isinstance(value, int | float) else len(str(getattr(value, "obj", value)))
