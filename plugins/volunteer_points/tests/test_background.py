"""What the programme does by itself: at night, and when a volunteer has died."""

import asyncio
from typing import Any

from wangge._host.background.cursors import cursors_of
from wangge._host.background.handlers import HandlerRun, handlers_of
from wangge._host.background.jobs import job_rows, jobs_of, run_job
from wangge_schema.people.services import record_death
from wangge_volunteer_points.models import Redemption, Reward, Volunteer
from wangge_volunteer_points.rules.rewards import RedemptionState
from wangge_volunteer_points.rules.volunteers import VolunteerState
from wangge_volunteer_points.services.attendance import sign_up
from wangge_volunteer_points.services.deaths import settle_death
from wangge_volunteer_points.services.redemptions import redeem_reward


async def run_by_hand(town: Any, name: str) -> dict[str, int]:
    """Run a job of the programme and return its counts."""
    district = town.district.server.district(town.district.code)
    known = jobs_of(district)
    await job_rows(district, known)
    await run_job(district, known[f"volunteer_points.{name}"], due=False)
    found = {job.name: job for job in await job_rows(district, known)}
    row = found[f"volunteer_points.{name}"]
    assert row.error is None
    return row.result


async def handle(town: Any) -> None:
    """Let the programme's handlers do what there is."""
    district = town.district.server.district(town.district.code)
    await cursors_of(district, handlers_of(district))
    for known in handlers_of(district):
        await HandlerRun(district, known, asyncio.Event()).run()


async def redeem(town: Any, who: str, reward_id: Any) -> Any:
    async with town.acting(who) as ctx:
        return (await redeem_reward(ctx, reward_id=reward_id)).id


async def test_points_past_their_day_expire_at_night(town: Any) -> None:
    await town.settle("zhang", points=15)
    await town.settle("wang", points=7)
    town.clock.forward(days=24 * 31 + 1)

    assert await run_by_hand(town, "expire_points") == {"accounts": 2, "points": 22}

    assert await town.holding("zhang") == (0, 0, 0)
    assert await town.holding("wang") == (0, 0, 0)
    assert await run_by_hand(town, "expire_points") == {"accounts": 0, "points": 0}


async def test_reservations_that_nobody_picked_up_are_released_at_night(town: Any) -> None:
    await town.settle("zhang", points=30)
    reward_id = await town.reward(cost=10, stock=3)
    lapsed = [await redeem(town, "zhang", reward_id), await redeem(town, "zhang", reward_id)]
    town.clock.forward(days=7)
    held = await redeem(town, "zhang", reward_id)
    assert await run_by_hand(town, "release_lapsed") == {"redemptions": 0}  # today is their last day
    town.clock.forward(days=1)

    assert await run_by_hand(town, "release_lapsed") == {"redemptions": 2}

    for id in lapsed:
        redemption = await town.row(Redemption, id)
        assert (redemption.state, redemption.release_reason) == (RedemptionState.RELEASED, "逾期未领")
    assert (await town.row(Redemption, held)).state is RedemptionState.RESERVED
    assert await town.holding("zhang") == (20, 10, 0)
    assert (await town.row(Reward, reward_id)).stock == 2


async def test_a_volunteer_who_died_is_withdrawn_and_what_was_to_come_is_ended(town: Any) -> None:
    person_id = await town.settle("zhang", points=15)
    await handle(town)
    reward_id = await town.reward(cost=10, stock=3)
    redemption_id = await redeem(town, "zhang", reward_id)
    shift = await town.shift()
    async with town.acting("zhang") as ctx:
        await sign_up(ctx, shift_id=shift.id)
    async with town.acting("community_secretary") as ctx:
        await record_death(ctx, person_id=person_id, died_on=ctx.today)

    await handle(town)

    async with town.district.context() as ctx:
        volunteer = await town.volunteer(ctx, "zhang")
    assert (volunteer.state, volunteer.withdrawn_on) == (VolunteerState.WITHDRAWN, town.clock.now.date())
    assert (await town.row(Redemption, redemption_id)).state is RedemptionState.RELEASED
    assert (await town.row(Reward, reward_id)).stock == 3
    assert (await town.row(type(shift), shift.id)).taken == 0
    assert await town.holding("zhang") == (15, 0, 0)


async def test_a_death_is_settled_once_and_of_volunteers_alone(town: Any) -> None:
    person_id = await town.settle("zhang")
    other = await town.settle("wang", volunteer=False)
    async with town.acting(None) as ctx:
        first = await settle_death(ctx, person_id=person_id)
    assert isinstance(first, Volunteer)
    town.clock.forward(days=1)

    async with town.acting(None) as ctx:
        again = await settle_death(ctx, person_id=person_id)
        assert await settle_death(ctx, person_id=other) is None

    assert again is not None
    assert again.withdrawn_on == first.withdrawn_on
