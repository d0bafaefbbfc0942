"""every act is listed: what somebody did with a task short of finishing it

Revision ID: 0008
Revises: 0007
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
KINDS = ("reject", "jump", "take_back", "withdraw", "task_transferred", "task_delegated", "sign_added", "sign_removed")


def upgrade() -> None:
    """Add the table, and fill it from the history."""
    op.create_table(
        "deeds",
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("task_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["user_tasks.id"], name=op.f("fk_deeds_task_id_user_tasks")),
        sa.PrimaryKeyConstraint("login", "task_id", name=op.f("pk_deeds")),
    )
    op.create_index("ix_deeds_login", "deeds", ["login", "at"])
    op.create_index("ix_deeds_task_id", "deeds", ["task_id"])
    _fill(op.get_bind())


def downgrade() -> None:
    """Drop the table; the history keeps everything."""
    op.drop_table("deeds")


def _fill(connection: sa.Connection) -> None:
    told = sa.text("SELECT instance_id, at, kind, actor, details FROM history WHERE kind IN :kinds ORDER BY instance_id, sequence")
    latest = {}
    for row in connection.execute(told.bindparams(sa.bindparam("kinds", KINDS, expanding=True))).all():
        details = json.loads(row.details) if isinstance(row.details, str) else row.details or {}
        task_id = details.get("task") or _last_task(connection, row)
        if task_id is not None:
            latest[row.actor, task_id] = {"login": row.actor, "task_id": task_id, "kind": row.kind, "at": row.at}
    if latest:
        insert = sa.text("INSERT INTO deeds (login, task_id, kind, at) VALUES (:login, :task_id, :kind, :at)")
        connection.execute(insert, list(latest.values()))


def _last_task(connection: sa.Connection, row: sa.Row) -> int | None:
    """Return the newest task that a withdrawal met."""
    met = sa.text("SELECT max(id) FROM user_tasks WHERE instance_id = :instance AND created_at <= :at")
    return connection.execute(met, {"instance": row.instance_id, "at": row.at}).scalar()
