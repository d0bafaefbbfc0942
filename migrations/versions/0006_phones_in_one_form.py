"""telephone numbers are looked up in one form: +86 10 and 010 are one line, an extension is none

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

from kesu.complaints import phones

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

complainants = sa.table(
    "complainants",
    sa.column("id", sa.Integer),
    sa.column("phone", sa.String),
    sa.column("phone_key", sa.String),
)


def upgrade() -> None:
    """Write the form of every number anew; the numbers as given stay."""
    connection = op.get_bind()
    chosen = sa.select(complainants).where(complainants.c.phone != "")
    for row in connection.execute(chosen).all():
        key = phones.key(row.phone)
        if key != row.phone_key:
            match = complainants.c.id == row.id
            connection.execute(complainants.update().where(match).values(phone_key=key))


def downgrade() -> None:
    """Nothing to take back: the forms of before were looser readings of the same numbers."""
