"""Refuse changes of the ledger.

Transfers and entries are only ever added: the database itself refuses to change what they say, or to delete
them. They go only together with what they belong to (a grid, an account). References to persons, records and
redemptions may be emptied, so that the ledger never stands in the way of deleting a person.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TRANSFERS, ENTRIES = "volunteer_points_transfers", "volunteer_points_entries"
COLUMNS = {TRANSFERS: "account_id, kind, amount, at", ENTRIES: "transfer_id, book, debit, credit"}
PARENTS = {
    TRANSFERS: (("volunteer_points_accounts", "account_id"), ("base_grids", "grid_id")),
    ENTRIES: ((TRANSFERS, "transfer_id"),),
}
REASON = "The points ledger is append-only: write a reversal instead."


def upgrade() -> None:
    """Apply the revision."""
    if op.get_bind().dialect.name == "sqlite":
        for statement in _sqlite():
            op.execute(statement)
        return
    op.execute(
        "CREATE FUNCTION volunteer_points_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REASON}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table, columns in COLUMNS.items():
        op.execute(
            f"CREATE TRIGGER {table}_keep BEFORE UPDATE OF {columns} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION volunteer_points_refuse()"
        )
        op.execute(  # a delete that cascades from a parent runs inside that parent's trigger
            f"CREATE TRIGGER {table}_stay BEFORE DELETE ON {table} "
            "FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION volunteer_points_refuse()"
        )


def downgrade() -> None:
    """Take the revision back."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in COLUMNS:
        for name in ("keep", "stay"):
            op.execute(f"DROP TRIGGER {table}_{name}" + ("" if sqlite else f" ON {table}"))
    if not sqlite:
        op.execute("DROP FUNCTION volunteer_points_refuse()")


def _sqlite() -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REASON}'); END"
    found = []
    for table, columns in COLUMNS.items():
        alive = " AND ".join(
            f"EXISTS (SELECT 1 FROM {parent} WHERE id = OLD.{key})" for parent, key in PARENTS[table]
        )
        found.append(f"CREATE TRIGGER {table}_keep BEFORE UPDATE OF {columns} ON {table} {refuse}")
        found.append(f"CREATE TRIGGER {table}_stay BEFORE DELETE ON {table} WHEN {alive} {refuse}")
    return found
