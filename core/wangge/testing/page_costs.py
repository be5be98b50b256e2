"""How many statements pages of a plugin's lists cost, short and long; what grows with rows is a fault."""

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import GraphQLField, GraphQLObjectType, get_named_type, is_leaf_type, is_required_argument

from wangge._host.authn import Identity
from wangge._host.compose import ComposedSchema, needs_of
from wangge._host.compose.names import names_of
from wangge._host.plans.selection import DEFINITION
from wangge._host.plugins import LoadedPlugin
from wangge.auth.principal import ROLES, Principal
from wangge.graphql.connections import Connection
from wangge.testing.districts import TestDistrict
from wangge.testing.statements import recorded_statements

LONG = 50
TIMES = 5
"""Asked so often, the cheapest counts: at times the server reads anew what it remembers for seconds."""


@dataclass(frozen=True)
class PageCost:
    """What pages of a root list cost.

    Attributes:
        field: of the query root.
        rows: on the long page; with fewer than two nothing is shown.
        short: statements for a page of one row.
        long: statements for a page of fifty.
    """

    field: str
    rows: int
    short: int
    long: int


async def page_costs(plugin: LoadedPlugin, district: TestDistrict) -> list[PageCost]:
    """Ask for pages of each root list of a plugin, with all fields of its rows that a role may read."""
    runtime = district.server.district(district.code)
    composed = await runtime.schema()
    found: list[PageCost] = []
    for type_name, name in names_of(plugin).fields:
        field = composed.schema.type_map[type_name].fields[name] if type_name == "Query" else None  # type: ignore[attr-defined]  # the root is an object type
        if field is None or not _is_connection(get_named_type(field.type)):
            continue
        for role in ROLES:
            principal = await runtime.principal(Identity(f"{district.code}/{role}", district.code))
            if _may(principal, field):
                found.append(await _ask(district, role, name, _document(composed, name, field, principal)))
                break
    return found


async def _ask(district: TestDistrict, role: str, name: str, document: str) -> PageCost:
    client = district.client(role)
    costs, rows = [], 0
    for size in (1, LONG):
        counts = []
        for _ in range(TIMES):
            with recorded_statements() as sent:
                data = await client.data(document, size=size)
            counts.append(len(sent))
            rows = len(data[name]["edges"])
        costs.append(min(counts))
    return PageCost(name, rows, costs[0], costs[1])


def _document(composed: ComposedSchema, name: str, field: GraphQLField, principal: Principal) -> str:
    kind = _node(field)
    fields = " ".join(_selected(kind, principal))
    edges = f"totalCount edges {{ node {{ {fields} }} }}"
    return f"query Page($size: Int!) {{ {name}(first: $size) {{ {edges} }} }}"


def _selected(kind: GraphQLObjectType, principal: Principal) -> Iterator[str]:
    for name, field in kind.fields.items():
        if not _may(principal, field) or any(is_required_argument(one) for one in field.args.values()):
            continue
        below = get_named_type(field.type)
        if is_leaf_type(below):
            yield name
        elif _is_connection(below):
            yield f"{name}(first: 3) {{ totalCount edges {{ node {{ __typename }} }} }}"
        else:
            yield f"{name} {{ __typename }}"


def _node(field: GraphQLField) -> GraphQLObjectType:
    """Return the type of a connection's rows."""
    found = get_named_type(field.type)
    for step in ("edges", "node"):
        assert isinstance(found, GraphQLObjectType)  # connections and edges are
        found = get_named_type(found.fields[step].type)
    assert isinstance(found, GraphQLObjectType)
    return found


def _is_connection(kind: object) -> bool:
    if not isinstance(kind, GraphQLObjectType):
        return False
    concrete = getattr(kind.extensions.get(DEFINITION), "concrete_of", None)
    return concrete is not None and concrete.origin is Connection


def _may(principal: Principal, field: GraphQLField) -> bool:
    return all(one.permission is None or principal.may(one.permission) for one in needs_of(field))
