"""Table-backed object types, value objects, inputs, payloads and enums."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, dataclass_transform

import strawberry

from wangge.auth.access import Access, authenticated, public
from wangge.db.base import Model
from wangge.graphql.directives import access_directive
from wangge.graphql.ids import encode_id
from wangge.graphql.marks import MARK, FieldMark

T = TypeVar("T", bound=type)


@dataclass(frozen=True)
class TableInfo:
    """What a table-backed type stands on."""

    model: type[Model]


@strawberry.interface(name="Node", description="An object with an id that `node(id:)` finds again.")
class Node:
    """Base of table-backed types; brings `id`, typed and opaque."""

    @strawberry.field(  # type: ignore[untyped-decorator]  # Strawberry leaves its decorator open
        description="Opaque id; use it exactly as given.", metadata={MARK: FieldMark("id")}
    )
    def id(self, info: strawberry.Info) -> strawberry.ID:
        """Return the id of the row behind this object."""
        row: Any = self  # at run time the source is the model's instance
        return strawberry.ID(encode_id(info._raw_info.parent_type.name, row.id))


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def table_type(
    model: type[Model], *, access: Access, description: str, name: str | None = None
) -> Callable[[T], T]:
    """Declare an object type whose objects are rows of `model`.

    Subclass `Node` for an id and to be found by `node(id:)`. Each field is a `column`, `money`, `masked`,
    `related`, `related_list`, `connection` or a `field` with a resolver, whose source is the row.
    """

    def decorate(cls: T) -> T:
        def is_type_of(obj: Any, _info: Any) -> bool:  # graphql-core asks with any object, and its own info
            return isinstance(obj, model)

        cls.is_type_of = is_type_of  # type: ignore[attr-defined]  # Strawberry reads it from the class
        made = strawberry.type(cls, name=name, description=description, directives=[access_directive(access)])
        made.__wangge_access__ = access  # type: ignore[attr-defined]  # the platform's marks on the class
        made.__wangge_table__ = TableInfo(model)  # type: ignore[attr-defined]
        return made

    return decorate


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def object_type(*, access: Access, description: str, name: str | None = None) -> Callable[[T], T]:
    """Declare an object type that stands on no table: a value made by a resolver."""

    def decorate(cls: T) -> T:
        made = strawberry.type(cls, name=name, description=description, directives=[access_directive(access)])
        made.__wangge_access__ = access  # type: ignore[attr-defined]  # the platform's mark on the class
        return made

    return decorate


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def input_type(description: str, *, name: str | None = None) -> Callable[[T], T]:
    """Declare an input; subclass `Input` where it is the one of a mutation."""

    def decorate(cls: T) -> T:
        return strawberry.input(cls, name=name, description=description)

    return decorate


@strawberry.input(description="Base of inputs of mutations.")
class Input:
    """Base of inputs of mutations; brings `clientMutationId`."""

    client_mutation_id: str | None = strawberry.field(
        default=None,
        description="Your own name for this call; a repeat with the same name gives the first answer again.",
    )


@object_type(access=public, description="Something that the caller can mend.")
class UserError:
    """A failure in the caller's language."""

    code: str = strawberry.field(description="Stable code; listed in the documentation.")
    message: str = strawberry.field(description="What is wrong and what to do next.")
    path: list[str] | None = strawberry.field(
        default=None, description="Where in the input, as field names from the outside in."
    )


@strawberry.type(description="Base of payloads.")
class Payload:
    """Base of payloads of mutations. With `userErrors`, nothing has changed."""

    client_mutation_id: str | None = strawberry.field(
        default=None, description="The caller's own name for this call."
    )
    warnings: list[UserError] = strawberry.field(
        default_factory=list, description="Things to look at; the change was made all the same."
    )
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="What the caller can mend. Where there is one, nothing has changed."
    )


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def payload_type(
    description: str, *, access: Access = authenticated, name: str | None = None
) -> Callable[[T], T]:
    """Declare a mutation's payload: a subclass of `Payload` with nullable fields for the objects.

    A mutation that is open to everyone needs a payload with `access=public`.
    """

    def decorate(cls: T) -> T:
        made = strawberry.type(cls, name=name, description=description, directives=[access_directive(access)])
        made.__wangge_access__ = access  # type: ignore[attr-defined]  # the platform's mark on the class
        return made

    return decorate


E = TypeVar("E", bound=type[enum.Enum])


def graphql_enum(members: E, description: str, **descriptions: str) -> E:
    """Make a plain enum (from `rules.py`) a GraphQL enum, each member described.

    Raises:
        TypeError: when a member has no description, or a description no member.
    """
    if set(descriptions) != set(members.__members__):
        odd = ", ".join(sorted(set(descriptions) ^ set(members.__members__)))
        raise TypeError(f"{members.__name__}: describe exactly its members; look at {odd}.")
    if "__strawberry_definition__" not in vars(members):
        strawberry.enum(members)
    definition = members.__strawberry_definition__  # type: ignore[attr-defined]  # set just above
    definition.description = description
    for value in definition.values:
        value.description = descriptions[value.name]
    return members


def table_of(graphql_type: type) -> TableInfo | None:
    """Return what a type stands on, if it is table-backed."""
    return getattr(graphql_type, "__wangge_table__", None)
