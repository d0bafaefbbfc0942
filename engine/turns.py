"""One transaction at a time at something that two at once would not see of each other."""

from sqlalchemy import Connection, func, select


def one_at_a_time(connection: Connection, name: str) -> None:
    """Let nobody else past here under this name before this transaction ends."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))
