"""only what was approved is paid: proposals are frozen; a remedy is instructed first, and confirmed by whoever knows that it was done

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; what was carried out so far was instructed, and is confirmed where the case has been resolved since.

    Proposals that are being decided are taken over by the engine, when their case moves for the first time.
    """
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("complainant_id", sa.Integer(), nullable=False),
        sa.Column("payee", sa.String(), nullable=False),
        sa.Column("levels", sa.Integer(), nullable=False),
        sa.Column("countersign_groups", sa.JSON(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["complainant_id"], ["complainants.id"], name=op.f("fk_proposals_complainant_id_complainants")),
        sa.ForeignKeyConstraint(["instance_id"], ["instances.id"], name=op.f("fk_proposals_instance_id_instances")),
        sa.ForeignKeyConstraint(["reference"], ["cases.reference"], name=op.f("fk_proposals_reference_cases")),
        sa.ForeignKeyConstraint(["task_id"], ["user_tasks.id"], name=op.f("fk_proposals_task_id_user_tasks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    op.create_index(op.f("ix_proposals_reference"), "proposals", ["reference"])
    with op.batch_alter_table("remedies") as batch:
        batch.alter_column("carried_out_at", new_column_name="instructed_at")
        batch.add_column(sa.Column("proposal_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("payee", sa.String(), server_default="", nullable=False))
        batch.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("confirmed_by", sa.String(), nullable=True))
        batch.add_column(sa.Column("impossible_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_index("ix_remedies_proposal_id", ["proposal_id"])
        batch.create_foreign_key(op.f("fk_remedies_proposal_id_proposals"), "proposals", ["proposal_id"], ["id"])
    running = "SELECT reference FROM cases WHERE status = 'carrying_out'"
    op.execute(f"UPDATE remedies SET confirmed_at = instructed_at WHERE instructed_at IS NOT NULL AND reference NOT IN ({running})")
    op.execute(f"UPDATE commitments SET kept_at = NULL WHERE key IN (SELECT key FROM remedies WHERE confirmed_at IS NULL) "
               f"AND reference IN ({running})")


def downgrade() -> None:
    """Take the states away; what was instructed counts as carried out again."""
    with op.batch_alter_table("remedies") as batch:
        batch.drop_constraint(op.f("fk_remedies_proposal_id_proposals"), type_="foreignkey")
        batch.drop_index("ix_remedies_proposal_id")
        for name in ("impossible_at", "confirmed_by", "confirmed_at", "payee", "proposal_id"):
            batch.drop_column(name)
        batch.alter_column("instructed_at", new_column_name="carried_out_at")
    op.drop_index(op.f("ix_proposals_reference"), "proposals")
    op.drop_table("proposals")
