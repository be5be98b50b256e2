"""A server whose clock stands still, and residents, staff and rewards to test with."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from wangge import Account, PrincipalKind, RequestContext, RoleGrant, encode_id
from wangge._host.runtime import Server
from wangge.testing.districts import Client, TestDistrict
from wangge.testing.worlds import World
from wangge_schema import models as base
from wangge_schema.people.rules import DocumentType
from wangge_volunteer_points import models
from wangge_volunteer_points.rules.activities import Period
from wangge_volunteer_points.rules.records import RecordState
from wangge_volunteer_points.rules.rewards import RewardKind
from wangge_volunteer_points.services import activities, ledger, rewards, teams, volunteers
from wangge_volunteer_points.services.plans import ServicePlan
from wangge_volunteer_points.services.postings import lock_account

NINE = datetime(2026, 11, 23, 1, tzinfo=UTC)
"""Monday, 23 November 2026, nine in the morning in Weifang."""

COMMUNITY, ELSEWHERE = "370703001001", "370703002200"


@dataclass
class Clock:
    """A clock that goes when it is told to."""

    now: datetime = NINE

    def __call__(self) -> datetime:
        """Return the time it shows."""
        return self.now

    def forward(self, **by: float) -> None:
        """Let time pass, as `timedelta` says it."""
        self.now += timedelta(**by)


@dataclass
class Town:
    """A district under test with residents who have accounts of their own."""

    district: TestDistrict
    clock: Clock
    persons: dict[str, UUID] = field(default_factory=dict)

    def client(self, who: str) -> Client:
        """Return a client of a role or of a resident made by `settle`."""
        return self.district.client(who)

    def acting(self, who: str | None) -> Any:  # an async context manager of RequestContext
        """Open a context that commits, as a role, as a resident made by `settle`, or as the server."""
        return self.district.committed(who)

    async def grid_id(self, code: str = COMMUNITY) -> UUID:
        """Return the key of a grid."""
        async with self.district.context() as ctx:
            found: UUID = await ctx.db.scalar(select(base.Grid.id).where(base.Grid.code == code))
        return found

    async def settle(
        self,
        name: str,
        *,
        grid: str = COMMUNITY,
        born: date | None = date(1960, 5, 1),
        volunteer: bool = True,
        points: int = 0,
    ) -> UUID:
        """Let a resident move in, with an account called as they are; return the person's key."""
        async with self.acting(None) as ctx:
            grid_id = await ctx.db.scalar(select(base.Grid.id).where(base.Grid.code == grid))
            person = base.Person(name=name, birth_date=born, document_type=DocumentType.NONE, grid_id=grid_id)
            ctx.db.add(person)
            await ctx.db.flush()
            subject = f"{self.district.code}/{name}"
            account = Account(subject=subject, kind=PrincipalKind.RESIDENT, person_id=person.id)
            ctx.db.add(account)
            await ctx.db.flush()
            ctx.db.add(
                RoleGrant(account_id=account.id, role="resident", since=datetime(2026, 1, 1, tzinfo=UTC))
            )
        self.persons[name] = person.id
        if volunteer:
            async with self.acting(name) as ctx:
                await volunteers.register_volunteer(ctx)
        if points:
            await self.endow(name, points)
        return person.id

    async def admit(self, name: str) -> None:
        """Register a resident as staff do: on a signed application, with a guardian's consent."""
        async with self.acting("community_secretary") as ctx:
            await volunteers.register_volunteer(
                ctx,
                person_id=self.persons[name],
                application_number="2026-17",
                guardian_consent_on=date(2026, 11, 1),
            )

    async def endow(self, name: str, points: int, *, minutes: int = 60) -> UUID:
        """Let a volunteer earn points by a confirmed record; return its key."""
        async with self.acting(None) as ctx:
            volunteer = await self.volunteer(ctx, name)
            record = models.ServiceRecord(
                volunteer_id=volunteer.id,
                person_id=volunteer.person_id,
                grid_id=volunteer.grid_id,
                title="清扫楼道",
                place="蝶园小区",
                service_class="general",
                circumstance="ordinary",
                served_on=ctx.today - timedelta(days=1),
                started_at=ctx.now - timedelta(days=1),
                ended_at=ctx.now - timedelta(days=1, minutes=-minutes),
                minutes_served=minutes,
                minutes_counted=minutes,
                points=points,
                state=RecordState.CONFIRMED,
                volunteer_confirmed_at=ctx.now,
                organiser_confirmed_at=ctx.now,
            )
            ctx.db.add(record)
            await ctx.db.flush()
            account = await lock_account(ctx, volunteer_id=volunteer.id)
            await ledger.credit_record(ctx, account, record)
        return record.id

    async def volunteer(self, ctx: RequestContext, name: str) -> models.Volunteer:
        """Return a resident's record as a volunteer."""
        found: models.Volunteer = await ctx.db.scalar(
            select(models.Volunteer).where(models.Volunteer.person_id == self.persons[name])
        )
        return found

    async def holding(self, name: str) -> tuple[int, int, int]:
        """Return what a volunteer has: available, reserved, owed. The books must agree with it."""
        async with self.district.context() as ctx:
            account: models.PointsAccount = await ctx.db.scalar(
                select(models.PointsAccount).where(models.PointsAccount.person_id == self.persons[name])
            )
            await _audit(ctx, account)
        return account.available, account.reserved, account.debt

    async def team(self, *members: str, name: str = "红小二", leader: str | None = None) -> UUID:
        """Set up a team of the community with its members and leader."""
        async with self.acting("community_secretary") as ctx:
            team = await teams.create_team(ctx, grid_id=await self.grid_id(), name=name, purpose="帮助邻里")
        for member in members:
            async with self.acting(member) as ctx:
                await teams.join_team(ctx, team_id=team.id)
        if leader is not None:
            async with self.acting("community_secretary") as ctx:
                volunteer = await self.volunteer(ctx, leader)
                await teams.appoint_team_leader(ctx, team_id=team.id, volunteer_id=volunteer.id)
        return team.id

    async def shift(
        self, start: float = 1, end: float = 3, *, capacity: int = 2, dangerous: bool = False
    ) -> models.ActivityShift:
        """Publish an activity with one shift, so many hours from now."""
        return (await self.shifts((start, end), capacity=capacity, dangerous=dangerous))[0]

    async def shifts(
        self, *spans: tuple[float, float], capacity: int = 2, dangerous: bool = False
    ) -> list[models.ActivityShift]:
        """Publish an activity with shifts, so many hours from now."""
        async with self.acting("community_secretary") as ctx:
            activity = await activities.create_activity(
                ctx,
                grid_id=await self.grid_id(),
                plan=ServicePlan("义诊", "量血压", "社区广场", dangerous=dangerous),
                shifts=[activities.ShiftPlan(self.period(*span), capacity) for span in spans],
            )
            await activities.publish_activity(ctx, activity_id=activity.id)
            found: list[models.ActivityShift] = await ctx.db.scalars(
                select(models.ActivityShift)
                .where(models.ActivityShift.activity_id == activity.id)
                .order_by(models.ActivityShift.starts_at)
            )
        return found

    async def reward(
        self, *, cost: int = 10, stock: int = 1, daily_limit: int | None = None, offered: bool = True
    ) -> UUID:
        """Offer goods of the community."""
        async with self.acting("community_secretary") as ctx:
            reward = await rewards.create_reward(
                ctx,
                grid_id=await self.grid_id(),
                title="毛巾",
                description="一条毛巾",
                kind=RewardKind.GOODS,
                cost=cost,
                stock=stock,
                daily_limit=daily_limit,
            )
            if offered:
                await rewards.offer_reward(ctx, reward_id=reward.id)
        return reward.id

    def period(self, start: float, end: float) -> Period:
        """Return a period in hours from now."""
        return Period(self.clock.now + timedelta(hours=start), self.clock.now + timedelta(hours=end))

    async def row(self, model: type[Any], id: UUID) -> Any:  # a row of the model
        """Return a row as the database holds it now."""
        async with self.district.context() as ctx:
            return await ctx.db.must_get(model, id)

    async def count(self, model: type[Any]) -> int:  # any model
        """Return how many rows a table has."""
        async with self.district.context() as ctx:
            return len(await ctx.db.scalars(select(model)))


