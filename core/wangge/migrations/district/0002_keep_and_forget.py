"""Keep and forget: terms of the personal-data map, jobs that are due, and persons who were erased."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    for column in _map():
        op.add_column("wangge_personal_columns", column)
    op.create_table(
        "wangge_jobs",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_wangge_jobs")),
    )
    op.create_table(
        "wangge_erasures",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_wangge_erasures")),
    )
    op.create_index(op.f("ix_wangge_erasures_at"), "wangge_erasures", ["at"])


def downgrade() -> None:
    """Take the revision back."""
    op.drop_table("wangge_erasures")
    op.drop_table("wangge_jobs")
    for column in reversed(_map()):
        op.drop_column("wangge_personal_columns", column.name)


def _map() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("title", sa.String(length=128), nullable=True),
        sa.Column("emptied", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("retention_from", sa.String(length=128), nullable=True),
        sa.Column("retention_days", sa.Integer(), nullable=True),
        sa.Column("retention_setting", sa.String(length=128), nullable=True),
        sa.Column("on_expiry", sa.String(length=16), nullable=True),
    )
