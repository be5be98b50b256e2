"""Root subscription fields: a coroutine that returns what is to be followed, and an answer for each event."""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import strawberry

from wangge.auth.access import Access
from wangge.errors import PluginError
from wangge.graphql.directives import access_directive
from wangge.graphql.marks import MARK, FieldMark

F = TypeVar("F", bound=Callable[..., Any])


def subscription(*, description: str, access: Access, name: str | None = None) -> Callable[[F], Any]:
    """Declare a root subscription field.

    The resolver is a coroutine that returns an asynchronous iterator, such as `await ctx.follow(...)` does.
    Once it has returned, its database is closed. Each object that the iterator gives is answered in a context
    of its own, for the caller as they stand then.

    Args:
        description: what is told, to whom.
        access: what the caller needs, at the beginning and for each event.
        name: another GraphQL name.

    Raises:
        PluginError: for an asynchronous generator, whose body would run too late to use the database.
    """

    def decorate(resolver: F) -> Any:  # a Strawberry field
        if inspect.isasyncgenfunction(resolver):
            raise PluginError(f"{resolver.__qualname__} must return what is followed, not yield it.")
        return strawberry.subscription(
            resolver=resolver,
            description=description,
            name=name,
            directives=[access_directive(access)],
            metadata={MARK: FieldMark("subscription", access)},
        )

    return decorate
