"""Tables of the points ledger. Transfers and entries are only ever added; `rules.ledger` says how."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wangge import Identified, Model, Timestamped, UtcDateTime, enum_type
from wangge_schema import GridBound
from wangge_volunteer_points.rules.ledger import Book, Holding, TransferKind


class PointsAccount(Identified, Timestamped, GridBound, Model):
    """A volunteer's account: what its books come to, changed only with a transfer and under its lock.

    It outlives the volunteer's record, without a name, so that the district's books stay balanced.
    """

    __tablename__ = "volunteer_points_accounts"
    __person_key__ = "person_id"
    __follows_person__ = True
    __table_args__ = (
        CheckConstraint("available >= 0", name="available_not_negative"),
        CheckConstraint("reserved >= 0", name="reserved_not_negative"),
        CheckConstraint("debt >= 0", name="debt_not_negative"),
        Index("ix_volunteer_points_accounts_available", "available", "id"),
    )

    volunteer_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("volunteer_points_volunteers.id", ondelete="SET NULL"), unique=True
    )
    person_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("base_people.id", ondelete="SET NULL"), index=True
    )
    available: Mapped[int] = mapped_column(Integer, default=0)
    reserved: Mapped[int] = mapped_column(Integer, default=0)
    debt: Mapped[int] = mapped_column(Integer, default=0)

    @property
    def holding(self) -> Holding:
        """The account as the rules see it."""
        return Holding(self.available, self.reserved, self.debt)


class PointsTransfer(Identified, GridBound, Model):
    """One movement of points. A record earns once and is reversed once; a redemption settles once."""

    __tablename__ = "volunteer_points_transfers"
    __person_key__ = "person_id"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        UniqueConstraint("record_id", "kind"),
        UniqueConstraint("redemption_id", "kind"),
        Index("ix_volunteer_points_transfers_account_at", "account_id", "at"),
        Index("ix_volunteer_points_transfers_at", "at", "id"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_points_accounts.id", ondelete="CASCADE"))
    person_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("base_people.id", ondelete="SET NULL"), index=True
    )
    kind: Mapped[TransferKind] = mapped_column(enum_type(TransferKind))
    amount: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    record_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("volunteer_points_records.id", ondelete="SET NULL")
    )
    redemption_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("volunteer_points_redemptions.id", ondelete="SET NULL")
    )


class PointsEntry(Identified, Model):
    """One line of a transfer: a debit or a credit of one book. Reached through its transfer only."""

    __tablename__ = "volunteer_points_entries"
    __table_args__ = (
        CheckConstraint("debit >= 0 AND credit >= 0 AND (debit = 0) <> (credit = 0)", name="one_side"),
    )

    transfer_id: Mapped[UUID] = mapped_column(
        ForeignKey("volunteer_points_transfers.id", ondelete="CASCADE"), index=True
    )
    book: Mapped[Book] = mapped_column(enum_type(Book))
    debit: Mapped[int] = mapped_column(Integer)
    credit: Mapped[int] = mapped_column(Integer, info={"example": 0})


class PointsLot(Identified, Model):
    """Points earned at one time, which expire together. Reached through its account only."""

    __tablename__ = "volunteer_points_lots"
    __table_args__ = (
        CheckConstraint("remaining >= 0 AND remaining <= amount", name="remaining_within_amount"),
        Index("ix_volunteer_points_lots_account_expires", "account_id", "expires_on"),
        Index("ix_volunteer_points_lots_expires_on", "expires_on"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_points_accounts.id", ondelete="CASCADE"))
    transfer_id: Mapped[UUID] = mapped_column(
        ForeignKey("volunteer_points_transfers.id", ondelete="CASCADE"), unique=True
    )
    earned_on: Mapped[date] = mapped_column(Date)
    expires_on: Mapped[date] = mapped_column(Date)
    """The last day on which the points can be spent."""
    amount: Mapped[int] = mapped_column(Integer)
    remaining: Mapped[int] = mapped_column(Integer)


class LotMove(Identified, Model):
    """What a transfer took out of a lot (negative) or put back (positive)."""

    __tablename__ = "volunteer_points_lot_moves"
    __table_args__ = (CheckConstraint("amount <> 0", name="amount_not_zero"),)

    lot_id: Mapped[UUID] = mapped_column(
        ForeignKey("volunteer_points_lots.id", ondelete="CASCADE"), index=True
    )
    transfer_id: Mapped[UUID] = mapped_column(
        ForeignKey("volunteer_points_transfers.id", ondelete="CASCADE"), index=True
    )
    amount: Mapped[int] = mapped_column(Integer)
