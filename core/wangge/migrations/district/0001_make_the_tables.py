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
        "wangge_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wangge_accounts")),
        sa.UniqueConstraint("subject", name=op.f("uq_wangge_accounts_subject")),
    )
    with op.batch_alter_table("wangge_accounts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wangge_accounts_person_id"), ["person_id"], unique=False)

    op.create_table(
        "wangge_audit_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("roles", sa.String(length=255), nullable=False),
        sa.Column("action", sa.String(length=128), nullable=False),
        sa.Column("subject_type", sa.String(length=64), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("purpose", sa.String(length=255), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wangge_audit_entries")),
        sa.UniqueConstraint("number", name=op.f("uq_wangge_audit_entries_number")),
    )
    with op.batch_alter_table("wangge_audit_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wangge_audit_entries_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_wangge_audit_entries_action"), ["action"], unique=False)
        batch_op.create_index(batch_op.f("ix_wangge_audit_entries_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_wangge_audit_entries_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "wangge_audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wangge_audit_head")),
    )
    op.create_table(
        "wangge_mutation_replays",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=128), nullable=False),
        sa.Column("client_mutation_id", sa.String(length=255), nullable=False),
        sa.Column("input_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wangge_mutation_replays")),
        sa.UniqueConstraint(
            "account_id",
            "field",
            "client_mutation_id",
            name=op.f("uq_wangge_mutation_replays_account_id_field_client_mutation_id"),
        ),
    )
    with op.batch_alter_table("wangge_mutation_replays", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wangge_mutation_replays_at"), ["at"], unique=False)

    op.create_table(
        "wangge_outbox",
        sa.Column(
            "number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("type", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject_type", sa.String(length=64), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("place_id", sa.Uuid(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_wangge_outbox")),
    )
    with op.batch_alter_table("wangge_outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wangge_outbox_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_wangge_outbox_place_id"), ["place_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_wangge_outbox_type"), ["type"], unique=False)

    op.create_table(
        "wangge_personal_columns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plugin", sa.String(length=64), nullable=False),
        sa.Column("table_name", sa.String(length=128), nullable=False),
        sa.Column("column_name", sa.String(length=128), nullable=False),
        sa.Column("person_key", sa.String(length=128), nullable=False),
        sa.Column("purpose", sa.String(length=255), nullable=False),
        sa.Column("legal_basis", sa.String(length=255), nullable=False),
        sa.Column("retention", sa.String(length=128), nullable=False),
        sa.Column("on_erase", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wangge_personal_columns")),
        sa.UniqueConstraint(
            "plugin",
            "table_name",
            "column_name",
            name=op.f("uq_wangge_personal_columns_plugin_table_name_column_name"),
        ),
    )
    with op.batch_alter_table("wangge_personal_columns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wangge_personal_columns_plugin"), ["plugin"], unique=False)

    op.create_table(
        "wangge_role_grants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["wangge_accounts.id"],
            name=op.f("fk_wangge_role_grants_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wangge_role_grants")),
    )
    with op.batch_alter_table("wangge_role_grants", schema=None) as batch_op:
        batch_op.create_index("ix_wangge_role_grants_account_until", ["account_id", "until"], unique=False)
        batch_op.create_index(batch_op.f("ix_wangge_role_grants_place_id"), ["place_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_wangge_role_grants_role"), ["role"], unique=False)


def downgrade() -> None:
    """Take the revision back."""
    with op.batch_alter_table("wangge_role_grants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wangge_role_grants_role"))
        batch_op.drop_index(batch_op.f("ix_wangge_role_grants_place_id"))
        batch_op.drop_index("ix_wangge_role_grants_account_until")

    op.drop_table("wangge_role_grants")
    with op.batch_alter_table("wangge_personal_columns", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wangge_personal_columns_plugin"))

    op.drop_table("wangge_personal_columns")
    with op.batch_alter_table("wangge_outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wangge_outbox_type"))
        batch_op.drop_index(batch_op.f("ix_wangge_outbox_place_id"))
        batch_op.drop_index(batch_op.f("ix_wangge_outbox_at"))

    op.drop_table("wangge_outbox")
    with op.batch_alter_table("wangge_mutation_replays", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wangge_mutation_replays_at"))

    op.drop_table("wangge_mutation_replays")
    op.drop_table("wangge_audit_head")
    with op.batch_alter_table("wangge_audit_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wangge_audit_entries_subject_id"))
        batch_op.drop_index(batch_op.f("ix_wangge_audit_entries_at"))
        batch_op.drop_index(batch_op.f("ix_wangge_audit_entries_action"))
        batch_op.drop_index(batch_op.f("ix_wangge_audit_entries_account_id"))

    op.drop_table("wangge_audit_entries")
    with op.batch_alter_table("wangge_accounts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wangge_accounts_person_id"))

    op.drop_table("wangge_accounts")
