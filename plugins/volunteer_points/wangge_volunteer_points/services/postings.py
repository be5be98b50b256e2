"""Writing postings: an account and its lots change here alone, under the lock, each with a transfer."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, select

from wangge import NotFound, RequestContext
from wangge_volunteer_points.models import LotMove, PointsAccount, PointsEntry, PointsLot, PointsTransfer
from wangge_volunteer_points.rules.ledger import Lot, Posting


@dataclass(frozen=True)
class Movement:
    """A posting about to be written: to which locked account and lots, and what caused it."""

    account: PointsAccount
    posting: Posting
    lots: Sequence[PointsLot] = ()
    record_id: UUID | None = None
    redemption_id: UUID | None = None


async def lock_account(ctx: RequestContext, *, volunteer_id: UUID) -> PointsAccount:
    """Return a volunteer's account, locked until the transaction ends.

    Raises:
        NotFound: there is none within the scope.
    """
    found = await ctx.db.scalar(select(PointsAccount.id).where(PointsAccount.volunteer_id == volunteer_id))
    if found is None:
        raise NotFound("PointsAccount")
    return await ctx.db.lock(PointsAccount, found)


async def spendable_lots(ctx: RequestContext, *accounts: PointsAccount) -> list[PointsLot]:
    """Return what remains in the lots of locked accounts."""
    own = PointsLot.account_id.in_([account.id for account in accounts])
    return await fresh_lots(ctx, own, PointsLot.remaining > 0)


async def fresh_lots(ctx: RequestContext, *conditions: ColumnElement[bool]) -> list[PointsLot]:
    """Return lots as the database holds them now, not as the session remembers them."""
    statement = select(PointsLot).where(*conditions)
    return await ctx.db.scalars(statement.execution_options(populate_existing=True))


def as_rules(lots: Iterable[PointsLot]) -> list[Lot]:
    """Return lots as the rules see them."""
    return [Lot(lot.id, lot.expires_on, lot.remaining) for lot in lots]


async def post(ctx: RequestContext, *movements: Movement) -> list[PointsTransfer]:
    """Write each movement as a transfer with its entries; bring the locked account and its lots up to it."""
    transfers = [_transfer(ctx, movement) for movement in movements]
    ctx.db.add_all(transfers)
    await ctx.db.flush()
    for movement, transfer in zip(movements, transfers, strict=True):
        ctx.db.add_all(_entries(movement.posting, transfer))
        ctx.db.add_all(_moves(movement, transfer))
    await ctx.db.flush()
    return transfers


def _transfer(ctx: RequestContext, movement: Movement) -> PointsTransfer:
    account, posting = movement.account, movement.posting
    after = posting.holding_after(account.holding)
    account.available, account.reserved, account.debt = after.available, after.reserved, after.debt
    return PointsTransfer(
        account_id=account.id,
        person_id=account.person_id,
        grid_id=account.grid_id,
        kind=posting.kind,
        amount=posting.amount,
        at=ctx.now,
        record_id=movement.record_id,
        redemption_id=movement.redemption_id,
    )


def _entries(posting: Posting, transfer: PointsTransfer) -> Iterator[PointsEntry]:
    for line in posting.lines:
        yield PointsEntry(transfer_id=transfer.id, book=line.book, debit=line.debit, credit=line.credit)


def _moves(movement: Movement, transfer: PointsTransfer) -> Iterator[LotMove]:
    lots = {lot.id: lot for lot in movement.lots}
    for move in movement.posting.moves:
        lots[move.lot_id].remaining += move.amount
        yield LotMove(lot_id=move.lot_id, transfer_id=transfer.id, amount=move.amount)
