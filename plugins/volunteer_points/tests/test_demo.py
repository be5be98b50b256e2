"""The demo fills a district once, with books that balance."""

from typing import Any

from sqlalchemy import func, select

from wangge import DemoOptions
from wangge_volunteer_points import demo, models


async def test_the_demo_fills_the_communities_where_people_live_and_repeats_nothing(town: Any) -> None:
    for name in ("zhang", "wang", "li", "zhao"):
        await town.settle(name, grid="370703001001001001", volunteer=False)
    steps: list[tuple[int, int]] = []

    for _ in range(2):
        async with town.acting(None) as ctx:
            await demo.fill(ctx, DemoOptions(people=2000), lambda done, whole: steps.append((done, whole)))

    assert steps == [(1, 1)]
    counts = {
        model: await town.count(model)
        for model in (
            models.Volunteer,
            models.VolunteerTeam,
            models.VolunteerActivity,
            models.VolunteerOrder,
            models.OrderShowcase,
            models.Reward,
            models.Redemption,
        )
    }
    assert list(counts.values()) == [4, 3, 3, 5, 1, 3, 1]
    reserved = [await town.holding(name) for name in ("zhang", "wang", "li", "zhao")]
    assert sorted(holding[1] for holding in reserved) == [0, 0, 0, 8]
    async with town.district.context() as ctx:
        books = await ctx.db.scalar(
            select(func.sum(models.PointsEntry.debit) - func.sum(models.PointsEntry.credit))
        )
    assert books == 0
