"""The demo district: its real divisions, synthetic residents, and someone on duty in the grids."""

import csv
from collections.abc import Iterable, Iterator
from itertools import islice

from sqlalchemy import func, select

from wangge import DemoOptions, ImportReport, ImportRow, Progress, RequestContext
from wangge_schema.grids.importers.divisions import DIVISIONS, TABLE
from wangge_schema.grids.models import Grid, QrAnchor
from wangge_schema.grids.services import create_qr_anchor
from wangge_schema.organizations.models import Organization
from wangge_schema.organizations.rules import OrganizationKind
from wangge_schema.organizations.services import create_organization
from wangge_schema.people.demo import demo_people
from wangge_schema.people.models import Household, Person
from wangge_schema.posts.models import Post
from wangge_schema.posts.services import assign_post, pair_official

BATCH = 1000
COMMUNITIES_ON_DUTY = 10
"""Communities that get a head, workers and QR anchors in the demo."""
HOMES_OF_A_PAIR = 50


async def demo_base(ctx: RequestContext, options: DemoOptions, progress: Progress) -> None:
    """Fill a demo district; what is there already stays as it is."""
    await _divisions(ctx)
    await demo_people(ctx, options, progress)
    await _duties(ctx)


async def _divisions(ctx: RequestContext) -> None:
    """Load the district's part of the public division table that ships with the package."""
    report = ImportReport()
    job = await DIVISIONS.start(ctx, report)
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = (ImportRow(line, row) for line, row in enumerate(csv.DictReader(file), start=2))
        for batch in _batches(rows):
            await job.take(batch)
    await job.finish()


def _batches(rows: Iterable[ImportRow]) -> Iterator[tuple[ImportRow, ...]]:
    remaining = iter(rows)
    while batch := tuple(islice(remaining, BATCH)):
        yield batch


async def _duties(ctx: RequestContext) -> None:
    """Give the first populated communities a head, grid workers, an organisation and QR anchors."""
    if await ctx.db.scalar(select(func.count(Post.id))):
        return
    lived = select(Person.anc_2)
    communities: list[Grid] = await ctx.db.scalars(
        select(Grid)
        .where(Grid.depth == 2, Grid.number.in_(lived))
        .order_by(Grid.code)
        .limit(COMMUNITIES_ON_DUTY)
    )
    for place, community in enumerate(communities):
        heads: list[Person] = await ctx.db.scalars(
            select(Person)
            .join(Household, Household.head_id == Person.id)
            .where(Person.anc_2 == community.number)
            .order_by(Household.number)
            .limit(3)
        )
        for role, person in zip(("grid_head", "grid_worker_full_time", "building_head"), heads, strict=False):
            await assign_post(
                ctx,
                role_key=role,
                person_id=person.id,
                grid_id=person.grid_id if role == "building_head" else community.id,
                duty_name=person.name,
                duty_phone=f"0536-72{place:02d}{len(role):03d}",
            )
        if len(heads) == 3:
            await _pair(ctx, heads[0], heads[2])
        await _anchor(ctx, community)
        await _organisation(ctx, community)


async def _pair(ctx: RequestContext, official: Person, building_head: Person) -> None:
    """Pair the two over the homes of the building."""
    homes = select(Household.id).where(Household.grid_id == building_head.grid_id).order_by(Household.number)
    await pair_official(
        ctx,
        official_id=official.id,
        building_head_id=building_head.id,
        household_ids=await ctx.db.scalars(homes.limit(HOMES_OF_A_PAIR)),
    )


async def _anchor(ctx: RequestContext, community: Grid) -> None:
    below = (
        select(Grid)
        .where(Grid.anc_2 == community.number, Grid.depth > 2)
        .order_by(Grid.depth.desc(), Grid.code)
    )
    grid: Grid | None = await ctx.db.scalar(below.limit(1))
    if grid is not None and not await ctx.db.scalar(
        select(func.count(QrAnchor.id)).where(QrAnchor.grid_id == grid.id)
    ):
        await create_qr_anchor(ctx, grid_id=grid.id, purpose="report")


async def _organisation(ctx: RequestContext, community: Grid) -> None:
    name = f"{community.name}党支部"
    if not await ctx.db.scalar(select(func.count(Organization.id)).where(Organization.name == name)):
        await create_organization(
            ctx, name=name, kind=OrganizationKind.PARTY_ORGANIZATION, grid_id=community.id
        )
