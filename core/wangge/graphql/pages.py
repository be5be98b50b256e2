"""Pages of a connection by keyset, for one list or for the lists of many parents in one statement."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true

from wangge.auth.access import public
from wangge.context import RequestContext
from wangge.db.base import Model
from wangge.errors import BadPage
from wangge.graphql.types import object_type
from wangge.graphql.ways import Via


@object_type(access=public, description="Where a page stands in the whole list.")
class PageInfo:
    """Relay's page information."""

    has_next_page: bool = strawberry.field(description="Whether more follows.")
    has_previous_page: bool = strawberry.field(description="Whether something stands before.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first edge.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last edge.")


@dataclass
class _Edge:
    cursor: str
    node: Any  # a row of the connection's model


@dataclass
class Page:
    """What a connection is made of at run time."""

    edges: list[_Edge]
    page_info: PageInfo
    count: Callable[[], Awaitable[int]]


@dataclass(frozen=True)
class PageRequest:
    """The arguments of a connection, checked."""

    model: type[Model]
    conditions: tuple[ColumnElement[bool], ...]
    order: tuple[tuple[str, bool], ...]
    size: int
    backwards: bool
    cursor: tuple[Any, ...] | None

    @property
    def condition(self) -> ColumnElement[bool]:
        """All conditions together."""
        return and_(true(), *self.conditions)

    def columns(self) -> list[ColumnElement[Any]]:
        """Return the order as SQL, turned round for a page that is read backwards."""
        return [
            column.desc() if descending != self.backwards else column.asc()
            for column, descending in self._keys()
        ]

    def _keys(self) -> list[tuple[Any, bool]]:  # mapped attributes
        return [(getattr(self.model, name), descending) for name, descending in self.order]

    def beyond_cursor(self) -> ColumnElement[bool]:
        """Return the condition of rows after the cursor, in reading direction."""
        if self.cursor is None:
            return true()
        branches = []
        equal: list[ColumnElement[bool]] = []
        for (column, descending), value in zip(self._keys(), self.cursor, strict=True):
            smaller = descending != self.backwards
            branches.append(and_(*equal, column < value if smaller else column > value))
            equal.append(column == value)
        return or_(*branches)


async def pages(
    ctx: RequestContext, request: PageRequest, via: Via | None, parents: Sequence[Any]
) -> list[Page]:
    """Return a page for each parent, with one statement for all of them (one per column of the way)."""
    if via is None:
        rows = await ctx.db.scalars(_root_statement(request))
        return [_page(request, rows, lambda: _count(ctx, request, None, [None], 0))]
    found: list[list[Any]] = [[] for _ in parents]
    for column, positions in via.split(parents):
        for key, row in await _partitions(ctx, request, via, column, list(positions)):
            for position in positions[key]:
                found[position].append(row)
    counter = _Counter(ctx, request, via, parents)
    return [
        _page(request, rows, lambda position=position: counter.at(position))  # type: ignore[misc]  # bound now
        for position, rows in enumerate(found)
    ]


def _root_statement(request: PageRequest) -> Select[Any]:
    statement = select(request.model).where(request.condition, request.beyond_cursor())
    return statement.order_by(*request.columns()).limit(request.size + 1)


async def _partitions(
    ctx: RequestContext, request: PageRequest, via: Via, column: ColumnElement[Any], keys: list[Any]
) -> list[tuple[Any, Any]]:  # (key, row)
    if len(keys) == 1:
        statement = via.join(_root_statement(request), request.model).where(column == keys[0])
        return [(keys[0], row) for row in await ctx.db.scalars(statement)]
    model: Any = request.model
    place = func.row_number().over(partition_by=column, order_by=request.columns())
    numbered = via.join(
        select(model.id.label("id"), column.label("key"), place.label("place")).select_from(model), model
    )
    inner = numbered.where(column.in_(keys), request.condition, request.beyond_cursor()).subquery()
    statement = select(inner.c.key, model).join(inner, inner.c.id == model.id)
    statement = statement.where(inner.c.place <= request.size + 1).order_by(inner.c.key, inner.c.place)
    return [(key, row) for key, row in (await ctx.db.execute(statement)).all()]


def _page(request: PageRequest, rows: Sequence[Any], count: Callable[[], Awaitable[int]]) -> Page:
    more = len(rows) > request.size
    shown = list(rows[: request.size])
    if request.backwards:
        shown.reverse()
    edges = [_Edge(_encode_cursor(row, request.order), row) for row in shown]
    beyond = request.cursor is not None
    info = PageInfo(
        has_next_page=beyond if request.backwards else more,
        has_previous_page=more if request.backwards else beyond,
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=edges[-1].cursor if edges else None,
    )
    return Page(edges, info, count)


class _Counter:
    """Counts the lists of many parents at once, when the first of them is asked for."""

    def __init__(self, ctx: RequestContext, request: PageRequest, via: Via, parents: Sequence[Any]) -> None:
        self._ctx, self._request, self._via, self._parents = ctx, request, via, parents
        self._counts: list[int] | None = None
        self._counting = asyncio.Lock()

    async def at(self, position: int) -> int:
        """Return the count of one parent's list."""
        async with self._counting:
            if self._counts is None:
                self._counts = await _counts(self._ctx, self._request, self._via, self._parents)
        return self._counts[position]


async def _count(
    ctx: RequestContext, request: PageRequest, via: Via | None, parents: Sequence[Any], at: int
) -> int:
    return (await _counts(ctx, request, via, parents))[at]


async def _counts(
    ctx: RequestContext, request: PageRequest, via: Via | None, parents: Sequence[Any]
) -> list[int]:
    model: Any = request.model
    if via is None:
        return [await ctx.db.scalar(select(func.count(model.id)).where(request.condition))]
    counts = [0] * len(parents)
    for column, positions in via.split(parents):
        statement = via.join(select(column.label("key"), func.count(model.id)).select_from(model), model)
        statement = statement.where(column.in_(list(positions)), request.condition).group_by(column)
        for key, number in (await ctx.db.execute(statement)).all():
            for position in positions[key]:
                counts[position] = number
    return counts


def _encode_cursor(row: Any, order: Sequence[tuple[str, bool]]) -> str:
    names = [f"-{name}" if descending else name for name, descending in order]
    values = [_plain(getattr(row, name)) for name, _ in order]
    return json.dumps([names, values], ensure_ascii=False, separators=(",", ":")).encode().hex()


def decode_cursor(cursor: str, model: type[Model], order: Sequence[tuple[str, bool]]) -> tuple[Any, ...]:
    expected = [f"-{name}" if descending else name for name, descending in order]
    try:
        names, values = json.loads(bytes.fromhex(cursor))
        if names != expected or len(values) != len(order):
            raise ValueError
        return tuple(_typed(model, name, value) for (name, _), value in zip(order, values, strict=True))
    except (ValueError, TypeError, KeyError, RecursionError):
        raise BadPage(reason="the cursor is not one of this list in this order.") from None


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.name if isinstance(value, Enum) else value


def _typed(model: type[Model], name: str, value: Any) -> Any:
    wanted = model.__mapper__.columns[name].type.python_type
    if wanted is int:
        return _checked(int, value)
    text = _checked(str, value)
    if wanted is UUID:
        return UUID(hex=text)
    if issubclass(wanted, datetime | date):
        return wanted.fromisoformat(text)
    if issubclass(wanted, Enum):
        return wanted[text]
    return wanted(text)


def _checked(kind: type, value: Any) -> Any:
    if type(value) is not kind or "\0" in str(value):
        raise ValueError
    return value
