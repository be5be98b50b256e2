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

from wangge.graphql.ids import encode_id
from wangge.testing.proofs.asking import Document, literal_of, snake
from wangge.testing.proofs.seeds import PLACES, Crop
from wangge.testing.proofs.tables import GRIDS, pointers
from wangge.testing.proofs.walking import Walker

VALUES = 10
"""Most values that a filter's field is tried with, per document."""
SHOWN = "totalCount edges { cursor node { __typename } }"

Literal = str


def probes(walker: Walker, crop: Crop) -> list[Document]:
    """Return documents that filter each list by the values of hidden and of visible rows."""
    found: list[Document] = []
    seen: set[str] = set()
    for kind, name, one in _lists(walker):
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
            values = list(dict.fromkeys(_values(get_named_type(place.type), condition, crop, walker)))
            for at in range(0, len(values), VALUES):
                part = [f"{{ {condition}: {value} }}" for value in values[at : at + VALUES]]
                asked = [*part, f"{{ not: {part[0]} }}"]
                calls = [f"a{n}: {name}(where: {one}) {{ {SHOWN} }}" for n, one in enumerate(asked)]
                found += _asked(walker, kind, " ".join(calls))
    return found


def orders(walker: Walker) -> list[tuple[str, Document]]:
    """Return documents that order each list in each way; with the field whose cursors they give."""
    found = []
    for kind, name, one in _lists(walker):
        members: Sequence[str] = [""]
        if "orderBy" in one.args and kind is None:
            order = get_named_type(one.args["orderBy"].type)
            assert isinstance(order, GraphQLEnumType)
            members = list(order.values)
        for member in members:
            given = f", orderBy: [{member}]" if member else ""
            text = f"{name}(first: 1000{given}) {{ edges {{ cursor }} }}"
            found += [(f"{name}|{given}", one) for one in _asked(walker, kind, text)]
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


def _lists(walker: Walker) -> Iterator[tuple[GraphQLObjectType | None, str, GraphQLField]]:
    """Yield every connection that is looked at: of which type, its name, the field."""
    for name, one in walker.roots().items():
        if "first" in one.args:
            yield None, name, one
    for kind in walker.types():
        for name, one in walker.fields(kind).items():
            if "first" in one.args:
                yield kind, name, one


def _asked(walker: Walker, kind: GraphQLObjectType | None, text: str) -> list[Document]:
    """Return documents that ask for something: at the root, or of a hidden and a visible object."""
    if kind is None:
        return [Document(f"{{ {text} }}", {})]
    return walker.at(kind, text)[:2]


def _values(kind: Any, name: str, crop: Crop, walker: Walker) -> Iterator[Literal]:  # an input type
    """Return literals for a condition, drawn from what the planted rows hold under its name."""
    if isinstance(kind, GraphQLInputObjectType):
        for operator in ("eq", "startsWith", "gte"):
            if operator in kind.fields:
                for value in _values(get_named_type(kind.fields[operator].type), name, crop, walker):
                    yield f"{{ {operator}: {_short(value) if operator == 'startsWith' else value} }}"
    elif isinstance(kind, GraphQLEnumType):
        yield from kind.values
    elif kind.name == "Boolean":
        yield from ("true", "false")
    elif kind.name == "ID":
        yield from _ids(name, crop, walker)
    else:
        yield from _plain(snake(name), crop)


def _short(value: Literal) -> Literal:
    return f'{value[:3]}"' if value.startswith('"') and len(value) > 4 else value


def _plain(name: str, crop: Crop) -> Iterator[Literal]:
    yield from (f'"{plain}"' for (_, of), plain in crop.plain.items() if of == name)
    for row in crop.rows:
        value = row.values.get(name, row.values.get(f"{name}_key"))
        literal = literal_of(value) if not isinstance(value, Enum | bool) else None
        if literal is not None:
            yield literal
    if name in {"code", "level", "account"}:
        yield from (f'"{code}"' for code in PLACES.values())


def _ids(name: str, crop: Crop, walker: Walker) -> Iterator[Literal]:
    """Return ids that a condition may mean: of the rows that a column of that name points to, or of grids."""
    column = f"{snake(name)}_id"
    tables = {to for row in crop.rows for key, to in pointers(row.model) if key == column}
    of = {str(model.__tablename__): kind for kind, model in walker.literals.nodes.items()}
    for row in crop.rows:
        table = row.model.__tablename__
        if table in of and (table in tables or (name == "subject" and row.model.__person_key__ == "id")):
            yield f'"{encode_id(of[table], row.id)}"'
    if GRIDS in tables or name in {"within", "grid", "parent"}:
        yield from (f'"{encode_id(of[GRIDS], grid.id)}"' for grid in crop.grids.values())
