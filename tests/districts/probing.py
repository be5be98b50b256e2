"""Questions that would tell what is hidden, if lists were filtered, ordered or paged over hidden rows."""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    get_named_type,
)

from wangge import encode_id

from .planting import GRIDS, Crop, Row
from .walking import Document, Walker

VALUES = 10
"""Most values that a filter's field is tried with, per document."""
SHOWN = "totalCount edges { cursor node { __typename } }"

Literal = str


def probes(walker: Walker, crop: Crop) -> list[Document]:
    """Return documents that filter each list by the values of hidden and of visible rows."""
    found: list[Document] = []
    seen: set[str] = set()
    for kind, name, one, parents in _lists(walker):
        if "where" not in one.args:
            continue
        where = get_named_type(one.args["where"].type)
        assert isinstance(where, GraphQLInputObjectType)
        conditions = [one for one in where.fields if one not in {"and", "or", "not"}]
        if where.name in seen:
            conditions = conditions[:1]  # at another list the same conditions are added to the same statement
        seen.add(where.name)
        for condition in conditions:
            place = where.fields[condition]
            values = list(dict.fromkeys(_values(get_named_type(place.type), condition, crop)))
            for at in range(0, len(values), VALUES):
                part = [f"{{ {condition}: {value} }}" for value in values[at : at + VALUES]]
                asked = [*part, f"{{ not: {part[0]} }}"]
                calls = [f"a{n}: {name}(where: {one}) {{ {SHOWN} }}" for n, one in enumerate(asked)]
                found += _asked(kind, " ".join(calls), parents)
    return found


def orders(walker: Walker) -> list[tuple[str, Document]]:
    """Return documents that order each list in each way; with the field whose cursors they give."""
    found = []
    for kind, name, one, parents in _lists(walker):
        members: Sequence[str] = [""]
        if "orderBy" in one.args and kind is None:
            order = get_named_type(one.args["orderBy"].type)
            assert isinstance(order, GraphQLEnumType)
            members = list(order.values)
        for member in members:
            given = f", orderBy: [{member}]" if member else ""
            text = f"{name}(first: 1000{given}) {{ edges {{ cursor }} }}"
            found += [(f"{name}|{given}", one) for one in _asked(kind, text, parents)]
    return found


def forged(document: Document, called: str, cursors: Iterable[str]) -> Iterator[Document]:
    """Return a list read from the cursors of somebody who sees more, in both directions."""
    name, _, given = called.partition("|")
    before = f"{name}(first: 1000{given}) {{ edges {{ cursor }} }}"
    calls = []
    for at, cursor in enumerate(cursors):
        for way, place in (("first", "after"), ("last", "before")):
            page = f'{way}: 2, {place}: "{cursor}"{given}'
            shown = "pageInfo { hasNextPage hasPreviousPage startCursor } edges { cursor }"
            calls.append(f"c{at}{way}: {name}({page}) {{ {shown} }}")
    if calls:
        yield Document(document.text.replace(before, " ".join(calls)), document.variables)


def cursors_of(data: Any) -> list[str]:  # JSON
    """Return all cursors of an answer."""
    if isinstance(data, dict):
        own = [data["cursor"]] if "cursor" in data else []
        return own + [one for value in data.values() for one in cursors_of(value)]
    return [one for value in data for one in cursors_of(value)] if isinstance(data, list) else []


def _lists(
    walker: Walker,
) -> Iterator[tuple[GraphQLObjectType | None, str, GraphQLField, Sequence[str]]]:
    """Return every connection: of which type, its name, the field, ids of a hidden and a visible object."""
    for name, one in walker.roots().items():
        if "first" in one.args:
            yield None, name, one, ()
    for kind in walker.types():
        for name, one in kind.fields.items():
            if "first" in one.args:
                assert kind.name in walker.ids, f"{kind.name}.{name} cannot be asked for by an id"
                yield kind, name, one, list(walker.ids[kind.name].values())[:2]


def _asked(kind: GraphQLObjectType | None, text: str, parents: Sequence[str]) -> list[Document]:
    if kind is None:
        return [Document(f"{{ {text} }}", {})]
    whole = f"query ($id: ID!) {{ node(id: $id) {{ ... on {kind.name} {{ {text} }} }} }}"
    return [Document(whole, {"id": id}) for id in parents]


def _values(kind: Any, name: str, crop: Crop) -> Iterator[Literal]:  # an input type
    """Return literals for a condition, drawn from what the planted rows hold under its name."""
    if isinstance(kind, GraphQLInputObjectType):
        for operator in ("eq", "startsWith", "gte"):
            if operator in kind.fields:
                for value in _values(get_named_type(kind.fields[operator].type), name, crop):
                    yield f"{{ {operator}: {_short(value) if operator == 'startsWith' else value} }}"
    elif isinstance(kind, GraphQLEnumType):
        yield from kind.values
    elif kind.name == "Boolean":
        yield from ("true", "false")
    elif kind.name == "ID":
        yield from _ids(name, crop)
    else:
        yield from _plain(_snake(name), crop)


def _short(value: Literal) -> Literal:
    return f'{value[:3]}"' if value.startswith('"') and len(value) > 4 else value


def _plain(name: str, crop: Crop) -> Iterator[Literal]:
    yield from (f'"{plain}"' for (_, of), plain in crop.plain.items() if of == name)
    for row in crop.rows:
        value = row.values.get(name, row.values.get(f"{name}_key"))
        if isinstance(value, str):
            yield f'"{value}"'
        elif isinstance(value, int) and not isinstance(value, bool):
            yield str(value)
        elif value is not None and not isinstance(value, Enum) and hasattr(value, "isoformat"):
            yield f'"{value.isoformat()}"'
    if name in {"code", "level", "account"}:
        yield from (f'"{code}"' for code in GRIDS.values())


def _ids(name: str, crop: Crop) -> Iterator[Literal]:
    """Return ids that a condition may mean: of the rows that a column of that name points to, or of grids."""
    column = f"{_snake(name)}_id"
    pointing = [row for row in crop.rows if column in row.values]
    tables = {target for row in pointing for target in _targets(row, column)}
    for row in crop.rows:
        if row.model.__tablename__ in tables or (name == "subject" and row.model.__person_key__ == "id"):
            yield f'"{encode_id(row.model.__name__, row.id)}"'
    if "base_grids" in tables or name in {"within", "grid", "parent"}:
        yield from (f'"{encode_id("Grid", grid.id)}"' for grid in crop.grids.values())


def _targets(row: Row, name: str) -> set[str]:
    attribute = getattr(row.model, name).property.columns[0]
    return {str(target.column.table.name) for target in attribute.foreign_keys}


def _snake(name: str) -> str:
    return "".join(f"_{one.lower()}" if one.isupper() else one for one in name)
