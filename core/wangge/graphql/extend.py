"""Fields on types one does not own, and on the roots: `@extends(Query)`, `@extends(Person)`."""

from collections.abc import Callable
from typing import TypeVar, dataclass_transform

import strawberry

T = TypeVar("T", bound=type)


class Query:
    """The query root; add fields with `@extends(Query)`."""


class Mutation:
    """The mutation root; add fields with `@extends(Mutation)`."""


class Subscription:
    """The subscription root; add fields with `@extends(Subscription)`."""


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def extends(target: type) -> Callable[[T], T]:
    """Declare a class whose fields are added to `target`, never changing one it has.

    `target` is `Query`, `Mutation`, `Subscription`, or an object type of any package. Fields on a type of
    another package must be nullable, so that a failing plugin nulls its own fields alone; each states its
    access. Root queries and mutations of a programme are made nullable when a schema is composed.
    """

    def decorate(cls: T) -> T:
        made = strawberry.type(cls, description=f"Fields added to {target.__name__}.")
        made.__wangge_extends__ = target  # type: ignore[attr-defined]  # the platform's mark on the class
        return made

    return decorate
