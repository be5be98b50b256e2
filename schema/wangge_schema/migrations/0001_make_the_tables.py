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
        "base_calendar_days",
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("date", name=op.f("pk_base_calendar_days")),
    )
    op.create_table(
        "base_grid_functions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_grid_functions")),
        sa.UniqueConstraint("key", name=op.f("uq_base_grid_functions_key")),
    )
    op.create_table(
        "base_grid_levels",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=64), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_grid_levels")),
        sa.UniqueConstraint("key", name=op.f("uq_base_grid_levels_key")),
    )
    op.create_table(
        "base_post_roles",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=64), nullable=False),
        sa.Column("full_time", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_base_post_roles")),
    )
    op.create_table(
        "base_processing_purposes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("title_zh", sa.String(length=128), nullable=False),
        sa.Column("title_en", sa.String(length=128), nullable=False),
        sa.Column("legal_basis", sa.String(length=200), nullable=False),
        sa.Column("retention", sa.String(length=200), nullable=True),
        sa.Column("notice_version", sa.String(length=32), nullable=False),
        sa.Column("needs_consent", sa.Boolean(), nullable=False),
        sa.Column("plugin", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_processing_purposes")),
        sa.UniqueConstraint("key", name=op.f("uq_base_processing_purposes_key")),
    )
    op.create_table(
        "base_grids",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("level_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("managing_parent_id", sa.Uuid(), nullable=True),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("anc_1", sa.Integer(), nullable=True),
        sa.Column("anc_2", sa.Integer(), nullable=True),
        sa.Column("anc_3", sa.Integer(), nullable=True),
        sa.Column("anc_4", sa.Integer(), nullable=True),
        sa.Column("anc_5", sa.Integer(), nullable=True),
        sa.Column("anc_6", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["level_id"], ["base_grid_levels.id"], name=op.f("fk_base_grids_level_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["managing_parent_id"],
            ["base_grids.id"],
            name=op.f("fk_base_grids_managing_parent_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["base_grids.id"], name=op.f("fk_base_grids_parent_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_grids")),
        sa.UniqueConstraint("number", name=op.f("uq_base_grids_number")),
    )
    with op.batch_alter_table("base_grids", schema=None) as batch_op:
        batch_op.create_index("ix_base_grids_anc_1", ["anc_1", "id"], unique=False)
        batch_op.create_index("ix_base_grids_anc_2", ["anc_2", "id"], unique=False)
        batch_op.create_index("ix_base_grids_anc_3", ["anc_3", "id"], unique=False)
        batch_op.create_index("ix_base_grids_anc_4", ["anc_4", "id"], unique=False)
        batch_op.create_index("ix_base_grids_anc_5", ["anc_5", "id"], unique=False)
        batch_op.create_index("ix_base_grids_anc_6", ["anc_6", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_base_grids_code"), ["code"], unique=False)
        batch_op.create_index("ix_base_grids_level_code", ["level_id", "code"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_base_grids_managing_parent_id"), ["managing_parent_id"], unique=False
        )
        batch_op.create_index("ix_base_grids_name", ["name"], unique=False)
        batch_op.create_index("ix_base_grids_parent_code", ["parent_id", "code"], unique=False)
        batch_op.create_index(
            "uq_base_grids_code_current",
            ["code"],
            unique=True,
            sqlite_where=sa.text("valid_to IS NULL"),
            postgresql_where=sa.text("valid_to IS NULL"),
        )

    op.create_table(
        "base_dwellings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("room", sa.String(length=16), nullable=False),
        sa.Column("floor_area_dm2", sa.Integer(), nullable=True),
        sa.Column("address_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("address_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("address_masked", sa.String(length=220), nullable=False),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("anc_1", sa.Integer(), nullable=True),
        sa.Column("anc_2", sa.Integer(), nullable=True),
        sa.Column("anc_3", sa.Integer(), nullable=True),
        sa.Column("anc_4", sa.Integer(), nullable=True),
        sa.Column("anc_5", sa.Integer(), nullable=True),
        sa.Column("anc_6", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("floor_area_dm2 > 0", name=op.f("ck_base_dwellings_floor_area_positive")),
        sa.ForeignKeyConstraint(
            ["grid_id"], ["base_grids.id"], name=op.f("fk_base_dwellings_grid_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_dwellings")),
        sa.UniqueConstraint("address_digest", name=op.f("uq_base_dwellings_address_digest")),
    )
    with op.batch_alter_table("base_dwellings", schema=None) as batch_op:
        batch_op.create_index(
            "ix_base_dwellings_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_dwellings_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_dwellings_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_dwellings_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_dwellings_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_dwellings_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_base_dwellings_grid_id"), ["grid_id"], unique=False)
        batch_op.create_index("ix_base_dwellings_grid_unit_room", ["grid_id", "unit", "room"], unique=False)
        batch_op.create_index(batch_op.f("ix_base_dwellings_room"), ["room"], unique=False)
        batch_op.create_index(batch_op.f("ix_base_dwellings_unit"), ["unit"], unique=False)

    op.create_table(
        "base_grid_function_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("function_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["function_id"],
            ["base_grid_functions.id"],
            name=op.f("fk_base_grid_function_links_function_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["grid_id"],
            ["base_grids.id"],
            name=op.f("fk_base_grid_function_links_grid_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_grid_function_links")),
        sa.UniqueConstraint(
            "grid_id", "function_id", name=op.f("uq_base_grid_function_links_grid_id_function_id")
        ),
    )
    with op.batch_alter_table("base_grid_function_links", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_base_grid_function_links_function_id"), ["function_id"], unique=False
        )

    op.create_table(
        "base_grid_successions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("predecessor_id", sa.Uuid(), nullable=False),
        sa.Column("successor_id", sa.Uuid(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["predecessor_id"],
            ["base_grids.id"],
            name=op.f("fk_base_grid_successions_predecessor_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"],
            ["base_grids.id"],
            name=op.f("fk_base_grid_successions_successor_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_grid_successions")),
        sa.UniqueConstraint(
            "predecessor_id",
            "successor_id",
            name=op.f("uq_base_grid_successions_predecessor_id_successor_id"),
        ),
    )
    with op.batch_alter_table("base_grid_successions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_base_grid_successions_successor_id"), ["successor_id"], unique=False
        )

    op.create_table(
        "base_organizations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("anc_1", sa.Integer(), nullable=True),
        sa.Column("anc_2", sa.Integer(), nullable=True),
        sa.Column("anc_3", sa.Integer(), nullable=True),
        sa.Column("anc_4", sa.Integer(), nullable=True),
        sa.Column("anc_5", sa.Integer(), nullable=True),
        sa.Column("anc_6", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["grid_id"], ["base_grids.id"], name=op.f("fk_base_organizations_grid_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["base_organizations.id"],
            name=op.f("fk_base_organizations_parent_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_organizations")),
        sa.UniqueConstraint("credit_code", name=op.f("uq_base_organizations_credit_code")),
    )
    with op.batch_alter_table("base_organizations", schema=None) as batch_op:
        batch_op.create_index(
            "ix_base_organizations_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_organizations_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_organizations_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_organizations_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_organizations_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_organizations_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_base_organizations_grid_id"), ["grid_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_base_organizations_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_base_organizations_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_base_organizations_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "base_qr_anchors",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("anc_1", sa.Integer(), nullable=True),
        sa.Column("anc_2", sa.Integer(), nullable=True),
        sa.Column("anc_3", sa.Integer(), nullable=True),
        sa.Column("anc_4", sa.Integer(), nullable=True),
        sa.Column("anc_5", sa.Integer(), nullable=True),
        sa.Column("anc_6", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["grid_id"], ["base_grids.id"], name=op.f("fk_base_qr_anchors_grid_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_qr_anchors")),
        sa.UniqueConstraint("token", name=op.f("uq_base_qr_anchors_token")),
    )
    with op.batch_alter_table("base_qr_anchors", schema=None) as batch_op:
        batch_op.create_index(
            "ix_base_qr_anchors_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_qr_anchors_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_qr_anchors_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_qr_anchors_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_qr_anchors_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_qr_anchors_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_base_qr_anchors_grid_id"), ["grid_id"], unique=False)

    op.create_table(
        "base_households",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("dwelling_id", sa.Uuid(), nullable=False),
        sa.Column("head_id", sa.Uuid(), nullable=True),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("anc_1", sa.Integer(), nullable=True),
        sa.Column("anc_2", sa.Integer(), nullable=True),
        sa.Column("anc_3", sa.Integer(), nullable=True),
        sa.Column("anc_4", sa.Integer(), nullable=True),
        sa.Column("anc_5", sa.Integer(), nullable=True),
        sa.Column("anc_6", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["dwelling_id"],
            ["base_dwellings.id"],
            name=op.f("fk_base_households_dwelling_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["grid_id"], ["base_grids.id"], name=op.f("fk_base_households_grid_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_households")),
        sa.UniqueConstraint("number", name=op.f("uq_base_households_number")),
    )
    with op.batch_alter_table("base_households", schema=None) as batch_op:
        batch_op.create_index(
            "ix_base_households_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_households_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_households_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_households_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_households_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_households_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_base_households_dwelling_id"), ["dwelling_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_base_households_grid_id"), ["grid_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_base_households_head_id"), ["head_id"], unique=False)

    op.create_table(
        "base_people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("sex", sa.String(length=32), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("document_type", sa.String(length=32), nullable=False),
        sa.Column("document_number_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("document_number_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("document_number_masked", sa.String(length=32), nullable=False),
        sa.Column("phone_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("phone_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("phone_masked", sa.String(length=16), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("relation", sa.String(length=32), nullable=True),
        sa.Column("dwelling_id", sa.Uuid(), nullable=True),
        sa.Column("died_on", sa.Date(), nullable=True),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("anc_1", sa.Integer(), nullable=True),
        sa.Column("anc_2", sa.Integer(), nullable=True),
        sa.Column("anc_3", sa.Integer(), nullable=True),
        sa.Column("anc_4", sa.Integer(), nullable=True),
        sa.Column("anc_5", sa.Integer(), nullable=True),
        sa.Column("anc_6", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("died_on >= birth_date", name=op.f("ck_base_people_died_after_birth")),
        sa.ForeignKeyConstraint(
            ["dwelling_id"],
            ["base_dwellings.id"],
            name=op.f("fk_base_people_dwelling_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["grid_id"], ["base_grids.id"], name=op.f("fk_base_people_grid_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["base_households.id"],
            name=op.f("fk_base_people_household_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_people")),
        sa.UniqueConstraint(
            "document_type",
            "document_number_digest",
            name=op.f("uq_base_people_document_type_document_number_digest"),
        ),
    )
    with op.batch_alter_table("base_people", schema=None) as batch_op:
        batch_op.create_index(
            "ix_base_people_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_people_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_people_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_people_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_people_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_people_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_base_people_birth_date"), ["birth_date"], unique=False)
        batch_op.create_index(batch_op.f("ix_base_people_died_on"), ["died_on"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_base_people_document_number_digest"), ["document_number_digest"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_base_people_dwelling_id"), ["dwelling_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_base_people_grid_id"), ["grid_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_base_people_household_id"), ["household_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_base_people_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_base_people_phone_digest"), ["phone_digest"], unique=False)

    op.create_table(
        "base_consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("purpose_id", sa.Uuid(), nullable=False),
        sa.Column("notice_version", sa.String(length=32), nullable=False),
        sa.Column("given_by", sa.String(length=32), nullable=False),
        sa.Column("guardian_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("anc_1", sa.Integer(), nullable=True),
        sa.Column("anc_2", sa.Integer(), nullable=True),
        sa.Column("anc_3", sa.Integer(), nullable=True),
        sa.Column("anc_4", sa.Integer(), nullable=True),
        sa.Column("anc_5", sa.Integer(), nullable=True),
        sa.Column("anc_6", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["grid_id"], ["base_grids.id"], name=op.f("fk_base_consents_grid_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["guardian_id"],
            ["base_people.id"],
            name=op.f("fk_base_consents_guardian_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["base_people.id"], name=op.f("fk_base_consents_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["purpose_id"],
            ["base_processing_purposes.id"],
            name=op.f("fk_base_consents_purpose_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_consents")),
    )
    with op.batch_alter_table("base_consents", schema=None) as batch_op:
        batch_op.create_index(
            "ix_base_consents_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_consents_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_consents_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_consents_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_consents_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_consents_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_base_consents_grid_id"), ["grid_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_base_consents_guardian_id"), ["guardian_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_base_consents_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_base_consents_purpose_id"), ["purpose_id"], unique=False)
        batch_op.create_index(
            "uq_base_consents_lasting",
            ["person_id", "purpose_id"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.create_table(
        "base_guardianships",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ward_id", sa.Uuid(), nullable=False),
        sa.Column("guardian_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("anc_1", sa.Integer(), nullable=True),
        sa.Column("anc_2", sa.Integer(), nullable=True),
        sa.Column("anc_3", sa.Integer(), nullable=True),
        sa.Column("anc_4", sa.Integer(), nullable=True),
        sa.Column("anc_5", sa.Integer(), nullable=True),
        sa.Column("anc_6", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["grid_id"], ["base_grids.id"], name=op.f("fk_base_guardianships_grid_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["guardian_id"],
            ["base_people.id"],
            name=op.f("fk_base_guardianships_guardian_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["ward_id"], ["base_people.id"], name=op.f("fk_base_guardianships_ward_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_guardianships")),
    )
    with op.batch_alter_table("base_guardianships", schema=None) as batch_op:
        batch_op.create_index(
            "ix_base_guardianships_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_guardianships_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_guardianships_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_guardianships_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_guardianships_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_guardianships_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_base_guardianships_grid_id"), ["grid_id"], unique=False)
        batch_op.create_index("ix_base_guardianships_pair", ["guardian_id", "ward_id", "until"], unique=False)
        batch_op.create_index(batch_op.f("ix_base_guardianships_ward_id"), ["ward_id"], unique=False)

    op.create_table(
        "base_memberships",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=64), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("anc_1", sa.Integer(), nullable=True),
        sa.Column("anc_2", sa.Integer(), nullable=True),
        sa.Column("anc_3", sa.Integer(), nullable=True),
        sa.Column("anc_4", sa.Integer(), nullable=True),
        sa.Column("anc_5", sa.Integer(), nullable=True),
        sa.Column("anc_6", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("until >= since", name=op.f("ck_base_memberships_until_after_since")),
        sa.ForeignKeyConstraint(
            ["grid_id"], ["base_grids.id"], name=op.f("fk_base_memberships_grid_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["base_organizations.id"],
            name=op.f("fk_base_memberships_organization_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["base_people.id"], name=op.f("fk_base_memberships_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_memberships")),
    )
    with op.batch_alter_table("base_memberships", schema=None) as batch_op:
        batch_op.create_index(
            "ix_base_memberships_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_memberships_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_memberships_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_memberships_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_memberships_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_memberships_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_base_memberships_grid_id"), ["grid_id"], unique=False)
        batch_op.create_index(
            "ix_base_memberships_organization_person", ["organization_id", "person_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_base_memberships_person_id"), ["person_id"], unique=False)

    op.create_table(
        "base_pairings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("official_id", sa.Uuid(), nullable=False),
        sa.Column("building_head_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("anc_1", sa.Integer(), nullable=True),
        sa.Column("anc_2", sa.Integer(), nullable=True),
        sa.Column("anc_3", sa.Integer(), nullable=True),
        sa.Column("anc_4", sa.Integer(), nullable=True),
        sa.Column("anc_5", sa.Integer(), nullable=True),
        sa.Column("anc_6", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("until >= since", name=op.f("ck_base_pairings_until_after_since")),
        sa.ForeignKeyConstraint(
            ["building_head_id"],
            ["base_people.id"],
            name=op.f("fk_base_pairings_building_head_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["grid_id"], ["base_grids.id"], name=op.f("fk_base_pairings_grid_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["official_id"], ["base_people.id"], name=op.f("fk_base_pairings_official_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_pairings")),
    )
    with op.batch_alter_table("base_pairings", schema=None) as batch_op:
        batch_op.create_index(
            "ix_base_pairings_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_pairings_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_pairings_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_pairings_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_pairings_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_pairings_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_base_pairings_building_head_id"), ["building_head_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_base_pairings_grid_id"), ["grid_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_base_pairings_official_id"), ["official_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_base_pairings_until"), ["until"], unique=False)

    op.create_table(
        "base_posts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("role_key", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("duty_name", sa.String(length=64), nullable=True),
        sa.Column("duty_phone", sa.String(length=32), nullable=True),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("anc_1", sa.Integer(), nullable=True),
        sa.Column("anc_2", sa.Integer(), nullable=True),
        sa.Column("anc_3", sa.Integer(), nullable=True),
        sa.Column("anc_4", sa.Integer(), nullable=True),
        sa.Column("anc_5", sa.Integer(), nullable=True),
        sa.Column("anc_6", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("until >= since", name=op.f("ck_base_posts_until_after_since")),
        sa.ForeignKeyConstraint(
            ["grid_id"], ["base_grids.id"], name=op.f("fk_base_posts_grid_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["base_organizations.id"],
            name=op.f("fk_base_posts_organization_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["base_people.id"], name=op.f("fk_base_posts_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["role_key"], ["base_post_roles.key"], name=op.f("fk_base_posts_role_key"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_posts")),
    )
    with op.batch_alter_table("base_posts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_base_posts_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_posts_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_posts_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_posts_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_posts_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_posts_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_base_posts_grid_id"), ["grid_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_base_posts_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(
            "ix_base_posts_person_grid_role", ["person_id", "grid_id", "role_key"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_base_posts_role_key"), ["role_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_base_posts_since"), ["since"], unique=False)
        batch_op.create_index(batch_op.f("ix_base_posts_until"), ["until"], unique=False)

    op.create_table(
        "base_residences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("dwelling_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("anc_1", sa.Integer(), nullable=True),
        sa.Column("anc_2", sa.Integer(), nullable=True),
        sa.Column("anc_3", sa.Integer(), nullable=True),
        sa.Column("anc_4", sa.Integer(), nullable=True),
        sa.Column("anc_5", sa.Integer(), nullable=True),
        sa.Column("anc_6", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("until >= since", name=op.f("ck_base_residences_until_after_since")),
        sa.ForeignKeyConstraint(
            ["dwelling_id"],
            ["base_dwellings.id"],
            name=op.f("fk_base_residences_dwelling_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["grid_id"], ["base_grids.id"], name=op.f("fk_base_residences_grid_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["base_people.id"], name=op.f("fk_base_residences_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_residences")),
    )
    with op.batch_alter_table("base_residences", schema=None) as batch_op:
        batch_op.create_index(
            "ix_base_residences_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_residences_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_residences_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_residences_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_residences_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_base_residences_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_base_residences_dwelling_id"), ["dwelling_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_base_residences_grid_id"), ["grid_id"], unique=False)
        batch_op.create_index("ix_base_residences_person_kind", ["person_id", "kind", "since"], unique=False)
        batch_op.create_index(
            "uq_base_residences_lasting",
            ["person_id", "kind"],
            unique=True,
            sqlite_where=sa.text("until IS NULL AND kind IN ('CURRENT', 'REGISTERED')"),
            postgresql_where=sa.text("until IS NULL AND kind IN ('CURRENT', 'REGISTERED')"),
        )

    op.create_table(
        "base_pairing_households",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pairing_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["base_households.id"],
            name=op.f("fk_base_pairing_households_household_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["pairing_id"],
            ["base_pairings.id"],
            name=op.f("fk_base_pairing_households_pairing_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_pairing_households")),
        sa.UniqueConstraint(
            "pairing_id", "household_id", name=op.f("uq_base_pairing_households_pairing_id_household_id")
        ),
    )
    with op.batch_alter_table("base_pairing_households", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_base_pairing_households_household_id"), ["household_id"], unique=False
        )


def downgrade() -> None:
    """Take the revision back."""
    with op.batch_alter_table("base_pairing_households", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_base_pairing_households_household_id"))

    op.drop_table("base_pairing_households")
    with op.batch_alter_table("base_residences", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_base_residences_lasting",
            sqlite_where=sa.text("until IS NULL AND kind IN ('CURRENT', 'REGISTERED')"),
            postgresql_where=sa.text("until IS NULL AND kind IN ('CURRENT', 'REGISTERED')"),
        )
        batch_op.drop_index("ix_base_residences_person_kind")
        batch_op.drop_index(batch_op.f("ix_base_residences_grid_id"))
        batch_op.drop_index(batch_op.f("ix_base_residences_dwelling_id"))
        batch_op.drop_index(
            "ix_base_residences_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_residences_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_residences_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_residences_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_residences_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_residences_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )

    op.drop_table("base_residences")
    with op.batch_alter_table("base_posts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_base_posts_until"))
        batch_op.drop_index(batch_op.f("ix_base_posts_since"))
        batch_op.drop_index(batch_op.f("ix_base_posts_role_key"))
        batch_op.drop_index("ix_base_posts_person_grid_role")
        batch_op.drop_index(batch_op.f("ix_base_posts_organization_id"))
        batch_op.drop_index(batch_op.f("ix_base_posts_grid_id"))
        batch_op.drop_index(
            "ix_base_posts_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_posts_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_posts_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_posts_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_posts_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_posts_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )

    op.drop_table("base_posts")
    with op.batch_alter_table("base_pairings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_base_pairings_until"))
        batch_op.drop_index(batch_op.f("ix_base_pairings_official_id"))
        batch_op.drop_index(batch_op.f("ix_base_pairings_grid_id"))
        batch_op.drop_index(batch_op.f("ix_base_pairings_building_head_id"))
        batch_op.drop_index(
            "ix_base_pairings_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_pairings_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_pairings_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_pairings_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_pairings_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_pairings_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )

    op.drop_table("base_pairings")
    with op.batch_alter_table("base_memberships", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_base_memberships_person_id"))
        batch_op.drop_index("ix_base_memberships_organization_person")
        batch_op.drop_index(batch_op.f("ix_base_memberships_grid_id"))
        batch_op.drop_index(
            "ix_base_memberships_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_memberships_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_memberships_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_memberships_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_memberships_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_memberships_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )

    op.drop_table("base_memberships")
    with op.batch_alter_table("base_guardianships", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_base_guardianships_ward_id"))
        batch_op.drop_index("ix_base_guardianships_pair")
        batch_op.drop_index(batch_op.f("ix_base_guardianships_grid_id"))
        batch_op.drop_index(
            "ix_base_guardianships_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_guardianships_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_guardianships_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_guardianships_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_guardianships_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_guardianships_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )

    op.drop_table("base_guardianships")
    with op.batch_alter_table("base_consents", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_base_consents_lasting",
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_base_consents_purpose_id"))
        batch_op.drop_index(batch_op.f("ix_base_consents_person_id"))
        batch_op.drop_index(batch_op.f("ix_base_consents_guardian_id"))
        batch_op.drop_index(batch_op.f("ix_base_consents_grid_id"))
        batch_op.drop_index(
            "ix_base_consents_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_consents_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_consents_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_consents_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_consents_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_consents_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )

    op.drop_table("base_consents")
    with op.batch_alter_table("base_people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_base_people_phone_digest"))
        batch_op.drop_index(batch_op.f("ix_base_people_name"))
        batch_op.drop_index(batch_op.f("ix_base_people_household_id"))
        batch_op.drop_index(batch_op.f("ix_base_people_grid_id"))
        batch_op.drop_index(batch_op.f("ix_base_people_dwelling_id"))
        batch_op.drop_index(batch_op.f("ix_base_people_document_number_digest"))
        batch_op.drop_index(batch_op.f("ix_base_people_died_on"))
        batch_op.drop_index(batch_op.f("ix_base_people_birth_date"))
        batch_op.drop_index(
            "ix_base_people_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_people_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_people_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_people_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_people_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_people_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )

    op.drop_table("base_people")
    with op.batch_alter_table("base_households", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_base_households_head_id"))
        batch_op.drop_index(batch_op.f("ix_base_households_grid_id"))
        batch_op.drop_index(batch_op.f("ix_base_households_dwelling_id"))
        batch_op.drop_index(
            "ix_base_households_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_households_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_households_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_households_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_households_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_households_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )

    op.drop_table("base_households")
    with op.batch_alter_table("base_qr_anchors", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_base_qr_anchors_grid_id"))
        batch_op.drop_index(
            "ix_base_qr_anchors_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_qr_anchors_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_qr_anchors_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_qr_anchors_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_qr_anchors_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_qr_anchors_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )

    op.drop_table("base_qr_anchors")
    with op.batch_alter_table("base_organizations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_base_organizations_parent_id"))
        batch_op.drop_index(batch_op.f("ix_base_organizations_name"))
        batch_op.drop_index(batch_op.f("ix_base_organizations_kind"))
        batch_op.drop_index(batch_op.f("ix_base_organizations_grid_id"))
        batch_op.drop_index(
            "ix_base_organizations_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_organizations_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_organizations_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_organizations_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_organizations_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_organizations_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )

    op.drop_table("base_organizations")
    with op.batch_alter_table("base_grid_successions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_base_grid_successions_successor_id"))

    op.drop_table("base_grid_successions")
    with op.batch_alter_table("base_grid_function_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_base_grid_function_links_function_id"))

    op.drop_table("base_grid_function_links")
    with op.batch_alter_table("base_dwellings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_base_dwellings_unit"))
        batch_op.drop_index(batch_op.f("ix_base_dwellings_room"))
        batch_op.drop_index("ix_base_dwellings_grid_unit_room")
        batch_op.drop_index(batch_op.f("ix_base_dwellings_grid_id"))
        batch_op.drop_index(
            "ix_base_dwellings_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_dwellings_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_dwellings_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_dwellings_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_dwellings_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_base_dwellings_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )

    op.drop_table("base_dwellings")
    with op.batch_alter_table("base_grids", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_base_grids_code_current",
            sqlite_where=sa.text("valid_to IS NULL"),
            postgresql_where=sa.text("valid_to IS NULL"),
        )
        batch_op.drop_index("ix_base_grids_parent_code")
        batch_op.drop_index("ix_base_grids_name")
        batch_op.drop_index(batch_op.f("ix_base_grids_managing_parent_id"))
        batch_op.drop_index("ix_base_grids_level_code")
        batch_op.drop_index(batch_op.f("ix_base_grids_code"))
        batch_op.drop_index("ix_base_grids_anc_6")
        batch_op.drop_index("ix_base_grids_anc_5")
        batch_op.drop_index("ix_base_grids_anc_4")
        batch_op.drop_index("ix_base_grids_anc_3")
        batch_op.drop_index("ix_base_grids_anc_2")
        batch_op.drop_index("ix_base_grids_anc_1")

    op.drop_table("base_grids")
    op.drop_table("base_processing_purposes")
    op.drop_table("base_post_roles")
    op.drop_table("base_grid_levels")
    op.drop_table("base_grid_functions")
    op.drop_table("base_calendar_days")
