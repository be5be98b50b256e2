"""Tables of lockers, parcels, and the estate's property-fee bills."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from acme_parcel_lockers.rules import AcmeLockerState, AcmeParcelState
from wangge import Identified, Model, Timestamped, UtcDateTime, enum_type
from wangge_schema import GridBound


class Locker(Identified, Timestamped, GridBound, Model):
    """A parcel locker in a grid. The whole district may read where they stand."""

    __tablename__ = "parcel_lockers_lockers"
    __published__ = True
    __table_args__ = (CheckConstraint("free_cells BETWEEN 0 AND cells", name="free_cells_there"),)

    number: Mapped[str] = mapped_column(String(32), unique=True)
    place: Mapped[str] = mapped_column(String(200))
    """Where in the grid it stands, in words."""
    cells: Mapped[int] = mapped_column(Integer)
    free_cells: Mapped[int] = mapped_column(Integer, index=True)
    """How many cells hold nothing; counted anew, under the locker's lock, whenever a parcel comes or goes."""
    state: Mapped[AcmeLockerState] = mapped_column(
        enum_type(AcmeLockerState), default=AcmeLockerState.OPEN, index=True
    )


class Parcel(Identified, Timestamped, GridBound, Model):
    """A parcel for a resident, in a cell of a locker until it leaves. Bound to the grid of the locker."""

    __tablename__ = "parcel_lockers_parcels"
    __person_key__ = "person_id"
    __table_args__ = (
        CheckConstraint("fee_fen >= 0", name="fee_not_negative"),
        Index("ix_parcel_lockers_parcels_code", "locker_id", "pick_up_code_digest"),
        Index("ix_parcel_lockers_parcels_state_free_until", "state", "free_until"),
        Index("ix_parcel_lockers_parcels_deposited_at", "deposited_at", "id"),
    )

    locker_id: Mapped[UUID] = mapped_column(
        ForeignKey("parcel_lockers_lockers.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("base_people.id", ondelete="CASCADE"), index=True)
    cell: Mapped[int] = mapped_column(Integer)
    carrier: Mapped[str] = mapped_column(String(64))
    state: Mapped[AcmeParcelState] = mapped_column(
        enum_type(AcmeParcelState), default=AcmeParcelState.WAITING
    )
    deposited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    free_until: Mapped[datetime] = mapped_column(UtcDateTime)
    """By the settings on the day of the deposit: later changes do not make a stay dearer."""
    fee_per_day_fen: Mapped[int] = mapped_column(Integer)
    fee_cap_fen: Mapped[int] = mapped_column(Integer)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fee_fen: Mapped[int | None] = mapped_column(Integer)
    """What the stay cost; None while it lasts, and where nobody paid."""
    pick_up_code_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The code that opens the cell, sealed; emptied, with its digest, when the parcel leaves."""
    pick_up_code_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    pick_up_code_masked: Mapped[str] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(String(200))
    """Why it was written off or returned."""


_WAITING = Parcel.state == AcmeParcelState.WAITING
Index(
    "uq_parcel_lockers_parcels_cell_taken",
    Parcel.locker_id,
    Parcel.cell,
    unique=True,
    sqlite_where=_WAITING,
    postgresql_where=_WAITING,
)


class FeeBill(Identified, Timestamped, GridBound, Model):
    """A household's property-fee bill, which the locker firm keeps for the estate; one open at a time."""

    __tablename__ = "parcel_lockers_bills"
    __person_key__ = "person_id"
    __household_key__ = "household_id"
    __follows_person__ = True
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("credited_fen BETWEEN 0 AND amount_fen", name="credit_within_bill"),
        Index("ix_parcel_lockers_bills_period", "period", "id"),
    )

    household_id: Mapped[UUID] = mapped_column(
        ForeignKey("base_households.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("base_people.id", ondelete="CASCADE"), index=True)
    """Who is billed."""
    period: Mapped[str] = mapped_column(String(32))
    amount_fen: Mapped[int] = mapped_column(Integer)
    credited_fen: Mapped[int] = mapped_column(Integer, default=0)
    """The sum of the bill's credits; kept under the bill's lock."""
    settled_on: Mapped[date | None] = mapped_column(Date)
    """When the rest was paid or carried over; None while the bill is open."""


_OPEN = FeeBill.settled_on.is_(None)
Index(
    "uq_parcel_lockers_bills_open",
    FeeBill.household_id,
    unique=True,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)


class FeeCredit(Identified, GridBound, Model):
    """An amount set against a bill on somebody's behalf, under the name that the asker gave it."""

    __tablename__ = "parcel_lockers_credits"
    __person_key__ = "person_id"
    __follows_person__ = True
    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount_positive"),)

    bill_id: Mapped[UUID] = mapped_column(
        ForeignKey("parcel_lockers_bills.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("base_people.id", ondelete="CASCADE"), index=True)
    """On whose behalf."""
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """The asker's own name for it, so that a repeat credits nothing."""
    amount_fen: Mapped[int] = mapped_column(Integer)
    reference: Mapped[str] = mapped_column(String(32), unique=True)
    credited_at: Mapped[datetime] = mapped_column(UtcDateTime)
