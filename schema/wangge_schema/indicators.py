"""Figures of the base programme: people, homes, grids, and posts filled and vacant."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, literal, or_, select, true

from wangge import Indicator, RequestContext
from wangge_schema.grids.models import Grid, GridLevel
from wangge_schema.grids.scope import GridScope
from wangge_schema.grids.subtree import within
from wangge_schema.people.models import Dwelling, Household, Person
from wangge_schema.posts.models import Post, lasts_on
from wangge_schema.posts.settings import PostSettings

Compute = Callable[[RequestContext, UUID | None, date | None, date | None], Awaitable[Decimal | None]]


def _rows(model: Any, condition: ColumnElement[bool]) -> Compute:  # model: a GridBound class
    """Return a count of the scoped rows of `model` in a grid and below."""

    async def compute(
        ctx: RequestContext, grid_id: UUID | None, from_: date | None, to: date | None
    ) -> Decimal:
        place = true() if grid_id is None else await within(ctx, model, grid_id)
        return await _number(ctx, select(func.count(model.id)).where(place, condition))

    return compute


async def _grids(ctx: RequestContext, grid_id: UUID | None, from_: date | None, to: date | None) -> Decimal:
    place = await _published_place(ctx, Grid, grid_id)
    return await _number(ctx, select(func.count(Grid.id)).where(place, _valid_on(to or ctx.today)))


async def _posts(ctx: RequestContext, grid_id: UUID | None, from_: date | None, to: date | None) -> Decimal:
    place = await _published_place(ctx, Post, grid_id)
    return await _number(ctx, select(func.count(Post.id)).where(place, lasts_on(Post, to or ctx.today)))


async def _vacancies(
    ctx: RequestContext, grid_id: UUID | None, from_: date | None, to: date | None
) -> Decimal:
    day = to or ctx.today
    place = await _published_place(ctx, Grid, grid_id)
    vacant: ColumnElement[int] = literal(0)
    for level, roles in ctx.settings(PostSettings).required_posts.items():
        for role in roles:
            vacant += case((and_(GridLevel.key == level, ~_is_filled(role, day)), 1), else_=0)
    wanted = select(func.sum(vacant)).select_from(Grid).join(GridLevel, Grid.level_id == GridLevel.id)
    return await _number(ctx, wanted.where(place, _valid_on(day)))


def _is_filled(role: str, day: date) -> ColumnElement[bool]:
    return exists(select(Post.id).where(Post.grid_id == Grid.id, Post.role_key == role, lasts_on(Post, day)))


def _valid_on(day: date) -> ColumnElement[bool]:
    return and_(Grid.valid_from <= day, or_(Grid.valid_to.is_(None), Grid.valid_to > day))


async def _published_place(
    ctx: RequestContext, model: Any, grid_id: UUID | None
) -> ColumnElement[bool]:  # model: Grid or a GridBound class
    """Return the condition, on rows readable everywhere, of the grid asked for or of the caller's own."""
    if grid_id is not None:
        return await within(ctx, model, grid_id)
    scope = ctx.db.scope
    if scope.everything or not isinstance(scope, GridScope):
        return true() if scope.everything else false()
    own = [getattr(model, f"anc_{place.depth}") == place.number for place in scope.places]
    return or_(false(), *own)


async def _number(ctx: RequestContext, statement: Select[Any]) -> Decimal:
    return Decimal(await ctx.db.scalar(statement) or 0)


BASE_INDICATORS: Final = (
    Indicator(
        "base.people",
        "Residents",
        "People on record in the grid and below whose death is not recorded, as of now.",
        "person",
        _rows(Person, Person.died_on.is_(None)),
    ),
    Indicator(
        "base.households",
        "Households",
        "Households on record in the grid and below, as of now.",
        "household",
        _rows(Household, true()),
    ),
    Indicator(
        "base.dwellings",
        "Dwellings",
        "Dwellings on record in the grid and below, as of now, lived in or not.",
        "dwelling",
        _rows(Dwelling, true()),
    ),
    Indicator(
        "base.grids",
        "Grids",
        "Grids valid on the last day asked for, the grid itself included.",
        "grid",
        _grids,
    ),
    Indicator(
        "base.posts",
        "Posts held",
        "Posts in the grid and below held on the last day asked for.",
        "post",
        _posts,
    ),
    Indicator(
        "base.vacancies",
        "Vacant posts",
        "Roles that the district requires per level of grid and that nobody holds, over the grids valid "
        "on the last day asked for.",
        "post",
        _vacancies,
    ),
)
"""The figures that the base reports of a grid and all below it, for the hook `indicators`."""


def base_indicators() -> list[Indicator]:
    """Return the figures of the base."""
    return list(BASE_INDICATORS)
