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
        "volunteer_points_sponsorships",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_number", sa.String(length=64), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("anc_1", sa.Integer(), nullable=True),
        sa.Column("anc_2", sa.Integer(), nullable=True),
        sa.Column("anc_3", sa.Integer(), nullable=True),
        sa.Column("anc_4", sa.Integer(), nullable=True),
        sa.Column("anc_5", sa.Integer(), nullable=True),
        sa.Column("anc_6", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "valid_to >= valid_from", name=op.f("ck_volunteer_points_sponsorships_valid_period")
        ),
        sa.ForeignKeyConstraint(
            ["grid_id"],
            ["base_grids.id"],
            name=op.f("fk_volunteer_points_sponsorships_grid_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["base_organizations.id"],
            name=op.f("fk_volunteer_points_sponsorships_organization_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_points_sponsorships")),
    )
    with op.batch_alter_table("volunteer_points_sponsorships", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_volunteer_points_sponsorships_agreement_number"),
            ["agreement_number"],
            unique=False,
        )
        batch_op.create_index(
            "ix_volunteer_points_sponsorships_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_sponsorships_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_sponsorships_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_sponsorships_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_sponsorships_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_sponsorships_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_volunteer_points_sponsorships_grid_id"), ["grid_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_volunteer_points_sponsorships_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "volunteer_points_rewards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=128), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=False),
        sa.Column("daily_limit", sa.Integer(), nullable=True),
        sa.Column("credit_fen", sa.Integer(), nullable=True),
        sa.Column("parking_hours", sa.Integer(), nullable=True),
        sa.Column("sponsorship_id", sa.Uuid(), nullable=True),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("anc_1", sa.Integer(), nullable=True),
        sa.Column("anc_2", sa.Integer(), nullable=True),
        sa.Column("anc_3", sa.Integer(), nullable=True),
        sa.Column("anc_4", sa.Integer(), nullable=True),
        sa.Column("anc_5", sa.Integer(), nullable=True),
        sa.Column("anc_6", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cost > 0", name=op.f("ck_volunteer_points_rewards_cost_positive")),
        sa.CheckConstraint("stock >= 0", name=op.f("ck_volunteer_points_rewards_stock_not_negative")),
        sa.ForeignKeyConstraint(
            ["grid_id"],
            ["base_grids.id"],
            name=op.f("fk_volunteer_points_rewards_grid_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["sponsorship_id"],
            ["volunteer_points_sponsorships.id"],
            name=op.f("fk_volunteer_points_rewards_sponsorship_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_points_rewards")),
    )
    with op.batch_alter_table("volunteer_points_rewards", schema=None) as batch_op:
        batch_op.create_index(
            "ix_volunteer_points_rewards_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_rewards_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_rewards_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_rewards_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_rewards_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_rewards_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index("ix_volunteer_points_rewards_cost", ["cost", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_volunteer_points_rewards_grid_id"), ["grid_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_volunteer_points_rewards_kind"), ["kind"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_volunteer_points_rewards_sponsorship_id"), ["sponsorship_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_volunteer_points_rewards_state"), ["state"], unique=False)

    op.create_table(
        "volunteer_points_volunteers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("application_number", sa.String(length=64), nullable=True),
        sa.Column("guardian_consent_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
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
            ["grid_id"],
            ["base_grids.id"],
            name=op.f("fk_volunteer_points_volunteers_grid_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["base_people.id"],
            name=op.f("fk_volunteer_points_volunteers_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_points_volunteers")),
        sa.UniqueConstraint("person_id", name=op.f("uq_volunteer_points_volunteers_person_id")),
    )
    with op.batch_alter_table("volunteer_points_volunteers", schema=None) as batch_op:
        batch_op.create_index(
            "ix_volunteer_points_volunteers_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_volunteers_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_volunteers_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_volunteers_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_volunteers_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_volunteers_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_volunteer_points_volunteers_grid_id"), ["grid_id"], unique=False)
        batch_op.create_index(
            "ix_volunteer_points_volunteers_registered_on", ["registered_on", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_volunteer_points_volunteers_state"), ["state"], unique=False)

    op.create_table(
        "volunteer_points_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("available", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("debt", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("anc_1", sa.Integer(), nullable=True),
        sa.Column("anc_2", sa.Integer(), nullable=True),
        sa.Column("anc_3", sa.Integer(), nullable=True),
        sa.Column("anc_4", sa.Integer(), nullable=True),
        sa.Column("anc_5", sa.Integer(), nullable=True),
        sa.Column("anc_6", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "available >= 0", name=op.f("ck_volunteer_points_accounts_available_not_negative")
        ),
        sa.CheckConstraint("debt >= 0", name=op.f("ck_volunteer_points_accounts_debt_not_negative")),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_volunteer_points_accounts_reserved_not_negative")),
        sa.ForeignKeyConstraint(
            ["grid_id"],
            ["base_grids.id"],
            name=op.f("fk_volunteer_points_accounts_grid_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["base_people.id"],
            name=op.f("fk_volunteer_points_accounts_person_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteer_points_volunteers.id"],
            name=op.f("fk_volunteer_points_accounts_volunteer_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_points_accounts")),
        sa.UniqueConstraint("volunteer_id", name=op.f("uq_volunteer_points_accounts_volunteer_id")),
    )
    with op.batch_alter_table("volunteer_points_accounts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_volunteer_points_accounts_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_accounts_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_accounts_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_accounts_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_accounts_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_accounts_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index("ix_volunteer_points_accounts_available", ["available", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_volunteer_points_accounts_grid_id"), ["grid_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_volunteer_points_accounts_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "volunteer_points_redemptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reward_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reserved_on", sa.Date(), nullable=False),
        sa.Column("held_until", sa.Date(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("release_reason", sa.String(length=200), nullable=True),
        sa.Column("bill_fen", sa.Integer(), nullable=True),
        sa.Column("credit_reference", sa.String(length=64), nullable=True),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("anc_1", sa.Integer(), nullable=True),
        sa.Column("anc_2", sa.Integer(), nullable=True),
        sa.Column("anc_3", sa.Integer(), nullable=True),
        sa.Column("anc_4", sa.Integer(), nullable=True),
        sa.Column("anc_5", sa.Integer(), nullable=True),
        sa.Column("anc_6", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("points > 0", name=op.f("ck_volunteer_points_redemptions_points_positive")),
        sa.ForeignKeyConstraint(
            ["grid_id"],
            ["base_grids.id"],
            name=op.f("fk_volunteer_points_redemptions_grid_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["base_people.id"],
            name=op.f("fk_volunteer_points_redemptions_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reward_id"],
            ["volunteer_points_rewards.id"],
            name=op.f("fk_volunteer_points_redemptions_reward_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteer_points_volunteers.id"],
            name=op.f("fk_volunteer_points_redemptions_volunteer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_points_redemptions")),
    )
    with op.batch_alter_table("volunteer_points_redemptions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_volunteer_points_redemptions_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_redemptions_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_redemptions_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_redemptions_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_redemptions_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_redemptions_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_volunteer_points_redemptions_grid_id"), ["grid_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_volunteer_points_redemptions_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(
            "ix_volunteer_points_redemptions_reserved_on", ["reserved_on", "id"], unique=False
        )
        batch_op.create_index(
            "ix_volunteer_points_redemptions_reward_day", ["reward_id", "reserved_on"], unique=False
        )
        batch_op.create_index(
            "ix_volunteer_points_redemptions_state_until", ["state", "held_until"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_volunteer_points_redemptions_volunteer_id"), ["volunteer_id"], unique=False
        )

    op.create_table(
        "volunteer_points_teams",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=500), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("leader_id", sa.Uuid(), nullable=True),
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
            ["grid_id"], ["base_grids.id"], name=op.f("fk_volunteer_points_teams_grid_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["leader_id"],
            ["volunteer_points_volunteers.id"],
            name=op.f("fk_volunteer_points_teams_leader_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["base_organizations.id"],
            name=op.f("fk_volunteer_points_teams_organization_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_points_teams")),
        sa.UniqueConstraint("grid_id", "name", name=op.f("uq_volunteer_points_teams_grid_id_name")),
    )
    with op.batch_alter_table("volunteer_points_teams", schema=None) as batch_op:
        batch_op.create_index(
            "ix_volunteer_points_teams_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_teams_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_teams_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_teams_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_teams_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_teams_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_volunteer_points_teams_grid_id"), ["grid_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_volunteer_points_teams_leader_id"), ["leader_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_volunteer_points_teams_name"), ["name"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_volunteer_points_teams_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "volunteer_points_activities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=128), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("service_class", sa.String(length=32), nullable=False),
        sa.Column("circumstance", sa.String(length=32), nullable=False),
        sa.Column("dangerous", sa.Boolean(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
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
            ["grid_id"],
            ["base_grids.id"],
            name=op.f("fk_volunteer_points_activities_grid_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["base_organizations.id"],
            name=op.f("fk_volunteer_points_activities_organization_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["volunteer_points_teams.id"],
            name=op.f("fk_volunteer_points_activities_team_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_points_activities")),
    )
    with op.batch_alter_table("volunteer_points_activities", schema=None) as batch_op:
        batch_op.create_index(
            "ix_volunteer_points_activities_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_activities_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_activities_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_activities_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_activities_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_activities_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_volunteer_points_activities_grid_id"), ["grid_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_volunteer_points_activities_organization_id"), ["organization_id"], unique=False
        )
        batch_op.create_index("ix_volunteer_points_activities_starts_at", ["starts_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_volunteer_points_activities_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_volunteer_points_activities_team_id"), ["team_id"], unique=False)

    op.create_table(
        "volunteer_points_orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=128), nullable=False),
        sa.Column("need", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("service_class", sa.String(length=32), nullable=False),
        sa.Column("circumstance", sa.String(length=32), nullable=False),
        sa.Column("dangerous", sa.Boolean(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("claimed", sa.Integer(), nullable=False),
        sa.Column("minutes_reported", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("placed_by_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("anc_1", sa.Integer(), nullable=True),
        sa.Column("anc_2", sa.Integer(), nullable=True),
        sa.Column("anc_3", sa.Integer(), nullable=True),
        sa.Column("anc_4", sa.Integer(), nullable=True),
        sa.Column("anc_5", sa.Integer(), nullable=True),
        sa.Column("anc_6", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "claimed >= 0 AND claimed <= needed",
            name=op.f("ck_volunteer_points_orders_claimed_within_needed"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_volunteer_points_orders_ends_after_start")),
        sa.CheckConstraint(
            "minutes_reported >= 0", name=op.f("ck_volunteer_points_orders_reported_not_negative")
        ),
        sa.CheckConstraint("needed > 0", name=op.f("ck_volunteer_points_orders_needed_positive")),
        sa.ForeignKeyConstraint(
            ["grid_id"],
            ["base_grids.id"],
            name=op.f("fk_volunteer_points_orders_grid_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["placed_by_id"],
            ["base_people.id"],
            name=op.f("fk_volunteer_points_orders_placed_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["volunteer_points_teams.id"],
            name=op.f("fk_volunteer_points_orders_team_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_points_orders")),
    )
    with op.batch_alter_table("volunteer_points_orders", schema=None) as batch_op:
        batch_op.create_index(
            "ix_volunteer_points_orders_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_orders_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_orders_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_orders_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_orders_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_orders_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_volunteer_points_orders_grid_id"), ["grid_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_volunteer_points_orders_placed_by_id"), ["placed_by_id"], unique=False
        )
        batch_op.create_index("ix_volunteer_points_orders_starts_at", ["starts_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_volunteer_points_orders_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_volunteer_points_orders_team_id"), ["team_id"], unique=False)

    op.create_table(
        "volunteer_points_team_members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("anc_1", sa.Integer(), nullable=True),
        sa.Column("anc_2", sa.Integer(), nullable=True),
        sa.Column("anc_3", sa.Integer(), nullable=True),
        sa.Column("anc_4", sa.Integer(), nullable=True),
        sa.Column("anc_5", sa.Integer(), nullable=True),
        sa.Column("anc_6", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["grid_id"],
            ["base_grids.id"],
            name=op.f("fk_volunteer_points_team_members_grid_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["base_people.id"],
            name=op.f("fk_volunteer_points_team_members_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["volunteer_points_teams.id"],
            name=op.f("fk_volunteer_points_team_members_team_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteer_points_volunteers.id"],
            name=op.f("fk_volunteer_points_team_members_volunteer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_points_team_members")),
        sa.UniqueConstraint(
            "team_id", "volunteer_id", name=op.f("uq_volunteer_points_team_members_team_id_volunteer_id")
        ),
    )
    with op.batch_alter_table("volunteer_points_team_members", schema=None) as batch_op:
        batch_op.create_index(
            "ix_volunteer_points_team_members_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_team_members_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_team_members_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_team_members_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_team_members_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_team_members_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_volunteer_points_team_members_grid_id"), ["grid_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_volunteer_points_team_members_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_volunteer_points_team_members_volunteer_id"), ["volunteer_id"], unique=False
        )

    op.create_table(
        "volunteer_points_order_claims",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
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
            ["grid_id"],
            ["base_grids.id"],
            name=op.f("fk_volunteer_points_order_claims_grid_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["volunteer_points_orders.id"],
            name=op.f("fk_volunteer_points_order_claims_order_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["base_people.id"],
            name=op.f("fk_volunteer_points_order_claims_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteer_points_volunteers.id"],
            name=op.f("fk_volunteer_points_order_claims_volunteer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_points_order_claims")),
        sa.UniqueConstraint(
            "order_id", "volunteer_id", name=op.f("uq_volunteer_points_order_claims_order_id_volunteer_id")
        ),
    )
    with op.batch_alter_table("volunteer_points_order_claims", schema=None) as batch_op:
        batch_op.create_index(
            "ix_volunteer_points_order_claims_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_order_claims_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_order_claims_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_order_claims_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_order_claims_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_order_claims_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_volunteer_points_order_claims_grid_id"), ["grid_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_volunteer_points_order_claims_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_volunteer_points_order_claims_volunteer_id"), ["volunteer_id"], unique=False
        )

    op.create_table(
        "volunteer_points_order_offers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
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
            ["grid_id"],
            ["base_grids.id"],
            name=op.f("fk_volunteer_points_order_offers_grid_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["volunteer_points_orders.id"],
            name=op.f("fk_volunteer_points_order_offers_order_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["volunteer_points_teams.id"],
            name=op.f("fk_volunteer_points_order_offers_team_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_points_order_offers")),
        sa.UniqueConstraint(
            "order_id", "team_id", name=op.f("uq_volunteer_points_order_offers_order_id_team_id")
        ),
    )
    with op.batch_alter_table("volunteer_points_order_offers", schema=None) as batch_op:
        batch_op.create_index(
            "ix_volunteer_points_order_offers_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_order_offers_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_order_offers_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_order_offers_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_order_offers_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_order_offers_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_volunteer_points_order_offers_grid_id"), ["grid_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_volunteer_points_order_offers_state"), ["state"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_volunteer_points_order_offers_team_id"), ["team_id"], unique=False
        )

    op.create_table(
        "volunteer_points_shifts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("check_in_code", sa.String(length=16), nullable=False),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("anc_1", sa.Integer(), nullable=True),
        sa.Column("anc_2", sa.Integer(), nullable=True),
        sa.Column("anc_3", sa.Integer(), nullable=True),
        sa.Column("anc_4", sa.Integer(), nullable=True),
        sa.Column("anc_5", sa.Integer(), nullable=True),
        sa.Column("anc_6", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_volunteer_points_shifts_ends_after_start")),
        sa.CheckConstraint(
            "taken >= 0 AND taken <= capacity", name=op.f("ck_volunteer_points_shifts_taken_within_capacity")
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["volunteer_points_activities.id"],
            name=op.f("fk_volunteer_points_shifts_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["grid_id"],
            ["base_grids.id"],
            name=op.f("fk_volunteer_points_shifts_grid_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_points_shifts")),
    )
    with op.batch_alter_table("volunteer_points_shifts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_volunteer_points_shifts_activity_starts", ["activity_id", "starts_at"], unique=False
        )
        batch_op.create_index(
            "ix_volunteer_points_shifts_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_shifts_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_shifts_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_shifts_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_shifts_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_shifts_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_volunteer_points_shifts_grid_id"), ["grid_id"], unique=False)

    op.create_table(
        "volunteer_points_showcases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("headline", sa.String(length=128), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
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
            ["grid_id"],
            ["base_grids.id"],
            name=op.f("fk_volunteer_points_showcases_grid_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["volunteer_points_orders.id"],
            name=op.f("fk_volunteer_points_showcases_order_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_points_showcases")),
        sa.UniqueConstraint("order_id", name=op.f("uq_volunteer_points_showcases_order_id")),
    )
    with op.batch_alter_table("volunteer_points_showcases", schema=None) as batch_op:
        batch_op.create_index(
            "ix_volunteer_points_showcases_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_showcases_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_showcases_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_showcases_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_showcases_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_showcases_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_volunteer_points_showcases_grid_id"), ["grid_id"], unique=False)
        batch_op.create_index("ix_volunteer_points_showcases_shown_at", ["shown_at", "id"], unique=False)

    op.create_table(
        "volunteer_points_signups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_out_at", sa.DateTime(timezone=True), nullable=True),
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
            ["grid_id"],
            ["base_grids.id"],
            name=op.f("fk_volunteer_points_signups_grid_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["base_people.id"],
            name=op.f("fk_volunteer_points_signups_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"],
            ["volunteer_points_shifts.id"],
            name=op.f("fk_volunteer_points_signups_shift_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteer_points_volunteers.id"],
            name=op.f("fk_volunteer_points_signups_volunteer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_points_signups")),
        sa.UniqueConstraint(
            "shift_id", "volunteer_id", name=op.f("uq_volunteer_points_signups_shift_id_volunteer_id")
        ),
    )
    with op.batch_alter_table("volunteer_points_signups", schema=None) as batch_op:
        batch_op.create_index(
            "ix_volunteer_points_signups_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_signups_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_signups_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_signups_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_signups_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_signups_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_volunteer_points_signups_grid_id"), ["grid_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_volunteer_points_signups_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_volunteer_points_signups_state"), ["state"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_volunteer_points_signups_volunteer_id"), ["volunteer_id"], unique=False
        )

    op.create_table(
        "volunteer_points_records",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("signup_id", sa.Uuid(), nullable=True),
        sa.Column("claim_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(length=128), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("service_class", sa.String(length=32), nullable=False),
        sa.Column("circumstance", sa.String(length=32), nullable=False),
        sa.Column("served_on", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes_served", sa.Integer(), nullable=False),
        sa.Column("minutes_counted", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("volunteer_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organiser_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organiser_account_id", sa.Uuid(), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(length=200), nullable=True),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("anc_1", sa.Integer(), nullable=True),
        sa.Column("anc_2", sa.Integer(), nullable=True),
        sa.Column("anc_3", sa.Integer(), nullable=True),
        sa.Column("anc_4", sa.Integer(), nullable=True),
        sa.Column("anc_5", sa.Integer(), nullable=True),
        sa.Column("anc_6", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "minutes_counted >= 0 AND minutes_counted <= minutes_served",
            name=op.f("ck_volunteer_points_records_counted_within_served"),
        ),
        sa.CheckConstraint("points >= 0", name=op.f("ck_volunteer_points_records_points_not_negative")),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["volunteer_points_order_claims.id"],
            name=op.f("fk_volunteer_points_records_claim_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["grid_id"],
            ["base_grids.id"],
            name=op.f("fk_volunteer_points_records_grid_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["base_people.id"],
            name=op.f("fk_volunteer_points_records_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["signup_id"],
            ["volunteer_points_signups.id"],
            name=op.f("fk_volunteer_points_records_signup_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteer_points_volunteers.id"],
            name=op.f("fk_volunteer_points_records_volunteer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_points_records")),
        sa.UniqueConstraint("claim_id", name=op.f("uq_volunteer_points_records_claim_id")),
        sa.UniqueConstraint("signup_id", name=op.f("uq_volunteer_points_records_signup_id")),
    )
    with op.batch_alter_table("volunteer_points_records", schema=None) as batch_op:
        batch_op.create_index(
            "ix_volunteer_points_records_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_records_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_records_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_records_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_records_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_records_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_volunteer_points_records_grid_id"), ["grid_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_volunteer_points_records_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index("ix_volunteer_points_records_served_on", ["served_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_volunteer_points_records_state"), ["state"], unique=False)
        batch_op.create_index(
            "ix_volunteer_points_records_volunteer_day", ["volunteer_id", "served_on"], unique=False
        )

    op.create_table(
        "volunteer_points_transfers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("redemption_id", sa.Uuid(), nullable=True),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("anc_1", sa.Integer(), nullable=True),
        sa.Column("anc_2", sa.Integer(), nullable=True),
        sa.Column("anc_3", sa.Integer(), nullable=True),
        sa.Column("anc_4", sa.Integer(), nullable=True),
        sa.Column("anc_5", sa.Integer(), nullable=True),
        sa.Column("anc_6", sa.Integer(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_volunteer_points_transfers_amount_positive")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["volunteer_points_accounts.id"],
            name=op.f("fk_volunteer_points_transfers_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["grid_id"],
            ["base_grids.id"],
            name=op.f("fk_volunteer_points_transfers_grid_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["base_people.id"],
            name=op.f("fk_volunteer_points_transfers_person_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["volunteer_points_records.id"],
            name=op.f("fk_volunteer_points_transfers_record_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["redemption_id"],
            ["volunteer_points_redemptions.id"],
            name=op.f("fk_volunteer_points_transfers_redemption_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_points_transfers")),
        sa.UniqueConstraint("record_id", "kind", name=op.f("uq_volunteer_points_transfers_record_id_kind")),
        sa.UniqueConstraint(
            "redemption_id", "kind", name=op.f("uq_volunteer_points_transfers_redemption_id_kind")
        ),
    )
    with op.batch_alter_table("volunteer_points_transfers", schema=None) as batch_op:
        batch_op.create_index("ix_volunteer_points_transfers_account_at", ["account_id", "at"], unique=False)
        batch_op.create_index(
            "ix_volunteer_points_transfers_anc_1",
            ["anc_1", "id"],
            unique=False,
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_transfers_anc_2",
            ["anc_2", "id"],
            unique=False,
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_transfers_anc_3",
            ["anc_3", "id"],
            unique=False,
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_transfers_anc_4",
            ["anc_4", "id"],
            unique=False,
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_transfers_anc_5",
            ["anc_5", "id"],
            unique=False,
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_volunteer_points_transfers_anc_6",
            ["anc_6", "id"],
            unique=False,
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.create_index("ix_volunteer_points_transfers_at", ["at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_volunteer_points_transfers_grid_id"), ["grid_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_volunteer_points_transfers_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "volunteer_points_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("book", sa.String(length=32), nullable=False),
        sa.Column("debit", sa.Integer(), nullable=False),
        sa.Column("credit", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "debit >= 0 AND credit >= 0 AND (debit = 0) <> (credit = 0)",
            name=op.f("ck_volunteer_points_entries_one_side"),
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"],
            ["volunteer_points_transfers.id"],
            name=op.f("fk_volunteer_points_entries_transfer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_points_entries")),
    )
    with op.batch_alter_table("volunteer_points_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_volunteer_points_entries_transfer_id"), ["transfer_id"], unique=False
        )

    op.create_table(
        "volunteer_points_lots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("earned_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "remaining >= 0 AND remaining <= amount",
            name=op.f("ck_volunteer_points_lots_remaining_within_amount"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["volunteer_points_accounts.id"],
            name=op.f("fk_volunteer_points_lots_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"],
            ["volunteer_points_transfers.id"],
            name=op.f("fk_volunteer_points_lots_transfer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_points_lots")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_volunteer_points_lots_transfer_id")),
    )
    with op.batch_alter_table("volunteer_points_lots", schema=None) as batch_op:
        batch_op.create_index(
            "ix_volunteer_points_lots_account_expires", ["account_id", "expires_on"], unique=False
        )
        batch_op.create_index("ix_volunteer_points_lots_expires_on", ["expires_on"], unique=False)

    op.create_table(
        "volunteer_points_lot_moves",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_volunteer_points_lot_moves_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["volunteer_points_lots.id"],
            name=op.f("fk_volunteer_points_lot_moves_lot_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"],
            ["volunteer_points_transfers.id"],
            name=op.f("fk_volunteer_points_lot_moves_transfer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_points_lot_moves")),
    )
    with op.batch_alter_table("volunteer_points_lot_moves", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_volunteer_points_lot_moves_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_volunteer_points_lot_moves_transfer_id"), ["transfer_id"], unique=False
        )


def downgrade() -> None:
    """Take the revision back."""
    with op.batch_alter_table("volunteer_points_lot_moves", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volunteer_points_lot_moves_transfer_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_points_lot_moves_lot_id"))

    op.drop_table("volunteer_points_lot_moves")
    with op.batch_alter_table("volunteer_points_lots", schema=None) as batch_op:
        batch_op.drop_index("ix_volunteer_points_lots_expires_on")
        batch_op.drop_index("ix_volunteer_points_lots_account_expires")

    op.drop_table("volunteer_points_lots")
    with op.batch_alter_table("volunteer_points_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volunteer_points_entries_transfer_id"))

    op.drop_table("volunteer_points_entries")
    with op.batch_alter_table("volunteer_points_transfers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volunteer_points_transfers_person_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_points_transfers_grid_id"))
        batch_op.drop_index("ix_volunteer_points_transfers_at")
        batch_op.drop_index(
            "ix_volunteer_points_transfers_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_transfers_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_transfers_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_transfers_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_transfers_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_transfers_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.drop_index("ix_volunteer_points_transfers_account_at")

    op.drop_table("volunteer_points_transfers")
    with op.batch_alter_table("volunteer_points_records", schema=None) as batch_op:
        batch_op.drop_index("ix_volunteer_points_records_volunteer_day")
        batch_op.drop_index(batch_op.f("ix_volunteer_points_records_state"))
        batch_op.drop_index("ix_volunteer_points_records_served_on")
        batch_op.drop_index(batch_op.f("ix_volunteer_points_records_person_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_points_records_grid_id"))
        batch_op.drop_index(
            "ix_volunteer_points_records_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_records_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_records_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_records_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_records_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_records_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )

    op.drop_table("volunteer_points_records")
    with op.batch_alter_table("volunteer_points_signups", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volunteer_points_signups_volunteer_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_points_signups_state"))
        batch_op.drop_index(batch_op.f("ix_volunteer_points_signups_person_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_points_signups_grid_id"))
        batch_op.drop_index(
            "ix_volunteer_points_signups_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_signups_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_signups_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_signups_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_signups_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_signups_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )

    op.drop_table("volunteer_points_signups")
    with op.batch_alter_table("volunteer_points_showcases", schema=None) as batch_op:
        batch_op.drop_index("ix_volunteer_points_showcases_shown_at")
        batch_op.drop_index(batch_op.f("ix_volunteer_points_showcases_grid_id"))
        batch_op.drop_index(
            "ix_volunteer_points_showcases_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_showcases_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_showcases_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_showcases_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_showcases_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_showcases_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )

    op.drop_table("volunteer_points_showcases")
    with op.batch_alter_table("volunteer_points_shifts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volunteer_points_shifts_grid_id"))
        batch_op.drop_index(
            "ix_volunteer_points_shifts_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_shifts_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_shifts_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_shifts_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_shifts_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_shifts_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.drop_index("ix_volunteer_points_shifts_activity_starts")

    op.drop_table("volunteer_points_shifts")
    with op.batch_alter_table("volunteer_points_order_offers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volunteer_points_order_offers_team_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_points_order_offers_state"))
        batch_op.drop_index(batch_op.f("ix_volunteer_points_order_offers_grid_id"))
        batch_op.drop_index(
            "ix_volunteer_points_order_offers_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_order_offers_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_order_offers_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_order_offers_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_order_offers_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_order_offers_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )

    op.drop_table("volunteer_points_order_offers")
    with op.batch_alter_table("volunteer_points_order_claims", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volunteer_points_order_claims_volunteer_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_points_order_claims_person_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_points_order_claims_grid_id"))
        batch_op.drop_index(
            "ix_volunteer_points_order_claims_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_order_claims_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_order_claims_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_order_claims_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_order_claims_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_order_claims_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )

    op.drop_table("volunteer_points_order_claims")
    with op.batch_alter_table("volunteer_points_team_members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volunteer_points_team_members_volunteer_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_points_team_members_person_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_points_team_members_grid_id"))
        batch_op.drop_index(
            "ix_volunteer_points_team_members_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_team_members_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_team_members_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_team_members_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_team_members_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_team_members_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )

    op.drop_table("volunteer_points_team_members")
    with op.batch_alter_table("volunteer_points_orders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volunteer_points_orders_team_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_points_orders_state"))
        batch_op.drop_index("ix_volunteer_points_orders_starts_at")
        batch_op.drop_index(batch_op.f("ix_volunteer_points_orders_placed_by_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_points_orders_grid_id"))
        batch_op.drop_index(
            "ix_volunteer_points_orders_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_orders_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_orders_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_orders_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_orders_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_orders_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )

    op.drop_table("volunteer_points_orders")
    with op.batch_alter_table("volunteer_points_activities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volunteer_points_activities_team_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_points_activities_state"))
        batch_op.drop_index("ix_volunteer_points_activities_starts_at")
        batch_op.drop_index(batch_op.f("ix_volunteer_points_activities_organization_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_points_activities_grid_id"))
        batch_op.drop_index(
            "ix_volunteer_points_activities_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_activities_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_activities_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_activities_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_activities_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_activities_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )

    op.drop_table("volunteer_points_activities")
    with op.batch_alter_table("volunteer_points_teams", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volunteer_points_teams_organization_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_points_teams_name"))
        batch_op.drop_index(batch_op.f("ix_volunteer_points_teams_leader_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_points_teams_grid_id"))
        batch_op.drop_index(
            "ix_volunteer_points_teams_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_teams_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_teams_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_teams_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_teams_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_teams_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )

    op.drop_table("volunteer_points_teams")
    with op.batch_alter_table("volunteer_points_redemptions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volunteer_points_redemptions_volunteer_id"))
        batch_op.drop_index("ix_volunteer_points_redemptions_state_until")
        batch_op.drop_index("ix_volunteer_points_redemptions_reward_day")
        batch_op.drop_index("ix_volunteer_points_redemptions_reserved_on")
        batch_op.drop_index(batch_op.f("ix_volunteer_points_redemptions_person_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_points_redemptions_grid_id"))
        batch_op.drop_index(
            "ix_volunteer_points_redemptions_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_redemptions_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_redemptions_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_redemptions_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_redemptions_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_redemptions_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )

    op.drop_table("volunteer_points_redemptions")
    with op.batch_alter_table("volunteer_points_accounts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volunteer_points_accounts_person_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_points_accounts_grid_id"))
        batch_op.drop_index("ix_volunteer_points_accounts_available")
        batch_op.drop_index(
            "ix_volunteer_points_accounts_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_accounts_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_accounts_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_accounts_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_accounts_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_accounts_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )

    op.drop_table("volunteer_points_accounts")
    with op.batch_alter_table("volunteer_points_volunteers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volunteer_points_volunteers_state"))
        batch_op.drop_index("ix_volunteer_points_volunteers_registered_on")
        batch_op.drop_index(batch_op.f("ix_volunteer_points_volunteers_grid_id"))
        batch_op.drop_index(
            "ix_volunteer_points_volunteers_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_volunteers_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_volunteers_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_volunteers_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_volunteers_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_volunteers_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )

    op.drop_table("volunteer_points_volunteers")
    with op.batch_alter_table("volunteer_points_rewards", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volunteer_points_rewards_state"))
        batch_op.drop_index(batch_op.f("ix_volunteer_points_rewards_sponsorship_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_points_rewards_kind"))
        batch_op.drop_index(batch_op.f("ix_volunteer_points_rewards_grid_id"))
        batch_op.drop_index("ix_volunteer_points_rewards_cost")
        batch_op.drop_index(
            "ix_volunteer_points_rewards_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_rewards_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_rewards_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_rewards_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_rewards_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_rewards_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )

    op.drop_table("volunteer_points_rewards")
    with op.batch_alter_table("volunteer_points_sponsorships", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volunteer_points_sponsorships_organization_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_points_sponsorships_grid_id"))
        batch_op.drop_index(
            "ix_volunteer_points_sponsorships_anc_6",
            sqlite_where=sa.text("anc_6 IS NOT NULL"),
            postgresql_where=sa.text("anc_6 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_sponsorships_anc_5",
            sqlite_where=sa.text("anc_5 IS NOT NULL"),
            postgresql_where=sa.text("anc_5 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_sponsorships_anc_4",
            sqlite_where=sa.text("anc_4 IS NOT NULL"),
            postgresql_where=sa.text("anc_4 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_sponsorships_anc_3",
            sqlite_where=sa.text("anc_3 IS NOT NULL"),
            postgresql_where=sa.text("anc_3 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_sponsorships_anc_2",
            sqlite_where=sa.text("anc_2 IS NOT NULL"),
            postgresql_where=sa.text("anc_2 IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_volunteer_points_sponsorships_anc_1",
            sqlite_where=sa.text("anc_1 IS NOT NULL"),
            postgresql_where=sa.text("anc_1 IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_volunteer_points_sponsorships_agreement_number"))

    op.drop_table("volunteer_points_sponsorships")
