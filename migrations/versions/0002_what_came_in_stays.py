"""what came in stays: intakes can be neither changed nor deleted

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SENTENCE = "what came in is kept as it came: a row of intakes is never changed or deleted"


def upgrade() -> None:
    """Put the triggers in place, as complaints/intakes.py does for tables made from the code."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE FUNCTION intakes_stay() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{SENTENCE}'; END $$ LANGUAGE plpgsql")
        op.execute("CREATE TRIGGER intakes_stay BEFORE UPDATE OR DELETE ON intakes FOR EACH ROW EXECUTE FUNCTION intakes_stay()")
        return
    for act in ("update", "delete"):
        op.execute(f"CREATE TRIGGER intakes_stay_{act} BEFORE {act.upper()} ON intakes BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END")


def downgrade() -> None:
    """Take the triggers away."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER intakes_stay ON intakes")
        op.execute("DROP FUNCTION intakes_stay()")
        return
    for act in ("update", "delete"):
        op.execute(f"DROP TRIGGER intakes_stay_{act}")
