"""The SDL that one schema has and another has not: new definitions, and new members as extensions."""

from collections.abc import Callable
from typing import Any

from graphql import (
    DirectiveDefinitionNode,
    EnumTypeDefinitionNode,
    EnumTypeExtensionNode,
    InputObjectTypeDefinitionNode,
    InputObjectTypeExtensionNode,
    InterfaceTypeDefinitionNode,
    InterfaceTypeExtensionNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    parse,
    print_ast,
)

_EXTENSIONS: dict[type, tuple[Callable[..., Any], str]] = {  # nodes of graphql-core are built by keywords
    ObjectTypeDefinitionNode: (ObjectTypeExtensionNode, "fields"),
    InterfaceTypeDefinitionNode: (InterfaceTypeExtensionNode, "fields"),
    InputObjectTypeDefinitionNode: (InputObjectTypeExtensionNode, "fields"),
    EnumTypeDefinitionNode: (EnumTypeExtensionNode, "values"),
}


def added_sdl(before: str, after: str) -> str:
    """Return what the later SDL has beyond the earlier one, as SDL."""
    known = _definitions(before)
    found = []
    for name, node in _definitions(after).items():
        old = known.get(name)
        if old is None:
            found.append(print_ast(node))
        elif type(node) in _EXTENSIONS:
            extension, members = _EXTENSIONS[type(node)]
            had = {one.name.value for one in getattr(old, members, None) or ()}
            more = tuple(one for one in getattr(node, members) or () if one.name.value not in had)
            if more:
                found.append(print_ast(extension(name=node.name, **{members: more})))
    return "\n\n".join(found) + "\n" if found else ""


def _definitions(sdl: str) -> dict[tuple[bool, str], Any]:  # definitions of several kinds
    """Return the named definitions; directives have names of their own."""
    named: list[Any] = [one for one in parse(sdl, no_location=True).definitions if hasattr(one, "name")]
    return {(isinstance(one, DirectiveDefinitionNode), one.name.value): one for one in named}
