"""`where:` inputs and `orderBy:` enums, declared beside the types and compiled to SQL."""

import enum
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, dataclass_transform

import strawberry
from sqlalchemy import ColumnElement, SQLColumnExpression, and_, false, not_, or_, select, true

from wangge.db.base import Model
from wangge.errors import BadFilter, PluginError
from wangge.graphql.ids import split_id
from wangge.graphql.marks import MARK

if TYPE_CHECKING:
    from wangge.context import RequestContext

E = TypeVar("E")
T = TypeVar("T", bound=type)
Custom = Callable[["RequestContext", Any], ColumnElement[bool] | Awaitable[ColumnElement[bool]]]

MAX_VALUES = 200
"""Most values that an `in` may list."""

MAX_TEXT = 1000
"""Longest text to compare with; a pattern that SQLite calls too complex is longer."""


@strawberry.input(description="Conditions on text. Several hold together.")
class StringMatch:
    """Conditions on an indexed text column."""

    eq: str | None = strawberry.field(default=None, description="Equals this.")
    in_: list[str] | None = strawberry.field(name="in", default=None, description="Equals one of these.")
    contains: str | None = strawberry.field(default=None, description="Contains this.")
    starts_with: str | None = strawberry.field(default=None, description="Starts with this.")


@strawberry.input(description="Conditions on text that is found from its beginning. Several hold together.")
class PrefixMatch:
    """As `StringMatch`, without `contains`."""

    eq: str | None = strawberry.field(default=None, description="Equals this.")
    in_: list[str] | None = strawberry.field(name="in", default=None, description="Equals one of these.")
    starts_with: str | None = strawberry.field(default=None, description="Starts with this.")


@strawberry.input(description="Conditions on a key, such as that of a level or role.")
class KeyMatch:
    """Exact conditions on a key."""

    eq: str | None = strawberry.field(default=None, description="Equals this key.")
    in_: list[str] | None = strawberry.field(name="in", default=None, description="Equals one of these keys.")


@strawberry.input(description="Conditions on yes or no.")
class BooleanMatch:
    """An exact condition on a boolean."""

    eq: bool | None = strawberry.field(default=None, description="Equals this.")


@strawberry.input(description="Conditions on a whole number. Several hold together.")
class IntMatch:
    """Conditions on an integer column."""

    eq: int | None = strawberry.field(default=None, description="Equals this.")
    in_: list[int] | None = strawberry.field(name="in", default=None, description="Equals one of these.")
    gt: int | None = strawberry.field(default=None, description="Greater than this.")
    gte: int | None = strawberry.field(default=None, description="This or greater.")
    lt: int | None = strawberry.field(default=None, description="Less than this.")
    lte: int | None = strawberry.field(default=None, description="This or less.")


@strawberry.input(description="Conditions on a date. Several hold together.")
class DateMatch:
    """Conditions on a date column."""

    eq: date | None = strawberry.field(default=None, description="On this day.")
    gt: date | None = strawberry.field(default=None, description="After this day.")
    gte: date | None = strawberry.field(default=None, description="On this day or after.")
    lt: date | None = strawberry.field(default=None, description="Before this day.")
    lte: date | None = strawberry.field(default=None, description="On this day or before.")


@strawberry.input(description="Conditions on a point in time. Several hold together.")
class DateTimeMatch:
    """Conditions on a time column."""

    eq: datetime | None = strawberry.field(default=None, description="At this time.")
    gt: datetime | None = strawberry.field(default=None, description="After this time.")
    gte: datetime | None = strawberry.field(default=None, description="At this time or after.")
    lt: datetime | None = strawberry.field(default=None, description="Before this time.")
    lte: datetime | None = strawberry.field(default=None, description="At this time or before.")


@strawberry.input(description="Conditions on an id.")
class IdMatch:
    """Exact conditions on an id; the filter's `match` says of which type."""

    eq: strawberry.ID | None = strawberry.field(default=None, description="Is this one.")
    in_: list[strawberry.ID] | None = strawberry.field(
        name="in", default=None, description="Is one of these."
    )


