"""Count people by an index alone: every read leaves out the restricted, so the scope's indexes say who is."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    _make_indexes("restricted_at")


def downgrade() -> None:
    """Take the revision back."""
    _make_indexes()


def _make_indexes(*more: str) -> None:
    for depth in range(1, 7):
        name, present = f"ix_base_people_anc_{depth}", sa.text(f"anc_{depth} IS NOT NULL")
        op.drop_index(name, "base_people")
        columns = [f"anc_{depth}", "id", *more]
        op.create_index(name, "base_people", columns, sqlite_where=present, postgresql_where=present)
