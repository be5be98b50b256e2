"""Makes documents out of a schema file: every root field with all that it leads to, every mutation."""

import re
from collections.abc import Iterator, Mapping, Sequence

from graphql import (
    ConstDirectiveNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

MAX_TOKENS = 900
SCALARS = {
    "String": '"x"',
    "Int": "1",
    "Float": "1.0",
    "Boolean": "true",
    "Date": '"2026-11-22"',
    "DateTime": '"2026-11-22T09:30:00+08:00"',
    "Decimal": '"1.00"',
}
"""A literal for each scalar, where nothing better is known."""

Known = Mapping[str, Sequence[str]]
"""Literals by the name of an argument or input field, or by the type an id is of; `field.argument` adds one
that the schema does not require but the field does."""


class NotReached(AssertionError):
    """Raise when no document can be made for a field: teach the test a literal for its argument."""


def query_documents(schema: GraphQLSchema, known: Known) -> dict[str, list[str]]:
    """Return root query field → documents that together select all its fields, three levels deep."""
    assert schema.query_type is not None
    return {
        name: list(_of_root(schema, name, field, known)) for name, field in schema.query_type.fields.items()
    }


def mutation_documents(schema: GraphQLSchema, known: Known) -> dict[str, str]:
    """Return root mutation field → a document with an input made of what is known."""
    assert schema.mutation_type is not None
    return {
        name: f"mutation {{ {_call(name, field, known)} {{ userErrors {{ code }} }} }}"
        for name, field in schema.mutation_type.fields.items()
    }


def permission_of(field: GraphQLField) -> str | None:
    """Return the permission that a field's directive names."""
    for directive in _directives(field):
        if directive.name.value == "requires" and directive.arguments:
            return str(getattr(directive.arguments[0].value, "value", ""))
    return None


def is_public(field: GraphQLField) -> bool:
    """Say whether anybody may ask for a field."""
    return any(one.name.value == "public" for one in _directives(field))


def _directives(field: GraphQLField) -> Sequence[ConstDirectiveNode]:
    return (field.ast_node.directives if field.ast_node else None) or ()


def _of_root(schema: GraphQLSchema, name: str, field: GraphQLField, known: Known) -> Iterator[str]:
    for kind in _kinds(schema, field):
        calls = _calls(name, field, known, kind.name)
        abstract = isinstance(get_named_type(field.type), GraphQLInterfaceType)
        bodies = list(_bodies(schema, kind, known))
        for body in bodies[:1] if abstract and "ids" in field.args else bodies:
            shown = f"... on {kind.name} {{ {body} }}" if abstract else body
            yield from (f"{{ {call} {{ {shown} }} }}" for call in calls)


def _kinds(schema: GraphQLSchema, field: GraphQLField) -> Sequence[GraphQLObjectType]:
    kind = get_named_type(field.type)
    if isinstance(kind, GraphQLInterfaceType):
        return [one for one in schema.get_possible_types(kind) if isinstance(one, GraphQLObjectType)]
    if not isinstance(kind, GraphQLObjectType):
        raise NotReached(f"{kind} has no fields to select")
    return [kind]


def _bodies(schema: GraphQLSchema, kind: GraphQLObjectType, known: Known) -> Iterator[str]:
    """Return selections of a type: its own leaves, then each object it leads to, with what that leads to."""
    node = _node(kind)
    wrap = "{}" if node is kind else "totalCount edges { cursor node { {} } }"
    yield wrap.replace("{}", _leaves(node))
    for name, field in _branches(node):
        for body in _packed(schema, field, known):
            yield wrap.replace(
                "{}",
                f"id {_call(name, field, known)} {{ {body} }}"
                if "id" in node.fields
                else f"{_call(name, field, known)} {{ {body} }}",
            )


def _packed(schema: GraphQLSchema, field: GraphQLField, known: Known) -> Iterator[str]:
    """Return selections below a field that stay under the limit of tokens."""
    for kind in _kinds(schema, field):
        node = _node(kind)
        wrap = "{}" if node is kind else "totalCount edges { node { {} } }"
        parts = [_leaves(node)]
        for name, below in _branches(node):
            for last in _kinds(schema, below):
                inner = _node(last)
                leaves = _leaves(inner)
                shown = leaves if inner is last else f"totalCount edges {{ node {{ {leaves} }} }}"
                part = f"{_call(name, below, known)} {{ {shown} }}"
                if _tokens(" ".join([*parts, part])) > MAX_TOKENS:
                    yield wrap.replace("{}", " ".join(parts))
                    parts = []
                parts.append(part)
        yield wrap.replace("{}", " ".join(parts))


def _node(kind: GraphQLObjectType) -> GraphQLObjectType:
    """Return the type that a connection lists, or the type itself."""
    edges = kind.fields.get("edges")
    if edges is None:
        return kind
    node = get_named_type(get_named_type(edges.type).fields["node"].type)
    assert isinstance(node, GraphQLObjectType)
    return node


def _leaves(kind: GraphQLObjectType) -> str:
    found = [
        name
        for name, field in kind.fields.items()
        if is_leaf_type(get_named_type(field.type))
        and not any(is_required_argument(one) for one in field.args.values())
    ]
    return " ".join(["__typename", *found])


def _branches(kind: GraphQLObjectType) -> Iterator[tuple[str, GraphQLField]]:
    for name, field in kind.fields.items():
        if not is_leaf_type(get_named_type(field.type)):
            yield name, field


def _calls(name: str, field: GraphQLField, known: Known, kind: str) -> list[str]:
    """Return the field with each of the literals known for its only required argument."""
    required = [one for one, argument in field.args.items() if is_required_argument(argument)]
    if len(required) != 1 or required[0] not in ("id", "ids"):
        return [_call(name, field, known)]
    node = get_named_type(field.type)
    wanted = kind if isinstance(node, GraphQLInterfaceType) else node.name
    ids = known.get(wanted, ())
    if not ids:
        return [f'{name}({required[0]}: "{wanted}_{0:032x}")']
    return [f"{name}({required[0]}: {one})" for one in ids]


def _call(name: str, field: GraphQLField, known: Known) -> str:
    given = [
        f"{one}: {_literal(one, argument, known)}"
        for one, argument in field.args.items()
        if is_required_argument(argument)
    ]
    given += [f"{one}: {known[f'{name}.{one}'][0]}" for one in field.args if f"{name}.{one}" in known]
    return f"{name}({', '.join(given)})" if given else name


def _literal(name: str, place: GraphQLArgument | GraphQLInputField, known: Known) -> str:
    kind = get_nullable_type(place.type)
    if isinstance(kind, GraphQLList):
        return f"[{_of_type(name.rstrip('s'), get_nullable_type(kind.of_type), known)}]"
    return _of_type(name, kind, known)


def _of_type(name: str, kind: object, known: Known) -> str:
    if isinstance(kind, GraphQLNonNull):
        return _of_type(name, kind.of_type, known)
    if isinstance(kind, GraphQLInputObjectType):
        fields = [
            f"{one}: {_literal(one, field, known)}"
            for one, field in kind.fields.items()
            if is_required_input_field(field) or (one in known and get_named_type(field.type).name == "ID")
        ]
        return f"{{ {', '.join(fields)} }}"
    if name in known:
        return known[name][0]
    if isinstance(kind, GraphQLEnumType):
        return str(next(iter(kind.values)))
    scalar = getattr(kind, "name", "")
    if scalar == "ID":
        return known[name[0].upper() + name[1:]][0] if name[0].upper() + name[1:] in known else known["id"][0]
    if scalar not in SCALARS:
        raise NotReached(f"there is no literal for {name}: {kind}")
    return SCALARS[scalar]


def _tokens(text: str) -> int:
    return len(re.findall(r"\w+|[{}():]", text))
