"""What an operation selects: the tree of its fields, fragments and conditions resolved."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
)
from graphql.language import BooleanValueNode, ListValueNode, ObjectValueNode
from strawberry.types.field import StrawberryField

from wangge.graphql.marks import FieldMark, mark_of

DEFINITION = "strawberry-definition"
TYPENAME = "__typename"


class NotPlanned(Exception):
    """Raise when a selection cannot be compiled; the text says which field keeps it from that, and why."""


@dataclass(frozen=True)
class Selected:
    """A field of a selection, all mentions of it merged."""

    key: str
    """Under which it stands in the answer."""
    name: str
    parent: GraphQLObjectType
    field: GraphQLField
    nodes: tuple[FieldNode, ...]

    @property
    def where(self) -> str:
        """The field as messages name it."""
        return f"{self.parent.name}.{self.name}"

    @property
    def definition(self) -> StrawberryField:
        """The Strawberry field behind it."""
        found = self.field.extensions[DEFINITION]
        assert isinstance(found, StrawberryField)  # all fields of a composed schema are
        return found

    @property
    def mark(self) -> FieldMark | None:
        """What the platform notes on it."""
        found = self.field.extensions.get(DEFINITION)
        return mark_of(found) if found is not None else None

    @property
    def nullable(self) -> bool:
        """Whether the field may be null."""
        return not isinstance(self.field.type, GraphQLNonNull)

    @property
    def is_list(self) -> bool:
        """Whether the field is a list."""
        inner = self.field.type.of_type if isinstance(self.field.type, GraphQLNonNull) else self.field.type
        return isinstance(inner, GraphQLList)

    @property
    def type(self) -> GraphQLNamedType:
        """The type it leads to, lists and nulls left out."""
        return get_named_type(self.field.type)


class Reader:
    """Reads the selections of one operation, with `@skip` and `@include` decided."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        switches: Mapping[str, bool],
    ) -> None:
        self.schema = schema
        self.operation = operation
        self._switches = switches
        self._fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }

    def root(self) -> list[Selected]:
        """Return the root fields."""
        kind = self.schema.get_root_type(self.operation.operation)
        assert kind is not None  # validation has passed
        return self._collect(kind, [self.operation.selection_set])

    def below(self, selected: Selected, kind: GraphQLObjectType) -> list[Selected]:
        """Return what is selected of a field's value, where it is an object of type `kind`."""
        return self._collect(kind, [node.selection_set for node in selected.nodes if node.selection_set])

    def _collect(self, kind: GraphQLObjectType, sets: Iterable[SelectionSetNode]) -> list[Selected]:
        found: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for one in sets:
            for node in self._fields(kind, one, seen):
                found.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
        return [self._selected(kind, key, nodes) for key, nodes in found.items()]

    def _selected(self, kind: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> Selected:
        name = nodes[0].name.value
        field = self.schema.get_field(kind, name)
        assert field is not None  # validation has passed
        return Selected(key, name, kind, field, tuple(nodes))

    def _fields(
        self, kind: GraphQLObjectType, selection: SelectionSetNode, seen: set[str]
    ) -> Iterator[FieldNode]:
        for one in selection.selections:
            if not self._included(one):
                continue
            if isinstance(one, FieldNode):
                yield one
            elif isinstance(one, InlineFragmentNode):
                if one.type_condition is None or self._applies(kind, one.type_condition.name.value):
                    yield from self._fields(kind, one.selection_set, seen)
            elif isinstance(one, FragmentSpreadNode) and one.name.value not in seen:
                seen.add(one.name.value)
                fragment = self._fragments[one.name.value]
                if self._applies(kind, fragment.type_condition.name.value):
                    yield from self._fields(kind, fragment.selection_set, seen)

    def _applies(self, kind: GraphQLObjectType, condition: str) -> bool:
        if kind.name == condition:
            return True
        other = self.schema.type_map[condition]
        abstract = isinstance(other, GraphQLInterfaceType | GraphQLUnionType)
        return abstract and self.schema.is_sub_type(other, kind)  # type: ignore[arg-type]  # abstract, as just asked

    def _included(self, node: Any) -> bool:  # any selection node
        for directive in node.directives or ():
            name = directive.name.value
            if name in {"skip", "include"}:
                value = directive.arguments[0].value
                if isinstance(value, VariableNode):
                    decided = self._switches[value.name.value]
                else:
                    assert isinstance(value, BooleanValueNode)  # validation has passed
                    decided = value.value
                if decided is (name == "skip"):
                    return False
            elif name == "defer":
                raise NotPlanned("@defer is served by graphql-core.")
        return True


def switches_of(document: DocumentNode) -> tuple[str, ...]:
    """Return the names of the variables that `@skip` and `@include` of a document depend on, sorted."""
    found: set[str] = set()
    waiting: list[Any] = [one.selection_set for one in document.definitions if hasattr(one, "selection_set")]
    while waiting:
        for one in waiting.pop().selections:
            for directive in one.directives or ():
                if directive.name.value in {"skip", "include"}:
                    value = directive.arguments[0].value
                    if isinstance(value, VariableNode):
                        found.add(value.name.value)
            if getattr(one, "selection_set", None) is not None:
                waiting.append(one.selection_set)
    return tuple(sorted(found))


def variables_of(node: FieldNode) -> tuple[str, ...]:
    """Return the names of the variables that a field's arguments depend on, sorted."""
    found: set[str] = set()
    waiting: list[ValueNode] = [argument.value for argument in node.arguments or ()]
    while waiting:
        value = waiting.pop()
        if isinstance(value, VariableNode):
            found.add(value.name.value)
        elif isinstance(value, ListValueNode):
            waiting += value.values
        elif isinstance(value, ObjectValueNode):
            waiting += [field.value for field in value.fields]
    return tuple(sorted(found))
