"""The points ledger: postings whose debits equal their credits, and lots that expire first-in first-out.

Each volunteer's account has six books. AVAILABLE and RESERVED hold what the volunteer can spend and has set
aside; DEBT holds what was spent of points that turned out void. ISSUED, REDEEMED and EXPIRED are the
community's side: where points come from and where they go. AVAILABLE is always the sum of what remains in
the lots.

How a movement books, with the rule that keeps every book from falling below zero:

    EARN     debit ISSUED      credit DEBT as far as there is one, then AVAILABLE (a new lot)
    RESERVE  debit AVAILABLE   credit RESERVED      refused beyond AVAILABLE
    RELEASE  debit RESERVED    credit DEBT as far as there is one, then AVAILABLE (back into the same lots)
    REDEEM   debit RESERVED    credit REDEEMED
    EXPIRE   debit AVAILABLE   credit EXPIRED       what remains in lots past their day
    REVERSE  debit AVAILABLE as far as it goes, then DEBT     credit ISSUED
"""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from wangge_volunteer_points.errors import NotEnoughPoints


class Book(enum.Enum):
    """A book of an account."""

    AVAILABLE = "available"
    RESERVED = "reserved"
    DEBT = "debt"
    ISSUED = "issued"
    REDEEMED = "redeemed"
    EXPIRED = "expired"


class TransferKind(enum.Enum):
    """Why points moved."""

    EARN = "earn"
    RESERVE = "reserve"
    RELEASE = "release"
    REDEEM = "redeem"
    EXPIRE = "expire"
    REVERSE = "reverse"


@dataclass(frozen=True)
class Holding:
    """What a volunteer has: to spend, set aside, and owed. None of the three is ever negative."""

    available: int = 0
    reserved: int = 0
    debt: int = 0


@dataclass(frozen=True)
class Lot:
    """Points earned at one time, and how many of them remain to be spent until the end of `expires_on`."""

    id: UUID
    expires_on: date
    remaining: int


@dataclass(frozen=True)
class Move:
    """Points taken out of a lot (negative) or put back (positive)."""

    lot_id: UUID
    amount: int


@dataclass(frozen=True)
class Line:
    """One line of a posting: a debit or a credit of one book, never both."""

    book: Book
    debit: int = 0
    credit: int = 0


@dataclass(frozen=True)
class Posting:
    """A movement ready to be written: its balanced lines, what it does to lots, and the lot it opens."""

    kind: TransferKind
    amount: int
    lines: tuple[Line, ...]
    moves: tuple[Move, ...] = ()
    opens: int = 0

    def holding_after(self, holding: Holding) -> Holding:
        """Return what the volunteer has once this is written."""
        return Holding(
            available=holding.available + self._credit(Book.AVAILABLE),
            reserved=holding.reserved + self._credit(Book.RESERVED),
            debt=holding.debt - self._credit(Book.DEBT),
        )

    def _credit(self, book: Book) -> int:
        return sum(line.credit - line.debit for line in self.lines if line.book is book)


def earn(holding: Holding, amount: int) -> Posting:
    """Issue points for confirmed service. A debt is settled first; only the rest opens a lot."""
    settled = min(holding.debt, amount)
    lines = _lines(
        debits={Book.ISSUED: amount}, credits={Book.DEBT: settled, Book.AVAILABLE: amount - settled}
    )
    return Posting(TransferKind.EARN, amount, lines, opens=amount - settled)


def reserve(lots: Sequence[Lot], amount: int, today: date) -> Posting:
    """Set points aside for a redemption, from the lots that expire first.

    Raises:
        NotEnoughPoints: the lots that are valid `today` hold less than `amount`.
    """
    valid = [lot for lot in _first_out(lots) if lot.expires_on >= today]
    available = sum(lot.remaining for lot in valid)
    if available < amount:
        raise NotEnoughPoints(path=("reward",), needed=amount, available=available)
    lines = _lines(debits={Book.AVAILABLE: amount}, credits={Book.RESERVED: amount})
    return Posting(TransferKind.RESERVE, amount, lines, moves=_take(valid, amount))


