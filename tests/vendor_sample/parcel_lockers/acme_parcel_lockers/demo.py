"""Demo data: a locker per community where people live, parcels in it, and bills of some households."""

from random import Random

from sqlalchemy import select

from acme_parcel_lockers.models import FeeBill, Locker, Parcel
from acme_parcel_lockers.rules import AcmeParcelState, free_until, masked_code
from acme_parcel_lockers.services.parcels import CODE
from acme_parcel_lockers.settings import ParcelLockersSettings
from wangge import DemoOptions, Progress, RequestContext
from wangge_schema import models as base

COMMUNITIES, CELLS, PARCELS, BILLS = 4, 24, 8, 5
CARRIERS = ("顺丰速运", "中国邮政", "京东快递")


async def fill(ctx: RequestContext, options: DemoOptions, progress: Progress) -> None:
    """Fill a demo district; what is there already stays as it is."""
    if await ctx.db.scalar(select(Locker.id).limit(1)) is not None:
        return
    lived_in = select(base.Person.anc_2)
    grids: list[base.Grid] = await ctx.db.scalars(
        select(base.Grid)
        .where(base.Grid.depth == 2, base.Grid.number.in_(lived_in))
        .order_by(base.Grid.code)
        .limit(COMMUNITIES)
    )
    for place, grid in enumerate(grids):
        chance = Random(f"{options.seed} {grid.code}")
        locker = Locker(
            grid_id=grid.id,
            number=f"ACME-{grid.code}",
            place=f"{grid.name}党群服务中心门口",
            cells=CELLS,
            free_cells=CELLS,
        )
        ctx.db.add(locker)
        await ctx.db.flush()
        await _parcels(ctx, grid, locker, chance)
        await _bills(ctx, grid, chance)
        progress(place + 1, len(grids))


async def _parcels(ctx: RequestContext, grid: base.Grid, locker: Locker, chance: Random) -> None:
    """Let parcels wait for some people of a community."""
    settings = ctx.settings(ParcelLockersSettings)
    people: list[base.Person] = await ctx.db.scalars(
        select(base.Person)
        .where(base.Person.anc_2 == grid.number, base.Person.died_on.is_(None))
        .order_by(base.Person.id)
        .limit(PARCELS)
    )
    for cell, person in enumerate(people, start=1):
        code = f"{chance.randrange(10**6):06}"
        sealed = ctx.keys.seal(CODE, code, masked=masked_code(code))
        ctx.db.add(
            Parcel(
                locker_id=locker.id,
                person_id=person.id,
                grid_id=grid.id,
                cell=cell,
                carrier=chance.choice(CARRIERS),
                state=AcmeParcelState.WAITING,
                deposited_at=ctx.now,
                free_until=free_until(ctx.now, hours=settings.free_hours),
                fee_per_day_fen=settings.fee_per_day_fen,
                fee_cap_fen=settings.fee_cap_fen,
                pick_up_code_cipher=sealed.cipher,
                pick_up_code_digest=sealed.digest,
                pick_up_code_masked=sealed.masked,
            )
        )
    locker.free_cells = CELLS - len(people)
    await ctx.db.flush()


async def _bills(ctx: RequestContext, grid: base.Grid, chance: Random) -> None:
    """Leave a bill open for some households of a community."""
    households: list[base.Household] = await ctx.db.scalars(
        select(base.Household)
        .where(base.Household.anc_2 == grid.number, base.Household.head_id.is_not(None))
        .order_by(base.Household.id)
        .limit(BILLS)
    )
    ctx.db.add_all(
        FeeBill(
            household_id=household.id,
            person_id=household.head_id,
            grid_id=household.grid_id,
            period=str(ctx.today.year),
            amount_fen=100 * chance.randint(300, 1200),
        )
        for household in households
    )
    await ctx.db.flush()
