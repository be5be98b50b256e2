"""Tables of volunteers, their teams, and who belongs to which."""

from datetime import date
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wangge import Identified, Model, Timestamped, enum_type
from wangge_schema import GridBound
from wangge_volunteer_points.rules.volunteers import VolunteerState


class Volunteer(Identified, Timestamped, GridBound, Model):
    """A person who has registered to serve, of their own free will; once per person."""

    __tablename__ = "volunteer_points_volunteers"
    __person_key__ = "person_id"
    __follows_person__ = True
    __table_args__ = (Index("ix_volunteer_points_volunteers_registered_on", "registered_on", "id"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("base_people.id", ondelete="CASCADE"), unique=True)
    state: Mapped[VolunteerState] = mapped_column(
        enum_type(VolunteerState), default=VolunteerState.ACTIVE, index=True
    )
    registered_on: Mapped[date] = mapped_column(Date)
    application_number: Mapped[str | None] = mapped_column(String(64))
    """Of the application that the person signed on paper; None where they registered by themselves."""
    guardian_consent_on: Mapped[date | None] = mapped_column(Date)
    """When a guardian consented in writing to a minor's service."""
    withdrawn_on: Mapped[date | None] = mapped_column(Date)


class VolunteerTeam(Identified, Timestamped, GridBound, Model):
    """A team of volunteers, such as 红小二, 和事佬 or 夕阳红."""

    __tablename__ = "volunteer_points_teams"
    __published__ = True
    __table_args__ = (UniqueConstraint("grid_id", "name"),)

    name: Mapped[str] = mapped_column(String(64), index=True)
    purpose: Mapped[str] = mapped_column(String(500))
    organization_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("base_organizations.id", ondelete="SET NULL"), index=True
    )
    """The organisation the team belongs to, if to one."""
    leader_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("volunteer_points_volunteers.id", ondelete="SET NULL"), index=True
    )
    """A member who answers for the team: takes orders and accepts or declines offers."""


class VolunteerTeamMember(Identified, GridBound, Model):
    """That a volunteer belongs to a team; deleted when they leave."""

    __tablename__ = "volunteer_points_team_members"
    __person_key__ = "person_id"
    __table_args__ = (UniqueConstraint("team_id", "volunteer_id"),)

    team_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_points_teams.id", ondelete="CASCADE"))
    volunteer_id: Mapped[UUID] = mapped_column(
        ForeignKey("volunteer_points_volunteers.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("base_people.id", ondelete="CASCADE"), index=True)
    since: Mapped[date] = mapped_column(Date)
