"""Relay connections over tables: keyset pages, filters, orders, and counts only when asked."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute
from strawberry.annotation import StrawberryAnnotation
from strawberry.dataloader import DataLoader
from strawberry.extensions import FieldExtension
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from wangge.auth.access import Access, public
from wangge.context import RequestContext
from wangge.db.base import Model
from wangge.errors import BadPage
from wangge.graphql.directives import access_directive
from wangge.graphql.fields import model_of
from wangge.graphql.filters import OrderSpec, compile_filter
from wangge.graphql.marks import MARK, FieldMark
from wangge.graphql.types import object_type

N = TypeVar("N")


class Via(Protocol):
    """How rows of a connection belong to the object it hangs on."""

    def split(self, parents: Sequence[Any]) -> list[tuple[ColumnElement[Any], dict[Any, list[int]]]]:
        """Return, per column to match on, the value → positions of the parents that have it."""
        ...

    def join(self, statement: Select[Any], model: Any) -> Select[Any]:  # model: a mapped class
        """Add what the columns of `split` need to a statement over `model`, the listed table."""
        ...


@dataclass(frozen=True)
class KeyVia:
    """Rows whose foreign key holds the parent's id."""

    column: InstrumentedAttribute[Any]
    of: str = "id"

    def split(self, parents: Sequence[Any]) -> list[tuple[ColumnElement[Any], dict[Any, list[int]]]]:
        """Match the foreign key."""
        positions: dict[Any, list[int]] = {}
        for position, parent in enumerate(parents):
            positions.setdefault(getattr(parent, self.of), []).append(position)
        return [(self.column.expression, positions)]

    def join(self, statement: Select[Any], model: Any) -> Select[Any]:  # model: a mapped class
        """Need nothing more."""
        return statement


@dataclass(frozen=True)
class LinkVia(KeyVia):
    """Rows that a link table ties to the parent."""

    target: InstrumentedAttribute[Any] | None = None
    only: ColumnElement[bool] | None = None

    def join(self, statement: Select[Any], model: Any) -> Select[Any]:  # model: a mapped class
        """Join the link table."""
        assert self.target is not None  # through() gives it
        statement = statement.join(self.target.class_, self.target == model.id)
        return statement if self.only is None else statement.where(self.only)


def through(
    parent: InstrumentedAttribute[Any],
    target: InstrumentedAttribute[Any],
    only: ColumnElement[bool] | None = None,
) -> Via:
    """Return a way over a link table.

    Args:
        parent: its column for the object the connection hangs on.
        target: its column for the listed row.
        only: which links count; at most one such link may tie the same two.
    """
    return LinkVia(parent, target=target, only=only)


@object_type(access=public, description="Where a page stands in the whole list.")
class PageInfo:
    """Relay's page information."""

    has_next_page: bool = strawberry.field(description="Whether more follows.")
    has_previous_page: bool = strawberry.field(description="Whether something stands before.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first edge.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last edge.")


@object_type(access=public, description="An object in a list, with its place there.")
class Edge(Generic[N]):
    """Relay's edge."""

    cursor: str = strawberry.field(description="Opaque place in the list, stable under inserts.")
    node: N | None = strawberry.field(description="The object; null when an error hides it alone.")


@object_type(access=public, description="A page of a list.")
class Connection(Generic[N]):
    """Relay's connection; annotate a field `Connection[Grid]` and declare it with `connection(…)`."""

    edges: list[Edge[N]] = strawberry.field(description="The objects of this page.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")

    @strawberry.field(  # type: ignore[untyped-decorator]  # Strawberry leaves its decorator open
        description="How many there are in all; counted only when asked for."
    )
    async def total_count(self) -> int:
        """Count the whole list."""
        page: Any = self  # the source is a _Page
        return int(await page.count())


@dataclass
class _Edge:
    cursor: str
    node: Any  # a row of the connection's model


@dataclass
class _Page:
    """What a connection is made of at run time."""

    edges: list[_Edge]
    page_info: PageInfo
    count: Callable[[], Awaitable[int]]


@dataclass(frozen=True)
class _Request:
    """The arguments of a connection, checked."""

    model: type[Model]
    condition: ColumnElement[bool]
    order: tuple[tuple[str, bool], ...]
    size: int
    backwards: bool
    cursor: tuple[Any, ...] | None

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


def connection(
    description: str,
    *,
    via: InstrumentedAttribute[Any] | Via | None = None,
    where: type | None = None,
    order_by: type | None = None,
    access: Access | None = None,
    restrict: Callable[[RequestContext], ColumnElement[bool]] | None = None,
) -> Any:  # a Connection
    """Declare a connection: `first`, `after`, `last`, `before`, and `where` and `orderBy` where given.

    Args:
        description: of the list.
        via: foreign key on the listed table that holds this row's id, or another `Via`; none at the root.
        where: a `filter_type`.
        order_by: an `order_type`.
        access: what the caller needs; required at the root.
        restrict: a condition that always holds, such as "published".
    """
    way = KeyVia(via) if isinstance(via, InstrumentedAttribute) else via
    options = {"via": way, "where": where, "order_by": order_by, "restrict": restrict}
    return strawberry.field(
        resolver=_nothing,
        description=description,
        directives=[access_directive(access)] if access else [],
        extensions=[_ConnectionExtension(way, where, order_by, restrict)],
        metadata={MARK: FieldMark("connection", access, None, options)},
    )


def _nothing(root: Any) -> None:
    """Stand in for a resolver; the field's extension answers."""


