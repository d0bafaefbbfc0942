"""an idempotency key belongs to what it was given to: the hash of the content stands beside the first answer

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the hash; keys from before have none and are taken at their word."""
    op.add_column("commands", sa.Column("content_sha256", sa.String(), nullable=True))


def downgrade() -> None:
    """Take the hash away."""
    op.drop_column("commands", "content_sha256")
