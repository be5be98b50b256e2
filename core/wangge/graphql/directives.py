"""Directives that make access and provenance visible in a district's SDL."""

import strawberry
from strawberry.schema_directive import Location

from wangge.auth.access import Access


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION, Location.OBJECT],
    name="requires",
    description="The caller needs this permission.",
)
class Requires:
    """`@requires(permission)`."""

    permission: str = strawberry.directive_field(name="permission")


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION, Location.OBJECT],
    name="authenticated",
    description="The caller must be signed in.",
)
class Authenticated:
    """`@authenticated`."""


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION, Location.OBJECT],
    name="public",
    description="Open to everyone, signed in or not.",
)
class Public:
    """`@public`."""


@strawberry.schema_directive(
    locations=[Location.OBJECT, Location.FIELD_DEFINITION, Location.ENUM, Location.INPUT_OBJECT],
    name="plugin",
    description="The programme, and its version, that brings this.",
)
class Provenance:
    """`@plugin(name, version)`."""

    name: str = strawberry.directive_field(name="name")
    version: str = strawberry.directive_field(name="version")


def access_directive(access: Access) -> object:
    """Return the directive that shows `access`."""
    if access.permission is not None:
        return Requires(permission=access.permission)
    return Authenticated() if access.signed_in else Public()
