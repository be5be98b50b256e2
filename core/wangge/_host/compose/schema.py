"""Builds the schema of a plugin set: roots and types from all packages, guarded, with their provenance."""

import copy
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import strawberry
from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
    get_named_type,
)
from strawberry.printer import print_schema
from strawberry.schema.config import StrawberryConfig
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.field import StrawberryField

from wangge._host.compose.descriptions import check_descriptions
from wangge._host.compose.names import names_of
from wangge._host.compose.scalars import SCALARS
from wangge._host.fences.fields import owner_of, put_fences
from wangge._host.plugins import BASE, LoadedPlugin
from wangge.auth.access import Access, public
from wangge.context import Info
from wangge.db.base import Model
from wangge.errors import Unauthenticated
from wangge.graphql import platform
from wangge.graphql.connections import Connection, Edge
from wangge.graphql.directives import Provenance, access_directive
from wangge.graphql.extend import Mutation, Query, Subscription
from wangge.graphql.marks import mark_of
from wangge.graphql.pages import PageInfo
from wangge.graphql.types import Node, UserError

DEFINITION = "strawberry-definition"


@dataclass(frozen=True)
class ComposedSchema:
    """A schema ready to serve.

    Attributes:
        plugin_set: (slug, version) pairs, sorted.
        schema: graphql-core's schema, its resolvers guarded.
        nodes: GraphQL name of a node type → its table and access.
    """

    plugin_set: tuple[tuple[str, str], ...]
    schema: GraphQLSchema
    nodes: dict[str, tuple[type[Model], Access]]
    strawberry_schema: strawberry.Schema

    @cached_property
    def hash(self) -> str:
        """A short name of the plugin set."""
        return plugin_set_hash(self.plugin_set)

    @cached_property
    def sdl(self) -> str:
        """The schema as frontends take it into code generation."""
        return print_schema(self.strawberry_schema) + "\n"


def plugin_set_of(plugins: Sequence[LoadedPlugin]) -> tuple[tuple[str, str], ...]:
    """Return what names a composed schema."""
    return tuple(sorted((plugin.slug, plugin.manifest.version) for plugin in plugins))


def plugin_set_hash(plugin_set: tuple[tuple[str, str], ...]) -> str:
    """Return a short hash of a plugin set."""
    return hashlib.sha256(repr(plugin_set).encode()).hexdigest()[:16]


class _Schema(strawberry.Schema):
    """A Strawberry schema to whose types plugins add fields."""

    def __init__(self, added: dict[type, list[StrawberryField]], **options: Any) -> None:
        self._added = added
        super().__init__(**options)

    def get_fields(self, type_definition: StrawberryObjectDefinition) -> list[StrawberryField]:
        """Return copies of a type's fields and of those added to it.

        Copies, because field extensions change the field they are applied to; without, a second schema over
        the same classes would find its arguments there already.
        """
        own = list(type_definition.fields)
        return [_fresh(one) for one in (*own, *self._added.get(type_definition.origin, ()))]


def _fresh(field: StrawberryField) -> StrawberryField:
    made = copy.copy(field)
    made._arguments = None
    return made


def compose(plugins: Sequence[LoadedPlugin]) -> ComposedSchema:
    """Build the schema of these plugins, which have passed the rules.

    Raises:
        PluginError: when something in it is not described.
    """
    roots: dict[type, type] = {
        Query: _root("Query", "What can be asked."),
        Mutation: _root("Mutation", "What can be changed."),
        Subscription: _root("Subscription", "What can be followed."),
    }
    added: dict[type, list[StrawberryField]] = {}
    for extension in platform.EXTENSIONS:
        _collect(extension, roots, added, None)
    types: list[type] = [Node, UserError, *platform.TYPES]
    for plugin in plugins:
        stamp = None if plugin.slug == BASE else Provenance(name=plugin.slug, version=plugin.manifest.version)
        for extension in plugin.extensions:
            _collect(extension, roots, added, stamp)
        types += plugin.types
        if stamp is not None:
            _stamp_types(plugin, stamp)
    made = _Schema(
        added,
        query=roots[Query],
        mutation=roots[Mutation],
        subscription=roots[Subscription] if roots[Subscription] in added else None,
        types=types,
        config=StrawberryConfig(auto_camel_case=True, info_class=Info, scalar_map=SCALARS),
    )
    schema = made._schema
    check_descriptions(schema)
    _show_node_access(schema)
    _drop_null_defaults(schema)
    _let_roots_be_null(schema)
    nodes = {
        str(kind.__strawberry_definition__.name): (kind.__wangge_table__.model, kind.__wangge_access__)  # type: ignore[attr-defined]
        for kind in types
        if hasattr(kind, "__wangge_table__") and issubclass(kind, Node)
    }
    put_fences(schema)  # first: who may not ask is told so, whatever becomes of the programme
    _guard(schema)
    return ComposedSchema(plugin_set_of(plugins), schema, nodes, made)


