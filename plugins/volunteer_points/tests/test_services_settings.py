"""What a street or a community sets holds for its services and rewards; caps of a person do not differ."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from wangge import encode_id
from wangge_volunteer_points.errors import CheckInClosed, DailyCapReached, ServiceClassUnknown
from wangge_volunteer_points.models import Redemption, ServiceRecord
from wangge_volunteer_points.services import attendance, orders, records, redemptions
from wangge_volunteer_points.services.plans import ServicePlan

CHANGE = """mutation ($input: ChangeVolunteerPointsSettingsInput!) {
    changeVolunteerPointsSettings(input: $input) { userErrors { code path } } }"""
STREET, COMMUNITY, ELSEWHERE = "370703001", "370703001001", "370703002200"


async def set_at(town: Any, code: str | None, **values: Any) -> list[Any]:
    """Set values in the district or at a grid; return what is refused."""
    given = {
        "values": values,
        **({} if code is None else {"grid": encode_id("Grid", await town.grid_id(code))}),
    }
    answer = await town.client("district_admin").data(CHANGE, input=given)
    refused: list[Any] = answer["changeVolunteerPointsSettings"]["userErrors"]
    return refused


def rates(points: str) -> list[dict[str, str]]:
    """Return classes of service of which the general one earns so many points an hour."""
    return [{"key": "general", "title": "一般服务", "unitPoints": points}]


async def served(town: Any, *, hours: float = 2) -> ServiceRecord:
    """Let zhang serve a shift in the community, confirmed by both sides."""
    shift = await town.shift(0, hours)
    async with town.acting("zhang") as ctx:
        await attendance.sign_up(ctx, shift_id=shift.id)
    async with town.acting("zhang") as ctx:
        await attendance.check_in(ctx, shift_id=shift.id, code=shift.check_in_code)
    town.clock.forward(hours=hours)
    async with town.acting("zhang") as ctx:
        record_id: UUID = (await attendance.check_out(ctx, shift_id=shift.id)).id
    for who in ("zhang", "community_secretary"):
        async with town.acting(who) as ctx:
            await records.confirm_record(ctx, record_id=record_id)
    found: ServiceRecord = await town.row(ServiceRecord, record_id)
    return found


async def test_points_are_those_of_the_nearest_grid_that_sets_them(town: Any) -> None:
    await town.settle("zhang")
    assert (await served(town)).points == 4

    assert await set_at(town, STREET, serviceClasses=rates("5")) == []
    assert await set_at(town, "370703002", serviceClasses=rates("9")) == []
    assert (await served(town)).points == 10
    assert await set_at(town, COMMUNITY, serviceClasses=rates("1.5")) == []
    assert (await served(town)).points == 3


async def test_a_class_of_service_is_one_of_the_grids(town: Any) -> None:
    await set_at(town, STREET, serviceClasses=rates("5"))
    plan = ServicePlan("陪诊", "陪老人看病", "区医院", service_class="care")

    async with town.acting("district_admin") as ctx:
        here, elsewhere = await town.grid_id(), await town.grid_id(ELSEWHERE)
        with pytest.raises(ServiceClassUnknown):
            await orders.place_order(ctx, grid_id=here, plan=plan, period=town.period(1, 3))
        order = await orders.place_order(ctx, grid_id=elsewhere, plan=plan, period=town.period(1, 3))
        assert order.service_class == "care"


async def test_a_days_cap_is_one_in_the_district(town: Any) -> None:
    await town.settle("zhang")

    refused = await set_at(town, COMMUNITY, dailyCapHours=12)

    assert refused == [{"code": "SETTING_NOT_LOCAL", "path": ["values", "dailyCapHours"]}]
    await served(town, hours=6)
    with pytest.raises(DailyCapReached) as full:
        await served(town, hours=6)
    assert full.value.params == {"hours": 8}


async def test_a_reward_is_held_as_long_as_its_grid_says(town: Any) -> None:
    await town.settle("zhang", points=50)
    reward_id = await town.reward(stock=2)
    await set_at(town, COMMUNITY, reservationDays=3)

    async with town.acting("zhang") as ctx:
        redemption = await redemptions.redeem_reward(ctx, reward_id=reward_id)

    assert (await town.row(Redemption, redemption.id)).held_until == date(2026, 11, 23) + timedelta(days=3)


async def test_check_in_opens_as_early_as_the_grid_says(town: Any) -> None:
    await town.settle("zhang")
    shift = await town.shift(1, 3)
    async with town.acting("zhang") as ctx:
        await attendance.sign_up(ctx, shift_id=shift.id)

    async with town.acting("zhang") as ctx:
        with pytest.raises(CheckInClosed):
            await attendance.check_in(ctx, shift_id=shift.id, code=shift.check_in_code)
    await set_at(town, COMMUNITY, checkInEarlyMinutes=60)

    async with town.acting("zhang") as ctx:
        assert (await attendance.check_in(ctx, shift_id=shift.id, code=shift.check_in_code)).checked_in_at
