"""Table of consents."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from wangge import Identified, Model, Timestamped, UtcDateTime, enum_type
from wangge_schema.consent.rules import ConsentGiver
from wangge_schema.grids.scope import GridBound


class Consent(Identified, Timestamped, GridBound, Model):
    """That a person agreed to a purpose, under one version of its notice. Withdrawn rows stay as proof."""

    __tablename__ = "base_consents"
    __grid_ondelete__ = "RESTRICT"
    __person_key__ = "person_id"
    __follows_person__ = True

    person_id: Mapped[UUID] = mapped_column(ForeignKey("base_people.id", ondelete="CASCADE"), index=True)
    purpose_id: Mapped[UUID] = mapped_column(
        ForeignKey("base_processing_purposes.id", ondelete="RESTRICT"), index=True
    )
    notice_version: Mapped[str] = mapped_column(String(32))
    given_by: Mapped[ConsentGiver] = mapped_column(enum_type(ConsentGiver))
    guardian_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("base_people.id", ondelete="SET NULL"), index=True
    )
    recorded_by: Mapped[UUID | None] = mapped_column(Uuid)
    """Account that recorded it: the person's or guardian's own, or a member of staff."""
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


_LASTING = Consent.withdrawn_at.is_(None)
Index(
    "uq_base_consents_lasting",
    Consent.person_id,
    Consent.purpose_id,
    unique=True,
    sqlite_where=_LASTING,
    postgresql_where=_LASTING,
)