@strawberry.input(name="Match", description="Conditions on one of a set of values.")
class EnumMatch(Generic[E]):
    """Exact conditions on an enum column; `EnumMatch[GridKind]` is called GridKindMatch."""

    eq: E | None = strawberry.field(default=None, description="Equals this.")
    in_: list[E] | None = strawberry.field(name="in", default=None, description="Equals one of these.")


@dataclass(frozen=True)
class MatchSpec:
    """What a field of a filter does: compare an attribute, or ask a function for the condition."""

    attribute: str | None = None
    custom: Custom | None = None
    requires: str | None = None
    of: type[Model] | None = None


def match(
    attribute: str,
    description: str,
    *,
    requires: str | None = None,
    of: type[Model] | None = None,
    name: str | None = None,
) -> Any:  # a dataclass field
    """Declare a filter field that compares an indexed attribute of the model.

    Args:
        attribute: name of the mapped attribute.
        description: what is compared.
        requires: a permission without which the field may not be used, where it would be an oracle.
        of: the table that the attribute points to, where its rows may be hidden from callers who see the rows
            listed: a key to a hidden row is as if it were not there.
        name: another GraphQL name.
    """
    spec = MatchSpec(attribute=attribute, requires=requires, of=of)
    return strawberry.field(default=None, description=description, name=name, metadata={MARK: spec})


def match_by(
    custom: Custom, description: str, *, requires: str | None = None, name: str | None = None
) -> Any:  # a dataclass field
    """Declare a filter field whose condition `custom(ctx, value)` makes; it may be a coroutine function."""
    spec = MatchSpec(custom=custom, requires=requires)
    return strawberry.field(default=None, description=description, name=name, metadata={MARK: spec})


class Filter:
    """Base of filters; `filter_type` adds `and`, `or` and `not`."""


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field, match, match_by))
def filter_type(model: type[Model], description: str) -> Callable[[T], T]:
    """Declare the `where:` input of a connection over `model`.

    Raises:
        PluginError: when a field names an attribute that the model does not have.
    """

    def decorate(cls: T) -> T:
        name = cls.__name__
        combined = {
            "and_": (f"list['{name}'] | None", "and", "All of these hold."),
            "or_": (f"list['{name}'] | None", "or", "At least one of these holds."),
            "not_": (f"'{name}' | None", "not", "This does not hold."),
        }
        for attribute, (_, graphql_name, text) in combined.items():
            setattr(cls, attribute, strawberry.field(name=graphql_name, default=None, description=text))
        own = {**cls.__annotations__}
        own["and_"] = own["or_"] = f"list[{name}] | None"
        own["not_"] = f"{name} | None"
        cls.__annotations__ = own
        made = strawberry.input(cls, description=description)
        made.__wangge_filter_model__ = model  # type: ignore[attr-defined]  # the platform's mark on the class
        for field in fields(made):
            spec = field.metadata.get(MARK) if field.metadata else None
            if spec and spec.attribute and not hasattr(model, spec.attribute):
                raise PluginError(
                    f"{name}.{field.name} compares {model.__name__}.{spec.attribute}, which is not there."
                )
        return made

    return decorate


async def compile_filter(ctx: "RequestContext", where: Any) -> ColumnElement[bool]:  # a filter input
    """Return the condition that a filter input stands for.

    Raises:
        BadFilter: when it lists too many values.
        Forbidden: when it uses a guarded field without the permission.
    """
    model = type(where).__wangge_filter_model__
    parts: list[ColumnElement[bool]] = []
    for field in fields(where):
        value = getattr(where, field.name)
        if value is None or value is strawberry.UNSET:
            continue
        if field.name == "and_":
            parts += [await compile_filter(ctx, one) for one in value]
        elif field.name == "or_":
            parts.append(or_(false(), *[await compile_filter(ctx, one) for one in value]))
        elif field.name == "not_":
            parts.append(not_(await compile_filter(ctx, value)))
        else:
            parts.append(await _compile_field(ctx, model, field.metadata[MARK], value))
    return and_(true(), *parts)


