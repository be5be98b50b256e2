"""Writing the points ledger: every change of an account goes through `_post`, under the account's lock.

The callers have checked who may do this; an account is then touched beyond their scope, since a volunteer may
serve and redeem in other grids than the one they live in.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from wangge import NotFound, RequestContext
from wangge_volunteer_points import permissions
from wangge_volunteer_points.models import (
    LotMove,
    PointsAccount,
    PointsEntry,
    PointsLot,
    PointsTransfer,
    Redemption,
    ServiceRecord,
)
from wangge_volunteer_points.rules import ledger as rules
from wangge_volunteer_points.rules.ledger import Lot, Move, Posting, TransferKind
from wangge_volunteer_points.rules.records import add_months
from wangge_volunteer_points.settings import VolunteerPointsSettings

EXPIRE_BATCH = 500
"""Accounts that one call of `expire_points` closes; the next call goes on."""


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


async def credit_record(ctx: RequestContext, account: PointsAccount, record: ServiceRecord) -> None:
    """Credit the points of a confirmed record to the volunteer's locked account."""
    if not record.points:
        return
    posting = rules.earn(account.holding, record.points)
    (transfer,) = await _post(ctx, Movement(account, posting, record_id=record.id))
    if posting.opens:
        ctx.db.add(_lot(ctx, account, transfer, posting.opens))
        await ctx.db.flush()


async def reverse_record(ctx: RequestContext, record: ServiceRecord) -> None:
    """Take back what a record earned, less what of it has expired unused; see `rules.ledger.reverse`."""
    async with ctx.beyond_scope("Points of a voided record are taken back."):
        account = await lock_account(ctx, volunteer_id=record.volunteer_id)
        earned: PointsTransfer | None = await ctx.db.scalar(
            select(PointsTransfer).where(
                PointsTransfer.record_id == record.id, PointsTransfer.kind == TransferKind.EARN
            )
        )
        if earned is None:
            return
        await _expire(ctx, account)
        lots = await _spendable_lots(ctx, account)
        own: UUID | None = await ctx.db.scalar(select(PointsLot.id).where(PointsLot.transfer_id == earned.id))
        amount = earned.amount - await _expired_of(ctx, own)
        if amount:
            posting = rules.reverse(_as_rules(lots), amount, earned_lot=own)
            await _post(ctx, Movement(account, posting, lots, record_id=record.id))


async def reserve_points(ctx: RequestContext, redemption: Redemption) -> None:
    """Set the points of a redemption aside.

    Raises:
        NotEnoughPoints: the volunteer cannot spend as many.
    """
    async with ctx.beyond_scope("Points are set aside for a redemption."):
        account = await lock_account(ctx, volunteer_id=redemption.volunteer_id)
        await _expire(ctx, account)
        lots = await _spendable_lots(ctx, account)
        posting = rules.reserve(_as_rules(lots), redemption.points, ctx.today)
        await _post(ctx, Movement(account, posting, lots, redemption_id=redemption.id))


async def release_points(ctx: RequestContext, redemption: Redemption) -> None:
    """Give the points of a redemption back to the lots they came from."""
    async with ctx.beyond_scope("Points of a released redemption go back."):
        account = await lock_account(ctx, volunteer_id=redemption.volunteer_id)
        taken: list[LotMove] = await ctx.db.scalars(
            select(LotMove)
            .join(PointsTransfer, PointsTransfer.id == LotMove.transfer_id)
            .where(PointsTransfer.redemption_id == redemption.id, PointsTransfer.kind == TransferKind.RESERVE)
            .order_by(LotMove.id)
        )
        moves = [Move(move.lot_id, move.amount) for move in taken]
        posting = rules.release(account.holding, moves, redemption.points)
        lots = await _fresh(ctx, PointsLot.id.in_([move.lot_id for move in moves]))
        await _post(ctx, Movement(account, posting, lots, redemption_id=redemption.id))


async def spend_points(ctx: RequestContext, redemption: Redemption) -> None:
    """Spend the points of a confirmed redemption for good."""
    async with ctx.beyond_scope("Points of a confirmed redemption are spent."):
        account = await lock_account(ctx, volunteer_id=redemption.volunteer_id)
        await _post(ctx, Movement(account, rules.redeem(redemption.points), redemption_id=redemption.id))


async def expire_points(ctx: RequestContext) -> tuple[int, int]:
    """Close the lots past their day in the caller's grids, a batch of accounts at a time.

    Points past their day cannot be spent in any case; this brings the balances up to date.

    Returns:
        How many accounts were closed, and how many points expired.

    Raises:
        Forbidden: the caller may not expire points.
    """
    ctx.require(permissions.EXPIRE_POINTS)
    due = select(PointsLot.account_id).where(PointsLot.expires_on < ctx.today, PointsLot.remaining > 0)
    accounts: list[PointsAccount] = await ctx.db.scalars(
        select(PointsAccount)
        .where(PointsAccount.id.in_(due))
        .order_by(PointsAccount.id)
        .limit(EXPIRE_BATCH)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    lots = await _spendable_lots(ctx, *accounts)
    movements = []
    for account in accounts:
        own = [lot for lot in lots if lot.account_id == account.id]
        posting = rules.expire(_as_rules(own), ctx.today)
        if posting is not None:
            movements.append(Movement(account, posting, own))
    expired = sum(transfer.amount for transfer in await _post(ctx, *movements))
    ctx.audit("volunteer_points.points.expired", detail={"accounts": len(accounts), "points": expired})
    return len(accounts), expired


async def _expire(ctx: RequestContext, account: PointsAccount) -> None:
    """Close what is past its day in one locked account, before anything else is booked there."""
    lots = await _spendable_lots(ctx, account)
    posting = rules.expire(_as_rules(lots), ctx.today)
    if posting is not None:
        await _post(ctx, Movement(account, posting, lots))


async def _post(ctx: RequestContext, *movements: Movement) -> list[PointsTransfer]:
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


def _lot(ctx: RequestContext, account: PointsAccount, transfer: PointsTransfer, amount: int) -> PointsLot:
    months = ctx.settings(VolunteerPointsSettings).points_valid_months
    return PointsLot(
        account_id=account.id,
        transfer_id=transfer.id,
        earned_on=ctx.today,
        expires_on=add_months(ctx.today, months),
        amount=amount,
        remaining=amount,
    )


async def _spendable_lots(ctx: RequestContext, *accounts: PointsAccount) -> list[PointsLot]:
    """Return what remains in the lots of locked accounts."""
    own = PointsLot.account_id.in_([account.id for account in accounts])
    return await _fresh(ctx, own, PointsLot.remaining > 0)


async def _fresh(ctx: RequestContext, *conditions: ColumnElement[bool]) -> list[PointsLot]:
    """Return lots as the database holds them now, not as the session remembers them."""
    statement = select(PointsLot).where(*conditions)
    return await ctx.db.scalars(statement.execution_options(populate_existing=True))


def _as_rules(lots: Iterable[PointsLot]) -> list[Lot]:
    return [Lot(lot.id, lot.expires_on, lot.remaining) for lot in lots]


async def _expired_of(ctx: RequestContext, lot_id: UUID | None) -> int:
    """Return how many points of a lot have expired unused."""
    statement = (
        select(func.coalesce(-func.sum(LotMove.amount), 0))
        .join(PointsTransfer, PointsTransfer.id == LotMove.transfer_id)
        .where(LotMove.lot_id == lot_id, PointsTransfer.kind == TransferKind.EXPIRE)
    )
    return int(await ctx.db.scalar(statement))
