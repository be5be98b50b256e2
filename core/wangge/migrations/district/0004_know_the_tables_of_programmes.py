"""Know the tables of programmes.

Programmes that were on before have their tables noted by the upgrade that brings this revision; of those
whose package is gone, the personal-data map names the tables that hold personal data.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "wangge_plugin_tables",
        sa.Column("plugin", sa.String(length=64), nullable=False),
        sa.Column("table_name", sa.String(length=128), nullable=False),
        sa.Column("purged_rows", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("plugin", "table_name", name=op.f("pk_wangge_plugin_tables")),
    )
    op.execute(
        "INSERT INTO wangge_plugin_tables (plugin, table_name) "
        "SELECT DISTINCT plugin, table_name FROM wangge_personal_columns"
    )


def downgrade() -> None:
    """Take the revision back."""
    op.drop_table("wangge_plugin_tables")
