"""Demo data: volunteers, teams, activities, orders, confirmed hours and rewards of a few communities."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import cast
from uuid import UUID

from sqlalchemy import select

from wangge import LOCAL_ZONE, DemoOptions, Progress, RequestContext, ScopeProvider
from wangge_schema import models as base
from wangge_volunteer_points.models import (
    ActivityShift,
    OrderClaim,
    OrderOffer,
    OrderShowcase,
    PointsAccount,
    Redemption,
    Reward,
    ServiceRecord,
    Volunteer,
    VolunteerActivity,
    VolunteerOrder,
    VolunteerTeam,
    VolunteerTeamMember,
)
from wangge_volunteer_points.rules.activities import ActivityState
from wangge_volunteer_points.rules.orders import OrderState
from wangge_volunteer_points.rules.records import RecordState, points_for
from wangge_volunteer_points.rules.rewards import RewardKind, RewardState, held_until
from wangge_volunteer_points.services import ledger
from wangge_volunteer_points.settings import VolunteerPointsSettings

COMMUNITIES = 6
"""Communities with volunteers in the demo, those of the lowest codes where people live."""
SHARE = 12
"""One adult in so many is a volunteer."""

TEAMS = (
    ("红小二", "上门跑腿，代办小事"),
    ("和事佬", "邻里纠纷，劝和调解"),
    ("夕阳红", "老党员老教师，传帮带"),
)
SERVICES = ("义诊", "法律咨询", "反诈宣传", "剪纸课堂", "清扫楼道", "防火巡查")
NEEDS = (
    ("修楼道灯", "三楼的灯坏了一周"),
    ("陪老人就诊", "腿脚不便，需要有人陪同"),
    ("教用手机", "想学视频通话"),
    ("搬旧家具", "旧沙发搬到楼下"),
    ("接孩子放学", "四点半到六点"),
)
STATES = (OrderState.PLACED, OrderState.PLACED, OrderState.TAKEN, OrderState.CLAIMED, OrderState.SHOWN)
"""Where the orders stand, one by one; the second of the open ones is offered to a team."""
REWARDS = (
    ("洗衣液", "一瓶两升", RewardKind.GOODS, 20, None),
    ("毛巾", "一条", RewardKind.GOODS, 8, None),
    ("临时车位四小时", "小区临时车位", RewardKind.PARKING_HOURS, 12, 4),
)


@dataclass(frozen=True)
class Community:
    """A community of the demo with its volunteers, and what chance decides."""

    grid: base.Grid
    volunteers: Sequence[Volunteer]
    teams: Sequence[VolunteerTeam]
    chance: Random


async def fill(ctx: RequestContext, options: DemoOptions, progress: Progress) -> None:
    """Fill a demo district; what is there already stays as it is."""
    if await ctx.db.scalar(select(Volunteer.id).limit(1)) is not None:
        return
    resident = await _demo_resident(ctx)
    grids = await _communities(ctx)
    for place, grid in enumerate(grids):
        chance = Random(f"{options.seed} {grid.code}")
        volunteers = await _volunteers(ctx, grid, options.people, resident)
        if volunteers:
            teams = await _teams(ctx, grid, volunteers)
            community = Community(grid, volunteers, teams, chance)
            await _activities(ctx, community)
            await _orders(ctx, community)
            await _hours(ctx, community)
            await _rewards(ctx, community)
        progress(place + 1, len(grids))


async def _demo_resident(ctx: RequestContext) -> UUID | None:
    """Return the person whom the demo token of a resident stands for."""
    return await cast("ScopeProvider", ctx.capability("scope/1")).person_for_demo(ctx.db)


async def _communities(ctx: RequestContext) -> list[base.Grid]:
    lived_in = select(base.Person.anc_2)
    return await ctx.db.scalars(
        select(base.Grid)
        .where(base.Grid.depth == 2, base.Grid.number.in_(lived_in))
        .order_by(base.Grid.code)
        .limit(COMMUNITIES)
    )


async def _volunteers(
    ctx: RequestContext, grid: base.Grid, people: int, resident: UUID | None
) -> list[Volunteer]:
    """Register some adults of a community, the demo's resident first where they live there."""
    adult_age = ctx.settings(VolunteerPointsSettings).adult_age
    persons: list[base.Person] = await ctx.db.scalars(
        select(base.Person)
        .where(
            base.Person.anc_2 == grid.number,
            base.Person.birth_date < ctx.today - timedelta(days=366 * adult_age),
            base.Person.died_on.is_(None),
        )
        .order_by(base.Person.id != resident, base.Person.id)
        .limit(max(4, people // COMMUNITIES // SHARE))
    )
    volunteers = [
        Volunteer(person_id=person.id, grid_id=person.grid_id, registered_on=ctx.today - timedelta(days=90))
        for person in persons
    ]
    ctx.db.add_all(volunteers)
    await ctx.db.flush()
    ctx.db.add_all(
        PointsAccount(volunteer_id=one.id, person_id=one.person_id, grid_id=one.grid_id) for one in volunteers
    )
    await ctx.db.flush()
    return volunteers


async def _teams(
    ctx: RequestContext, grid: base.Grid, volunteers: Sequence[Volunteer]
) -> list[VolunteerTeam]:
    teams = [VolunteerTeam(grid_id=grid.id, name=name, purpose=purpose) for name, purpose in TEAMS]
    ctx.db.add_all(teams)
    await ctx.db.flush()
    for number, volunteer in enumerate(volunteers):
        team = teams[number % len(teams)]
        team.leader_id = team.leader_id or volunteer.id
        ctx.db.add(
            VolunteerTeamMember(
                team_id=team.id,
                volunteer_id=volunteer.id,
                person_id=volunteer.person_id,
                grid_id=grid.id,
                since=ctx.today - timedelta(days=60),
            )
        )
    await ctx.db.flush()
    return teams


async def _activities(ctx: RequestContext, community: Community) -> None:
    """Publish some activities of the next fortnight, with a shift in the morning and one in the afternoon."""
    for number, title in enumerate(community.chance.sample(SERVICES, 3)):
        day = ctx.today + timedelta(days=3 + 4 * number)
        activity = VolunteerActivity(
            grid_id=community.grid.id,
            title=title,
            content=f"{community.grid.name}{title}，欢迎参加",
            place=f"{community.grid.name}党群服务中心",
            service_class="skilled" if title in SERVICES[:2] else "general",
            circumstance="ordinary",
            starts_at=_local(day, 9),
            state=ActivityState.PUBLISHED,
            team_id=community.teams[number % len(community.teams)].id,
        )
        ctx.db.add(activity)
        await ctx.db.flush()
        ctx.db.add_all(
            ActivityShift(
                activity_id=activity.id,
                grid_id=community.grid.id,
                starts_at=_local(day, hour),
                ends_at=_local(day, hour + 2),
                capacity=8,
                check_in_code=f"{community.chance.randrange(10**6):06}",
            )
            for hour in (9, 14)
        )


async def _orders(ctx: RequestContext, community: Community) -> None:
    """Place orders: one open, one offered, one taken, one claimed, one shown."""
    for number, ((title, need), state) in enumerate(zip(NEEDS, STATES, strict=True)):
        team = community.teams[number % len(community.teams)]
        order = _order(ctx, community, team, title, need, state)
        ctx.db.add(order)
        await ctx.db.flush()
        if number == 1:
            ctx.db.add(OrderOffer(order_id=order.id, team_id=team.id, grid_id=order.grid_id))
        if order.claimed:
            ctx.db.add(_claim(order, next(one for one in community.volunteers if one.id == team.leader_id)))
        if state is OrderState.SHOWN:
            ctx.db.add(_showcase(ctx, order, team))
    await ctx.db.flush()


def _order(
    ctx: RequestContext, community: Community, team: VolunteerTeam, title: str, need: str, state: OrderState
) -> VolunteerOrder:
    day = ctx.today + timedelta(days=-5 if state is OrderState.SHOWN else 2)
    is_claimed = state in (OrderState.CLAIMED, OrderState.SHOWN) and team.leader_id is not None
    return VolunteerOrder(
        grid_id=community.grid.id,
        title=title,
        need=need,
        place=community.grid.name,
        service_class="care",
        circumstance="ordinary",
        starts_at=_local(day, 10),
        ends_at=_local(day, 11),
        needed=2,
        claimed=int(is_claimed),
        state=state,
        team_id=None if state is OrderState.PLACED else team.id,
        taken_at=None if state is OrderState.PLACED else ctx.now,
        finished_at=ctx.now if state is OrderState.SHOWN else None,
    )


def _showcase(ctx: RequestContext, order: VolunteerOrder, team: VolunteerTeam) -> OrderShowcase:
    return OrderShowcase(
        order_id=order.id,
        grid_id=order.grid_id,
        headline=f"{order.title}，办好了",
        story=f"{team.name}上门服务，一小时办妥",
        shown_at=ctx.now,
    )


async def _hours(ctx: RequestContext, community: Community) -> None:
    """Give every volunteer a confirmed record with its points, and every third a record to be confirmed."""
    confirmed = [_record(ctx, community, one, RecordState.CONFIRMED) for one in community.volunteers]
    pending = [_record(ctx, community, one, RecordState.PENDING) for one in community.volunteers[::3]]
    ctx.db.add_all([*confirmed, *pending])
    await ctx.db.flush()
    accounts: list[PointsAccount] = await ctx.db.scalars(
        select(PointsAccount).where(PointsAccount.volunteer_id.in_([one.id for one in community.volunteers]))
    )
    by_volunteer = {account.volunteer_id: account for account in accounts}
    await ledger.credit_records(ctx, [(by_volunteer[record.volunteer_id], record) for record in confirmed])


async def _rewards(ctx: RequestContext, community: Community) -> None:
    """Offer rewards; the first volunteer has reserved one."""
    rewards = [
        Reward(
            grid_id=community.grid.id,
            title=title,
            description=description,
            kind=kind,
            state=RewardState.OFFERED,
            cost=cost,
            stock=20,
            daily_limit=5,
            parking_hours=parking_hours,
        )
        for title, description, kind, cost, parking_hours in REWARDS
    ]
    ctx.db.add_all(rewards)
    await ctx.db.flush()
    towel, first = rewards[1], community.volunteers[0]
    towel.stock -= 1
    days = ctx.settings(VolunteerPointsSettings).reservation_days
    redemption = Redemption(
        reward_id=towel.id,
        volunteer_id=first.id,
        person_id=first.person_id,
        grid_id=community.grid.id,
        points=towel.cost,
        reserved_on=ctx.today,
        held_until=held_until(ctx.today, days=days),
    )
    ctx.db.add(redemption)
    await ctx.db.flush()
    await ledger.reserve_points(ctx, redemption)


def _record(
    ctx: RequestContext, community: Community, volunteer: Volunteer, state: RecordState
) -> ServiceRecord:
    """Return a record of two to four hours of care: some weeks old if confirmed, else of these days."""
    settings = ctx.settings(VolunteerPointsSettings)
    minutes = 60 * community.chance.randint(2, 4)
    first, last = (8, 28) if state is RecordState.CONFIRMED else (1, 6)
    day = ctx.today - timedelta(days=community.chance.randint(first, last))
    unit_points = settings.service_class("care").unit_points
    coefficient = settings.circumstance("ordinary").coefficient
    both = ctx.now if state is RecordState.CONFIRMED else None
    return ServiceRecord(
        volunteer_id=volunteer.id,
        person_id=volunteer.person_id,
        grid_id=community.grid.id,
        title=community.chance.choice(SERVICES),
        place=community.grid.name,
        service_class="care",
        circumstance="ordinary",
        served_on=day,
        started_at=_local(day, 9),
        ended_at=_local(day, 9) + timedelta(minutes=minutes),
        minutes_served=minutes,
        minutes_counted=minutes if both else 0,
        points=points_for(minutes, unit_points=unit_points, coefficient=coefficient) if both else 0,
        state=state,
        volunteer_confirmed_at=ctx.now,
        organiser_confirmed_at=both,
    )


def _claim(order: VolunteerOrder, volunteer: Volunteer) -> OrderClaim:
    return OrderClaim(
        order_id=order.id,
        volunteer_id=volunteer.id,
        person_id=volunteer.person_id,
        grid_id=order.grid_id,
    )


def _local(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), LOCAL_ZONE)
