"""Relay connections over tables: keyset pages, filters, orders, and counts only when asked."""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, Generic, TypeVar

import strawberry
from sqlalchemy import ColumnElement
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
from wangge.graphql.pages import Page, PageInfo, PageRequest, decode_cursor, pages
from wangge.graphql.types import object_type
from wangge.graphql.ways import KeyVia, Via

N = TypeVar("N")

Restriction = ColumnElement[bool] | Callable[[RequestContext], ColumnElement[bool]]
"""A condition that always holds on a list; a function where it depends on the request."""


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


def connection(
    description: str,
    *,
    via: InstrumentedAttribute[Any] | Via | None = None,
    where: type | None = None,
    order_by: type | None = None,
    access: Access | None = None,
    restrict: Restriction | None = None,
    audit: str | None = None,
) -> Any:  # a Connection
    """Declare a connection: `first`, `after`, `last`, `before`, and `where` and `orderBy` where given.

    Args:
        description: of the list.
        via: foreign key on the listed table that holds this row's id, or another `Via`; none at the root.
        where: a `filter_type`.
        order_by: an `order_type`.
        access: what the caller needs; required at the root.
        restrict: a condition that always holds, such as "published".
        audit: the act that reading the list is, where reading is on the record: it is written before the
            answer goes out, once for a request.
    """
    way = KeyVia(via) if isinstance(via, InstrumentedAttribute) else via
    options = {"via": way, "where": where, "order_by": order_by, "restrict": restrict, "audit": audit}
    return strawberry.field(
        resolver=_nothing,
        description=description,
        directives=[access_directive(access)] if access else [],
        extensions=[_ConnectionExtension(way, where, order_by, restrict, audit)],
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
        restrict: Restriction | None,
        audit: str | None,
    ) -> None:
        self._via = via
        self._where = where
        self._order_by = order_by
        self._restrict = restrict
        self._audit = audit

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
        model = model_of(info._field)
        request = await page_request(ctx, model, self._order_by, self._restrict, kwargs)
        if self._audit is not None:
            ctx.note_read(self._audit)
        if self._via is None:
            return (await pages(ctx, request, None, [None]))[0]
        via = self._via
        key = (id(self), _fingerprint(kwargs))

        async def load(parents: list[Any]) -> list[Page]:
            return await pages(ctx, request, via, parents)

        loader = ctx.loaders.custom(key, lambda: DataLoader(load_fn=load, cache=False))
        return await loader.load(source)


async def page_request(
    ctx: RequestContext,
    model: type[Model],
    order_by: type | None,
    restrict: Restriction | None,
    given: dict[str, Any],
) -> PageRequest:
    """Return the arguments of a connection, checked.

    Raises:
        RequestError: when they contradict each other, exceed a bound, or need a permission.
    """
    conditions: list[ColumnElement[bool]] = []
    if given.get("where") is not None:
        conditions.append(await compile_filter(ctx, given["where"]))
    if restrict is not None:
        conditions.append(restrict(ctx) if callable(restrict) else restrict)
    order = _order(ctx, getattr(order_by, "__wangge_order__", None), given.get("order_by"))
    size, backwards = _size(ctx, given)
    cursor = given.get("before") if backwards else given.get("after")
    values = None if cursor is None else decode_cursor(cursor, model, order)
    return PageRequest(model, tuple(conditions), order, size, backwards, values)


def _fingerprint(given: dict[str, Any]) -> str:
    """Name what was asked, whatever the parent, so that all parents share one statement."""
    return repr(sorted((name, repr(value)) for name, value in given.items() if name != "root"))


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
