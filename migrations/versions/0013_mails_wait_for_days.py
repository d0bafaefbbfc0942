"""a mail says since when it is tried, when it is tried again, and what it waits for

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns; mails that a mail server's absence had stopped for good go on by themselves."""
    op.add_column("mails", sa.Column("tried_since", INSTANT, nullable=True))
    op.add_column("mails", sa.Column("again_at", INSTANT, nullable=True))
    op.add_column("mails", sa.Column("trouble", sa.String(), nullable=True))
    _free_stuck_mails()


def downgrade() -> None:
    """Take the columns away."""
    op.drop_column("mails", "trouble")
    op.drop_column("mails", "again_at")
    op.drop_column("mails", "tried_since")


def _free_stuck_mails() -> None:
    # Their state says that they wait, as their incident did; it was not true.
    stuck = "topic = 'send_mail' AND state = 'stuck' AND instance_id IS NULL"
    told = "SELECT id FROM jobs WHERE " + stuck + " AND last_error LIKE '%did not take the mail%'"
    op.execute(
        "UPDATE incidents SET resolved_at = CURRENT_TIMESTAMP, resolved_by = 'system', resolution = 'gone' "
        f"WHERE resolved_at IS NULL AND job_id IN ({told})"
    )
    op.execute(f"UPDATE jobs SET state = 'ready', attempts_left = 1 WHERE {stuck} AND last_error LIKE '%did not take the mail%'")
