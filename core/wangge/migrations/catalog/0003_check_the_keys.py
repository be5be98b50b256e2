"""Check the keys.

A value per key, by which a server sees at its start whether its key ring is the catalog's.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "wangge_key_checks",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_wangge_key_checks")),
    )


def downgrade() -> None:
    """Take the revision back."""
    op.drop_table("wangge_key_checks")
