"""the inbox of a million tasks: what it looks at stands in indexes, the words of cases in a table of their own that triggers keep true

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TOLD = ["instance_id", "business_key", "definition_key", "element_id", "name", "name_en"]
FOUND = """SELECT c.reference, lower(c.reference || ' ' || c.title || ' ' || coalesce(c.product, '') || ' ' || coalesce(c.batch, '') || ' ' || n.name)
    FROM cases c JOIN complainants n ON n.id = c.complainant_id"""
KEEP = f"INSERT INTO case_words (reference, words) {FOUND} WHERE {{which}} ON CONFLICT (reference) DO UPDATE SET words = excluded.words"
TRIGGERS = (
    ("case_words_of_case", "INSERT", "cases", "c.reference = NEW.reference"),
    ("case_words_of_change", "UPDATE OF title, product, batch, complainant_id", "cases", "c.reference = NEW.reference"),
    ("case_words_of_name", "UPDATE OF name", "complainants", "n.id = NEW.id"),
)


def upgrade() -> None:
    """Make the indexes and the table of words, tell the words of all cases, put the triggers in place as complaints/case_words.py does."""
    op.drop_index("ix_user_tasks_ended_by", "user_tasks")
    op.drop_index("ix_user_tasks_undone", "user_tasks")
    undone = ["due_at", "priority", "id", "state", "assignee", *TOLD, "ended_at"]
    _partial("ix_user_tasks_undone", "user_tasks", undone, "ended_at IS NULL")
    done = ["ended_by", "state", "ended_at", "id", *TOLD, "due_at", "priority"]
    _partial("ix_user_tasks_done", "user_tasks", done, "ended_by IS NOT NULL")
    _partial("ix_ballots_answered", "ballots", ["voter", "answered_at", "task_id", "state"], "answered_at IS NOT NULL")
    op.create_index("ix_cases_owner_department", "cases", ["owner_department", "reference"])
    op.create_table(
        "case_words",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["reference"], ["cases.reference"], name="fk_case_words_reference_cases", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("reference", name="pk_case_words"),
    )
    op.execute(f"INSERT INTO case_words (reference, words) {FOUND}")
    for name, act, table, which in TRIGGERS:
        _put(name, act, table, KEEP.format(which=which))


def downgrade() -> None:
    """Take them away and put the former indexes back."""
    for name, _act, table, _which in TRIGGERS:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
        else:
            op.execute(f"DROP TRIGGER {name}")
    op.drop_table("case_words")
    op.drop_index("ix_cases_owner_department", "cases")
    op.drop_index("ix_ballots_answered", "ballots")
    op.drop_index("ix_user_tasks_done", "user_tasks")
    op.drop_index("ix_user_tasks_undone", "user_tasks")
    _partial("ix_user_tasks_undone", "user_tasks", ["due_at", "priority", "id", "instance_id"], "ended_at IS NULL")
    op.create_index("ix_user_tasks_ended_by", "user_tasks", ["ended_by", "state", "ended_at", "instance_id"])


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _put(name: str, act: str, table: str, keep: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger AS $$ BEGIN {keep}; RETURN NULL; END $$ LANGUAGE plpgsql")
        op.execute(f"CREATE TRIGGER {name} AFTER {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
        return
    op.execute(f"CREATE TRIGGER {name} AFTER {act} ON {table} FOR EACH ROW BEGIN {keep}; END")
