"""Decisions and sums about lockers, parcels and bills."""

import enum
from collections.abc import Collection
from datetime import datetime, timedelta

from acme_parcel_lockers.errors import (
    CellsOutOfRange,
    CreditUnfit,
    LockerClosed,
    LockerFull,
    ParcelGone,
    RecipientNotAsked,
    TextUnfit,
)

MOST_CELLS = 400
"""Cells of the greatest locker: a bound of the column, not of policy."""


class AcmeLockerState(enum.Enum):
    """Whether a locker takes parcels."""

    OPEN = "open"
    CLOSED = "closed"


class AcmeParcelState(enum.Enum):
    """Where a parcel stands."""

    WAITING = "waiting"
    COLLECTED = "collected"
    RETURNED = "returned"
    WRITTEN_OFF = "written_off"


def checked_text(text: str, *, most: int, field: str) -> str:
    """Return a text without the blanks around it.

    Raises:
        TextUnfit: it is empty, longer than `most`, or holds a character that no database keeps.
    """
    trimmed = text.strip()
    if not 0 < len(trimmed) <= most or "\0" in trimmed:
        raise TextUnfit(path=(field,), most=most)
    return trimmed


def checked_cells(cells: int) -> int:
    """Return a number of cells that a locker can have.

    Raises:
        CellsOutOfRange: it cannot.
    """
    if not 1 <= cells <= MOST_CELLS:
        raise CellsOutOfRange(path=("cells",), most=MOST_CELLS)
    return cells


def ensure_takes_parcels(state: AcmeLockerState, *, agreed: bool) -> None:
    """Refuse a deposit into a closed locker, or without the recipient's agreement.

    The agreement is asked for by the Measures for Delivery Services by Smart Parcel Lockers
    (智能快件箱寄递服务管理办法, 2019).

    Raises:
        RecipientNotAsked: nobody asked the recipient.
        LockerClosed: the locker takes no parcels.
    """
    if not agreed:
        raise RecipientNotAsked(path=("recipientAgreed",))
    if state is not AcmeLockerState.OPEN:
        raise LockerClosed(path=("locker",))


def first_free_cell(cells: int, taken: Collection[int]) -> int:
    """Return the lowest cell that holds nothing.

    Raises:
        LockerFull: there is none.
    """
    for cell in range(1, cells + 1):
        if cell not in taken:
            return cell
    raise LockerFull(path=("locker",))


def ensure_waiting(state: AcmeParcelState) -> None:
    """Refuse to end a parcel's stay twice.

    Raises:
        ParcelGone: it left the locker before.
    """
    if state is not AcmeParcelState.WAITING:
        raise ParcelGone(path=("parcel",), state=state.name)


def free_until(deposited_at: datetime, *, hours: int) -> datetime:
    """Return the end of the time within which nothing is charged."""
    return deposited_at + timedelta(hours=hours)


def storage_fee(now: datetime, free_end: datetime, *, fen_per_day: int, most_fen: int) -> int:
    """Return the fee in fen for a stay: for each day begun after the free time, up to a cap."""
    if now <= free_end:
        return 0
    days = -((free_end - now) // timedelta(days=1))
    return min(days * fen_per_day, most_fen)


def open_fen(amount_fen: int, credited_fen: int) -> int:
    """Return what is open on a bill, in fen."""
    return amount_fen - credited_fen


def credited_after(amount_fen: int, credited_fen: int, credit_fen: int) -> int:
    """Return what is credited on a bill after one more credit, in fen; never more than the bill.

    Raises:
        CreditUnfit: the credit is not positive, or more than is open.
    """
    if not 0 < credit_fen <= open_fen(amount_fen, credited_fen):
        raise CreditUnfit(path=("amount",))
    return credited_fen + credit_fen


def masked_code(code: str) -> str:
    """Return a pick-up code as lists show it: `****56`."""
    return "*" * (len(code) - 2) + code[-2:]
