"""Opaque, typed ids: `Person_` and the hexadecimal UUID, which both databases build inside SQL."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from strawberry.types import get_object_definition

from wangge.errors import BadId


def encode_id(type_name: str, id: UUID) -> str:
    """Return the GraphQL id of a row."""
    return f"{type_name}_{id.hex}"


def split_id(value: str) -> tuple[str, UUID]:
    """Return type name and UUID of a GraphQL id.

    Raises:
        BadId: when it has not the form of one.
    """
    name, _, hexadecimal = value.rpartition("_")
    try:
        if not name or len(hexadecimal) != 32:
            raise ValueError
        return name, UUID(hex=hexadecimal)
    except ValueError:
        raise BadId(expected="record") from None


def decode_id(expected: type, value: str, path: Sequence[str] = ()) -> UUID:
    """Return the UUID of an id that must name an object of the GraphQL type `expected`.

    Raises:
        BadId: when it is no id, or one of another type.
    """
    wanted = get_object_definition(expected, strict=True).name
    try:
        name, id = split_id(value)
    except BadId:
        raise BadId(expected=wanted, path=path) from None
    if name != wanted:
        raise BadId(expected=wanted, path=path)
    return id


def optional_id(
    expected: type, value: Any, path: Sequence[str] = ()
) -> UUID | None:  # an ID argument or None
    """Return the UUID of an id as `decode_id` does, or None for None."""
    return None if value is None else decode_id(expected, value, path)
