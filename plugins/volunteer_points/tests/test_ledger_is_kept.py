"""The database itself keeps the ledger: nothing of it is changed or deleted, and a person can still go."""

from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from wangge_schema import models as base
from wangge_volunteer_points.models import (
    PointsAccount,
    PointsEntry,
    PointsTransfer,
    Reward,
    ServiceRecord,
    Volunteer,
)


@pytest.mark.parametrize(
    "statement",
    [
        update(PointsTransfer).values(amount=99),
        update(PointsEntry).values(credit=99),
        delete(PointsTransfer),
        delete(PointsEntry),
    ],
    ids=["change a transfer", "change an entry", "delete transfers", "delete entries"],
)
async def test_what_is_booked_is_neither_changed_nor_deleted(town: Any, statement: Any) -> None:
    await town.settle("zhang", points=10)

    with pytest.raises(DBAPIError, match="append-only"):
        async with town.acting(None) as ctx:
            await ctx.db.execute(statement)

    assert await town.holding("zhang") == (10, 0, 0)
    assert (await town.count(PointsTransfer), await town.count(PointsEntry)) == (1, 2)


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (PointsAccount, {"available": -1}),
        (PointsAccount, {"reserved": -1}),
        (PointsAccount, {"debt": -1}),
        (Reward, {"stock": -1}),
    ],
)
async def test_no_balance_and_no_stock_can_be_negative(
    town: Any, model: type[Any], values: dict[str, int]
) -> None:
    await town.settle("zhang", points=10)
    await town.reward()

    with pytest.raises(DBAPIError):
        async with town.acting(None) as ctx:
            await ctx.db.execute(update(model).values(**values))

    assert await town.holding("zhang") == (10, 0, 0)


async def test_the_ledger_never_keeps_a_person_from_being_deleted(town: Any) -> None:
    await town.settle("zhang", points=10)

    async with town.acting(None) as ctx:
        await ctx.db.execute(delete(base.Person).where(base.Person.id == town.persons["zhang"]))

    assert (await town.count(Volunteer), await town.count(ServiceRecord)) == (0, 0)
    async with town.district.context() as ctx:
        (account,) = await ctx.db.scalars(select(PointsAccount))
        (transfer,) = await ctx.db.scalars(select(PointsTransfer))
    assert (account.person_id, account.volunteer_id, account.available) == (None, None, 10)
    assert (transfer.person_id, transfer.record_id, transfer.amount) == (None, None, 10)
    assert await town.count(PointsEntry) == 2
