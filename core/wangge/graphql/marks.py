"""What the platform notes on a field: how it is read, and who may read it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from wangge.auth.access import Access

MARK: Final = "wangge"
"""Key of the mark in a Strawberry field's metadata."""


@dataclass(frozen=True)
class FieldMark:
    """How a field gets its value, for resolvers now and for SQL plans.

    Attributes:
        kind: `id`, `column`, `money`, `masked`, `related`, `related_one`, `related_list`, `connection`,
            `by_id`, `node`, `resolver`, `mutation` or `subscription`.
        access: what the caller needs beyond the type's own access; None means nothing more.
        source: the mapped attribute behind the value, where there is one.
        options: what else the kind needs.
    """

    kind: str
    access: Access | None = None
    source: str | None = None
    options: dict[str, Any] | None = None  # differs per kind


def mark_of(field: Any) -> FieldMark | None:  # any Strawberry field
    """Return the platform's mark on a field, if it has one."""
    mark = field.metadata.get(MARK) if field.metadata else None
    return mark if isinstance(mark, FieldMark) else None


Mask = Callable[[str], str]
