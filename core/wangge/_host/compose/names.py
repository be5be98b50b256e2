"""Which GraphQL names each package brings, found without building a schema."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from strawberry.schema.name_converter import NameConverter
from strawberry.types.base import StrawberryContainer, StrawberryObjectDefinition
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType

from wangge._host.plugins import BASE, LoadedPlugin, PluginManager
from wangge.graphql.extend import Mutation, Query, Subscription
from wangge.graphql.marks import mark_of

CONVERTER = NameConverter(auto_camel_case=True)
ROOTS: dict[type, str] = {Query: "Query", Mutation: "Mutation", Subscription: "Subscription"}


@dataclass
class Names:
    """Names that one package brings.

    Attributes:
        types: GraphQL name → Python class, of types, inputs and enums defined in the package.
        fields: (type name, field name) of the fields it adds to roots and to other types.
    """

    types: dict[str, Any] = field(default_factory=dict)  # classes and enums
    fields: dict[tuple[str, str], StrawberryField] = field(default_factory=dict)


def target_name(target: type) -> str:
    """Return the GraphQL name of what `@extends` points at."""
    return ROOTS.get(target) or str(target.__strawberry_definition__.name)  # type: ignore[attr-defined]  # a Strawberry type


def names_of(plugin: LoadedPlugin) -> Names:
    """Return the names a plugin brings."""
    found = Names()
    package = plugin.package.partition(".")[0]
    for extension in plugin.extensions:
        for one in extension.__strawberry_definition__.fields:  # type: ignore[attr-defined]  # made by @extends
            name = CONVERTER.from_field(one)
            found.fields[(target_name(extension.__wangge_extends__), name)] = one  # type: ignore[attr-defined]
    roots: list[Any] = [*plugin.types, *plugin.extensions]
    for definition in _walk(roots):
        origin = (
            definition.wrapped_cls if isinstance(definition, StrawberryEnumDefinition) else definition.origin
        )
        extended = hasattr(origin, "__wangge_extends__")
        if not extended and origin.__module__.partition(".")[0] == package:
            found.types[definition.name or origin.__name__] = origin
    return found


def owners_of(manager: PluginManager) -> tuple[dict[tuple[str, str], str], dict[str, str]]:
    """Return which plugin each added field and each type belongs to, of all that is installed."""
    fields: dict[tuple[str, str], str] = {}
    types: dict[str, str] = {}
    for slug, plugin in manager.loaded.items():
        if slug == BASE:
            continue
        names = names_of(plugin)
        fields.update(dict.fromkeys(names.fields, slug))
        types.update(dict.fromkeys(names.types, slug))
    return fields, types


def _walk(classes: Iterable[Any]) -> Iterator[Any]:
    """Yield the definitions of classes and of all that their fields and arguments lead to."""
    seen: set[int] = set()
    waiting = list(classes)
    while waiting:
        definition = _definition(waiting.pop())
        if definition is None or id(definition) in seen:
            continue
        seen.add(id(definition))
        yield definition
        if isinstance(definition, StrawberryObjectDefinition):
            for one in definition.fields:
                waiting += _leads_to(one)
            waiting += list((definition.type_var_map or {}).values())


def _leads_to(one: StrawberryField) -> list[Any]:
    found: list[Any] = [one.type, *(argument.type for argument in one.arguments)]
    mark = mark_of(one)
    options = (mark.options if mark else None) or {}
    found += [options[name] for name in ("where", "order_by") if options.get(name) is not None]
    return found


def _definition(kind: Any) -> Any:
    while True:
        if isinstance(kind, StrawberryContainer):
            kind = kind.of_type
        elif isinstance(kind, LazyType):
            kind = kind.resolve_type()
        else:
            break
    if isinstance(kind, StrawberryEnumDefinition | StrawberryObjectDefinition):
        return kind
    return getattr(kind, "__strawberry_definition__", None)
