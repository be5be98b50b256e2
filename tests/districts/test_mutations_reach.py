"""No mutation changes, or tells of, what its caller may not see; refused calls change nothing at all."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLList, GraphQLSchema, get_nullable_type
from sqlalchemy import Table, select

from wangge import Model
from wangge.testing.districts import Client, TestDistrict

from .asking import SCALARS, permission_of
from .planting import FAR, NEAR, models
from .proving import SEEING, Proof, worthless_tokens
from .walking import Document

MEANT = {
    **dict.fromkeys(("person", "ward", "guardian", "official", "buildingHead", "placedBy"), "Person"),
    **dict.fromkeys(("grid", "parent", "source", "target", "survivor", "within"), "Grid"),
    **{"leader": "Volunteer", "team": "VolunteerTeam", "order": "VolunteerOrder", "shift": "ActivityShift"},
    **{"activity": "VolunteerActivity", "signup": "ShiftSignup", "claim": "OrderClaim"},
    **{"record": "ServiceRecord", "offer": "OrderOffer", "account": "PointsAccount"},
}
"""Name of an input's field → type of the id that it takes, where the name does not say it."""
NOWHERE = "0193b5a0000070008000000000000000"
WORDS = {"purpose": "registration", "documentType": "NONE", "slug": "volunteer_points"}


def _content(proof: Proof) -> dict[str, str]:
    """Return a digest of each table of the district."""
    return proof.runner.run(_digests(proof.full))


async def _digests(district: TestDistrict) -> dict[str, str]:
    async with district.context() as ctx:
        there = await ctx.db.tables()
        found = {}
        for table in Model.metadata.sorted_tables:
            if table.name in there:
                rows = (await ctx.db.session.execute(select(table))).all()
                found[table.name] = _digest(table, sorted(map(repr, rows)))
        return found


def _digest(table: Table, rows: list[str]) -> str:
    return f"{table.name} {len(rows)} {hashlib.sha256(chr(0).join(rows).encode()).hexdigest()}"


def _documents(schema: GraphQLSchema, ids: Mapping[str, Mapping[str, str]]) -> dict[str, Document]:
    """Return mutation → a document with what its input needs, of rows that are near."""
    assert schema.mutation_type is not None
    found = {}
    for name, one in schema.mutation_type.fields.items():
        kind = get_nullable_type(one.args["input"].type)
        text = (
            f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ userErrors {{ code message path }} }} }}"
        )
        assert isinstance(kind, GraphQLInputObjectType)
        found[name] = Document(text, {"input": _input(kind, ids)})
    return found


def _input(kind: GraphQLInputObjectType, ids: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:  # JSON
    """Return an input with all of its fields, but the caller's name for the call."""
    given = {name: _value(name, one.type, ids) for name, one in kind.fields.items()}
    return {name: value for name, value in given.items() if name != "clientMutationId" and value is not None}


def _value(name: str, kind: Any, ids: Mapping[str, Mapping[str, str]]) -> Any:  # an input type; JSON
    kind = get_nullable_type(kind)
    if isinstance(kind, GraphQLList):
        return [_value(name.rstrip("s"), kind.of_type, ids)]
    if isinstance(kind, GraphQLInputObjectType):
        return _input(kind, ids)
    if hasattr(kind, "values"):
        return WORDS.get(name) or next(iter(kind.values))
    if kind.name == "ID":
        return ids.get(_type_of(name), ids["Person"])[NEAR]
    if kind.name == "Boolean":
        return False
    literal = SCALARS[kind.name].strip('"')
    return int(literal) if kind.name == "Int" else WORDS.get(name, literal)


def _type_of(name: str) -> str:
    return MEANT.get(name, name[:1].upper() + name[1:])


def _probed(document: Document, hidden: Mapping[str, str]) -> Iterator[tuple[str, Document, Document]]:
    """Return what names a row by each of its ids: path, with a hidden row's id, with one of no row."""
    for path, value in _ids_in(document.variables["input"]):
        kind = value.rpartition("_")[0]
        if kind in hidden:
            asked = [_replaced(document, path, id) for id in (hidden[kind], f"{kind}_{NOWHERE}")]
            yield ".".join(map(str, path)), asked[0], asked[1]


def _ids_in(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:  # JSON
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _ids_in(one, (*path, key))
    elif isinstance(value, str) and re.fullmatch(r"[A-Za-z]+_[0-9a-f]{32}", value):
        yield path, value


def _replaced(document: Document, path: tuple[Any, ...], id: str) -> Document:
    def put(value: Any, rest: tuple[Any, ...]) -> Any:  # JSON
        if not rest:
            return id
        items = value.items() if isinstance(value, dict) else enumerate(value)
        made = {key: put(one, rest[1:]) if key == rest[0] else one for key, one in items}
        return made if isinstance(value, dict) else list(made.values())

    return Document(document.text, {"input": put(document.variables["input"], path)})


def test_mutations_are_refused_to_whom_they_are_not_open(proof: Proof) -> None:
    documents = _documents(proof.schema, proof.walker.ids)
    assert proof.schema.mutation_type is not None
    fields = proof.schema.mutation_type.fields
    before = _content(proof)

    for answer in proof.ask(proof.client(None), documents.values()):
        assert {code for _, code in answer.errors} == {"UNAUTHENTICATED"}, answer.body
    for flaw, token in worthless_tokens(proof.full):
        client = Client(proof.full.http, proof.full.code, token)
        answers = proof.ask(client, [*documents.values()][:: 1 if flaw == "expired" else 10])
        assert {one.status for one in answers} == {401}, flaw
        assert {code for one in answers for _, code in one.errors} == {"UNAUTHENTICATED"}, flaw
    for caller in ("bare", "revoked"):
        closed = {name: one for name, one in documents.items() if permission_of(fields[name])}
        for name, answer in zip(closed, proof.ask(proof.client(caller), closed.values()), strict=True):
            assert {code for _, code in answer.errors} == {"FORBIDDEN"}, (caller, name, answer.body)

    assert _content(proof) == before
    assert len(documents) > 40


@pytest.mark.parametrize("caller", SEEING)
def test_a_hidden_row_is_to_a_mutation_as_one_that_is_not_there(proof: Proof, caller: str) -> None:
    secret = {one.__name__ for one in models(proof.full) if _is_secret(one)}
    hidden = {name: groups[FAR] for name, groups in proof.walker.ids.items() if name in secret}
    before = _content(proof)
    told: Counter[str] = Counter()
    apart = []

    for name, document in _documents(proof.schema, proof.walker.ids).items():
        for path, with_hidden, with_none in _probed(document, hidden):
            one, other = proof.ask(proof.client(caller), [with_hidden, with_none])
            told.update(re.findall(r"'code': '([A-Z_]+)'", repr(one.body)))
            if (_blotted(one.body), one.status) != (_blotted(other.body), other.status):
                apart.append((name, path, one.body, other.body))

    assert apart == []
    assert _content(proof) == before
    assert told.total() > 30
    assert told["NOT_FOUND"] >= (10 if caller == "grid_worker_elsewhere" else 1), told


def _is_secret(model: type[Any]) -> bool:
    from wangge_schema.grids.scope import is_scoped

    return is_scoped(model) and not model.__published__


def _blotted(body: Any) -> str:  # JSON
    """Return an answer without the ids in it."""
    return re.sub(r"[0-9a-f]{32}", "", repr(body))
