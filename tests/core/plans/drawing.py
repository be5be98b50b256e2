"""Draws operations over a composed schema: whatever a client may ask, valid and full of odd values.

Fields with arguments always get an alias of their own, so that no two mentions of a key contradict each
other; all else may be mentioned any number of times, in fragments or not, and is merged.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)
from hypothesis import strategies as st

from wangge.graphql.marks import mark_of
from wangge.graphql.sqlforms import Rows

from .known import Known, cursor_at
from .literals import Enumerated, Reference, holds_reference, literal

MAX_ALIASES, MAX_DIRECTIVES, MAX_FIELDS = 18, 12, 90
LONG = "a_response_key_that_is_longer_than_the_sixty_three_bytes_of_an_identifier_"
DATES = ("1949-10-01", "1970-01-01", "2000-02-29", "2026-01-01", "2026-03-14", "2026-11-22", "9999-12-31")
TIMES = tuple(f"{day}T09:30:00{tail}" for day in DATES[1:6] for tail in ("+08:00", "Z", ".000001+08:00"))
SIZES = (0, 1, 2, 3, 5, 8)
_PLANNED = {"by_id", "node", "connection", "related", "related_one", "related_list"}

T = TypeVar("T")


class _Absent:
    """Stands for an argument that is left out."""


ABSENT = _Absent()


@dataclass(frozen=True)
class Drawn:
    """An operation to send."""

    document: str
    variables: dict[str, Any]  # JSON
    name: str | None


@dataclass
class _Drawer:
    """Draws one operation."""

    chance: Random
    schema: GraphQLSchema
    known: Known
    aliases: int = 0
    directives: int = 0
    fields: int = 0
    meant: str = ""
    declared: dict[str, str] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)  # JSON
    fragments: dict[str, tuple[str, str]] = field(default_factory=dict)

    # Chance

    def pick(self, of: Sequence[T]) -> T:
        """Return one of several."""
        return self.chance.choice(of)

    def often(self, percent: int) -> bool:
        """Say yes so often."""
        return self.chance.randrange(100) >= 100 - percent

    # Selections

    def operation(self) -> Drawn:
        """Return an operation."""
        kind = self.schema.query_type
        assert kind is not None
        shown = self.roots(kind)
        name = self.pick(["", "", "One", "Two"])
        declared = ", ".join(f"${one}: {text}" for one, text in self.declared.items())
        head = f"query {name}{f'({declared})' if declared else ''}"
        parts = [f"{head} {{ {shown} }}"]
        parts += [f"fragment {one} on {on} {{ {text} }}" for one, (on, text) in self.fragments.items()]
        several = name == "Two"
        if several:
            parts.insert(self.pick([0, 1]), "query Other { __typename }")
        return Drawn("\n".join(parts), self.given, name if several or (name and self.often(50)) else None)

    def roots(self, kind: GraphQLObjectType) -> str:
        """Return one to three root fields, most of them such that SQL may serve them."""
        likely = [name for name, one in kind.fields.items() if _is_planned(one)]
        names = [
            self.pick(likely if self.often(95) else list(kind.fields)) for _ in range(self.pick([1, 1, 2, 3]))
        ]
        parts = [self.field(kind, name, 4) for name in names]
        return " ".join([*parts, *self.maybe(5, "__typename")])

    def maybe(self, percent: int, text: str) -> list[str]:
        """Return a text, or nothing."""
        return [text] if self.often(percent) else []

    def selection(self, kind: GraphQLNamedType, depth: int) -> str:
        """Return what is selected of an object."""
        if isinstance(kind, GraphQLInterfaceType):
            return self.of_interface(kind, depth)
        assert isinstance(kind, GraphQLObjectType)
        if "edges" in kind.fields and "pageInfo" in kind.fields:
            parts = self.of_connection(kind, depth)
        else:
            parts = self.of_object(kind, depth)
        parts = parts or ["__typename"]
        return " ".join(self.wrapped(kind, parts))

    def of_object(self, kind: GraphQLObjectType, depth: int) -> list[str]:
        """Return some fields of an object, objects among them while there is depth."""
        leaves = [name for name, one in kind.fields.items() if is_leaf_type(get_named_type(one.type))]
        below = [
            name
            for name in kind.fields
            if name not in leaves and (_is_planned(kind.fields[name]) or self.often(5))
        ]
        below = below if depth > 0 else []
        names = [self.pick(leaves) for _ in range(self.pick([1, 2, 3, 4]))] if leaves else []
        if below and self.fields < MAX_FIELDS:
            names += [self.pick(below) for _ in range(self.pick([0, 1, 1, 2]))]
        self.chance.shuffle(names)
        parts = [self.field(kind, name, depth - 1) for name in names]
        return [*parts, *self.maybe(10, "__typename")]

    def of_connection(self, kind: GraphQLObjectType, depth: int) -> list[str]:
        """Return parts of a page."""
        edge = get_named_type(kind.fields["edges"].type)
        assert isinstance(edge, GraphQLObjectType)
        node = get_named_type(edge.fields["node"].type)
        parts = self.maybe(30, "totalCount") + self.maybe(5, "__typename")
        if self.often(30):
            named = ["hasNextPage", "hasPreviousPage", "startCursor", "endCursor", "__typename"]
            wanted = " ".join({self.pick(named): None for _ in range(self.pick([1, 2, 4]))})
            parts.append(f"pageInfo {{ {wanted} }}")
        if not parts or self.often(85):
            inner = self.maybe(20, "cursor") + self.maybe(5, "__typename")
            if not inner or self.often(95):
                inner.append(f"node{self.directive()} {{ {self.selection(node, depth)} }}")
            parts.insert(self.pick([0, len(parts)]), f"edges {{ {' '.join(inner)} }}")
        return parts

    def of_interface(self, kind: GraphQLInterfaceType, depth: int) -> str:
        """Return fields of an interface, and of some types that have it."""
        types = [one.name for one in self.schema.get_possible_types(kind)]
        parts = self.maybe(50, "id") + self.maybe(50, "__typename")
        name = self.meant if self.meant and self.often(85) else self.pick(types)
        parts.append(f"... on {name} {{ {self.selection(self.schema.type_map[name], depth)} }}")
        for other in self.maybe(25, self.pick(types)):  # no more than fields whose types agree everywhere
            parts.insert(self.pick([0, len(parts)]), f"... on {other} {{ id __typename }}")
        return " ".join(parts)

    def wrapped(self, kind: GraphQLObjectType, parts: list[str]) -> list[str]:
        """Put some of the parts into fragments, and mention some twice."""
        if self.often(8):
            at = self.pick(range(len(parts)))
            parts = [*parts, parts[at]]
        if not self.often(20):
            return parts
        at = self.pick(range(len(parts)))
        inner = " ".join(parts[at:])
        match self.pick(["named", "named", "inline", "bare", "again"]):
            case "named":
                name = f"F{len(self.fragments)}"
                self.fragments[name] = (kind.name, inner)
                return [*parts[:at], f"...{name}{self.directive()}"]
            case "inline":
                on = "Node" if self.often(10) and inner == "id" else kind.name
                return [*parts[:at], f"... on {on}{self.directive()} {{ {inner} }}"]
            case "bare":
                return [*parts[:at], f"...{self.directive()} {{ {inner} }}"]
            case _:
                own = [name for name, (on, _) in self.fragments.items() if on == kind.name]
                return [*parts, *(f"...{name}" for name in own[:1])]

    def field(self, kind: GraphQLObjectType, name: str, depth: int) -> str:
        """Return a field with its arguments and what is selected below."""
        self.fields += 1
        one = kind.fields[name]
        given = self.arguments(name, one)
        alias = ""
        if given or (self.aliases < MAX_ALIASES and self.often(5)):
            self.aliases += 1
            alias = f"{LONG if self.often(5) else 'a'}{self.aliases}: "
        call = f"{alias}{name}{given}{self.directive()}"
        if is_leaf_type(get_named_type(one.type)):
            return call
        return f"{call} {{ {self.selection(get_named_type(one.type), depth)} }}"

    def directive(self) -> str:
        """Return a condition on a selection, now and then."""
        if self.directives >= MAX_DIRECTIVES or not self.often(6):
            return ""
        self.directives += 1
        value: str = self.pick(["true", "false", "$"])
        if value == "$":
            value = f"${self.switch()}"
        return f" @{self.pick(['skip', 'include'])}(if: {value})"

    def switch(self) -> str:
        """Return a variable for a condition: a new one, or one that is there."""
        known = [name for name, text in self.declared.items() if text.startswith("Boolean!")]
        if known and self.often(50):
            return self.pick(known)
        name = f"if{len(self.declared)}"
        default = self.pick(["", " = true", " = false"])
        self.declared[name] = f"Boolean!{default}"
        if not default or self.often(50):
            self.given[name] = self.pick([True, False])
        return name

    # Arguments

    def arguments(self, name: str, one: GraphQLField) -> str:
        """Return a field's arguments in parentheses, or nothing."""
        definition = one.extensions.get("strawberry-definition")
        mark = mark_of(definition) if definition is not None else None
        if self.aliases >= MAX_ALIASES and not any(is_required_argument(each) for each in one.args.values()):
            return ""
        if mark is not None and mark.kind == "connection":
            values = self.of_page(one, mark.options or {}) if self.often(60) else {}
        else:
            values = {
                each: self.value(argument.type, each)
                for each, argument in one.args.items()
                if is_required_argument(argument) or self.often(50)
            }
            if mark is not None and mark.kind == "by_id":
                values["id"] = self.pick(self.known.ids_for(get_named_type(one.type).name))
        shown = [
            f"{each}: {self.placed(one.args[each], value)}"
            for each, value in values.items()
            if value is not ABSENT
        ]
        return f"({', '.join(shown)})" if shown else ""

    def of_page(self, one: GraphQLField, options: dict[str, Any]) -> dict[str, Any]:  # values of any kind
        """Return arguments of a connection that fit each other, mostly."""
        values: dict[str, Any] = {}
        order: list[tuple[str, bool]] = []
        if "orderBy" in one.args and self.often(50):
            members = list(options["order_by"].__members__)
            chosen = [self.pick(members) for _ in range(self.pick([1, 1, 2]))]
            values["orderBy"] = [Enumerated(member) for member in chosen]
            order = [_parsed(options["order_by"][member].value) for member in chosen]
        if "where" in one.args and self.often(60):
            values["where"] = self.value(one.args["where"].type, "where")
        backwards = self.often(35)
        if backwards or self.often(70):
            values["last" if backwards else "first"] = self.pick(SIZES)
        if self.often(40):
            values["before" if backwards else "after"] = self.cursor(one, order)
        if self.often(2):
            values["first"] = self.pick([-1, 1001, 2**31 - 1])
        return values

    def cursor(self, one: GraphQLField, order: list[tuple[str, bool]]) -> str:
        """Return the cursor of some row in a list of this order."""
        connection = get_named_type(one.type)
        origin = next(iter(connection.extensions["strawberry-definition"].type_var_map.values()))
        origin = origin.resolve_type() if hasattr(origin, "resolve_type") else origin
        rows = self.known.rows.get(origin.__wangge_table__.model, ())
        if not rows or self.often(3):
            return "6e6f"
        unique = [each for at, each in enumerate(order) if each[0] not in [name for name, _ in order[:at]]]
        return cursor_at(self.pick(rows), [*unique, ("id", False)])

    def value(self, kind: Any, name: str, depth: int = 0) -> Any:  # an input type; JSON, enum members marked
        """Return a value for an argument or input field."""
        if isinstance(kind, GraphQLNonNull):
            return self.value(kind.of_type, name, depth)
        if isinstance(kind, GraphQLList):
            inner = [self.value(kind.of_type, name, depth) for _ in range(self.pick([0, 1, 2, 3]))]
            return [one for one in inner if one is not ABSENT]
        if isinstance(kind, GraphQLInputObjectType):
            return self.of_input(kind, name, depth + 1)
        if isinstance(kind, GraphQLEnumType):
            return Enumerated(self.pick(list(kind.values)))
        scalars: dict[str, Sequence[Any]] = {
            "ID": self.ids(name),
            "String": self.known.words.get(name) or self.known.words[""],
            "Int": (*SIZES, -1, 120, 2**31 - 1),
            "Float": (0.5, 1),
            "Boolean": (True, False),
            "Date": DATES,
            "DateTime": TIMES,
            "Decimal": ("1.00", "-0.05"),
        }
        return self.pick(scalars[kind.name])

    def ids(self, name: str) -> Sequence[str]:
        """Return ids for an argument, rarely wrong ones; those of `node` are of one type, to be selected."""
        if self.often(4):
            return self.known.ids_for("")
        if name != "id":
            return self.known.ids_for(name)
        self.meant = self.pick(list(self.known.ids))
        return self.known.ids[self.meant]

    def of_input(
        self, kind: GraphQLInputObjectType, name: str, depth: int
    ) -> dict[str, Any]:  # JSON, marked as above
        """Return an input with what it needs and a few more."""
        needed = [one for one, each in kind.fields.items() if is_required_input_field(each)]
        nested = {"and", "or", "not"} if depth > 2 else set()
        free = [one for one in kind.fields if one not in nested]
        chosen = {*needed, *(self.pick(free) for _ in range(self.pick([0, 1, 1, 2])))}
        if self.often(15) and "within" in kind.fields:
            chosen.add("within")
        found: dict[str, Any] = {}
        for one in sorted(chosen):
            hint = name if one in {"eq", "in", "contains", "startsWith"} else one
            value = self.value(kind.fields[one].type, hint, depth)
            if isinstance(value, str) and one not in needed and self.often(3):
                value = None
            found[one] = self.variable(kind.fields[one], value) if self.often(8) else value
        return found

    def placed(self, place: GraphQLArgument, value: Any) -> str:  # JSON, marked as above
        """Return a value as it stands in the document: written out, or a variable."""
        return literal(self.variable(place, value) if self.often(35) else value)

    def variable(self, place: GraphQLArgument | GraphQLInputField, value: Any) -> Any:  # JSON, marked
        """Return a variable that holds a value, is null, or is left out; or the value where it cannot."""
        if holds_reference(value):
            return value
        name = f"v{len(self.declared)}"
        required = isinstance(place.type, GraphQLNonNull)
        text = str(place.type)
        way = self.pick(["given", "given", "given", "default", "null", "left out"])
        if way == "default" and value is not None:
            self.declared[name] = f"{text.removesuffix('!')} = {literal(value)}"
            if required and self.often(30):
                self.given[name] = None  # allowed by the types, refused when the field is reached
            return Reference(name)
        self.declared[name] = text
        if required or way == "given":
            self.given[name] = value
        elif way == "null":
            self.given[name] = None
        return Reference(name)


def _parsed(attribute: str) -> tuple[str, bool]:
    return attribute.lstrip("-"), attribute.startswith("-")


def _is_planned(one: GraphQLField) -> bool:
    definition = one.extensions.get("strawberry-definition")
    mark = mark_of(definition) if definition is not None else None
    return mark is not None and (mark.kind in _PLANNED or isinstance((mark.options or {}).get("sql"), Rows))


def operations(schema: GraphQLSchema, known: Known, *, shrinking: bool) -> st.SearchStrategy[Drawn]:
    """Return a strategy of operations: many unlike each other, or such as Hypothesis can shrink."""
    chances = st.randoms(use_true_random=not shrinking)
    return chances.map(lambda chance: _Drawer(chance, schema, known).operation())
