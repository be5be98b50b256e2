"""Restrict and erase: since when a person's data are only stored, and the record of it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

RESTRICTED, LASTING = sa.text("restricted_at IS NOT NULL"), sa.text("lifted_at IS NULL")
ANCESTORS = tuple(f"anc_{depth}" for depth in range(1, 7))


def upgrade() -> None:
    """Apply the revision."""
    op.add_column("base_people", sa.Column("restricted_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_base_people_restricted",
        "base_people",
        ["id"],
        sqlite_where=RESTRICTED,
        postgresql_where=RESTRICTED,
    )
    op.create_table(
        "base_restrictions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("restricted_by", sa.Uuid(), nullable=True),
        sa.Column("restricted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in ANCESTORS),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["grid_id"], ["base_grids.id"], name=op.f("fk_base_restrictions_grid_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["base_people.id"], name=op.f("fk_base_restrictions_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_restrictions")),
    )
    for name in ("person_id", "restricted_at", "grid_id"):
        op.create_index(op.f(f"ix_base_restrictions_{name}"), "base_restrictions", [name])
    for name in ANCESTORS:
        present = sa.text(f"{name} IS NOT NULL")
        op.create_index(
            f"ix_base_restrictions_{name}",
            "base_restrictions",
            [name, "id"],
            sqlite_where=present,
            postgresql_where=present,
        )
    op.create_index(
        "uq_base_restrictions_lasting",
        "base_restrictions",
        ["person_id"],
        unique=True,
        sqlite_where=LASTING,
        postgresql_where=LASTING,
    )


def downgrade() -> None:
    """Take the revision back."""
    op.drop_table("base_restrictions")
    op.drop_index("ix_base_people_restricted", "base_people")
    op.drop_column("base_people", "restricted_at")
