"""danger is taken back by two people, who and why; a case says since when words that came in wait to be read

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the table and the column."""
    op.add_column("cases", sa.Column("unread_since", INSTANT, nullable=True))
    op.create_table(
        "all_clears",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["reference"], ["cases.reference"], name=op.f("fk_all_clears_reference_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_all_clears")),
    )
    op.create_index(op.f("ix_all_clears_reference"), "all_clears", ["reference"])


def downgrade() -> None:
    """Take the table and the column away."""
    op.drop_column("cases", "unread_since")
    op.drop_index(op.f("ix_all_clears_reference"), table_name="all_clears")
    op.drop_table("all_clears")