def _root(name: str, description: str) -> type:
    return strawberry.type(type(name, (), {}), name=name, description=description)


def _collect(
    extension: type,
    roots: dict[type, type],
    added: dict[type, list[StrawberryField]],
    stamp: Provenance | None,
) -> None:
    target: type = extension.__wangge_extends__  # type: ignore[attr-defined]  # made by @extends
    target = roots.get(target, target)
    for field in extension.__strawberry_definition__.fields:  # type: ignore[attr-defined]  # made by @extends
        one = copy.copy(field)
        if stamp is not None:
            one.directives = [*one.directives, stamp]
        added.setdefault(target, []).append(one)


def _stamp_types(plugin: LoadedPlugin, stamp: Provenance) -> None:
    """Put the provenance on the definitions of a plugin's own types, once."""
    for kind in names_of(plugin).types.values():
        definition = kind.__strawberry_definition__
        assert isinstance(definition, StrawberryObjectDefinition | StrawberryEnumDefinition)
        if not any(isinstance(one, Provenance) for one in definition.directives or ()):
            definition.directives = [*(definition.directives or ()), stamp]


def _show_node_access(schema: GraphQLSchema) -> None:
    """Let connections and edges show the access of their nodes, which is what guards them."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType) and _origin(kind) in {Edge, Connection}:
            definition = kind.extensions[DEFINITION]
            definition.directives = [access_directive(access) for access in _type_access(kind)]


def _drop_null_defaults(schema: GraphQLSchema) -> None:
    """Say nothing of defaults that are null: what is left out is null anyway, and the SDL reads better."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLInputObjectType):
            given: list[Any] = list(kind.fields.values())
        elif isinstance(kind, GraphQLObjectType):
            given = [argument for field in kind.fields.values() for argument in field.args.values()]
        else:
            continue
        for one in given:
            if one.default_value is None:
                one.default_value = Undefined


def _let_roots_be_null(schema: GraphQLSchema) -> None:
    """Make every root query and mutation that a programme adds nullable, whatever its author wrote.

    A non-null root field that fails takes the whole `data` with it, what others answered included.
    """
    for root in (schema.query_type, schema.mutation_type):
        for field in root.fields.values() if root is not None else ():
            if owner_of(field) is not None and isinstance(field.type, GraphQLNonNull):
                field.type = field.type.of_type


def _guard(schema: GraphQLSchema) -> None:
    """Put the access checks before the resolvers of the fields that need them."""
    for kind in schema.type_map.values():
        if not isinstance(kind, GraphQLObjectType) or _origin(kind) in {Edge, Connection, PageInfo}:
            continue
        for field in kind.fields.values():
            needs = needs_of(field)
            if needs:
                field.resolve = _guarded(field.resolve, needs)
                if field.subscribe is not None:
                    field.subscribe = _guarded(field.subscribe, needs)


def needs_of(field: GraphQLField) -> tuple[Access, ...]:
    """Return what a caller needs for a field: its own access and that of the type it leads to."""
    found: list[Access] = []
    definition = field.extensions.get(DEFINITION)
    mark = mark_of(definition) if definition is not None else None
    if mark is not None and mark.access is not None:
        found.append(mark.access)
    found += _type_access(get_named_type(field.type))
    return tuple(dict.fromkeys(access for access in found if access != public))


def _type_access(kind: Any) -> list[Access]:  # any GraphQL type
    """Return the access of an object type, or of the nodes of a connection."""
    definition = kind.extensions.get(DEFINITION)
    if not isinstance(definition, StrawberryObjectDefinition) or definition.is_interface:
        return []
    origin: Any = definition.origin
    if definition.type_var_map:
        origin = next(iter(definition.type_var_map.values()))
    access = getattr(origin, "__wangge_access__", None)
    return [access] if isinstance(access, Access) else []


def _origin(kind: GraphQLObjectType) -> type | None:
    definition = kind.extensions.get(DEFINITION)
    if not isinstance(definition, StrawberryObjectDefinition):
        return None
    concrete = definition.concrete_of
    return concrete.origin if concrete is not None else definition.origin


def _guarded(resolve: Callable[..., Any] | None, needs: tuple[Access, ...]) -> Callable[..., Any]:
    if resolve is None:
        raise GraphQLError("A field without a resolver cannot be guarded.")

    def guarded(source: Any, info: Any, **arguments: Any) -> Any:  # as graphql-core calls resolvers
        ctx = info.context
        if not ctx.principal.signed_in:
            raise Unauthenticated()
        for access in needs:
            if access.permission is not None:
                ctx.require(access.permission)
        return resolve(source, info, **arguments)

    return guarded
