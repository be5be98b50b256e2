"""Fences around the resolvers of a composed schema: what programmes add, and what their own types compute."""

from collections.abc import Callable
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from wangge._host.fences.breakers import Side
from wangge._host.fences.calls import Call, Waiting
from wangge.graphql.directives import Provenance
from wangge.graphql.marks import mark_of

DEFINITION = "strawberry-definition"
OWNER = "wangge-owner"
"""Key of a field's extensions: slug of the programme whose code a field is, whatever type it stands on."""

_PLAIN = frozenset({"id", "column", "money", "related", "related_one", "related_list"})
"""Kinds of fields that are the platform's code, whoever declares them."""


def owner_of(field: GraphQLField) -> str | None:
    """Return the slug of the programme that adds a field to a root or to a foreign type, if one does."""
    definition = field.extensions.get(DEFINITION)
    return _stamped(definition.directives) if isinstance(definition, StrawberryField) else None


def fenced_by(field: GraphQLField) -> str | None:
    """Return the slug of the programme that a field's code is of, if it is fenced."""
    found: str | None = field.extensions.get(OWNER)
    return found


def put_fences(schema: GraphQLSchema) -> None:
    """Put a fence around each resolver that is a programme's."""
    for kind in schema.type_map.values():
        if not isinstance(kind, GraphQLObjectType):
            continue
        definition = kind.extensions.get(DEFINITION)
        own = isinstance(definition, StrawberryObjectDefinition) and _stamped(definition.directives or ())
        for name, field in kind.fields.items():
            slug = owner_of(field) or (own if own and _computes(field) else None)
            if slug is None:
                continue
            field.extensions = {**field.extensions, OWNER: slug}
            assert field.resolve is not None  # all fields of a composed schema have one
            field.resolve = _fenced(field.resolve, slug, f"{kind.name}.{name}")
            if field.subscribe is not None:
                field.subscribe = _fenced(field.subscribe, slug, f"{kind.name}.{name}")


def _stamped(directives: Any) -> str | None:  # of a field or a type
    return next((one.name for one in directives if isinstance(one, Provenance)), None)


def _computes(field: GraphQLField) -> bool:
    """Say whether a field of a programme's own type runs code of the programme."""
    definition = field.extensions.get(DEFINITION)
    if not isinstance(definition, StrawberryField) or definition.is_basic_field:
        return False
    mark = mark_of(definition)
    return mark is None or mark.kind not in _PLAIN


def _fenced(resolve: Callable[..., Any], slug: str, what: str) -> Callable[..., Any]:
    side = Side.FIELDS

    def fenced(source: Any, info: Any, **arguments: Any) -> Any:  # as graphql-core calls resolvers
        who = info.context.platform.caller
        fences = who.fences
        if who.stopped or fences.paused:
            who.check(slug, side, what)
        call = Call(fences, who, slug, side, what, fences.seconds)
        value = call.run(resolve, source, info, **arguments)
        return Waiting(call, value) if hasattr(value, "__await__") else value

    return fenced
