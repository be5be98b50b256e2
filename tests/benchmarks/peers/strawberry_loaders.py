"""The DataLoaders of plain Strawberry, made anew for each request, over SQLAlchemy's ORM."""

import os
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from strawberry.dataloader import DataLoader
from tests.benchmarks.database import SCHEMA

from wangge._host.databases import normal_url
from wangge_schema import models as base
from wangge_volunteer_points import models as points

engine = create_async_engine(
    normal_url(os.environ["BENCH_URL"]), pool_size=int(os.environ["BENCH_POOL"]), max_overflow=0
).execution_options(schema_translate_map={None: SCHEMA})
session = async_sessionmaker(engine, expire_on_commit=False)

Loaders = dict[str, DataLoader[Any, Any]]  # keys and rows differ from loader to loader


async def _rows(statement: Any) -> Sequence[Any]:  # a select of one entity
    async with session() as open_session:
        return (await open_session.scalars(statement)).all()


def _one(model: Any) -> DataLoader[UUID, Any]:  # a mapped class and its rows
    async def load(ids: list[UUID]) -> list[Any]:
        found = {row.id: row for row in await _rows(select(model).where(model.id.in_(ids)))}
        return [found.get(id) for id in ids]

    return DataLoader(load_fn=load)


def _many(key: Any, *order: Any) -> DataLoader[UUID, list[Any]]:  # a mapped attribute, its rows
    async def load(ids: list[UUID]) -> list[list[Any]]:
        found: dict[UUID, list[Any]] = {id: [] for id in ids}
        for row in await _rows(select(key.class_).where(key.in_(ids)).order_by(*order)):
            found[getattr(row, key.key)].append(row)
        return [found[id] for id in ids]

    return DataLoader(load_fn=load)


async def _grids_by_number(numbers: list[int]) -> list[Any]:  # rows of grids
    rows = await _rows(select(base.Grid).where(base.Grid.number.in_(numbers)))
    found = {row.number: row for row in rows}
    return [found.get(number) for number in numbers]


async def _people_in(grids: list[tuple[int, int]]) -> list[int]:
    found: dict[tuple[int, int], int] = {}
    async with session() as open_session:
        for depth in {depth for depth, _ in grids}:
            column = getattr(base.Person, f"anc_{depth}")
            numbers = [number for at, number in grids if at == depth]
            counted = select(column, func.count()).where(column.in_(numbers)).group_by(column)
            for number, count in (await open_session.execute(counted)).all():
                found[depth, number] = count
    return [found.get(grid, 0) for grid in grids]


async def _last_records(keys: list[tuple[UUID, int]]) -> list[list[Any]]:  # rows of records
    record = points.ServiceRecord
    place = func.row_number().over(
        partition_by=record.volunteer_id, order_by=(record.served_on.desc(), record.id)
    )
    ids, first = [id for id, _ in keys], keys[0][1]
    inner = select(record.id, place.label("place")).where(record.volunteer_id.in_(ids)).subquery()
    statement = select(record).join(inner, inner.c.id == record.id).where(inner.c.place <= first)
    found: dict[UUID, list[Any]] = {id: [] for id in ids}
    for row in await _rows(statement.order_by(record.served_on.desc(), record.id)):
        found[row.volunteer_id].append(row)
    return [found[id] for id in ids]


def loaders() -> Loaders:
    """Return the loaders of a request."""
    return {
        "grid": _one(base.Grid),
        "household": _one(base.Household),
        "person": _one(base.Person),
        "team": _one(points.VolunteerTeam),
        "number": DataLoader(load_fn=_grids_by_number),
        "count": DataLoader(load_fn=_people_in),
        "children": _many(base.Grid.parent_id, base.Grid.id),
        "memberships": _many(points.VolunteerTeamMember.volunteer_id, points.VolunteerTeamMember.id),
        "accounts": _many(points.PointsAccount.volunteer_id, points.PointsAccount.id),
        "records": DataLoader(load_fn=_last_records),
    }
