"""Walks a composed schema: documents that reach every field of every type, and what an answer fills."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    parse,
)

from wangge._host.compose.names import Names
from wangge.testing.proofs.asking import Document, Literals, NotReached, permission_of

PAGE = (
    "totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { %s } }"
)
TOGETHER = 8
"""Fields with objects below that one document asks for."""
PLATFORM = {"Query", "Mutation", "Subscription", "PageInfo"}

Reached = set[tuple[str, str]]
"""Types and fields that held a value."""


@dataclass
class Walker:
    """Makes documents out of a schema.

    Attributes:
        schema: the composed schema.
        literals: what arguments can be given.
        brought: what one programme brings, to ask for that alone; None asks for everything.
        unreached: why documents could not be made, filled by `documents`.
    """

    schema: GraphQLSchema
    literals: Literals
    brought: Names | None = None
    unreached: list[str] = field(default_factory=list)
    _ways: dict[str, str] = field(default_factory=dict)

    def documents(self) -> list[Document]:
        """Return documents that ask for each field of each type that a read leads to."""
        self._ways = self._find_ways()
        found = [document for name in self.roots() for document in self._of_root(name)]
        for kind in self.types():
            for body in self._bodies(kind):
                found += self.at(kind, body)
        return found

    def at(self, kind: GraphQLObjectType, body: str) -> list[Document]:
        """Return documents that ask objects of a type for something."""
        return self._with_ids(self._ways[kind.name].replace("%s", body), kind)

    def leads_to(self, kind: GraphQLObjectType) -> bool:
        """Say whether a document leads to objects of a type."""
        return kind.name in self._ways

    def asks_for(self, kind: str, name: str) -> bool:
        """Say whether a field is looked at."""
        brought = self.brought
        return brought is None or kind in brought.types or (kind, name) in brought.fields

    def roots(self) -> dict[str, GraphQLField]:
        """Return the root query fields that are looked at."""
        assert self.schema.query_type is not None
        return {
            name: one for name, one in self.schema.query_type.fields.items() if self.asks_for("Query", name)
        }

    def types(self) -> list[GraphQLObjectType]:
        """Return the object types that reads lead to and that are looked at, without pages and payloads."""
        return [
            kind
            for name in sorted(self._ways)
            if isinstance(kind := self.schema.type_map[name], GraphQLObjectType)
            and not is_page(kind)
            and any(self.asks_for(name, one) for one in kind.fields)
        ]

    def fields(self, kind: GraphQLObjectType) -> dict[str, GraphQLField]:
        """Return the fields of a type that are looked at."""
        return {name: one for name, one in kind.fields.items() if self.asks_for(kind.name, name)}

    def wanted(self) -> Reached:
        """Return every field that has to hold a value somewhere."""
        found = {("Query", name) for name in self.roots()}
        return found | {(kind.name, name) for kind in self.types() for name in self.fields(kind)}

    def _find_ways(self) -> dict[str, str]:
        """Return type name → a document with a gap, the shortest that leads there, breadth first."""
        ways: dict[str, str] = {}
        waiting: deque[tuple[GraphQLObjectType, str]] = deque()
        assert self.schema.query_type is not None
        waiting.append((self.schema.query_type, "{ %s }"))
        while waiting:
            at, way = waiting.popleft()
            for name, one in at.fields.items():
                for kind in self._kinds(one):
                    if kind.name in ways or kind.name in PLATFORM:
                        continue
                    found = self._way(kind, name, one, way)
                    if found is not None:
                        ways[kind.name] = found
                        waiting.append((kind, found))
        return ways

    def _way(self, kind: GraphQLObjectType, name: str, one: GraphQLField, way: str) -> str | None:
        if kind.name in self.literals.ids:
            return self._by_ids(kind)
        try:
            return way.replace("%s", f"{self.call(name, one)} {{ %s }}")
        except NotReached:
            return None  # another field may lead there; where none does, its own field is told below

    def _kinds(self, one: GraphQLField) -> list[GraphQLObjectType]:
        kind = get_named_type(one.type)
        if isinstance(kind, GraphQLInterfaceType):
            return [each for each in self.schema.get_possible_types(kind) if each.name in self.literals.ids]
        return [kind] if isinstance(kind, GraphQLObjectType) else []

    def _by_ids(self, kind: GraphQLObjectType) -> str:
        """Return a document that finds a row of a type by its id."""
        return f"query ($id: ID!) {{ node(id: $id) {{ ... on {kind.name} {{ %s }} }} }}"

    def _with_ids(self, text: str, kind: GraphQLObjectType) -> list[Document]:
        """Return a document with the id of each planted row of a type, if it asks for one."""
        names = re.findall(r"\$(ids?): ", text)
        if not names:
            return [Document(text, {})]
        of = re.search(r"\.\.\. on (\w+)", text)
        several = names[0] == "ids"
        ids = self.literals.ids.get(of[1] if of else kind.name, {}).values()
        return [Document(text, {names[0]: [id] if several else id}) for id in ids]

    def _of_root(self, name: str) -> Iterator[Document]:
        one = self.roots()[name]
        body = self.below(one)
        for kind in self._kinds(one):
            shown = body
            if isinstance(get_named_type(one.type), GraphQLInterfaceType):
                shown = f"{{ id __typename ... on {kind.name} {{ {leaves(kind)} }} }}"
            required = [each for each, argument in one.args.items() if is_required_argument(argument)]
            if required in (["id"], ["ids"]) and kind.name in self.literals.ids:
                declared = f"query (${required[0]}: {one.args[required[0]].type})"
                text = f"{declared} {{ {name}({required[0]}: ${required[0]}) {shown} }}"
                yield from self._with_ids(text, kind)
            else:
                yield from self._called(name, one, shown)
        if is_leaf_type(get_named_type(one.type)):
            yield from self._called(name, one, "")

    def _called(self, name: str, one: GraphQLField, shown: str) -> Iterator[Document]:
        try:
            for call in self.calls(name, one):
                yield Document(f"{{ {call} {shown} }}", {})
        except NotReached as why:
            self.unreached.append(f"Query.{name}: {why}")

    def _bodies(self, kind: GraphQLObjectType) -> Iterator[str]:
        """Return selections that together hold all fields of a type; what needs a permission stands apart."""
        apart: dict[str, list[str]] = {}
        for name, one in self.fields(kind).items():
            try:
                asked = f"{self.call(name, one)} {self.below(one)}".strip()
            except NotReached as why:
                self.unreached.append(f"{kind.name}.{name}: {why}")
                continue
            apart.setdefault(permission_of(one) or "", []).append(asked)
        for parts in apart.values():
            plain = [part for part in parts if "{" not in part]
            deep = [part for part in parts if "{" in part]
            yield from [" ".join(plain)] if plain else []
            for at in range(0, len(deep), TOGETHER):
                yield " ".join(deep[at : at + TOGETHER])

    def below(self, one: GraphQLField) -> str:
        """Return what is selected below a field: all plain fields of what it leads to."""
        kind = get_named_type(one.type)
        if is_leaf_type(kind):
            return ""
        if isinstance(kind, GraphQLObjectType) and is_page(kind):
            return f"{{ {PAGE.replace('%s', leaves(node_of(kind)))} }}"
        return f"{{ {leaves(kind)} }}"

    def calls(self, name: str, one: GraphQLField) -> list[str]:
        """Return a root field with each of the literals known for its one required argument."""
        required = [each for each, argument in one.args.items() if is_required_argument(argument)]
        if len(required) == 1:
            values = self.literals.of(name, required[0], one.args[required[0]].type)
            return [self.call(name, one, **{required[0]: value}) for value in values]
        return [self.call(name, one)]

    def call(self, name: str, one: GraphQLField, **chosen: str) -> str:
        """Return a field with the first literals known for its required arguments, or those chosen."""
        given = [
            f"{each}: {chosen.get(each) or self.literals.of(name, each, argument.type)[0]}"
            for each, argument in one.args.items()
            if is_required_argument(argument) or f"{name}.{each}" in self.literals.known
        ]
        return f"{name}({', '.join(given)})" if given else name


def reached(schema: GraphQLSchema, document: str, data: Any) -> Reached:  # data: JSON
    """Return the fields of an answer that hold something."""
    found: Reached = set()
    operation = parse(document).definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    assert schema.query_type is not None
    _visit(_Answered(schema, found), schema.query_type, operation.selection_set, data)
    return found


@dataclass
class _Answered:
    """What an answer is read with."""

    schema: GraphQLSchema
    found: Reached


def _visit(answered: _Answered, kind: GraphQLNamedType, selected: SelectionSetNode, data: Any) -> None:
    if isinstance(data, list):
        for one in data:
            _visit(answered, kind, selected, one)
        return
    for node in selected.selections if data is not None else ():
        if isinstance(node, FieldNode):
            _visit_field(answered, kind, node, data)
            continue
        assert isinstance(node, InlineFragmentNode)  # the documents have no others
        assert node.type_condition is not None
        on = answered.schema.type_map[node.type_condition.name.value]
        _visit(answered, on, node.selection_set, data)


def _visit_field(answered: _Answered, kind: GraphQLNamedType, node: FieldNode, data: Any) -> None:
    name = node.name.value
    value = data.get(node.alias.value if node.alias else name)
    if name == "__typename" or value is None or value in ([], ""):
        return
    answered.found.add((kind.name, name))
    if node.selection_set is not None:
        assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        below = answered.schema.type_map[get_named_type(kind.fields[name].type).name]
        _visit(answered, below, node.selection_set, value)


def leaves(kind: Any) -> str:  # an object type or interface
    """Return the plain fields of a type that ask for no argument and no permission."""
    found = [
        name
        for name, one in kind.fields.items()
        if is_leaf_type(get_named_type(one.type))
        and not any(is_required_argument(each) for each in one.args.values())
        and permission_of(one) is None
    ]
    return " ".join(["__typename", *found])


def is_page(kind: GraphQLObjectType) -> bool:
    """Say whether a type is a connection or an edge."""
    return "pageInfo" in kind.fields or set(kind.fields) == {"cursor", "node"}


def node_of(kind: GraphQLObjectType) -> GraphQLObjectType:
    """Return the type of a connection's rows."""
    edge = get_named_type(kind.fields["edges"].type)
    assert isinstance(edge, GraphQLObjectType)
    node = get_named_type(edge.fields["node"].type)
    assert isinstance(node, GraphQLObjectType)
    return node
