"""What differs between two schemas, and whom it would harm: breaking, dangerous or safe."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLError,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    is_introspection_type,
    is_specified_scalar_type,
    print_ast,
)
from graphql.utilities.find_schema_changes import (
    BreakingChange,
    DangerousChange,
    SafeChangeType,
    SchemaChange,
    find_schema_changes,
)

from wangge.errors import ConfigurationError

Element: TypeAlias = GraphQLNamedType | GraphQLField | GraphQLArgument | GraphQLInputField | GraphQLEnumValue
"""Whatever in a schema may bear a description and directives."""

OPEN, SIGNED_IN = "open to everyone", "open to the signed-in"
LAST_NAMED = {
    "TYPE_ADDED_TO_UNION",
    "TYPE_REMOVED_FROM_UNION",
    "IMPLEMENTED_INTERFACE_ADDED",
    "DIRECTIVE_LOCATION_ADDED",
    "DIRECTIVE_LOCATION_REMOVED",
}
"""Changes whose sentence names first what came or went, and where at its end."""

EXECUTABLE = {
    *("QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "VARIABLE_DEFINITION"),
    *("FRAGMENT_DEFINITION", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"),
}
"""Locations of directives in documents."""

_FIRST = re.compile(
    r"^(?:Standard scalar |Field |Argument |(?:A required|An optional) (?:argument|field) |Enum value "
    r"|Directive |Repeatable flag was (?:removed from|added to) )?(@?\w+(?:\.\w+)?(?:\(\w+:\))?)"
)
_LAST = re.compile(r"(@?\w+)\.$")


class Severity(StrEnum):
    """How much harm a change may do to those who use the schema, the worst first."""

    BREAKING = "breaking"
    DANGEROUS = "dangerous"
    SAFE = "safe"


@dataclass(frozen=True)
class Change:
    """One difference between two schemas.

    Attributes:
        severity: Breaking makes documents fail that ran; dangerous may surprise a client that runs on.
        code: What kind of change it is, from a closed set.
        place: Where, as a schema coordinate: `Type`, `Type.field`, `Type.field(argument:)`, `@directive`.
        description: The change in a sentence.
    """

    severity: Severity
    code: str
    place: str
    description: str


def differences(old: str, new: str) -> list[Change]:
    """Return what differs between two SDL texts, the worst first, then by place.

    Beyond what graphql-core compares, access and provenance count: who lost the right to a field is broken
    no less than who lost the field.

    Raises:
        ConfigurationError: when a text is no SDL.
    """
    before, after = _read(old, "older"), _read(new, "newer")
    asked = _executable(before) | _executable(after)
    found = [
        _told(change, asked)
        for change in find_schema_changes(before, after)
        if change.type is not SafeChangeType.DESCRIPTION_CHANGED
    ]
    known, kept = dict(_elements(before)), dict(_elements(after))
    for place, element in known.items():
        if place in kept:
            found += _marks(place, element, kept[place])
    severities = list(Severity)
    return sorted(set(found), key=lambda one: (severities.index(one.severity), one.place, one.code))


def _read(sdl: str, which: str) -> GraphQLSchema:
    try:
        return build_schema(sdl, assume_valid_sdl=True)
    except (GraphQLError, TypeError) as error:
        raise ConfigurationError(
            f"The {which} schema cannot be read: {str(error).splitlines()[0]}"
        ) from error


def _executable(schema: GraphQLSchema) -> set[str]:
    """Return the directives that documents may hold, as places."""
    return {
        f"@{one.name}"
        for one in schema.directives
        if any(location.name in EXECUTABLE for location in one.locations)
    }


def _told(change: SchemaChange, asked: set[str]) -> Change:
    """Return graphql-core's finding with the place that its sentence names.

    A directive that no document may hold harms none when it goes.
    """
    found = (_LAST.search if change.type.name in LAST_NAMED else _FIRST.match)(change.description)
    place = found.group(1) if found is not None else ""
    severity = Severity.SAFE
    if not place.startswith("@") or place.partition("(")[0] in asked:
        if isinstance(change, BreakingChange):
            severity = Severity.BREAKING
        elif isinstance(change, DangerousChange):
            severity = Severity.DANGEROUS
    return Change(severity, change.type.name, place, change.description)


def _elements(schema: GraphQLSchema) -> Iterator[tuple[str, Element]]:
    """Yield what bears descriptions and directives, by its coordinate."""
    for name, kind in schema.type_map.items():
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        yield name, kind
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for field_name, field in kind.fields.items():
                yield f"{name}.{field_name}", field
                for argument_name, argument in field.args.items():
                    yield f"{name}.{field_name}({argument_name}:)", argument
        elif isinstance(kind, GraphQLInputObjectType):
            yield from ((f"{name}.{key}", one) for key, one in kind.fields.items())
        elif isinstance(kind, GraphQLEnumType):
            yield from ((f"{name}.{key}", one) for key, one in kind.values.items())


def _marks(place: str, old: Element, new: Element) -> Iterator[Change]:
    """Yield how description, deprecation and directives of one element differ."""
    if (old.description or "") != (new.description or ""):
        yield Change(Severity.SAFE, "DESCRIPTION_CHANGED", place, f"The description of {place} changed.")
    yield from _deprecation(place, old, new)
    before, after = _directives(old), _directives(new)
    yield from _access(place, before, after)
    yield from _provenance(place, before, after)
    own = {"public", "authenticated", "requires", "plugin", "deprecated"}
    for name in sorted((set(before) | set(after)) - own):
        if name not in before:
            severity = Severity.BREAKING if name == "oneOf" else Severity.DANGEROUS
            yield Change(severity, "DIRECTIVE_APPLIED", place, f"{place} now carries @{name}.")
        elif name not in after:
            text = f"{place} no longer carries @{name}."
            yield Change(Severity.DANGEROUS, "DIRECTIVE_WITHDRAWN", place, text)
        elif before[name] != after[name]:
            text = f"@{name} of {place} has other arguments."
            yield Change(Severity.DANGEROUS, "DIRECTIVE_CHANGED", place, text)


def _directives(element: Element) -> dict[str, dict[str, str]]:
    """Return an element's directives with their arguments as they are written."""
    nodes = element.ast_node.directives if element.ast_node is not None else ()
    return {
        node.name.value: {
            argument.name.value: print_ast(argument.value).strip('"') for argument in node.arguments or ()
        }
        for node in nodes or ()
    }


