"""Table of restrictions: whose data are only stored, since when, and why."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from wangge import Identified, Model, Timestamped, UtcDateTime
from wangge_schema.grids.scope import GridBound
from wangge_schema.rights.rules import LONGEST_REASON


class Restriction(Identified, Timestamped, GridBound, Model):
    """That the data of a person are only stored, until it is lifted; after an erasure for good.

    The record stays in view while the person does not, for those who handle restrictions.
    """

    __tablename__ = "base_restrictions"
    __grid_ondelete__ = "RESTRICT"
    __person_key__ = "person_id"
    __follows_person__ = True
    __shows_restricted__ = True

    person_id: Mapped[UUID] = mapped_column(ForeignKey("base_people.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))
    """In the words of whoever restricted the data; empty after an erasure."""
    restricted_by: Mapped[UUID | None] = mapped_column(Uuid)
    """Account that did it; None for the server itself."""
    restricted_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erased: Mapped[bool] = mapped_column(Boolean, default=False)
    """The person is a stub without personal values: a law keeps rows that belong to it."""


_LASTING = Restriction.lifted_at.is_(None)
Index(
    "uq_base_restrictions_lasting",
    Restriction.person_id,
    unique=True,
    sqlite_where=_LASTING,
    postgresql_where=_LASTING,
)