def release(holding: Holding, reserved: Sequence[Move], amount: int) -> Posting:
    """Give reserved points back to the lots they came from; a debt is settled first.

    The life of a lot is not prolonged: what has run out meanwhile expires with the next closing.

    Args:
        holding: the volunteer's books before.
        reserved: the moves of the posting that set the points aside.
        amount: the points set aside.
    """
    settled = min(holding.debt, amount)
    lines = _lines(
        debits={Book.RESERVED: amount}, credits={Book.DEBT: settled, Book.AVAILABLE: amount - settled}
    )
    return Posting(TransferKind.RELEASE, amount, lines, moves=_give_back(reserved, settled))


def redeem(amount: int) -> Posting:
    """Spend reserved points for good."""
    lines = _lines(debits={Book.RESERVED: amount}, credits={Book.REDEEMED: amount})
    return Posting(TransferKind.REDEEM, amount, lines)


def expire(lots: Sequence[Lot], today: date) -> Posting | None:
    """Take what remains in lots past their day; None where nothing has run out."""
    moves = tuple(
        Move(lot.id, -lot.remaining) for lot in _first_out(lots) if lot.expires_on < today and lot.remaining
    )
    amount = -sum(move.amount for move in moves)
    if not amount:
        return None
    lines = _lines(debits={Book.AVAILABLE: amount}, credits={Book.EXPIRED: amount})
    return Posting(TransferKind.EXPIRE, amount, lines, moves=moves)


def reverse(lots: Sequence[Lot], amount: int, *, earned_lot: UUID | None) -> Posting:
    """Take back the points of a voided record, as far as they are there; the rest becomes a debt.

    The record's own lot gives first, then the others in the order they expire. What is spent or set aside
    stays so: the shortfall is owed and comes off the next points earned or released. No balance falls below
    zero.

    Args:
        lots: the volunteer's lots.
        amount: the points earned, less those that expired unused: nobody gives back what they never had.
        earned_lot: the lot which the record opened, if it opened one.
    """
    own_first = sorted(_first_out(lots), key=lambda lot: lot.id != earned_lot)
    taken = min(amount, sum(lot.remaining for lot in own_first))
    lines = _lines(debits={Book.AVAILABLE: taken, Book.DEBT: amount - taken}, credits={Book.ISSUED: amount})
    return Posting(TransferKind.REVERSE, amount, lines, moves=_take(own_first, taken))


def is_balanced(lines: Iterable[Line]) -> bool:
    """Say whether debits equal credits and every line has exactly one of them."""
    lines = tuple(lines)
    return all(
        (line.debit > 0) != (line.credit > 0) and min(line.debit, line.credit) == 0 for line in lines
    ) and (sum(line.debit for line in lines) == sum(line.credit for line in lines))


def _first_out(lots: Iterable[Lot]) -> list[Lot]:
    return sorted(lots, key=lambda lot: (lot.expires_on, lot.id))


def _take(lots: Sequence[Lot], amount: int) -> tuple[Move, ...]:
    moves = []
    for lot in lots:
        part = min(lot.remaining, amount)
        if part:
            moves.append(Move(lot.id, -part))
        amount -= part
    return tuple(moves)


def _give_back(reserved: Sequence[Move], settled: int) -> tuple[Move, ...]:
    moves = []
    for move in reserved:
        kept = min(-move.amount, settled)
        settled -= kept
        if -move.amount > kept:
            moves.append(Move(move.lot_id, -move.amount - kept))
    return tuple(moves)


def _lines(*, debits: dict[Book, int], credits: dict[Book, int]) -> tuple[Line, ...]:
    return (
        *(Line(book, debit=amount) for book, amount in debits.items() if amount),
        *(Line(book, credit=amount) for book, amount in credits.items() if amount),
    )
