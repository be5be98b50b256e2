"""Second tier: the values of fields that are resolved in Python, put into the answer that SQL gave.

Where such a field stands, the statement wrote the row's columns instead. They become an instance of the
mapped class, outside any session, which the resolver takes as its source.
"""

import asyncio
import inspect as python_inspect
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from graphql import (
    GraphQLResolveInfo,
    VariableValues,
    is_leaf_type,
)
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path
from sqlalchemy import Date, Enum, LargeBinary, Uuid
from sqlalchemy.types import TypeEngine

from wangge._host.plans.outline import Item, Outline
from wangge._host.plans.selection import Selected
from wangge._host.plans.slots import Part
from wangge.context import RequestContext
from wangge.db.base import Model
from wangge.db.columns import UtcDateTime


async def resolve_in_python(
    outline: Outline,
    parts: Sequence[Part],
    variables: VariableValues,
    data: bytes,
    ctx: RequestContext,
) -> bytes | None:
    """Return the answer with all values in it, or None where a resolver failed."""
    answer = orjson.loads(data)
    places: dict[int, list[tuple[dict[str, Any], Any]]] = {}
    fields: dict[int, list[Item]] = {}
    for model, objects, items in _places(outline, parts, answer):
        mark = id(items[0])
        fields[mark] = items
        rows = _instances(model)
        places.setdefault(mark, []).extend((one, rows(one[items[0].key])) for one in objects)
    calls = _Calls(outline, variables, ctx)
    try:
        for mark, items in fields.items():
            for item in items:
                await calls.fill(item, places[mark])
    except Exception:  # noqa: BLE001  # whatever a resolver raises, graphql-core runs it again and tells
        return None
    return orjson.dumps(answer)


def _places(
    outline: Outline, parts: Sequence[Part], answer: dict[str, Any]
) -> Iterator[tuple[type[Model], list[Any], list[Item]]]:
    """Return the objects that hold fields resolved in Python: their table, themselves, those fields."""
    waiting: list[tuple[type[Model] | None, list[Any], list[Item]]] = [(None, [answer], outline.items)]
    while waiting:
        model, objects, items = waiting.pop()
        if not objects:
            continue
        python = [item for item in items if item.kind == "python"]
        if python:
            assert model is not None  # such fields hang on rows
            yield model, objects, python
        for item in items:
            if item.kind == "node":
                waiting.append(_of_node(outline, parts, item, objects))
            elif item.children and item.kind != "python":
                below = [one[item.key] for one in objects if one[item.key] is not None]
                if item.selected.is_list:
                    below = [one for several in below for one in several if one is not None]
                inherits = item.kind in {"edges", "node_of_edge"}
                waiting.append((model if inherits else item.model, below, item.children))


def _of_node(
    outline: Outline, parts: Sequence[Part], item: Item, objects: list[Any]
) -> tuple[type[Model], list[Any], list[Item]]:
    """Return the object that an id named, with the fields selected of its type."""
    assert item.slot is not None  # node fields have one
    name = parts[item.slot].type_name
    assert name is not None  # bound by an id
    children, _ = outline.node(item, name)
    return outline.composed.nodes[name][0], [one[item.key] for one in objects if one[item.key]], children


def _instances(model: type[Model]) -> Callable[[list[Any]], Model]:
    """Return what makes an instance of a mapped class from the columns as SQL wrote them."""
    readers = [
        (attribute.key, _reader(attribute.columns[0].type)) for attribute in model.__mapper__.column_attrs
    ]

    def make(values: list[Any]) -> Model:
        made = model.__new__(model)
        state = made.__dict__  # mapped attributes are read from here; the row never meets a session
        for (key, read), value in zip(readers, values, strict=True):
            state[key] = value if read is None or value is None else read(value)
        return made

    return make


def _reader(kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    if isinstance(kind, Enum):
        members = kind.enum_class
        return None if members is None else members.__getitem__
    if isinstance(kind, Uuid):
        return UUID
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat
    if isinstance(kind, Date):
        return date.fromisoformat
    return bytes.fromhex if isinstance(kind, LargeBinary) else None


class _Calls:
    """Calls resolvers as graphql-core does."""

    def __init__(self, outline: Outline, variables: VariableValues, ctx: RequestContext) -> None:
        self._outline = outline
        self._variables = variables
        self._ctx = ctx

    async def fill(self, item: Item, places: list[tuple[dict[str, Any], Any]]) -> None:
        """Resolve a field for all its objects, breadth first, and put the values where they belong."""
        selected = item.selected
        resolve: Any = selected.field.resolve  # all fields of a composed schema have one
        info = resolve_info(self._outline, selected, self._variables, self._ctx)
        given = get_argument_values(selected.field, selected.nodes[0], self._variables)
        values = [resolve(row, info, **given) for _, row in places]
        waiting = [at for at, value in enumerate(values) if python_inspect.isawaitable(value)]
        if waiting:
            done = await asyncio.gather(*(values[at] for at in waiting))
            for at, value in zip(waiting, done, strict=True):
                values[at] = value
        write = value_writer(item)
        for (place, _), value in zip(places, values, strict=True):
            place[item.key] = write(value)


def resolve_info(
    outline: Outline, selected: Selected, variables: VariableValues, ctx: RequestContext
) -> "GraphQLResolveInfo[RequestContext]":
    """Return what graphql-core tells a resolver of its field."""
    values: dict[str, Any] = {
        "field_name": selected.name,
        "field_nodes": list(selected.nodes),
        "return_type": selected.field.type,
        "parent_type": selected.parent,
        "path": Path(None, selected.key, selected.parent.name),
        "schema": outline.reader.schema,
        "fragments": {},
        "root_value": None,
        "operation": outline.reader.operation,
        "variable_values": variables,
        "context": ctx,
        "is_awaitable": python_inspect.isawaitable,
    }
    rest: dict[str, Any] = {name: None for name in GraphQLResolveInfo._fields if name not in values}
    return GraphQLResolveInfo(**values, **rest)


def leaf_writer(selected: Selected) -> Callable[[Any], Any]:
    """Return what turns a resolver's value into JSON, for a field that leads to scalars or enums.

    It raises where a value is missing or does not fit.
    """
    kind: Any = selected.type
    assert is_leaf_type(kind)  # the outlines let no other in
    optional, several = selected.nullable, selected.is_list

    def write(value: Any) -> Any:
        if value is None:
            if not optional:
                raise TypeError(selected.where)
            return None
        if several:
            if isinstance(value, str | bytes | dict):
                raise TypeError(selected.where)
            values = list(value)
            if any(one is None for one in values):
                raise TypeError(selected.where)
            return [kind.serialize(one) for one in values]
        return kind.serialize(value)

    return write


def value_writer(item: Item) -> Callable[[Any], Any]:
    """Return what turns a resolver's value into JSON: a leaf, or a value object with its fields."""
    if not item.children:
        return leaf_writer(item.selected)
    optional, several = item.selected.nullable, item.selected.is_list

    def one(value: Any) -> dict[str, Any]:  # a value object
        return {child.key: value_json(child, value) for child in item.children}

    def write(value: Any) -> Any:
        if value is None:
            if not optional:
                raise TypeError(item.selected.where)
            return None
        return [one(each) for each in value] if several else one(value)

    return write


def value_json(item: Item, source: Any) -> Any:  # a field of any value object; JSON
    """Return the JSON of a field of a value object.

    Raises:
        TypeError, ValueError: when a value is missing or does not fit.
    """
    if item.kind == "typename":
        return item.selected.parent.name
    return value_writer(item)(getattr(source, item.selected.definition.python_name))
