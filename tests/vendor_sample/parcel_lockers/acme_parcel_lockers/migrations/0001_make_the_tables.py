"""Make the tables."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LOCKERS, PARCELS = "parcel_lockers_lockers", "parcel_lockers_parcels"
BILLS, CREDITS = "parcel_lockers_bills", "parcel_lockers_credits"
TIMES = ("created_at", "updated_at")


def upgrade() -> None:
    """Make the tables of lockers, parcels, bills and credits."""
    make_table(
        LOCKERS,
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("cells", sa.Integer(), nullable=False),
        sa.Column("free_cells", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.UniqueConstraint("number", name=f"uq_{LOCKERS}_number"),
        check(LOCKERS, "free_cells_there", "free_cells BETWEEN 0 AND cells"),
        indexed=["free_cells", "state"],
        times=TIMES,
    )
    make_parcels()
    make_bills()


def make_parcels() -> None:
    """Make the table of parcels."""
    make_table(
        PARCELS,
        sa.Column("locker_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("cell", sa.Integer(), nullable=False),
        sa.Column("carrier", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("deposited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("free_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fee_per_day_fen", sa.Integer(), nullable=False),
        sa.Column("fee_cap_fen", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("fee_fen", sa.Integer()),
        sa.Column("pick_up_code_cipher", sa.LargeBinary()),
        sa.Column("pick_up_code_digest", sa.LargeBinary(32)),
        sa.Column("pick_up_code_masked", sa.String(16), nullable=False),
        sa.Column("note", sa.String(200)),
        pointer(PARCELS, "locker_id", LOCKERS),
        pointer(PARCELS, "person_id", "base_people"),
        check(PARCELS, "fee_not_negative", "fee_fen >= 0"),
        indexed=["locker_id", "person_id"],
        times=TIMES,
    )
    op.create_index(f"ix_{PARCELS}_code", PARCELS, ["locker_id", "pick_up_code_digest"])
    op.create_index(f"ix_{PARCELS}_state_free_until", PARCELS, ["state", "free_until"])
    op.create_index(f"ix_{PARCELS}_deposited_at", PARCELS, ["deposited_at", "id"])
    one_of(f"uq_{PARCELS}_cell_taken", PARCELS, ["locker_id", "cell"], "state = 'WAITING'")


def make_bills() -> None:
    """Make the tables of bills and credits."""
    make_table(
        BILLS,
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(32), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("credited_fen", sa.Integer(), nullable=False),
        sa.Column("settled_on", sa.Date()),
        pointer(BILLS, "household_id", "base_households"),
        pointer(BILLS, "person_id", "base_people"),
        check(BILLS, "amount_positive", "amount_fen > 0"),
        check(BILLS, "credit_within_bill", "credited_fen BETWEEN 0 AND amount_fen"),
        indexed=["household_id", "person_id"],
        times=TIMES,
    )
    op.create_index(f"ix_{BILLS}_period", BILLS, ["period", "id"])
    one_of(f"uq_{BILLS}_open", BILLS, ["household_id"], "settled_on IS NULL")
    make_table(
        CREDITS,
        sa.Column("bill_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(32), nullable=False),
        sa.Column("credited_at", sa.DateTime(timezone=True), nullable=False),
        pointer(CREDITS, "bill_id", BILLS),
        pointer(CREDITS, "person_id", "base_people"),
        sa.UniqueConstraint("key", name=f"uq_{CREDITS}_key"),
        sa.UniqueConstraint("reference", name=f"uq_{CREDITS}_reference"),
        check(CREDITS, "amount_positive", "amount_fen > 0"),
        indexed=["bill_id", "person_id"],
        times=(),
    )


def make_table(name: str, *parts: sa.schema.SchemaItem, indexed: Sequence[str], times: Sequence[str]) -> None:
    """Make a table with what `Identified`, `GridBound` and, by `times`, `Timestamped` stand for."""
    depths = [f"anc_{depth}" for depth in range(1, 7)]
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        *parts,
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        *(sa.Column(depth, sa.Integer()) for depth in depths),
        *(sa.Column(time, sa.DateTime(timezone=True), nullable=False) for time in times),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        pointer(name, "grid_id", "base_grids"),
    )
    for column in (*indexed, "grid_id"):
        op.create_index(f"ix_{name}_{column}", name, [column])
    for depth in depths:
        present = sa.text(f"{depth} IS NOT NULL")
        op.create_index(
            f"ix_{name}_{depth}", name, [depth, "id"], sqlite_where=present, postgresql_where=present
        )


def pointer(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    """Return a foreign key that goes with what it points to, so that it keeps nobody from deleting that."""
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=f"fk_{table}_{column}", ondelete="CASCADE"
    )


def check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    """Return a check under its full name."""
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def one_of(name: str, table: str, columns: list[str], condition: str) -> None:
    """Let at most one row of those for which a condition holds have the same values."""
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=True, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Drop the tables."""
    for table in (CREDITS, BILLS, PARCELS, LOCKERS):
        op.drop_table(table)
