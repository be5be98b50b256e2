"""How many statements fields cost over one row and over several, wherever a list leads to the rows."""

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import GraphQLField, GraphQLObjectType, get_named_type, is_required_argument

from wangge.testing.proofs.asking import Answer, Document, NotReached
from wangge.testing.proofs.proving import Proof
from wangge.testing.proofs.walking import is_page, node_of
from wangge.testing.statements import recorded_statements

LONG = 50
TIMES = 3
"""Asked so often, the cheapest counts: at times the server reads anew what it remembers for seconds."""


@dataclass(frozen=True)
class RowCost:
    """What a field costs.

    Attributes:
        field: `Type.field`.
        rows: on the long page.
        short: statements for one row.
        long: statements for that many.
    """

    field: str
    rows: int
    short: int
    long: int


def growing(proof: Proof) -> list[RowCost]:
    """Return the fields of the programme's types, and those it adds to others', that cost more for more rows.

    Types are asked all at once, and field by field where that grows.
    """
    found = []
    for kind, of in _lists(proof):
        asked = dict(_selected(proof, kind))
        whole = _cost(proof, kind.name, of, " ".join(asked.values())) if asked else None
        if whole is not None and whole.long > whole.short:
            each = [_cost(proof, f"{kind.name}.{name}", of, one) for name, one in asked.items()]
            found += [one for one in each if one.long > one.short] or [whole]
    return found


def _lists(proof: Proof) -> Iterator[tuple[GraphQLObjectType, str]]:
    """Yield the types that are looked at, each with a list of the schema's root that leads to it."""
    assert proof.schema.query_type is not None
    of: dict[str, str] = {}
    for name, one in proof.schema.query_type.fields.items():
        kind = _listed(one)
        if kind is not None:
            of.setdefault(kind.name, name)
    for kind in proof.walker.types():
        if kind.name in of:
            yield kind, of[kind.name]


def _listed(one: GraphQLField) -> GraphQLObjectType | None:
    """Return the type of a connection's rows, where nothing has to be given for it."""
    kind = get_named_type(one.type)
    if not isinstance(kind, GraphQLObjectType) or not is_page(kind) or "edges" not in kind.fields:
        return None
    return None if any(is_required_argument(each) for each in one.args.values()) else node_of(kind)


def _selected(proof: Proof, kind: GraphQLObjectType) -> Iterator[tuple[str, str]]:
    for name, one in proof.walker.fields(kind).items():
        try:
            yield name, f"{proof.walker.call(name, one)} {proof.walker.below(one)}".strip()
        except NotReached:
            continue  # told by the test of the scope


def _cost(proof: Proof, field: str, of: str, selected: str) -> RowCost:
    text = f"query ($size: Int!) {{ {of}(first: $size) {{ edges {{ node {{ {selected} }} }} }} }}"
    short, _ = _fewest(proof, text, 1)
    long, answer = _fewest(proof, text, LONG)
    rows = (answer.data or {}).get(of) or {"edges": []}
    return RowCost(field, len(rows["edges"]), short, long)


def _fewest(proof: Proof, text: str, size: int) -> tuple[int, Answer]:
    counts = []
    for _ in range(TIMES):
        with recorded_statements() as sent:
            (answer,) = proof.ask(proof.client("district_admin"), [Document(text, {"size": size})])
        counts.append(len(sent))
    return min(counts), answer
