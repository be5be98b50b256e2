"""Figures of volunteering, for many grids in one go."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    case,
    func,
    literal,
    literal_column,
    select,
    true,
    union_all,
)
from strawberry.dataloader import DataLoader

from wangge import RequestContext
from wangge_schema import models as base
from wangge_volunteer_points.models import (
    PointsTransfer,
    ServiceRecord,
    Volunteer,
    VolunteerActivity,
    VolunteerOrder,
    VolunteerTeam,
)
from wangge_volunteer_points.rules.activities import ActivityState
from wangge_volunteer_points.rules.ledger import TransferKind
from wangge_volunteer_points.rules.orders import OrderState
from wangge_volunteer_points.rules.records import RecordState
from wangge_volunteer_points.rules.volunteers import VolunteerState

_ALL: ColumnElement[int] = literal_column("(0 + 0)")
"""What all rows share at the root's depth: an expression, as a plain number in GROUP BY means a position."""


@dataclass(frozen=True)
class Figure:
    """One figure: what is summed over which rows of a table."""

    name: str
    model: Any  # a GridBound model; they share no base class that says so
    value: ColumnElement[Any]  # a count or sum over that model
    condition: ColumnElement[bool]


def _moved(kind: TransferKind) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((PointsTransfer.kind == kind, PointsTransfer.amount), else_=0)), 0)


FIGURES = (
    Figure("volunteers", Volunteer, func.count(Volunteer.id), Volunteer.state == VolunteerState.ACTIVE),
    Figure("teams", VolunteerTeam, func.count(VolunteerTeam.id), true()),
    Figure(
        "open_orders",
        VolunteerOrder,
        func.count(VolunteerOrder.id),
        VolunteerOrder.state.in_([OrderState.PLACED, OrderState.TAKEN, OrderState.CLAIMED]),
    ),
    Figure(
        "shown_orders",
        VolunteerOrder,
        func.count(VolunteerOrder.id),
        VolunteerOrder.state == OrderState.SHOWN,
    ),
    Figure(
        "activities",
        VolunteerActivity,
        func.count(VolunteerActivity.id),
        VolunteerActivity.state.in_([ActivityState.PUBLISHED, ActivityState.CLOSED]),
    ),
    Figure(
        "minutes",
        ServiceRecord,
        func.coalesce(func.sum(ServiceRecord.minutes_counted), 0),
        ServiceRecord.state == RecordState.CONFIRMED,
    ),
    Figure(
        "points_issued",
        PointsTransfer,
        _moved(TransferKind.EARN) - _moved(TransferKind.REVERSE),
        PointsTransfer.kind.in_([TransferKind.EARN, TransferKind.REVERSE]),
    ),
    Figure(
        "points_redeemed",
        PointsTransfer,
        _moved(TransferKind.REDEEM),
        PointsTransfer.kind == TransferKind.REDEEM,
    ),
    Figure(
        "points_expired",
        PointsTransfer,
        _moved(TransferKind.EXPIRE),
        PointsTransfer.kind == TransferKind.EXPIRE,
    ),
)


async def volunteering_by_grid(ctx: RequestContext, grid: base.Grid) -> dict[str, int]:
    """Return the figures of a grid and all below it, by name, within the caller's scope.

    However many grids ask at once, each figure is read once.
    """
    loader = ctx.loaders.custom("volunteer_points.volunteering", lambda: _loader(ctx))
    found: dict[str, int] = await loader.load((grid.depth, grid.number if grid.depth else 0))
    return found


def _loader(ctx: RequestContext) -> DataLoader[tuple[int, int], dict[str, int]]:
    async def load(grids: list[tuple[int, int]]) -> list[dict[str, int]]:
        found: dict[tuple[str, int, int], int] = {}
        for figure in FIGURES:
            for depth, number, value in (await ctx.db.execute(_statement(figure, grids))).all():
                found[figure.name, depth, number] = int(value)
        return [{figure.name: found.get((figure.name, *grid), 0) for figure in FIGURES} for grid in grids]

    return DataLoader(load_fn=load)


def _statement(figure: Figure, grids: Sequence[tuple[int, int]]) -> CompoundSelect[Any]:
    """Return the statement that reads a figure of grids at any depths: a branch for each depth."""
    branches = []
    for depth in sorted({depth for depth, _ in grids}):
        numbers = [number for at, number in grids if at == depth]
        key = _ancestor(figure.model, depth)
        branch = select(literal(depth).label("depth"), key.label("key"), figure.value.label("value"))
        branches.append(
            branch.select_from(figure.model).where(figure.condition, key.in_(numbers)).group_by(key)
        )
    return union_all(*branches)


def _ancestor(model: Any, depth: int) -> ColumnElement[Any]:  # model: a GridBound class
    """Return what holds the number of a row's ancestor at a depth."""
    found: ColumnElement[Any] = getattr(model, f"anc_{depth}") if depth else _ALL
    return found
