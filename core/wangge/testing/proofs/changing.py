"""Mutations with what their inputs need, and with ids of rows that are hidden or not there."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLField, GraphQLInputObjectType, GraphQLList, get_nullable_type
from sqlalchemy import Table as SqlTable
from sqlalchemy import select

from wangge.db.base import Model
from wangge.testing.districts import TestDistrict
from wangge.testing.proofs.asking import SCALARS, Document, Literals, ids_in
from wangge.testing.proofs.seeds import NEAR
from wangge.testing.proofs.walking import Walker

NOWHERE = "0193b5a0000070008000000000000000"
WORDS = {"purpose": "registration", "documentType": "NONE"}


@dataclass(frozen=True)
class Changer:
    """Makes mutations out of a schema.

    Attributes:
        walker: of the schema; its programme's mutations are looked at.
        words: texts and members of enums by the name of an input's field.
    """

    walker: Walker
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def _literals(self) -> Literals:
        return self.walker.literals

    def fields(self) -> dict[str, GraphQLField]:
        """Return the mutations that are looked at."""
        kind = self.walker.schema.mutation_type
        fields = kind.fields if kind is not None else {}
        return {name: one for name, one in fields.items() if self.walker.asks_for("Mutation", name)}

    def documents(self) -> dict[str, Document]:
        """Return mutation → a document with what its input needs, of rows that are near."""
        found = {}
        for name, one in self.fields().items():
            kind = get_nullable_type(one.args["input"].type)
            assert isinstance(kind, GraphQLInputObjectType)
            text = (
                f"mutation ($input: {kind}!) {{ {name}(input: $input) "
                "{ userErrors { code message path } } }"
            )
            found[name] = Document(text, {"input": self._input(kind)})
        return found

    def _input(self, kind: GraphQLInputObjectType) -> dict[str, Any]:  # JSON
        """Return an input with all of its fields, but the caller's name for the call."""
        given = {name: self._value(name, one.type) for name, one in kind.fields.items()}
        return {
            name: value for name, value in given.items() if name != "clientMutationId" and value is not None
        }

    def _value(self, name: str, kind: Any) -> Any:  # an input type; JSON
        kind = get_nullable_type(kind)
        if isinstance(kind, GraphQLList):
            return [self._value(name.rstrip("s"), kind.of_type)]
        if isinstance(kind, GraphQLInputObjectType):
            return self._input(kind)
        words = {**WORDS, **self.words}
        if hasattr(kind, "values"):
            found = words.get(name)
            return found if found in kind.values else next(iter(kind.values))
        if kind.name == "ID":
            likely = self._literals.types_meant(name)
            return self._literals.ids[likely[0] if likely else "Person"][NEAR]
        if kind.name == "Boolean":
            return False
        literal = SCALARS.get(kind.name, '"x"').strip('"')
        return int(literal) if kind.name == "Int" else words.get(name, literal)


def probed(
    document: Document, hidden: Mapping[str, str], also: Sequence[str] = ()
) -> Iterator[tuple[str, Document, Document]]:
    """Yield what names a row by each of its ids: path, with a hidden row's id, with one of no row.

    Args:
        document: a mutation.
        hidden: node type → id of a hidden row.
        also: types to try at every place beside the likeliest.
    """
    for path, value in ids_in(document.variables["input"]):
        for kind in dict.fromkeys((value.rpartition("_")[0], *also)):
            if kind in hidden:
                asked = [_replaced(document, path, id) for id in (hidden[kind], f"{kind}_{NOWHERE}")]
                yield ".".join(map(str, path)), asked[0], asked[1]


def _replaced(document: Document, path: tuple[Any, ...], id: str) -> Document:
    def put(value: Any, rest: tuple[Any, ...]) -> Any:  # JSON
        if not rest:
            return id
        items = value.items() if isinstance(value, dict) else enumerate(value)
        made = {key: put(one, rest[1:]) if key == rest[0] else one for key, one in items}
        return made if isinstance(value, dict) else list(made.values())

    return Document(document.text, {"input": put(document.variables["input"], path)})


async def digests(district: TestDistrict) -> dict[str, str]:
    """Return a digest of each table of a district."""
    async with district.context() as ctx:
        there = await ctx.db.tables()
        found = {}
        for table in Model.metadata.sorted_tables:
            if table.name in there:
                rows = (await ctx.db.session.execute(select(table))).all()
                found[table.name] = _digest(table, sorted(map(repr, rows)))
        return found


def _digest(table: SqlTable, rows: Sequence[str]) -> str:
    return f"{table.name} {len(rows)} {hashlib.sha256(chr(0).join(rows).encode()).hexdigest()}"
