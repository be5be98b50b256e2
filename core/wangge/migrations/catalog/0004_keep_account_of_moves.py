"""Keep account of moves."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "wangge_moves",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("district_code", sa.String(length=12), nullable=False),
        sa.Column("from_url", sa.String(length=512), nullable=True),
        sa.Column("from_schema", sa.String(length=63), nullable=True),
        sa.Column("to_url", sa.String(length=512), nullable=True),
        sa.Column("to_schema", sa.String(length=63), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("alive_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("writes_wait", sa.Boolean(), nullable=False),
        sa.Column("switched_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wangge_moves")),
    )
    op.create_index("ix_wangge_moves_district_code", "wangge_moves", ["district_code"], unique=False)


def downgrade() -> None:
    """Take the revision back."""
    op.drop_index("ix_wangge_moves_district_code", "wangge_moves")
    op.drop_table("wangge_moves")
