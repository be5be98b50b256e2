"""The five verbs: an order is placed, offered or taken, claimed, done and shown, and nobody is assigned."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from wangge import Forbidden, OutOfScope
from wangge_volunteer_points.errors import (
    AdultsOnly,
    AlreadyClaimed,
    AlreadyOffered,
    DailyCapReached,
    NotTeamLeader,
    NotTeamMember,
    NotVolunteer,
    NumberOutOfRange,
    OfferNotOpen,
    OrderFull,
    OrderNotReady,
    PeriodInvalid,
    PersonMissing,
    ServiceClassUnknown,
    ShiftOverlaps,
    TextUnfit,
)
from wangge_volunteer_points.models import OrderClaim, OrderOffer, OrderShowcase, VolunteerOrder
from wangge_volunteer_points.rules.orders import ClaimState, OfferState, OrderState
from wangge_volunteer_points.services import answers, attendance, orders
from wangge_volunteer_points.services.plans import ServicePlan


async def place(town: Any, who: str = "community_secretary", **changes: Any) -> UUID:
    given = {
        "grid_id": await town.grid_id() if who == "community_secretary" else None,
        "period": town.period(1, 3),
        "needed": 1,
    }
    plan = {"title": "修灯", "content": "楼道灯坏了", "place": "1号楼"}
    about = {name: value for name, value in changes.items() if name not in given}
    given.update({name: value for name, value in changes.items() if name in given})
    async with town.acting(who) as ctx:
        order = await orders.place_order(ctx, plan=ServicePlan(**{**plan, **about}), **given)
    return order.id


async def taken(town: Any, *members: str, **changes: Any) -> UUID:
    """Place an order and let a team of these members take it; the first one leads."""
    team_id = await town.team(*members, leader=members[0])
    order_id = await place(town, **changes)
    async with town.acting(members[0]) as ctx:
        await answers.accept_order(ctx, order_id=order_id, team_id=team_id)
    return order_id


async def claim(town: Any, who: str, order_id: UUID) -> None:
    async with town.acting(who) as ctx:
        await answers.claim_order(ctx, order_id=order_id)


async def test_an_order_passes_through_the_five_verbs(town: Any) -> None:
    await town.settle("zhang")
    team_id = await town.team("zhang", leader="zhang")
    order_id = await place(town)

    async with town.acting("community_secretary") as ctx:
        await orders.offer_order(ctx, order_id=order_id, team_id=team_id)
    assert (await town.row(VolunteerOrder, order_id)).state is OrderState.PLACED
    async with town.acting("zhang") as ctx:
        await answers.accept_order(ctx, order_id=order_id, team_id=team_id)
    await claim(town, "zhang", order_id)
    async with town.acting("community_secretary") as ctx:
        await orders.finish_order(ctx, order_id=order_id)
    async with town.acting("community_secretary") as ctx:
        await orders.show_order(ctx, order_id=order_id, headline="灯亮了", story="两小时修好")

    order = await town.row(VolunteerOrder, order_id)
    assert (order.state, order.team_id, order.claimed) == (OrderState.SHOWN, team_id, 1)
    assert (order.taken_at, order.finished_at) == (town.clock.now, town.clock.now)
    assert await town.count(OrderShowcase) == 1


async def test_a_resident_places_an_order_where_they_live(town: Any) -> None:
    person_id = await town.settle("zhang", volunteer=False)

    order_id = await place(town, "zhang")

    order = await town.row(VolunteerOrder, order_id)
    assert (order.placed_by_id, order.grid_id) == (person_id, await town.grid_id())


async def test_a_resident_places_no_order_in_another_name_or_grid(town: Any) -> None:
    await town.settle("zhang", volunteer=False)

    with pytest.raises(OutOfScope):
        await place(town, "zhang", grid_id=await town.grid_id("370703002200"))
    with pytest.raises(PersonMissing):
        await place(town, grid_id=None)

    assert await town.count(VolunteerOrder) == 0


async def test_an_order_needs_fitting_words_a_period_ahead_and_a_class_of_the_district(town: Any) -> None:
    for refusal, changes in (
        (PeriodInvalid, {"period": town.period(3, 1)}),
        (PeriodInvalid, {"period": town.period(-3, -1)}),
        (TextUnfit, {"title": "修" * 129}),
        (TextUnfit, {"content": " "}),
        (NumberOutOfRange, {"needed": 0}),
        (ServiceClassUnknown, {"service_class": "unheard-of"}),
        (ServiceClassUnknown, {"circumstance": "unheard-of"}),
    ):
        with pytest.raises(refusal):
            await place(town, **changes)

    assert await town.count(VolunteerOrder) == 0


async def test_an_offer_leaves_the_order_open_and_a_team_may_decline_it(town: Any) -> None:
    await town.settle("zhang")
    team_id = await town.team("zhang", leader="zhang")
    order_id = await place(town)
    async with town.acting("community_secretary") as ctx:
        offer = await orders.offer_order(ctx, order_id=order_id, team_id=team_id)

    async with town.acting("zhang") as ctx:
        await answers.decline_order(ctx, order_id=order_id, team_id=team_id, reason=None)

    assert (await town.row(OrderOffer, offer.id)).state is OfferState.DECLINED
    order = await town.row(VolunteerOrder, order_id)
    assert (order.state, order.team_id) == (OrderState.PLACED, None)
    with pytest.raises(OfferNotOpen):
        async with town.acting("zhang") as ctx:
            await answers.decline_order(ctx, order_id=order_id, team_id=team_id, reason=None)


@pytest.mark.parametrize("who", ["district_admin", "community_secretary", "wang"])
async def test_nobody_but_its_leader_takes_an_order_for_a_team(town: Any, who: str) -> None:
    await town.settle("zhang")
    await town.settle("wang")
    team_id = await town.team("zhang", "wang", leader="zhang")
    order_id = await place(town)

    with pytest.raises((NotTeamLeader, NotVolunteer)):
        async with town.acting(who) as ctx:
            await answers.accept_order(ctx, order_id=order_id, team_id=team_id)

    order = await town.row(VolunteerOrder, order_id)
    assert (order.state, order.team_id) == (OrderState.PLACED, None)


async def test_the_first_team_takes_the_order_and_other_offers_lapse(town: Any) -> None:
    await town.settle("zhang")
    await town.settle("wang")
    first = await town.team("zhang", leader="zhang")
    second = await town.team("wang", name="和事佬", leader="wang")
    order_id = await place(town)
    for team_id in (first, second):
        async with town.acting("community_secretary") as ctx:
            await orders.offer_order(ctx, order_id=order_id, team_id=team_id)

    async with town.acting("wang") as ctx:
        await answers.accept_order(ctx, order_id=order_id, team_id=second)
    with pytest.raises(OrderNotReady):
        async with town.acting("zhang") as ctx:
            await answers.accept_order(ctx, order_id=order_id, team_id=first)

    async with town.district.context() as ctx:
        offers = await ctx.db.scalars(select(OrderOffer))
    assert {offer.team_id: offer.state for offer in offers} == {
        first: OfferState.LAPSED,
        second: OfferState.ACCEPTED,
    }


async def test_an_order_is_offered_to_a_team_once_and_by_who_answers_for_its_grid(town: Any) -> None:
    await town.settle("zhang")
    team_id = await town.team("zhang")
    order_id = await place(town)

    with pytest.raises(OutOfScope):
        async with town.acting("grid_worker_elsewhere") as ctx:
            await orders.offer_order(ctx, order_id=order_id, team_id=team_id)
    assert await town.count(OrderOffer) == 0
    async with town.acting("community_secretary") as ctx:
        await orders.offer_order(ctx, order_id=order_id, team_id=team_id)
    with pytest.raises(AlreadyOffered):
        async with town.acting("community_secretary") as ctx:
            await orders.offer_order(ctx, order_id=order_id, team_id=team_id)
    assert await town.count(OrderOffer) == 1


async def test_only_members_claim_and_only_as_many_as_are_needed(town: Any) -> None:
    for name in ("zhang", "wang", "li"):
        await town.settle(name)
    order_id = await taken(town, "zhang", "wang")

    with pytest.raises(NotTeamMember):
        await claim(town, "li", order_id)
    await claim(town, "zhang", order_id)
    with pytest.raises(AlreadyClaimed):
        await claim(town, "zhang", order_id)
    with pytest.raises(OrderFull):
        await claim(town, "wang", order_id)

    assert (await town.row(VolunteerOrder, order_id)).claimed == 1
    assert await town.count(OrderClaim) == 1


async def test_a_claim_is_free_to_give_back_and_to_take_again(town: Any) -> None:
    await town.settle("zhang")
    order_id = await taken(town, "zhang")
    await claim(town, "zhang", order_id)

    async with town.acting("zhang") as ctx:
        released = await answers.release_claim(ctx, order_id=order_id)
    order = await town.row(VolunteerOrder, order_id)
    assert (released.state, order.claimed, order.state) == (ClaimState.RELEASED, 0, OrderState.TAKEN)

    await claim(town, "zhang", order_id)
    assert (await town.row(VolunteerOrder, order_id)).claimed == 1
    assert await town.count(OrderClaim) == 1


@pytest.mark.parametrize("born", [date(2010, 1, 1), None])
async def test_nothing_dangerous_is_claimed_by_who_may_be_a_minor(town: Any, born: date | None) -> None:
    await town.settle("zhang")
    await town.settle("xiao", born=born, volunteer=False)
    await town.admit("xiao")
    order_id = await taken(town, "zhang", "xiao", dangerous=True)

    with pytest.raises(AdultsOnly):
        await claim(town, "xiao", order_id)

    assert (await town.row(VolunteerOrder, order_id)).claimed == 0


async def test_a_claim_that_overlaps_a_shift_or_overfills_the_day_is_refused(town: Any) -> None:
    await town.settle("zhang")
    shift = await town.shift(0, 2)
    async with town.acting("zhang") as ctx:
        await attendance.sign_up(ctx, shift_id=shift.id)
    overlapping = await taken(town, "zhang", period=town.period(1, 3))

    with pytest.raises(ShiftOverlaps):
        await claim(town, "zhang", overlapping)

    team_id = (await town.row(VolunteerOrder, overlapping)).team_id
    long = await place(town, period=town.period(3, 10))
    async with town.acting("zhang") as ctx:
        await answers.accept_order(ctx, order_id=long, team_id=team_id)
    with pytest.raises(DailyCapReached):
        await claim(town, "zhang", long)
    assert await town.count(OrderClaim) == 0


async def test_an_order_is_finished_by_who_placed_it_or_by_staff_of_its_grid(town: Any) -> None:
    await town.settle("zhang")
    await town.settle("wang", volunteer=False)
    team_id = await town.team("zhang", leader="zhang")
    order_id = await place(town, "wang")
    async with town.acting("zhang") as ctx:
        await answers.accept_order(ctx, order_id=order_id, team_id=team_id)
    await claim(town, "zhang", order_id)

    with pytest.raises(Forbidden):
        async with town.acting("zhang") as ctx:
            await orders.finish_order(ctx, order_id=order_id)
    with pytest.raises(OutOfScope):
        async with town.acting("grid_worker_elsewhere") as ctx:
            await orders.finish_order(ctx, order_id=order_id)
    assert (await town.row(VolunteerOrder, order_id)).state is OrderState.CLAIMED

    async with town.acting("wang") as ctx:
        await orders.finish_order(ctx, order_id=order_id)
    assert (await town.row(VolunteerOrder, order_id)).state is OrderState.DONE


async def test_only_what_is_done_is_shown_and_only_once(town: Any) -> None:
    order_id = await place(town)

    with pytest.raises(OrderNotReady):
        async with town.acting("community_secretary") as ctx:
            await orders.show_order(ctx, order_id=order_id, headline="灯亮了", story="修好了")

    assert await town.count(OrderShowcase) == 0


async def test_a_cancelled_order_is_over(town: Any) -> None:
    await town.settle("zhang")
    order_id = await taken(town, "zhang")
    async with town.acting("community_secretary") as ctx:
        await orders.cancel_order(ctx, order_id=order_id)

    with pytest.raises(OrderNotReady):
        await claim(town, "zhang", order_id)
    assert await town.count(OrderClaim) == 0
