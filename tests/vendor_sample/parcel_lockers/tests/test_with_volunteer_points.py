"""Points pay into the bill: volunteer points redeem a fee credit, and this programme takes it."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from acme_parcel_lockers.models import FeeBill, FeeCredit
from acme_parcel_lockers.services.fee_credit import FeeCredits
from wangge import RequestContext
from wangge.testing.districts import TestDistrict
from wangge_schema import models as base
from wangge_volunteer_points import models as tables
from wangge_volunteer_points.rules.records import RecordState
from wangge_volunteer_points.services import ledger
from wangge_volunteer_points.services.postings import lock_account

JOIN = "mutation { registerVolunteer(input: {}) { volunteer { id } userErrors { code } } }"
FIRM = """mutation Firm($grid: ID!) {
  createOrganization(input: {name: "蝶园物业有限公司", kind: COMPANY, grid: $grid}) {
    organization { id } userErrors { code }
  }
}"""
SPONSOR = """mutation Sponsor($grid: ID!, $firm: ID!, $day: Date!, $last: Date!) {
  recordSponsorship(input: {grid: $grid, organization: $firm, agreementNumber: "WY-1",
    signedOn: $day, validFrom: $day, validTo: $last}) { sponsorship { id } userErrors { code } }
}"""
REWARD = """mutation Reward($grid: ID!, $sponsorship: ID!) {
  createReward(input: {grid: $grid, title: "物业费抵扣", description: "五元", kind: PROPERTY_FEE_CREDIT,
    cost: 1, stock: 100, credit: "5.00", sponsorship: $sponsorship}) { reward { id } userErrors { code } }
}"""
OFFER = "mutation Offer($reward: ID!) { offerReward(input: {reward: $reward}) { userErrors { code } } }"
REDEEM = """mutation Redeem($reward: ID!) {
  redeemReward(input: {reward: $reward}) { redemption { id } userErrors { code } }
}"""
CONFIRM = """mutation Confirm($redemption: ID!) {
  confirmRedemption(input: {redemption: $redemption}) {
    redemption { state bill creditReference } userErrors { code }
  }
}"""
CREDIT = FeeCredits.credit
ACCOUNT = "{ me { person { volunteerAccount { available reserved } } } }"
SUSPEND = 'mutation { suspendPlugin(input: {slug: "parcel_lockers"}) { userErrors { code } } }'


@pytest.fixture
async def reward(estate: Any) -> str:
    """A credit of five yuan for one point, sponsored; li has fifty points to spend."""
    admin, grid = estate.client("district_admin"), await estate.grid()
    today = estate.clock.now.date()
    days = {"day": str(today - timedelta(days=1)), "last": str(today + timedelta(days=3650))}
    assert estate.codes(await estate.ask("li", JOIN)) == []
    await endow(estate, "li", 50)
    firm = (await admin.data(FIRM, grid=grid))["createOrganization"]["organization"]["id"]
    sponsored = (await admin.data(SPONSOR, grid=grid, firm=firm, **days))["recordSponsorship"]
    made = (await admin.data(REWARD, grid=grid, sponsorship=sponsored["sponsorship"]["id"]))["createReward"]
    assert made["userErrors"] == []
    found: str = made["reward"]["id"]
    assert estate.codes(await estate.ask("district_admin", OFFER, reward=found)) == []
    return found


async def endow(estate: Any, name: str, points: int) -> None:
    """Let a volunteer earn points by a confirmed record."""
    async with estate.district.committed() as ctx:
        person_id = UUID(estate.persons[name].rpartition("_")[2])
        of_them = tables.Volunteer.person_id == person_id
        volunteer: tables.Volunteer = await ctx.db.scalar(select(tables.Volunteer).where(of_them))
        record = tables.ServiceRecord(
            volunteer_id=volunteer.id,
            person_id=person_id,
            grid_id=volunteer.grid_id,
            title="清扫楼道",
            place="蝶园小区",
            service_class="general",
            circumstance="ordinary",
            served_on=ctx.today - timedelta(days=1),
            started_at=ctx.now - timedelta(hours=25),
            ended_at=ctx.now - timedelta(hours=24),
            minutes_served=60,
            minutes_counted=60,
            points=points,
            state=RecordState.CONFIRMED,
            volunteer_confirmed_at=ctx.now,
            organiser_confirmed_at=ctx.now,
        )
        ctx.db.add(record)
        await ctx.db.flush()
        account = await lock_account(ctx, volunteer_id=volunteer.id)
        await ledger.credit_record(ctx, account, record)


async def redeem(estate: Any, reward: str) -> str:
    """Reserve the reward as li; return the redemption."""
    payload = await estate.ask("li", REDEEM, reward=reward)
    assert payload["userErrors"] == []
    found: str = payload["redemption"]["id"]
    return found


async def points(estate: Any) -> tuple[int, int]:
    """Return what li can spend, and what is set aside."""
    account = (await estate.client("li").data(ACCOUNT))["me"]["person"]["volunteerAccount"]
    return account["available"], account["reserved"]


async def credited(estate: Any) -> list[int]:
    """Return what is credited on each bill, in fen."""
    return [bill.credited_fen for bill in await estate.rows(FeeBill)]


async def test_a_redemption_is_credited_on_the_households_bill(estate: Any, reward: str) -> None:
    await estate.bill("zhang", "12.00")
    redemption = await redeem(estate, reward)

    done = await estate.ask("grid_worker", CONFIRM, redemption=redemption)

    (credit,) = await estate.rows(FeeCredit)
    assert done["userErrors"] == []
    expected = {"state": "CONFIRMED", "bill": "12.00", "creditReference": credit.reference}
    assert done["redemption"] == expected
    assert (credit.amount_fen, credit.key.partition(".")[0]) == (500, "volunteer_points")
    assert await credited(estate) == [500]
    assert await points(estate) == (49, 0)


async def test_a_credit_above_what_is_open_is_refused_and_changes_nothing(estate: Any, reward: str) -> None:
    await estate.bill("zhang", "12.00")
    for expected in ([], [], ["VOLUNTEER_POINTS_CREDIT_ABOVE_BILL"]):
        redemption = await redeem(estate, reward)
        done = await estate.ask("grid_worker", CONFIRM, redemption=redemption)
        assert estate.codes(done) == expected

    assert await credited(estate) == [1000]
    assert len(await estate.rows(FeeCredit)) == 2
    assert await points(estate) == (47, 1)


async def test_a_household_without_a_bill_gets_no_credit(estate: Any, reward: str) -> None:
    redemption = await redeem(estate, reward)

    done = await estate.ask("grid_worker", CONFIRM, redemption=redemption)

    assert estate.codes(done) == ["VOLUNTEER_POINTS_CREDIT_ABOVE_BILL"]
    assert await points(estate) == (49, 1)


async def test_while_the_provider_is_suspended_nobody_knows_the_bill(estate: Any, reward: str) -> None:
    await estate.bill("zhang", "12.00")
    redemption = await redeem(estate, reward)
    assert estate.codes(await estate.ask("district_admin", SUSPEND)) == []

    done = await estate.ask("grid_worker", CONFIRM, redemption=redemption)

    assert estate.codes(done) == ["VOLUNTEER_POINTS_BILL_MISSING"]
    assert await credited(estate) == [0]
    assert await points(estate) == (49, 1)


async def fail(self: object, ctx: RequestContext, **given: object) -> str:
    """Raise what nobody expects."""
    raise OSError("the billing database is away")


async def hang(self: object, ctx: RequestContext, **given: object) -> str:
    """Never answer."""
    await asyncio.Event().wait()
    return ""


async def credit_then_fail(self: FeeCredits, ctx: RequestContext, **given: Any) -> str:
    """Set the amount against the bill, and fail afterwards."""
    await CREDIT(self, ctx, **given)
    raise OSError("the billing database is away")


@pytest.mark.parametrize("broken", [fail, hang, credit_then_fail], ids=lambda value: value.__name__)
async def test_a_provider_that_fails_or_hangs_leaves_the_redemption_as_it_was(
    estate: Any, reward: str, monkeypatch: pytest.MonkeyPatch, broken: Any
) -> None:
    await estate.bill("zhang", "12.00")
    redemption = await redeem(estate, reward)

    monkeypatch.setattr(FeeCredits, "credit", broken)
    answer = await estate.client("grid_worker").execute(CONFIRM, redemption=redemption)

    assert answer["data"]["confirmRedemption"] is None
    (error,) = answer["errors"]
    assert (error["extensions"]["code"], error["extensions"]["plugin"]) == ("PLUGIN_FAILED", "parcel_lockers")
    assert "billing database" not in str(error)
    assert await credited(estate) == [0]
    assert await estate.rows(FeeCredit) == []
    assert await points(estate) == (49, 1)
    monkeypatch.undo()
    done = await estate.ask("grid_worker", CONFIRM, redemption=redemption)
    assert estate.codes(done) == []


async def test_fifty_redemptions_against_one_bill_credit_no_more_than_it(
    estate: Any, reward: str, live_server: TestDistrict
) -> None:
    estate.clock.now = datetime.now(UTC)
    await estate.bill("zhang", "52.00")
    redemptions = [await redeem(estate, reward) for _ in range(50)]

    answers = await asyncio.gather(
        *(live_server.client("grid_worker").execute(CONFIRM, redemption=one) for one in redemptions)
    )

    assert Counter(estate.outcome(answer) for answer in answers) == {
        "OK": 10,
        "VOLUNTEER_POINTS_CREDIT_ABOVE_BILL": 40,
    }
    credits = await estate.rows(FeeCredit)
    assert [credit.amount_fen for credit in credits] == [500] * 10
    assert len({credit.key for credit in credits}) == 10
    assert await credited(estate) == [5000]
    assert await points(estate) == (0, 40)


async def test_the_payer_is_found_by_household_wherever_the_reward_is_handed_out(
    estate: Any, reward: str
) -> None:
    await estate.household("wang", grid=estate.ELSEWHERE)
    await estate.bill("wang", "12.00")
    async with estate.district.committed() as ctx:
        li = await ctx.db.must_get(base.Person, UUID(estate.persons["li"].rpartition("_")[2]))
        wang = await ctx.db.must_get(base.Person, UUID(estate.persons["wang"].rpartition("_")[2]))
        li.household_id = wang.household_id
    redemption = await redeem(estate, reward)

    done = await estate.ask("grid_worker", CONFIRM, redemption=redemption)

    assert estate.codes(done) == []
    assert await credited(estate) == [500]
