"""Tables of rewards, the sponsorships behind fee credits, and redemptions."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from wangge import Identified, Model, Timestamped, UtcDateTime, enum_type
from wangge_schema import GridBound
from wangge_volunteer_points.rules.rewards import RedemptionState, RewardKind, RewardState


class Sponsorship(Identified, Timestamped, GridBound, Model):
    """A property firm's agreement to grant fee credits to volunteers."""

    __tablename__ = "volunteer_points_sponsorships"
    __table_args__ = (CheckConstraint("valid_to >= valid_from", name="valid_period"),)

    organization_id: Mapped[UUID] = mapped_column(
        ForeignKey("base_organizations.id", ondelete="CASCADE"), index=True
    )
    agreement_number: Mapped[str] = mapped_column(String(64), index=True)
    signed_on: Mapped[date | None] = mapped_column(Date)
    """When the firm signed; None until then, and until then nothing is credited."""
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date)


class Reward(Identified, Timestamped, GridBound, Model):
    """Something that points buy."""

    __tablename__ = "volunteer_points_rewards"
    __published__ = True
    __table_args__ = (
        CheckConstraint("stock >= 0", name="stock_not_negative"),
        CheckConstraint("cost > 0", name="cost_positive"),
        Index("ix_volunteer_points_rewards_cost", "cost", "id"),
    )

    title: Mapped[str] = mapped_column(String(128))
    description: Mapped[str] = mapped_column(Text)
    kind: Mapped[RewardKind] = mapped_column(enum_type(RewardKind), index=True)
    state: Mapped[RewardState] = mapped_column(enum_type(RewardState), default=RewardState.DRAFT, index=True)
    cost: Mapped[int] = mapped_column(Integer)
    """Points for one."""
    stock: Mapped[int] = mapped_column(Integer)
    """How many are left; kept under the reward's lock."""
    daily_limit: Mapped[int | None] = mapped_column(Integer)
    """How many may go on one local day; None sets no limit."""
    credit_fen: Mapped[int | None] = mapped_column(Integer)
    parking_hours: Mapped[int | None] = mapped_column(Integer)
    sponsorship_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("volunteer_points_sponsorships.id", ondelete="SET NULL"), index=True
    )


class Redemption(Identified, Timestamped, GridBound, Model):
    """Points set aside for a reward, then spent for good or given back."""

    __tablename__ = "volunteer_points_redemptions"
    __person_key__ = "person_id"
    __table_args__ = (
        CheckConstraint("points > 0", name="points_positive"),
        Index("ix_volunteer_points_redemptions_reward_day", "reward_id", "reserved_on"),
        Index("ix_volunteer_points_redemptions_state_until", "state", "held_until"),
        Index("ix_volunteer_points_redemptions_reserved_on", "reserved_on", "id"),
    )

    reward_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_points_rewards.id", ondelete="CASCADE"))
    volunteer_id: Mapped[UUID] = mapped_column(
        ForeignKey("volunteer_points_volunteers.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("base_people.id", ondelete="CASCADE"), index=True)
    points: Mapped[int] = mapped_column(Integer)
    """The cost at the time of the reservation."""
    state: Mapped[RedemptionState] = mapped_column(
        enum_type(RedemptionState), default=RedemptionState.RESERVED
    )
    reserved_on: Mapped[date] = mapped_column(Date)
    """The local day of the reservation, against which the daily limit counts."""
    held_until: Mapped[date] = mapped_column(Date)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was confirmed or released."""
    release_reason: Mapped[str | None] = mapped_column(String(200))
    bill_fen: Mapped[int | None] = mapped_column(Integer)
    """The property-fee bill that a credit was set against."""
    credit_reference: Mapped[str | None] = mapped_column(String(64))
    """What the billing system calls the credit, where one is connected."""
