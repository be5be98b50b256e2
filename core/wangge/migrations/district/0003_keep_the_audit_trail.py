"""Keep the audit trail.

Entries are only ever added: the database itself refuses to change or to delete them, whoever asks. Nothing of
the platform deletes them; who must, after the years that the law asks for, drops the trigger first, which is
an act of its own. The end of the chain is sealed with a key that is not in the database.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLE = "wangge_audit_entries"
ACTS = {"keep": "UPDATE", "stay": "DELETE"}
REASON = "The audit trail is append-only: its entries are neither changed nor deleted."


def upgrade() -> None:
    """Apply the revision."""
    op.add_column("wangge_audit_head", sa.Column("seal", sa.LargeBinary(length=32), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        for name, act in ACTS.items():
            op.execute(
                f"CREATE TRIGGER {TABLE}_{name} BEFORE {act} ON {TABLE} "
                f"BEGIN SELECT RAISE(ABORT, '{REASON}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION wangge_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REASON}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for name, act in ACTS.items():
        op.execute(
            f"CREATE TRIGGER {TABLE}_{name} BEFORE {act} ON {TABLE} "
            "FOR EACH ROW EXECUTE FUNCTION wangge_audit_refuse()"
        )
    op.execute(
        f"CREATE TRIGGER {TABLE}_whole BEFORE TRUNCATE ON {TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION wangge_audit_refuse()"
    )


def downgrade() -> None:
    """Take the revision back."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name in ACTS if sqlite else (*ACTS, "whole"):
        op.execute(f"DROP TRIGGER {TABLE}_{name}" + ("" if sqlite else f" ON {TABLE}"))
    if not sqlite:
        op.execute("DROP FUNCTION wangge_audit_refuse()")
    with op.batch_alter_table("wangge_audit_head") as batch_op:
        batch_op.drop_column("seal")
