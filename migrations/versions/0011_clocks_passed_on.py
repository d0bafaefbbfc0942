"""a clock says which department has it now, where its work was passed on

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; clocks of before are with the department for which they began."""
    op.add_column("clocks", sa.Column("department", sa.String(), nullable=True))


def downgrade() -> None:
    """Take the column away."""
    op.drop_column("clocks", "department")
