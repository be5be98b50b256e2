"""Know programmes by their titles, also when their package is gone."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.add_column("wangge_plugin_states", sa.Column("title", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Take the revision back."""
    with op.batch_alter_table("wangge_plugin_states") as batch_op:
        batch_op.drop_column("title")
