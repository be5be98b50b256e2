"""Tables of the five verbs: orders, offers to teams, claims by members, and what is shown of the result."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wangge import Identified, Model, Timestamped, UtcDateTime, enum_type
from wangge_schema import GridBound
from wangge_volunteer_points.rules.orders import ClaimState, OfferState, OrderState


class VolunteerOrder(Identified, Timestamped, GridBound, Model):
    """A need that a community or a resident puts up for volunteers (点单)."""

    __tablename__ = "volunteer_points_orders"
    __published__ = True
    __person_key__ = "placed_by_id"
    __table_args__ = (
        CheckConstraint("minutes_reported >= 0", name="reported_not_negative"),
        CheckConstraint("claimed >= 0 AND claimed <= needed", name="claimed_within_needed"),
        CheckConstraint("needed > 0", name="needed_positive"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_volunteer_points_orders_starts_at", "starts_at", "id"),
    )

    title: Mapped[str] = mapped_column(String(128))
    need: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(String(200))
    service_class: Mapped[str] = mapped_column(String(32))
    circumstance: Mapped[str] = mapped_column(String(32))
    dangerous: Mapped[bool] = mapped_column(Boolean, default=False)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    needed: Mapped[int] = mapped_column(Integer)
    """How many volunteers are needed."""
    claimed: Mapped[int] = mapped_column(Integer, default=0)
    """How many have claimed the order; kept under the order's lock."""
    minutes_reported: Mapped[int] = mapped_column(Integer, default=0)
    """What the volunteers have reported in all, so that the recipient sees what there is to confirm."""
    state: Mapped[OrderState] = mapped_column(enum_type(OrderState), default=OrderState.PLACED, index=True)
    placed_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("base_people.id", ondelete="SET NULL"), index=True
    )
    """The resident who asked; None where the community did."""
    team_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("volunteer_points_teams.id", ondelete="SET NULL"), index=True
    )
    """The team that took the order, or accepted its offer."""
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OrderOffer(Identified, Timestamped, GridBound, Model):
    """That an order was offered to a team (派单). It binds nobody until the team accepts."""

    __tablename__ = "volunteer_points_order_offers"
    __published__ = True
    __table_args__ = (UniqueConstraint("order_id", "team_id"),)

    order_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_points_orders.id", ondelete="CASCADE"))
    team_id: Mapped[UUID] = mapped_column(
        ForeignKey("volunteer_points_teams.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[OfferState] = mapped_column(enum_type(OfferState), default=OfferState.OPEN, index=True)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(200))
    """Why the team declined, if it says so; no reason is owed."""


class OrderClaim(Identified, Timestamped, GridBound, Model):
    """That a member of the team took part of an order upon themselves (领单)."""

    __tablename__ = "volunteer_points_order_claims"
    __person_key__ = "person_id"
    __table_args__ = (UniqueConstraint("order_id", "volunteer_id"),)

    order_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_points_orders.id", ondelete="CASCADE"))
    volunteer_id: Mapped[UUID] = mapped_column(
        ForeignKey("volunteer_points_volunteers.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("base_people.id", ondelete="CASCADE"), index=True)
    state: Mapped[ClaimState] = mapped_column(enum_type(ClaimState), default=ClaimState.CLAIMED)


class OrderShowcase(Identified, Timestamped, GridBound, Model):
    """The result of an order, shown to everyone in the district (晒单); it names no resident."""

    __tablename__ = "volunteer_points_showcases"
    __published__ = True
    __table_args__ = (Index("ix_volunteer_points_showcases_shown_at", "shown_at", "id"),)

    order_id: Mapped[UUID] = mapped_column(
        ForeignKey("volunteer_points_orders.id", ondelete="CASCADE"), unique=True
    )
    headline: Mapped[str] = mapped_column(String(128))
    story: Mapped[str] = mapped_column(Text)
    shown_at: Mapped[datetime] = mapped_column(UtcDateTime)
