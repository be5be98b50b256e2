"""Make the tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "wangge_catalog_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wangge_catalog_version")),
    )
    op.create_table(
        "wangge_districts",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_wangge_districts")),
    )
    op.create_table(
        "wangge_placements",
        sa.Column("district_code", sa.String(length=12), nullable=False),
        sa.Column("database_url", sa.String(length=512), nullable=True),
        sa.Column("schema_name", sa.String(length=63), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_code"],
            ["wangge_districts.code"],
            name=op.f("fk_wangge_placements_district_code"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("district_code", name=op.f("pk_wangge_placements")),
    )
    op.create_table(
        "wangge_plugin_settings",
        sa.Column("district_code", sa.String(length=12), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_code"],
            ["wangge_districts.code"],
            name=op.f("fk_wangge_plugin_settings_district_code"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("district_code", "slug", name=op.f("pk_wangge_plugin_settings")),
    )
    op.create_table(
        "wangge_plugin_states",
        sa.Column("district_code", sa.String(length=12), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("enabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_code"],
            ["wangge_districts.code"],
            name=op.f("fk_wangge_plugin_states_district_code"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("district_code", "slug", name=op.f("pk_wangge_plugin_states")),
    )


def downgrade() -> None:
    """Take the revision back."""
    op.drop_table("wangge_plugin_states")
    op.drop_table("wangge_plugin_settings")
    op.drop_table("wangge_placements")
    op.drop_table("wangge_districts")
    op.drop_table("wangge_catalog_version")