async def _compile_field(
    ctx: "RequestContext", model: type[Model], spec: MatchSpec, value: Any
) -> ColumnElement[bool]:  # the value's type is the filter field's
    if spec.requires:
        ctx.require(spec.requires)
    if spec.custom is not None:
        made = spec.custom(ctx, value)
        if isinstance(made, ColumnElement):
            return made
        return await cast("Awaitable[ColumnElement[bool]]", made)
    assert spec.attribute is not None  # one of the two is given
    column = getattr(model, spec.attribute)
    if spec.of is None:
        return compare(column, value)
    key: Any = spec.of.__mapper__.primary_key[0]  # a column; the scope falls on the class that is selected
    own = spec.of.__mapper__.get_property_by_column(key).class_attribute
    return and_(column.is_not(None), column.in_(select(own).where(compare(own, value))))


def compare(column: SQLColumnExpression[Any], value: Any) -> ColumnElement[bool]:  # any match input
    """Return the condition that a match input states on a column."""
    if not hasattr(value, "__strawberry_definition__"):
        equal: ColumnElement[bool] = column == value
        return equal
    parts: list[ColumnElement[bool]] = []
    for field in fields(value):
        wanted = getattr(value, field.name)
        if wanted is not None and isinstance(value, IdMatch):
            wanted = [split_id(id)[1] for id in wanted] if field.name == "in_" else split_id(wanted)[1]
        if wanted is not None:
            parts.append(_operators(column, field.name, wanted))
    return and_(true(), *parts)


def _operators(
    column: SQLColumnExpression[Any], operator: str, wanted: Any
) -> Any:  # a condition; SQLAlchemy types these loosely
    for text in wanted if isinstance(wanted, list) else [wanted]:
        if isinstance(text, str) and (len(text) > MAX_TEXT or "\0" in text):
            raise BadFilter(reason=f"text has at most {MAX_TEXT} characters, and none of them is null.")
    match operator:
        case "eq":
            return column == wanted
        case "in_":
            if len(wanted) > MAX_VALUES:
                raise BadFilter(reason=f"`in` takes at most {MAX_VALUES} values.")
            return column.in_(wanted)
        case "contains":
            return column.contains(wanted, autoescape=True)
        case "starts_with":
            return column.startswith(wanted, autoescape=True)
        case "gt":
            return column > wanted
        case "gte":
            return column >= wanted
        case "lt":
            return column < wanted
        case _:
            return column <= wanted


@dataclass(frozen=True)
class OrderSpec:
    """What an order enum stands on."""

    model: type[Model]
    requires: dict[str, str]


def order_type(
    model: type[Model], description: str, *, requires: dict[str, str] | None = None
) -> Callable[[T], T]:
    """Declare the `orderBy:` enum of a connection over `model`.

    Members' values name an attribute that is never null, with a minus before it for descending order.

    Args:
        model: the table.
        description: of the enum.
        requires: attribute → permission without which it may not order, where order tells a masked value.

    Raises:
        PluginError: when a member names an attribute that is not there or may be null.
    """

    def decorate(cls: T) -> T:
        members: type[enum.Enum] = cls  # the decorator is for enums
        made = strawberry.enum(members, description=description)
        for value in made.__strawberry_definition__.values:  # type: ignore[attr-defined]  # set by strawberry.enum
            attribute = str(value.value)
            column = getattr(model, attribute.lstrip("-"), None)
            if column is None or column.property.columns[0].nullable:
                raise PluginError(
                    f"{cls.__name__}.{value.name} orders by {attribute}, which is missing or nullable."
                )
            way = "descending" if attribute.startswith("-") else "ascending"
            value.description = f"By {attribute.lstrip('-').replace('_', ' ')}, {way}."
        made.__wangge_order__ = OrderSpec(model, requires or {})  # type: ignore[attr-defined]  # the platform's mark
        return made  # type: ignore[return-value]  # the same class

    return decorate
