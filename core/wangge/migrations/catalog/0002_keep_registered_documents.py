"""Keep registered documents."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "wangge_documents",
        sa.Column("district_code", sa.String(length=12), nullable=False),
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_code"],
            ["wangge_districts.code"],
            name=op.f("fk_wangge_documents_district_code"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("district_code", "id", name=op.f("pk_wangge_documents")),
    )


def downgrade() -> None:
    """Take the revision back."""
    op.drop_table("wangge_documents")
