"""Fifty at once on a real server: the last item goes once, no balance is negative, nothing is doubled."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from wangge import encode_id
from wangge.testing.districts import TestDistrict
from wangge_volunteer_points.models import ActivityShift, Redemption, Reward, ShiftSignup

MANY = 50
REDEEM = """
mutation Redeem($reward: ID!) {
  redeemReward(input: { reward: $reward }) { redemption { state points } userErrors { code } }
}
"""
REDEEM_ID = "mutation Redeem($reward: ID!) { redeemReward(input: { reward: $reward }) { redemption { id } } }"
CONFIRM = """
mutation Confirm($redemption: ID!) {
  confirmRedemption(input: { redemption: $redemption }) { userErrors { code } }
}
"""
RELEASE = """
mutation Release($redemption: ID!) {
  releaseRedemption(input: { redemption: $redemption }) { userErrors { code } }
}
"""
SIGN_UP = "mutation SignUp($shift: ID!) { signUpForShift(input: { shift: $shift }) { userErrors { code } } }"


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let requests of the live server take as long as a busy machine needs: no test asserts a time."""
    monkeypatch.setenv("WANGGE_REQUEST_TIMEOUT", "120")


@pytest.fixture
async def crowd(town: Any) -> list[str]:
    """Fifty volunteers with ten points each, by the real clock: the live server goes by it."""
    town.clock.now = datetime.now(UTC)
    names = [f"volunteer-{number}" for number in range(MANY)]
    for name in names:
        await town.settle(name, points=10)
    return names


def outcomes(answers: list[dict[str, Any]], field: str) -> dict[str, int]:
    """Count the answers by the code of their error; "OK" for those without."""
    found: dict[str, int] = {}
    for answer in answers:
        assert "errors" not in answer, answer
        codes = [error["code"] for error in answer["data"][field]["userErrors"]] or ["OK"]
        found[codes[0]] = found.get(codes[0], 0) + 1
    return found


async def test_the_last_item_goes_to_exactly_one_of_fifty(
    town: Any, crowd: list[str], live_server: TestDistrict
) -> None:
    reward_id = await town.reward(cost=10, stock=1)
    reward = encode_id("Reward", reward_id)

    answers = await asyncio.gather(
        *(live_server.client(name).execute(REDEEM, reward=reward) for name in crowd)
    )

    assert outcomes(answers, "redeemReward") == {"OK": 1, "VOLUNTEER_POINTS_OUT_OF_STOCK": MANY - 1}
    assert (await town.row(Reward, reward_id)).stock == 0
    assert await town.count(Redemption) == 1
    holdings = [await town.holding(name) for name in crowd]
    assert sorted(set(holdings)) == [(0, 10, 0), (10, 0, 0)]
    assert holdings.count((0, 10, 0)) == 1


async def test_one_volunteer_who_asks_fifty_times_spends_no_point_twice(
    town: Any, live_server: TestDistrict
) -> None:
    town.clock.now = datetime.now(UTC)
    await town.settle("zhang", points=35)
    reward_id = await town.reward(cost=10, stock=100)
    client, reward = live_server.client("zhang"), encode_id("Reward", reward_id)

    answers = await asyncio.gather(*(client.execute(REDEEM, reward=reward) for _ in range(MANY)))

    assert outcomes(answers, "redeemReward") == {"OK": 3, "VOLUNTEER_POINTS_NOT_ENOUGH_POINTS": MANY - 3}
    assert await town.holding("zhang") == (5, 30, 0)
    assert (await town.row(Reward, reward_id)).stock == 97


async def test_a_shift_takes_no_more_than_its_places_from_fifty(
    town: Any, crowd: list[str], live_server: TestDistrict
) -> None:
    shift = await town.shift(1, 2, capacity=7)
    shift_id = encode_id("ActivityShift", shift.id)

    answers = await asyncio.gather(
        *(live_server.client(name).execute(SIGN_UP, shift=shift_id) for name in crowd)
    )

    assert outcomes(answers, "signUpForShift") == {"OK": 7, "VOLUNTEER_POINTS_SHIFT_FULL": MANY - 7}
    assert (await town.row(ActivityShift, shift.id)).taken == 7
    async with town.district.context() as ctx:
        assert await ctx.db.scalar(select(func.count(ShiftSignup.id))) == 7


async def test_a_redemption_that_fifty_settle_at_once_is_settled_once(
    town: Any, live_server: TestDistrict
) -> None:
    town.clock.now = datetime.now(UTC)
    await town.settle("zhang", points=10)
    reward_id = await town.reward(cost=10, stock=1)
    redeemed = await town.client("zhang").data(REDEEM_ID, reward=encode_id("Reward", reward_id))
    redemption = redeemed["redeemReward"]["redemption"]["id"]

    answers = await asyncio.gather(
        *(
            live_server.client("community_secretary" if number % 2 else "zhang").execute(
                CONFIRM if number % 2 else RELEASE, redemption=redemption
            )
            for number in range(MANY)
        )
    )

    settled = [
        outcomes(answers[0::2], "releaseRedemption").get("OK", 0),
        outcomes(answers[1::2], "confirmRedemption").get("OK", 0),
    ]
    assert sum(settled) == 1
    released = settled == [1, 0]
    assert await town.holding("zhang") == ((10, 0, 0) if released else (0, 0, 0))
    assert (await town.row(Reward, reward_id)).stock == (1 if released else 0)
