"""messages that are kept say who sent them, and reach nobody who begins after them

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add sender and reach; what is kept now reaches those who run now."""
    op.add_column("buffered_messages", sa.Column("sent_by", sa.String(), nullable=True))
    op.add_column("buffered_messages", sa.Column("newest_instance", sa.Integer(), nullable=True))
    op.execute("UPDATE buffered_messages SET newest_instance = (SELECT MAX(id) FROM instances)")


def downgrade() -> None:
    """Take both away."""
    op.drop_column("buffered_messages", "newest_instance")
    op.drop_column("buffered_messages", "sent_by")