def _deprecation(place: str, old: Element, new: Element) -> Iterator[Change]:
    before, after = getattr(old, "deprecation_reason", None), getattr(new, "deprecation_reason", None)
    if before == after:
        return
    if before is None:
        code, text = "DEPRECATION_ADDED", f"{place} is deprecated: {after}"
    elif after is None:
        code, text = "DEPRECATION_WITHDRAWN", f"{place} is no longer deprecated."
    else:
        code, text = "DEPRECATION_CHANGED", f"{place} is deprecated for another reason: {after}"
    yield Change(Severity.SAFE, code, place, text)


def _access(place: str, old: dict[str, dict[str, str]], new: dict[str, dict[str, str]]) -> Iterator[Change]:
    """Yield how the access differs; an element without a mark asks for nothing by itself."""
    before, after = _needs(old), _needs(new)
    if before == after:
        return
    text = f"{place} was {before}, now {after}."
    if before == OPEN or (before == SIGNED_IN and after != OPEN):
        yield Change(Severity.BREAKING, "ACCESS_NARROWED", place, text)
    elif after in {OPEN, SIGNED_IN}:
        yield Change(Severity.DANGEROUS, "ACCESS_WIDENED", place, text)
    else:
        yield Change(Severity.BREAKING, "ACCESS_CHANGED", place, text)


def _needs(directives: dict[str, dict[str, str]]) -> str:
    if "requires" in directives:
        return f"open to holders of {directives['requires'].get('permission', '?')}"
    return SIGNED_IN if "authenticated" in directives else OPEN


def _provenance(
    place: str, old: dict[str, dict[str, str]], new: dict[str, dict[str, str]]
) -> Iterator[Change]:
    """Yield who brings an element, where that is another one: it may be off where the other was on."""
    before = old.get("plugin", {}).get("name", "base")
    after = new.get("plugin", {}).get("name", "base")
    if before != after:
        text = f"{place} came with {before}, now with {after}."
        yield Change(Severity.DANGEROUS, "PROVENANCE_CHANGED", place, text)
