"""Keep files that people upload, until a row of a programme names them and for as long as it does."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INDEXES = (["account_id"], ["created_at"], ["plugin"], ["table_name", "column_name"])


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "wangge_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=128), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plugin", sa.String(length=64), nullable=True),
        sa.Column("table_name", sa.String(length=128), nullable=True),
        sa.Column("column_name", sa.String(length=128), nullable=True),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wangge_files")),
    )
    for columns in INDEXES:
        op.create_index(op.f(f"ix_wangge_files_{'_'.join(columns)}"), "wangge_files", columns)


def downgrade() -> None:
    """Take the revision back."""
    op.drop_table("wangge_files")
