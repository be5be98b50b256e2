"""Builds the statement of an outline: objects as JSON text, relations as subqueries, all within the scope."""

from collections.abc import Callable, Sequence
from typing import Any

from graphql import GraphQLEnumType, GraphQLScalarType
from sqlalchemy import (
    ColumnElement,
    Enum,
    Select,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
)

from wangge._host.plans.frames import Frame, Names, Seer, with_outer
from wangge._host.plans.lists import page_text
from wangge._host.plans.outline import Item, Outline
from wangge._host.plans.selection import NotPlanned
from wangge._host.plans.slots import FirstSlot, Part
from wangge._host.plans.values import (
    MARKER,
    NULL,
    UNWRITABLE,
    Writer,
    fits,
    is_wide,
    joined,
    or_else,
    plain,
    quoted,
)
from wangge.db.base import Model

Condition = Callable[[Frame], ColumnElement[bool]]
"""Which rows of a frame are meant."""

ME = "me"
"""Name of the parameter that holds the caller's own person."""


class Builder:
    """Builds one statement, for one shape of request."""

    def __init__(self, outline: Outline, parts: Sequence[Part], seer: Seer, writer: Writer) -> None:
        self.outline = outline
        self.parts = parts
        self.seer = seer
        self.writer = writer
        self.names = Names()

    def statement(self) -> Select[Any]:
        """Return a statement whose one value is the answer's `data` as UTF-8."""
        pieces: list[Any] = ["{"]
        for place, item in enumerate(self.outline.items):
            pieces += [f'{"," if place else ""}"{item.key}":', *self._root(item)]
        text = joined([*pieces, "}"])
        if self.writer.dialect == "postgresql":
            text = func.convert_to(text, quoted("UTF8"))
        return select(text)

    def _root(self, item: Item) -> list[Any]:
        if item.kind == "typename":
            return [f'"{item.selected.parent.name}"']
        if item.kind == "connection":
            return [page_text(self, item, None)]
        if item.kind in {"first", "rows"}:
            return self._rows(item, None)
        assert item.slot is not None  # both kinds below have one
        part = self.parts[item.slot]
        children = item.children
        model = item.model
        if item.kind == "node":
            assert part.type_name is not None  # bound by an id
            model = self.outline.composed.nodes[part.type_name][0]
            children, _ = self.outline.node(item, part.type_name)
        assert model is not None  # by_id fields have one
        frame = Frame(model, self.names, self.seer)
        key = frame.inner(key_of(model))
        text = joined(self.object(frame, children))
        found = frame.select_from(select(text)).where(key == bindparam(f"s{item.slot}", type_=key.type))
        return [or_else(scalar(found), self._missing(item))]

    def object(self, frame: Frame, items: Sequence[Item]) -> list[Any]:
        """Return the pieces of an object's JSON over the rows of a frame."""
        pieces: list[Any] = ["{"]
        rows: str | None = None
        for place, item in enumerate(items):
            pieces.append(f'{"," if place else ""}"{item.key}":')
            if item.kind == "python":
                pieces += [NULL] if rows else self._row(frame)
                rows = rows or item.key
            else:
                pieces += self._field(frame, item)
        return [*pieces, "}"]

    def _field(self, frame: Frame, item: Item) -> list[Any]:
        kind = item.kind
        if kind == "typename":
            return [f'"{item.selected.parent.name}"']
        if kind == "id":
            prefix = f'"{item.selected.parent.name}_'
            return [prefix, self.writer.hexadecimal(frame.column(key_of(frame.model))), '"']
        if kind in {"column", "masked", "money"}:
            return self._value(frame, item)
        if kind == "value":
            return [self._written(item, frame.export(frame.adapt(item.options["sql"](frame.model))), True)]
        if kind == "connection":
            return [page_text(self, item, frame)]
        if kind in {"first", "rows"}:
            return self._rows(item, frame)
        if kind == "related":
            return [self._related(frame, item)]
        return [self._by_key(frame, item)]

    def _missing(self, item: Item) -> str:
        return NULL if item.selected.nullable else MARKER

    # Values

    def _value(self, frame: Frame, item: Item) -> list[Any]:
        source = item.options["source"]
        value = frame.column(source)
        nullable = frame.nullable(source)
        if item.kind == "money":
            return [self._or_missing(item, self.writer.hundredths(value), nullable)]
        if item.kind == "masked":
            value = self._masked(frame, item, value)
        elif item.options.get("within_scope") or item.options.get("unless"):
            shown = self._shown(frame, item)
            if shown is not None:
                value, nullable = case((shown, value)), True
        return [self._written(item, value, nullable)]

    def _shown(self, frame: Frame, item: Item) -> ColumnElement[bool] | None:
        """Return the condition under which a column is not null for the caller's sake; None if always."""
        conditions: list[ColumnElement[bool]] = []
        if item.options.get("within_scope"):
            contained = frame.contained()
            if contained is not None:
                conditions.append(contained)
        if item.options.get("unless"):
            readable = self._readable(frame, item.options["unless"])
            if readable is not None:
                conditions.append(readable)
        if not conditions:
            return None
        return conditions[0] if len(conditions) == 1 else conditions[0] & conditions[1]

    def _readable(self, frame: Frame, permission: str) -> ColumnElement[bool] | None:
        """Return the condition of `may_read`: one's own row, or permitted and in scope; None if always."""
        conditions: list[ColumnElement[bool]] = []
        if permission in self.seer.permissions:
            contained = frame.contained()
            if contained is None:
                return None
            conditions.append(contained)
        own = frame.model.__person_key__
        if self.seer.person and own is not None:
            column = frame.column(own)
            conditions.append(column == bindparam(ME, type_=column.type))
        return or_(literal_column("(1 = 0)"), *conditions)

    def _masked(self, frame: Frame, item: Item, value: ColumnElement[Any]) -> ColumnElement[Any]:
        readable = self._readable(frame, item.options["unless"])
        if readable is None:
            return value
        masked: ColumnElement[Any] = item.options["sql"](value)
        return case((readable, value), else_=masked)

    def _written(self, item: Item, value: ColumnElement[Any], nullable: bool) -> ColumnElement[Any]:
        if item.selected.is_list:
            raise NotPlanned(f"{item.selected.where} is a list of values.")
        return self._or_missing(item, self._json(item, value), nullable)

    def _or_missing(self, item: Item, text: ColumnElement[Any], nullable: bool) -> ColumnElement[Any]:
        return or_else(text, self._missing(item)) if nullable else text

    def _json(self, item: Item, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """Return a value as JSON text, or null where it is null."""
        kind, stored = item.selected.type, value.type
        if isinstance(stored, UNWRITABLE):
            raise NotPlanned(f"{item.selected.where} stands on a column of type {stored!r}.")
        if isinstance(kind, GraphQLEnumType):
            return self._member(item, kind, value)
        assert isinstance(kind, GraphQLScalarType)  # leaves are enums or scalars
        if not fits(kind.name, stored):
            raise NotPlanned(f"{item.selected.where} is a {kind.name} over a value of type {stored!r}.")
        if kind.name == "Int":
            text = cast(value, Text())
            if item.kind == "column" and not is_wide(stored):
                return text
            small = value.between(literal_column("-2147483648"), literal_column("2147483647"))
            return case((small, text), (value.is_not(None), quoted(MARKER)))
        writers = {
            "String": self.writer.string,
            "Boolean": self.writer.boolean,
            "Date": self.writer.day,
            "DateTime": self.writer.time,
            "Float": self.writer.floating,
        }
        if kind.name == "Decimal":
            return self.writer.decimal(value, stored)
        return writers[kind.name](value)

    def _member(self, item: Item, kind: GraphQLEnumType, value: ColumnElement[Any]) -> ColumnElement[Any]:
        stored = value.type
        if not isinstance(stored, Enum) or not set(stored.enums) <= set(kind.values):
            raise NotPlanned(f"the members of {item.selected.where} are stored under other names.")
        return joined(['"', cast(value, Text()), '"'])

    def _row(self, frame: Frame) -> list[Any]:
        """Return all columns of a row as a JSON array, for fields that are resolved in Python."""
        pieces: list[Any] = ["["]
        for place, attribute in enumerate(frame.mapper.column_attrs):
            value = frame.column(attribute.key)
            pieces += ["," if place else "", or_else(plain(self.writer, value, value.type), NULL)]
        return [*pieces, "]"]

    # Relations

    def _related(self, frame: Frame, item: Item) -> ColumnElement[Any]:
        assert item.model is not None  # relations lead to tables
        below = Frame(item.model, self.names, self.seer, beyond=item.options["published"])
        text = joined(self.object(below, item.children))
        key = below.inner(key_of(item.model)) == frame.column(item.options["of"])
        found = scalar(below.select_from(select(text)).where(key))
        value = or_else(found, self._missing(item))
        contained = frame.contained() if item.options["within_scope"] else None
        return value if contained is None else case((contained, value), else_=quoted(self._missing(item)))

    def _by_key(self, frame: Frame, item: Item) -> ColumnElement[Any]:
        """Return the rows, or the one row, whose key holds the frame's id."""
        assert item.model is not None  # relations lead to tables
        key = item.options["key"]
        outer = frame.column(item.options["of"])

        def condition(below: Frame) -> ColumnElement[bool]:
            return below.inner(key.key) == outer

        if item.kind == "related_one":
            return self._first(item, item.model, condition, ())
        return self._list(item, item.model, condition, item.options["order_by"])

    def _rows(self, item: Item, frame: Frame | None) -> list[Any]:
        assert item.model is not None  # rows are of a table
        assert item.slot is not None  # and have arguments
        form = item.options["sql"]
        slot = self.outline.slots[item.slot]
        assert isinstance(slot, FirstSlot)
        condition = self.parts[item.slot].conditions()[0]
        if frame is not None:
            condition = with_outer(condition, slot.outer, frame)
        build = self._first if form.first else self._list
        return [build(item, item.model, lambda below: below.adapt(condition), form.order_by)]

    def _first(
        self, item: Item, model: type[Model], condition: Condition, order: Sequence[Any]
    ) -> ColumnElement[Any]:
        below = Frame(model, self.names, self.seer)
        text = joined(self.object(below, item.children))
        found = below.select_from(select(text)).where(condition(below)).limit(literal_column("1"))
        return or_else(scalar(found.order_by(*self._order(below, order))), self._missing(item))

    def _list(
        self, item: Item, model: type[Model], condition: Condition, order: Sequence[Any]
    ) -> ColumnElement[Any]:
        below = Frame(model, self.names, self.seer, wrapped=True)
        text = joined(self.object(below, item.children))
        inner = below.select_from(select(*below.columns())).where(condition(below))
        rows = inner.order_by(*self._order(below, order)).subquery(below.name)
        listed = select(joined(["[", self.writer.listed(text), "]"])).select_from(rows)
        return scalar(listed)

    def _order(self, frame: Frame, order: Sequence[Any]) -> list[ColumnElement[Any]]:
        return [*(frame.adapt(_expression(one)) for one in order), frame.inner(key_of(frame.model))]


def scalar(statement: Select[Any]) -> ColumnElement[Any]:
    """Return a statement of one value for use in another; what it takes from there is written as text."""
    return statement.correlate(None).scalar_subquery()


def _expression(order: Any) -> ColumnElement[Any]:  # a mapped attribute or an expression
    found: ColumnElement[Any] = order.__clause_element__() if hasattr(order, "__clause_element__") else order
    return found


def key_of(model: type[Model]) -> str:
    """Return the attribute that holds a table's key."""
    mapper = model.__mapper__
    return mapper.get_property_by_column(mapper.primary_key[0]).key
