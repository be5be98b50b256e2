"""Writing the points ledger: what is earned, set aside, spent, expired and taken back.

The callers have checked who may do this; an account is then touched beyond their scope, since a volunteer may
serve and redeem in other grids than the one they live in.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from wangge import RequestContext
from wangge_volunteer_points import permissions
from wangge_volunteer_points.models import (
    LotMove,
    PointsAccount,
    PointsLot,
    PointsTransfer,
    Redemption,
    ServiceRecord,
)
from wangge_volunteer_points.rules import ledger as rules
from wangge_volunteer_points.rules.ledger import Move, TransferKind
from wangge_volunteer_points.rules.records import add_months
from wangge_volunteer_points.services.postings import (
    Movement,
    as_rules,
    fresh_lots,
    lock_account,
    post,
    spendable_lots,
)
from wangge_volunteer_points.settings import VolunteerPointsSettings

EXPIRE_BATCH = 500
"""Accounts that one call of `expire_points` closes; the next call goes on."""


async def credit_record(ctx: RequestContext, account: PointsAccount, record: ServiceRecord) -> None:
    """Credit the points of a confirmed record to the volunteer's locked account."""
    await credit_records(ctx, [(account, record)])


async def credit_records(ctx: RequestContext, credits: Sequence[tuple[PointsAccount, ServiceRecord]]) -> None:
    """Credit one confirmed record each to several locked accounts, in a few statements for all."""
    movements = [
        Movement(account, rules.earn(account.holding, record.points), record_id=record.id)
        for account, record in credits
        if record.points
    ]
    transfers = await post(ctx, *movements)
    for movement, transfer in zip(movements, transfers, strict=True):
        if movement.posting.opens:
            ctx.db.add(_lot(ctx, movement.account, transfer, movement.posting.opens))
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
        lots = await spendable_lots(ctx, account)
        own: UUID | None = await ctx.db.scalar(select(PointsLot.id).where(PointsLot.transfer_id == earned.id))
        amount = earned.amount - await _expired_of(ctx, own)
        if amount:
            posting = rules.reverse(as_rules(lots), amount, earned_lot=own)
            await post(ctx, Movement(account, posting, lots, record_id=record.id))


async def reserve_points(ctx: RequestContext, redemption: Redemption) -> None:
    """Set the points of a redemption aside.

    Raises:
        NotEnoughPoints: the volunteer cannot spend as many.
    """
    async with ctx.beyond_scope("Points are set aside for a redemption."):
        account = await lock_account(ctx, volunteer_id=redemption.volunteer_id)
        await _expire(ctx, account)
        lots = await spendable_lots(ctx, account)
        posting = rules.reserve(as_rules(lots), redemption.points, ctx.today)
        await post(ctx, Movement(account, posting, lots, redemption_id=redemption.id))


async def release_points(ctx: RequestContext, redemption: Redemption) -> None:
    """Give the points of a redemption back to the lots they came from."""
    async with ctx.beyond_scope("Points of a released redemption go back."):
        account = await lock_account(ctx, volunteer_id=redemption.volunteer_id)
        taken: list[LotMove] = await ctx.db.scalars(
            select(LotMove)
            .join(PointsTransfer, PointsTransfer.id == LotMove.transfer_id)
            .join(PointsLot, PointsLot.id == LotMove.lot_id)
            .where(PointsTransfer.redemption_id == redemption.id, PointsTransfer.kind == TransferKind.RESERVE)
            .order_by(PointsLot.expires_on, PointsLot.id)
        )
        moves = [Move(move.lot_id, move.amount) for move in taken]
        posting = rules.release(account.holding, moves, redemption.points)
        lots = await fresh_lots(ctx, PointsLot.id.in_([move.lot_id for move in moves]))
        await post(ctx, Movement(account, posting, lots, redemption_id=redemption.id))


async def spend_points(ctx: RequestContext, redemption: Redemption) -> None:
    """Spend the points of a confirmed redemption for good."""
    async with ctx.beyond_scope("Points of a confirmed redemption are spent."):
        account = await lock_account(ctx, volunteer_id=redemption.volunteer_id)
        await post(ctx, Movement(account, rules.redeem(redemption.points), redemption_id=redemption.id))


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
        .order_by(PointsAccount.volunteer_id, PointsAccount.id)
        .limit(EXPIRE_BATCH)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    lots = await spendable_lots(ctx, *accounts)
    movements = []
    for account in accounts:
        own = [lot for lot in lots if lot.account_id == account.id]
        posting = rules.expire(as_rules(own), ctx.today)
        if posting is not None:
            movements.append(Movement(account, posting, own))
    expired = sum(transfer.amount for transfer in await post(ctx, *movements))
    if accounts:
        ctx.audit("volunteer_points.points.expired", detail={"accounts": len(accounts), "points": expired})
    return len(accounts), expired


async def _expire(ctx: RequestContext, account: PointsAccount) -> None:
    """Close what is past its day in one locked account, before anything else is booked there."""
    lots = await spendable_lots(ctx, account)
    posting = rules.expire(as_rules(lots), ctx.today)
    if posting is not None:
        await post(ctx, Movement(account, posting, lots))


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


async def _expired_of(ctx: RequestContext, lot_id: UUID | None) -> int:
    """Return how many points of a lot have expired unused."""
    statement = (
        select(func.coalesce(-func.sum(LotMove.amount), 0))
        .join(PointsTransfer, PointsTransfer.id == LotMove.transfer_id)
        .where(LotMove.lot_id == lot_id, PointsTransfer.kind == TransferKind.EXPIRE)
    )
    return int(await ctx.db.scalar(statement))
