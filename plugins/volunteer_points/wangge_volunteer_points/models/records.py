"""The table of service records: true hours, confirmed by both sides, kept because the law says so."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from wangge import Identified, Model, Timestamped, UtcDateTime, enum_type
from wangge_schema import GridBound
from wangge_volunteer_points.rules.records import RecordState


class ServiceRecord(Identified, Timestamped, GridBound, Model):
    """What one volunteer did, where, when and for how long. Voided, never deleted."""

    __tablename__ = "volunteer_points_records"
    __person_key__ = "person_id"
    __table_args__ = (
        CheckConstraint(
            "minutes_counted >= 0 AND minutes_counted <= minutes_served", name="counted_within_served"
        ),
        CheckConstraint("points >= 0", name="points_not_negative"),
        Index("ix_volunteer_points_records_volunteer_day", "volunteer_id", "served_on"),
        Index("ix_volunteer_points_records_served_on", "served_on", "id"),
    )

    volunteer_id: Mapped[UUID] = mapped_column(
        ForeignKey("volunteer_points_volunteers.id", ondelete="CASCADE")
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("base_people.id", ondelete="CASCADE"), index=True)
    signup_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("volunteer_points_signups.id", ondelete="SET NULL"), unique=True
    )
    claim_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("volunteer_points_order_claims.id", ondelete="SET NULL"), unique=True
    )
    title: Mapped[str] = mapped_column(String(128))
    place: Mapped[str] = mapped_column(String(200))
    service_class: Mapped[str] = mapped_column(String(32))
    circumstance: Mapped[str] = mapped_column(String(32))
    served_on: Mapped[date] = mapped_column(Date)
    """The local day on which the service started."""
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    minutes_served: Mapped[int] = mapped_column(Integer)
    """The true time."""
    minutes_counted: Mapped[int] = mapped_column(Integer, default=0)
    """What counts of it under the day's cap; set when both sides have confirmed."""
    points: Mapped[int] = mapped_column(Integer, default=0)
    state: Mapped[RecordState] = mapped_column(
        enum_type(RecordState), default=RecordState.PENDING, index=True
    )
    volunteer_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    organiser_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    organiser_account_id: Mapped[UUID | None] = mapped_column(Uuid)
    """Account that confirmed for the organiser or the recipient."""
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    void_reason: Mapped[str | None] = mapped_column(String(200))
