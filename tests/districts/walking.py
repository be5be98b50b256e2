"""Walks a composed schema: documents that reach every field of every type, and what an answer fills."""

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

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

from .asking import SCALARS, permission_of

PAGE = (
    "totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { %s } }"
)
TOGETHER = 8
"""Fields with objects below that one document asks for."""
PLATFORM = {"Query", "Mutation", "Subscription", "PageInfo"}

Arguments = Mapping[str, Sequence[str]]
"""Literals by the name of an argument, or `field.argument`."""

Reached = set[tuple[str, str]]
"""Types and fields that held a value."""


class NotReached(AssertionError):
    """Raise when no document leads to a type, or no literal is known for an argument."""


class Document(NamedTuple):
    """A document to send, with its variables."""

    text: str
    variables: dict[str, Any]  # JSON
    name: str | None = None


@dataclass
class Walker:
    """Makes documents out of a schema.

    Attributes:
        schema: the composed schema.
        ids: type name → group → id of a planted row.
        known: literals for arguments that are required.
    """

    schema: GraphQLSchema
    ids: Mapping[str, Mapping[str, str]]
    known: Arguments
    _ways: dict[str, str] = field(default_factory=dict)

    def documents(self) -> list[Document]:
        """Return documents that ask for each field of each type that a read leads to."""
        self._ways = self._find_ways()
        found = [document for name in self.roots() for document in self._of_root(name)]
        for kind in self.types():
            for body in self._bodies(kind):
                found += self._with_ids(self._ways[kind.name].replace("%s", body), kind)
        return found

    def roots(self) -> dict[str, GraphQLField]:
        """Return the root query fields."""
        assert self.schema.query_type is not None
        return dict(self.schema.query_type.fields)

    def types(self) -> list[GraphQLObjectType]:
        """Return the object types that reads lead to, without pages and payloads."""
        return [
            kind
            for name in sorted(self._ways)
            if isinstance(kind := self.schema.type_map[name], GraphQLObjectType) and not _is_page(kind)
        ]

    def wanted(self) -> Reached:
        """Return every field that has to hold a value somewhere."""
        found = {("Query", name) for name in self.roots()}
        return found | {(kind.name, name) for kind in self.types() for name in kind.fields}

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
                    if kind.name in self.ids:
                        found = self._by_ids(kind)
                    else:
                        found = way.replace("%s", f"{self.call(name, one)} {{ %s }}")
                    ways[kind.name] = found
                    waiting.append((kind, found))
        return ways

    def _kinds(self, one: GraphQLField) -> list[GraphQLObjectType]:
        kind = get_named_type(one.type)
        if isinstance(kind, GraphQLInterfaceType):
            return [each for each in self.schema.get_possible_types(kind) if each.name in self.ids]
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
        ids = self.ids[of[1] if of else kind.name].values()
        return [Document(text, {names[0]: [id] if several else id}) for id in ids]

    def _of_root(self, name: str) -> Iterator[Document]:
        one = self.roots()[name]
        body = self.below(one)
        for kind in self._kinds(one):
            shown = body
            if isinstance(get_named_type(one.type), GraphQLInterfaceType):
                shown = f"{{ id __typename ... on {kind.name} {{ {leaves(kind)} }} }}"
            required = [each for each, argument in one.args.items() if is_required_argument(argument)]
            if required in (["id"], ["ids"]):
                declared = f"query (${required[0]}: {one.args[required[0]].type})"
                text = f"{declared} {{ {name}({required[0]}: ${required[0]}) {shown} }}"
                yield from self._with_ids(text, kind)
            else:
                for call in self.calls(name, one):
                    yield Document(f"{{ {call} {shown} }}", {})

    def _bodies(self, kind: GraphQLObjectType) -> Iterator[str]:
        """Return selections that together hold all fields of a type; what needs a permission stands apart."""
        apart: dict[str, list[str]] = {}
        for name, one in kind.fields.items():
            apart.setdefault(permission_of(one) or "", []).append(
                f"{self.call(name, one)} {self.below(one)}".strip()
            )
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
        if isinstance(kind, GraphQLObjectType) and _is_page(kind):
            return f"{{ {PAGE.replace('%s', leaves(_node_of(kind)))} }}"
        return f"{{ {leaves(kind)} }}"

    def calls(self, name: str, one: GraphQLField) -> list[str]:
        """Return a root field with each of the literals known for its one required argument."""
        required = [each for each, argument in one.args.items() if is_required_argument(argument)]
        if len(required) == 1:
            values = self._literals(name, required[0], one)
            return [self.call(name, one, **{required[0]: value}) for value in values]
        return [self.call(name, one)]

    def call(self, name: str, one: GraphQLField, **chosen: str) -> str:
        """Return a field with the first literals known for its required arguments, or those chosen."""
        given = [
            f"{each}: {chosen.get(each) or self._literals(name, each, one)[0]}"
            for each, argument in one.args.items()
            if is_required_argument(argument) or f"{name}.{each}" in self.known
        ]
        return f"{name}({', '.join(given)})" if given else name

    def _literals(self, name: str, argument: str, one: GraphQLField) -> Sequence[str]:
        found = self.known.get(f"{name}.{argument}") or self.known.get(argument)
        kind = get_named_type(one.args[argument].type).name
        if not found and kind == "ID":
            found = [f'"{id}"' for id in self.ids.get(argument[:1].upper() + argument[1:], {}).values()]
        if not found and kind in SCALARS:
            found = [SCALARS[kind]]
        if not found:
            raise NotReached(f"there is no literal for {name}({argument}: {kind})")
        return found


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
    found = [
        name
        for name, one in kind.fields.items()
        if is_leaf_type(get_named_type(one.type))
        and not any(is_required_argument(each) for each in one.args.values())
        and permission_of(one) is None
    ]
    return " ".join(["__typename", *found])


def _is_page(kind: GraphQLObjectType) -> bool:
    return "pageInfo" in kind.fields or set(kind.fields) == {"cursor", "node"}


def _node_of(kind: GraphQLObjectType) -> GraphQLObjectType:
    edge = get_named_type(kind.fields["edges"].type)
    assert isinstance(edge, GraphQLObjectType)
    node = get_named_type(edge.fields["node"].type)
    assert isinstance(node, GraphQLObjectType)
    return node
