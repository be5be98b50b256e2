"""Deliver events to programmes: places of handlers, events that failed, and jobs that are tried again."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "wangge_handler_cursors",
        sa.Column("plugin", sa.String(length=64), nullable=False),
        sa.Column("handler", sa.String(length=64), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("lost", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("plugin", "handler", name=op.f("pk_wangge_handler_cursors")),
    )
    op.create_table(
        "wangge_deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plugin", sa.String(length=64), nullable=False),
        sa.Column("handler", sa.String(length=64), nullable=False),
        sa.Column("event_number", sa.BigInteger(), nullable=False),
        sa.Column("event_type", sa.String(length=128), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dead", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("error", sa.String(length=128), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wangge_deliveries")),
        sa.UniqueConstraint(
            "plugin",
            "handler",
            "event_number",
            name=op.f("uq_wangge_deliveries_plugin_handler_event_number"),
        ),
    )
    op.create_index("ix_wangge_deliveries_dead_due_at", "wangge_deliveries", ["dead", "due_at"])
    with op.batch_alter_table("wangge_jobs") as batch_op:
        batch_op.alter_column("name", existing_type=sa.String(length=64), type_=sa.String(length=128))
        for column in _tries():
            batch_op.add_column(column)


def downgrade() -> None:
    """Take the revision back."""
    op.execute("DELETE FROM wangge_jobs WHERE name LIKE '%.%'")
    with op.batch_alter_table("wangge_jobs") as batch_op:
        for column in reversed(_tries()):
            batch_op.drop_column(column.name)
        batch_op.alter_column("name", existing_type=sa.String(length=128), type_=sa.String(length=64))
    op.drop_table("wangge_deliveries")
    op.drop_table("wangge_handler_cursors")


def _tries() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("dead", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("error", sa.String(length=128), nullable=True),
        sa.Column("reference", sa.String(length=32), nullable=True),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
    )