async def _audit(ctx: RequestContext, account: models.PointsAccount) -> None:
    """Insist that transfers balance and that books, lots and the account say the same."""
    rows = await ctx.db.execute(
        select(models.PointsEntry, models.PointsTransfer)
        .join(models.PointsTransfer, models.PointsTransfer.id == models.PointsEntry.transfer_id)
        .where(models.PointsTransfer.account_id == account.id)
    )
    books: dict[str, int] = {}
    transfers: dict[UUID, int] = {}
    for entry, transfer in rows.all():
        side = entry.credit - entry.debit
        books[entry.book.name] = books.get(entry.book.name, 0) + side
        transfers[transfer.id] = transfers.get(transfer.id, 0) + side
    lots = await ctx.db.scalars(select(models.PointsLot).where(models.PointsLot.account_id == account.id))
    assert set(transfers.values()) <= {0}
    assert books.get("AVAILABLE", 0) == account.available == sum(lot.remaining for lot in lots)
    assert books.get("RESERVED", 0) == account.reserved
    assert -books.get("DEBT", 0) == account.debt
    assert min(account.available, account.reserved, account.debt) >= 0


def gid(type_name: str, id: UUID) -> str:
    """Return the GraphQL id of a row."""
    return encode_id(type_name, id)


@pytest.fixture
def clock() -> Clock:
    """The server's clock."""
    return Clock()


@pytest.fixture
async def server(world: World, clock: Clock) -> AsyncIterator[Server]:
    """A started server that goes by the test's clock."""
    made = world.server(clock)
    await made.start(watch=False)
    yield made
    await made.stop()


@pytest.fixture
def town(district: TestDistrict, clock: Clock) -> Town:
    """The district under test."""
    return Town(district, clock)
