"""Tables of activities, their shifts, and who signed up and was there."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wangge import Identified, Model, Timestamped, UtcDateTime, enum_type
from wangge_schema import GridBound
from wangge_volunteer_points.rules.activities import ActivityState, Period, SignupState


class VolunteerActivity(Identified, Timestamped, GridBound, Model):
    """Something volunteers do together: a free clinic, legal advice, mediation, a festival."""

    __tablename__ = "volunteer_points_activities"
    __published__ = True
    __table_args__ = (Index("ix_volunteer_points_activities_starts_at", "starts_at", "id"),)

    title: Mapped[str] = mapped_column(String(128))
    content: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(String(200))
    service_class: Mapped[str] = mapped_column(String(32))
    circumstance: Mapped[str] = mapped_column(String(32))
    dangerous: Mapped[bool] = mapped_column(Boolean, default=False)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the first shift starts."""
    state: Mapped[ActivityState] = mapped_column(
        enum_type(ActivityState), default=ActivityState.DRAFT, index=True
    )
    team_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("volunteer_points_teams.id", ondelete="SET NULL"), index=True
    )
    organization_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("base_organizations.id", ondelete="SET NULL"), index=True
    )


class ActivityShift(Identified, Timestamped, GridBound, Model):
    """A stretch of an activity with its own places."""

    __tablename__ = "volunteer_points_shifts"
    __published__ = True
    __table_args__ = (
        CheckConstraint("taken >= 0 AND taken <= capacity", name="taken_within_capacity"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_volunteer_points_shifts_activity_starts", "activity_id", "starts_at"),
    )

    activity_id: Mapped[UUID] = mapped_column(
        ForeignKey("volunteer_points_activities.id", ondelete="CASCADE")
    )
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    capacity: Mapped[int] = mapped_column(Integer)
    taken: Mapped[int] = mapped_column(Integer, default=0)
    """How many places are taken; kept under the shift's lock."""
    check_in_code: Mapped[str] = mapped_column(String(16))
    """Shown at the place, so that only who is there can check in."""

    @property
    def period(self) -> Period:
        """The shift as the rules see it."""
        return Period(self.starts_at, self.ends_at)


class ShiftSignup(Identified, Timestamped, GridBound, Model):
    """That a volunteer signed up for a shift, and when they came and went."""

    __tablename__ = "volunteer_points_signups"
    __person_key__ = "person_id"
    __table_args__ = (UniqueConstraint("shift_id", "volunteer_id"),)

    shift_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_points_shifts.id", ondelete="CASCADE"))
    volunteer_id: Mapped[UUID] = mapped_column(
        ForeignKey("volunteer_points_volunteers.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("base_people.id", ondelete="CASCADE"), index=True)
    state: Mapped[SignupState] = mapped_column(
        enum_type(SignupState), default=SignupState.SIGNED_UP, index=True
    )
    checked_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_out_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
