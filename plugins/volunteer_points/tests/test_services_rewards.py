"""Rewards: stock and limits, reserve → confirm → release, and fee credits: sponsored, within the bill."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from wangge import Forbidden, NotFound, OutOfScope, RequestContext, RuleError
from wangge_schema import models as base
from wangge_schema.organizations.rules import OrganizationKind
from wangge_volunteer_points.errors import (
    BillMissing,
    CreditAboveBill,
    DailyLimitReached,
    NotEnoughPoints,
    NotVolunteer,
    OutOfStock,
    RedemptionLapsed,
    RedemptionNotReserved,
    RewardNotOffered,
    RewardValueMissing,
    SponsorshipMissing,
)
from wangge_volunteer_points.models import PointsTransfer, Redemption, Reward, Sponsorship
from wangge_volunteer_points.rules.ledger import TransferKind
from wangge_volunteer_points.rules.rewards import RedemptionState, RewardKind
from wangge_volunteer_points.services import redemptions, rewards
from wangge_volunteer_points.services.fee_credit import CAPABILITY


async def redeem(town: Any, who: str, reward_id: UUID) -> UUID:
    async with town.acting(who) as ctx:
        return (await redemptions.redeem_reward(ctx, reward_id=reward_id)).id


async def confirm(town: Any, redemption_id: UUID, who: str = "community_secretary", **more: Any) -> None:
    async with town.acting(who) as ctx:
        await redemptions.confirm_redemption(ctx, redemption_id=redemption_id, **more)


async def release(town: Any, redemption_id: UUID, who: str) -> None:
    async with town.acting(who) as ctx:
        await redemptions.release_redemption(ctx, redemption_id=redemption_id, reason="不要了")


async def fee_credit(town: Any, *, signed_on: date | None = date(2026, 11, 1)) -> UUID:
    """Draft a fee credit of 50 yuan with a sponsorship; return the reward."""
    grid_id = await town.grid_id()
    async with town.acting(None) as ctx:
        firm = base.Organization(name="蝶园物业有限公司", kind=OrganizationKind.COMPANY, grid_id=grid_id)
        ctx.db.add(firm)
        await ctx.db.flush()
        firm_id = firm.id
    async with town.acting("community_secretary") as ctx:
        sponsorship = await rewards.record_sponsorship(
            ctx,
            grid_id=grid_id,
            organization_id=firm_id,
            agreement_number="WY-2026-3",
            signed_on=signed_on,
            valid_from=date(2026, 11, 1),
            valid_to=date(2026, 12, 31),
        )
        reward = await rewards.create_reward(
            ctx,
            grid_id=grid_id,
            title="物业费抵扣50元",
            description="抵扣物业费",
            kind=RewardKind.PROPERTY_FEE_CREDIT,
            cost=10,
            stock=5,
            credit_fen=5000,
            sponsorship_id=sponsorship.id,
        )
    return reward.id


async def offer(town: Any, reward_id: UUID) -> None:
    async with town.acting("community_secretary") as ctx:
        await rewards.offer_reward(ctx, reward_id=reward_id)


async def test_a_redemption_sets_points_and_an_item_aside_until_it_is_confirmed(town: Any) -> None:
    await town.settle("zhang", points=15)
    reward_id = await town.reward(cost=10, stock=3)

    redemption_id = await redeem(town, "zhang", reward_id)
    redemption = await town.row(Redemption, redemption_id)
    assert (redemption.state, redemption.points) == (RedemptionState.RESERVED, 10)
    assert (redemption.reserved_on, redemption.held_until) == (date(2026, 11, 23), date(2026, 11, 30))
    assert await town.holding("zhang") == (5, 10, 0)
    assert (await town.row(Reward, reward_id)).stock == 2

    await confirm(town, redemption_id)
    redemption = await town.row(Redemption, redemption_id)
    assert (redemption.state, redemption.settled_at) == (RedemptionState.CONFIRMED, town.clock.now)
    assert await town.holding("zhang") == (5, 0, 0)
    assert (await town.row(Reward, reward_id)).stock == 2


@pytest.mark.parametrize("who", ["zhang", "community_secretary"])
async def test_a_released_redemption_gives_points_and_item_back(town: Any, who: str) -> None:
    await town.settle("zhang", points=15)
    reward_id = await town.reward(cost=10, stock=3)
    redemption_id = await redeem(town, "zhang", reward_id)

    await release(town, redemption_id, who)

    assert (await town.row(Redemption, redemption_id)).state is RedemptionState.RELEASED
    assert await town.holding("zhang") == (15, 0, 0)
    assert (await town.row(Reward, reward_id)).stock == 3


async def test_a_redemption_is_settled_once(town: Any) -> None:
    await town.settle("zhang", points=15)
    reward_id = await town.reward(cost=10, stock=3)
    redemption_id = await redeem(town, "zhang", reward_id)
    await confirm(town, redemption_id)

    for settle in (confirm(town, redemption_id), release(town, redemption_id, "zhang")):
        with pytest.raises(RedemptionNotReserved):
            await settle

    assert await town.holding("zhang") == (5, 0, 0)
    assert (await town.row(Reward, reward_id)).stock == 2


async def test_nobody_settles_redemptions_of_other_people_or_grids(town: Any) -> None:
    await town.settle("zhang", points=15)
    await town.settle("wang")
    redemption_id = await redeem(town, "zhang", await town.reward())

    for refused in (
        release(town, redemption_id, "wang"),
        release(town, redemption_id, "grid_worker_elsewhere"),
        confirm(town, redemption_id, "grid_worker_elsewhere"),
    ):
        with pytest.raises(NotFound):
            await refused
    with pytest.raises(Forbidden):
        await confirm(town, redemption_id, "zhang")

    assert await town.holding("zhang") == (5, 10, 0)


async def test_what_cannot_be_redeemed_changes_nothing(town: Any) -> None:
    await town.settle("zhang", points=15)
    await town.settle("li", volunteer=False)
    for refusal, who, reward in (
        (RewardNotOffered, "zhang", {"offered": False}),
        (OutOfStock, "zhang", {"stock": 0}),
        (NotEnoughPoints, "zhang", {"cost": 16}),
        (NotVolunteer, "li", {}),
    ):
        reward_id = await town.reward(**reward)
        before = (await town.row(Reward, reward_id)).stock

        with pytest.raises(refusal):
            await redeem(town, who, reward_id)
        assert (await town.row(Reward, reward_id)).stock == before

    assert await town.holding("zhang") == (15, 0, 0)
    assert await town.count(Redemption) == 0


async def test_a_daily_limit_counts_what_is_not_released_on_that_day(town: Any) -> None:
    await town.settle("zhang", points=50)
    reward_id = await town.reward(cost=10, stock=9, daily_limit=1)
    first = await redeem(town, "zhang", reward_id)

    with pytest.raises(DailyLimitReached):
        await redeem(town, "zhang", reward_id)
    assert await town.holding("zhang") == (40, 10, 0)

    await release(town, first, "zhang")
    await redeem(town, "zhang", reward_id)
    town.clock.forward(days=1)
    await redeem(town, "zhang", reward_id)
    assert await town.holding("zhang") == (30, 20, 0)


async def test_a_reservation_lapses_and_can_then_only_be_released(town: Any) -> None:
    await town.settle("zhang", points=15)
    redemption_id = await redeem(town, "zhang", await town.reward())
    town.clock.forward(days=8)

    with pytest.raises(RedemptionLapsed):
        await confirm(town, redemption_id)
    assert await town.holding("zhang") == (5, 10, 0)

    await release(town, redemption_id, "community_secretary")
    assert await town.holding("zhang") == (15, 0, 0)


async def test_released_points_do_not_live_longer(town: Any) -> None:
    await town.settle("zhang", points=10)
    reward_id = await town.reward(cost=10)
    redemption_id = await redeem(town, "zhang", reward_id)
    town.clock.now += timedelta(days=800)
    await release(town, redemption_id, "zhang")

    with pytest.raises(NotEnoughPoints):
        await redeem(town, "zhang", reward_id)


async def test_points_can_be_redeemed_in_another_grid_than_ones_own(town: Any) -> None:
    await town.settle("li", grid="370703002200", points=10)
    redemption_id = await redeem(town, "li", await town.reward(cost=10))

    await confirm(town, redemption_id)

    assert await town.holding("li") == (0, 0, 0)
    async with town.district.context() as ctx:
        kinds = await ctx.db.scalars(select(PointsTransfer.kind).order_by(PointsTransfer.id))
    assert kinds == [TransferKind.EARN, TransferKind.RESERVE, TransferKind.REDEEM]


async def test_staff_keep_rewards_of_their_own_grids_alone(town: Any) -> None:
    reward_id = await town.reward(stock=3)
    for who, refusal in (("zhang", Forbidden), ("grid_worker_elsewhere", Forbidden)):
        if who == "zhang":
            await town.settle("zhang")
        with pytest.raises(refusal):
            async with town.acting(who) as ctx:
                await rewards.change_reward_stock(ctx, reward_id=reward_id, by=5)
    with pytest.raises(OutOfStock):
        async with town.acting("community_secretary") as ctx:
            await rewards.change_reward_stock(ctx, reward_id=reward_id, by=-4)
    assert (await town.row(Reward, reward_id)).stock == 3

    async with town.acting("street_secretary") as ctx:
        await rewards.change_reward_stock(ctx, reward_id=reward_id, by=-3)
    assert (await town.row(Reward, reward_id)).stock == 0
    with pytest.raises(OutOfScope):
        async with town.acting("community_secretary") as ctx:
            await rewards.create_reward(
                ctx,
                grid_id=await town.grid_id("370703002200"),
                title="毛巾",
                description="一条",
                kind=RewardKind.GOODS,
                cost=1,
                stock=1,
            )
    assert await town.count(Reward) == 1


async def test_a_reward_says_what_its_kind_needs(town: Any) -> None:
    for given, refusal in (
        ({"kind": RewardKind.PARKING_HOURS}, RewardValueMissing),
        ({"kind": RewardKind.GOODS, "parking_hours": 2}, RewardValueMissing),
        ({"kind": RewardKind.GOODS, "cost": 0}, RuleError),
        ({"kind": RewardKind.GOODS, "stock": -1}, RuleError),
    ):
        values: dict[str, Any] = {"cost": 1, "stock": 1, **given}
        with pytest.raises(refusal):
            async with town.acting("community_secretary") as ctx:
                await rewards.create_reward(
                    ctx, grid_id=await town.grid_id(), title="车位", description="一条", **values
                )

    assert await town.count(Reward) == 0


async def test_an_ended_reward_stays_ended(town: Any) -> None:
    await town.settle("zhang", points=15)
    reward_id = await town.reward()
    async with town.acting("community_secretary") as ctx:
        await rewards.end_reward(ctx, reward_id=reward_id)

    with pytest.raises(RewardNotOffered):
        await offer(town, reward_id)
    with pytest.raises(RewardNotOffered):
        await redeem(town, "zhang", reward_id)

    assert await town.holding("zhang") == (15, 0, 0)


async def test_a_fee_credit_is_not_offered_before_the_firm_has_signed(town: Any) -> None:
    reward_id = await fee_credit(town, signed_on=None)

    with pytest.raises(SponsorshipMissing):
        await offer(town, reward_id)

    async with town.acting("community_secretary") as ctx:
        (sponsorship,) = await ctx.db.scalars(select(Sponsorship))
        await rewards.sign_sponsorship(ctx, sponsorship_id=sponsorship.id, signed_on=date(2026, 11, 20))
    await offer(town, reward_id)


async def test_a_fee_credit_ends_with_its_sponsorship(town: Any) -> None:
    await town.settle("zhang", points=30)
    reward_id = await fee_credit(town)
    await offer(town, reward_id)
    town.clock.forward(days=35)
    late = await redeem(town, "zhang", reward_id)
    town.clock.forward(days=5)

    with pytest.raises(SponsorshipMissing):
        await redeem(town, "zhang", reward_id)
    with pytest.raises(SponsorshipMissing):
        await confirm(town, late, bill_fen=6000)

    assert await town.holding("zhang") == (20, 10, 0)


async def test_a_fee_credit_never_exceeds_the_bill_that_staff_read(town: Any) -> None:
    await town.settle("zhang", points=30)
    reward_id = await fee_credit(town)
    await offer(town, reward_id)
    redemption_id = await redeem(town, "zhang", reward_id)

    with pytest.raises(BillMissing):
        await confirm(town, redemption_id)
    with pytest.raises(CreditAboveBill):
        await confirm(town, redemption_id, bill_fen=4999)
    assert await town.holding("zhang") == (20, 10, 0)

    await confirm(town, redemption_id, bill_fen=5000)
    assert (await town.row(Redemption, redemption_id)).bill_fen == 5000
    assert await town.holding("zhang") == (20, 0, 0)


@dataclass
class Billing:
    """A billing programme with one open bill."""

    bill_fen: int
    credits: list[tuple[UUID, int, str]] = field(default_factory=list)

    async def open_bill_fen(self, ctx: RequestContext, *, person_id: UUID) -> int:
        """Return the bill."""
        return self.bill_fen

    async def credit(self, ctx: RequestContext, *, person_id: UUID, amount_fen: int, key: str) -> str:
        """Note the credit."""
        self.credits.append((person_id, amount_fen, key))
        return "WY-1"


async def test_a_billing_programme_knows_the_bill_better_than_staff(
    town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await town.settle("zhang", points=30)
    reward_id = await fee_credit(town)
    await offer(town, reward_id)
    redemption_id = await redeem(town, "zhang", reward_id)
    billing = Billing(bill_fen=4000)
    monkeypatch.setattr(RequestContext, "capability", lambda _, name: billing if name == CAPABILITY else None)

    with pytest.raises(CreditAboveBill):
        await confirm(town, redemption_id, bill_fen=9000)
    assert billing.credits == []

    billing.bill_fen = 7000
    await confirm(town, redemption_id)
    redemption = await town.row(Redemption, redemption_id)
    assert billing.credits == [(town.persons["zhang"], 5000, f"volunteer_points.{redemption_id.hex}")]
    assert (redemption.bill_fen, redemption.credit_reference) == (7000, "WY-1")
