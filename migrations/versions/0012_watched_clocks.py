"""the last believed reading of each machine's clock

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "clock_readings",
        sa.Column("boot", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("wall", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uptime", sa.Float(), nullable=True),
        sa.Column("jump_seconds", sa.Float(), nullable=True),
        sa.Column("held_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("boot", name=op.f("pk_clock_readings")),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("clock_readings")