class _ConnectionExtension(FieldExtension):
    """Adds the arguments of a connection and answers it."""

    def __init__(
        self,
        via: Via | None,
        where: type | None,
        order_by: type | None,
        restrict: Callable[[RequestContext], ColumnElement[bool]] | None,
    ) -> None:
        self._via = via
        self._where = where
        self._order_by = order_by
        self._restrict = restrict

    def apply(self, field: StrawberryField) -> None:
        """Give the field its arguments."""
        given: list[tuple[str, Any, str]] = [
            ("first", int, "Size of a page read forwards."),
            ("after", str, "Read forwards from this cursor."),
            ("last", int, "Size of a page read backwards."),
            ("before", str, "Read backwards from this cursor."),
        ]
        if self._where is not None:
            given.append(("where", self._where, "Which objects to list."))
        if self._order_by is not None:
            given.append(("order_by", list[self._order_by], "In which order; the id decides ties."))  # type: ignore[name-defined]
        field.arguments = [
            StrawberryArgument(
                python_name=name,
                graphql_name=None,
                type_annotation=StrawberryAnnotation(annotation | None),
                description=text,
                default=None,
            )
            for name, annotation, text in given
        ]

    async def resolve_async(self, next_: Any, source: Any, info: Any, **kwargs: Any) -> Any:
        """Return the page."""
        ctx: RequestContext = info.context
        request = await self._request(ctx, model_of(info._field), kwargs)
        if self._via is None:
            return (await _pages(ctx, request, None, [None]))[0]
        via = self._via
        key = (id(self), _fingerprint(kwargs))

        async def load(parents: list[Any]) -> list[_Page]:
            return await _pages(ctx, request, via, parents)

        loader = ctx.loaders.custom(key, lambda: DataLoader(load_fn=load, cache=False))
        return await loader.load(source)

    async def _request(self, ctx: RequestContext, model: type[Model], given: dict[str, Any]) -> _Request:
        condition: list[ColumnElement[bool]] = [true()]
        if given.get("where") is not None:
            condition.append(await compile_filter(ctx, given["where"]))
        if self._restrict is not None:
            condition.append(self._restrict(ctx))
        order = _order(ctx, getattr(self._order_by, "__wangge_order__", None), given.get("order_by"))
        size, backwards = _size(ctx, given)
        cursor = given.get("before") if backwards else given.get("after")
        values = None if cursor is None else _decode_cursor(cursor, model, order)
        return _Request(model, and_(*condition), order, size, backwards, values)


def _fingerprint(given: dict[str, Any]) -> str:
    return repr(sorted(given.items(), key=lambda item: item[0]))


def _order(
    ctx: RequestContext, spec: OrderSpec | None, wanted: Sequence[Any] | None
) -> tuple[tuple[str, bool], ...]:
    order: list[tuple[str, bool]] = []
    for member in wanted or ():
        attribute = str(member.value if isinstance(member, Enum) else member)
        name = attribute.lstrip("-")
        if spec is not None and name in spec.requires:
            ctx.require(spec.requires[name])
        if name not in [known for known, _ in order]:
            order.append((name, attribute.startswith("-")))
    if "id" not in [known for known, _ in order]:
        order.append(("id", False))
    return tuple(order)


def _size(ctx: RequestContext, given: dict[str, Any]) -> tuple[int, bool]:
    first, last = given.get("first"), given.get("last")
    if first is not None and last is not None:
        raise BadPage(reason="give `first` or `last`, not both.")
    if given.get("after") is not None and given.get("before") is not None:
        raise BadPage(reason="give `after` or `before`, not both.")
    backwards = last is not None or (first is None and given.get("before") is not None)
    size = last if last is not None else first if first is not None else ctx.page_default
    if size < 0 or size > ctx.page_max:
        raise BadPage(
            reason=f"a page holds 0 to {ctx.page_max} objects.", path=("last" if backwards else "first",)
        )
    if backwards and given.get("after") is not None:
        raise BadPage(reason="`last` goes with `before`.")
    if not backwards and given.get("before") is not None:
        raise BadPage(reason="`first` goes with `after`.")
    return size, backwards


async def _pages(
    ctx: RequestContext, request: _Request, via: Via | None, parents: Sequence[Any]
) -> list[_Page]:
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


def _root_statement(request: _Request) -> Select[Any]:
    statement = select(request.model).where(request.condition, request.beyond_cursor())
    return statement.order_by(*request.columns()).limit(request.size + 1)


async def _partitions(
    ctx: RequestContext, request: _Request, via: Via, column: ColumnElement[Any], keys: list[Any]
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


def _page(request: _Request, rows: Sequence[Any], count: Callable[[], Awaitable[int]]) -> _Page:
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
    return _Page(edges, info, count)


class _Counter:
    """Counts the lists of many parents at once, when the first of them is asked for."""

    def __init__(self, ctx: RequestContext, request: _Request, via: Via, parents: Sequence[Any]) -> None:
        self._ctx, self._request, self._via, self._parents = ctx, request, via, parents
        self._counts: list[int] | None = None

    async def at(self, position: int) -> int:
        """Return the count of one parent's list."""
        if self._counts is None:
            self._counts = await _counts(self._ctx, self._request, self._via, self._parents)
        return self._counts[position]


async def _count(
    ctx: RequestContext, request: _Request, via: Via | None, parents: Sequence[Any], at: int
) -> int:
    return (await _counts(ctx, request, via, parents))[at]


async def _counts(
    ctx: RequestContext, request: _Request, via: Via | None, parents: Sequence[Any]
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


def _decode_cursor(cursor: str, model: type[Model], order: Sequence[tuple[str, bool]]) -> tuple[Any, ...]:
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
    if wanted is UUID:
        return UUID(hex=value)
    if issubclass(wanted, datetime | date):
        return wanted.fromisoformat(value)
    if issubclass(wanted, Enum):
        return wanted[value]
    if wanted is int and isinstance(value, bool):
        raise ValueError
    return wanted(value)
