"""whether a password was chosen by somebody else, and has to be changed

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; nobody who works here already is asked for a new password."""
    given = sa.Column("password_given", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("people", given)


def downgrade() -> None:
    """Take it away."""
    op.drop_column("people", "password_given")
