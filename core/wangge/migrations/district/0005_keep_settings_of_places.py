"""Keep settings of places: what a street, a community or a grid sets of a programme's settings for itself."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "wangge_place_settings",
        sa.Column("plugin", sa.String(length=64), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("plugin", "place_id", name=op.f("pk_wangge_place_settings")),
    )


def downgrade() -> None:
    """Take the revision back."""
    op.drop_table("wangge_place_settings")
