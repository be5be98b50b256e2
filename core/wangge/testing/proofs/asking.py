"""Documents, answers, and what arguments can be given: literals of scalars, of enums, and of planted rows."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any, NamedTuple

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    get_named_type,
    get_nullable_type,
    is_required_input_field,
)

from wangge.testing.proofs.seeds import Crop
from wangge.testing.proofs.tables import GRIDS, PEOPLE, Table, pointers

SCALARS = {
    "String": '"x"',
    "Int": "1",
    "Float": "1.0",
    "Boolean": "true",
    "Date": '"2026-11-22"',
    "DateTime": '"2026-11-22T09:30:00+08:00"',
    "Time": '"09:30:00"',
    "Duration": '"P7D"',
    "Decimal": '"1.00"',
    "JSON": "{}",
}
"""A literal for each scalar, where nothing better is known."""

MEANT = {
    **dict.fromkeys(("person", "ward", "guardian", "official", "buildingHead"), PEOPLE),
    **dict.fromkeys(("grid", "parent", "source", "target", "survivor", "within"), GRIDS),
}
"""Name of an input's field → table of the row whose id it takes, where the name does not say it."""

Arguments = Mapping[str, Sequence[str]]
"""Literals by the name of an argument, or `field.argument`."""


class NotReached(AssertionError):
    """Raise when no document leads to a type, or no literal is known for an argument."""


class Document(NamedTuple):
    """A document to send, with its variables."""

    text: str
    variables: dict[str, Any]  # JSON
    name: str | None = None


@dataclass
class Answer:
    """What came back: everything in it that a caller can read."""

    status: int
    body: Any  # JSON
    text: str

    @property
    def data(self) -> Any:  # JSON
        """The answer's `data`, or None."""
        return self.body.get("data")

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Path and code of each error, sorted: which of several is met first is not said."""
        found = self.body.get("errors", ())
        return sorted((str(one.get("path")), str(one["extensions"]["code"])) for one in found)

    @property
    def codes(self) -> set[str]:
        """Codes of the errors."""
        return {code for _, code in self.errors}


def permission_of(one: GraphQLField) -> str | None:
    """Return the permission that a field's directive names."""
    for directive in (one.ast_node.directives if one.ast_node else None) or ():
        if directive.name.value == "requires" and directive.arguments:
            return str(getattr(directive.arguments[0].value, "value", ""))
    return None


@dataclass(frozen=True)
class Literals:
    """What arguments can be given.

    Attributes:
        ids: type name → group → id of a planted row.
        nodes: type name → the table it stands on.
        known: literals that are said; what planted rows hold comes after.
        tables: of which keys are looked at, those of the programme in question last.
    """

    ids: Mapping[str, Mapping[str, str]]
    nodes: Mapping[str, Table]
    known: Arguments
    tables: Sequence[Table] = ()
    meant: Mapping[str, str] = field(default_factory=dict)

    def of(self, name: str, argument: str, kind: Any) -> Sequence[str]:  # any input type
        """Return literals for an argument of a field.

        Raises:
            NotReached: none is known.
        """
        found = self.known.get(f"{name}.{argument}") or self.known.get(argument)
        return found or [self._made(argument, kind, at) for at in range(self._choices(argument, kind))]

    def _choices(self, argument: str, kind: Any) -> int:  # as above
        """Return how many literals differ enough to be tried."""
        if get_named_type(kind).name != "ID":
            return 1
        return max((len(self.ids[one]) for one in self.types_meant(argument)[:1]), default=0) or 1

    def _made(self, argument: str, kind: Any, at: int = 0) -> str:  # as above
        kind = get_nullable_type(kind)
        if isinstance(kind, GraphQLList):
            return f"[{self._made(argument.rstrip('s'), kind.of_type, at)}]"
        if isinstance(kind, GraphQLInputObjectType):
            needed = {key: one for key, one in kind.fields.items() if is_required_input_field(one)}
            return (
                f"{{{', '.join(f'{key}: {self._of_input(key, one.type)}' for key, one in needed.items())}}}"
            )
        if isinstance(kind, GraphQLEnumType):
            return str(next(iter(kind.values)))
        if kind.name == "ID":
            for one in self.types_meant(argument)[:1]:
                return json.dumps(list(self.ids[one].values())[at])
        if kind.name in SCALARS:
            return SCALARS[kind.name]
        raise NotReached(f"no literal is known for {argument}: {kind}")

    def _of_input(self, name: str, kind: Any) -> str:  # as above
        found = self.known.get(name)
        return found[0] if found else self._made(name, kind)

    def types_meant(self, argument: str) -> list[str]:
        """Return the node types whose ids an argument may take, the likeliest first."""
        name = argument[:1].upper() + argument[1:]
        tables = [self.meant.get(argument) or MEANT.get(argument)]
        tables += [
            to
            for model in reversed(self.tables)
            for key, to in pointers(model)
            if key == f"{snake(argument)}_id"
        ]
        found = [one for one in self.ids if one == name]
        found += [
            one for table in tables for one, model in self.nodes.items() if model.__tablename__ == table
        ]
        found += [one for one in self.ids if one.endswith(name)]
        return list(dict.fromkeys(one for one in found if one in self.ids))


def literals_of(crop: Crop) -> dict[str, list[str]]:
    """Return what planted rows hold, as literals by the names that arguments would have."""
    found: dict[str, list[str]] = {}
    for row in crop.rows:
        pointing = dict(pointers(row.model))
        for name, value in row.values.items():
            literal = literal_of(value) if name not in pointing and name != "id" else None
            if literal is not None:
                found.setdefault(camel(name), []).append(literal)
    return {name: list(dict.fromkeys(reversed(values)))[:4] for name, values in found.items()}


def literal_of(value: Any) -> str | None:  # a column's value
    """Return a value as it stands in a document, if it can."""
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    return f'"{value.isoformat()}"' if isinstance(value, date) else None


def snake(name: str) -> str:
    """Return a name as columns have it."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def camel(name: str) -> str:
    """Return a name as fields have it."""
    head, *rest = name.split("_")
    return head + "".join(one[:1].upper() + one[1:] for one in rest)


def ids_in(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:  # JSON
    """Yield the ids in a value, each with the way to it."""
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from ids_in(one, (*path, key))
    elif isinstance(value, str) and re.fullmatch(r"[A-Za-z]+_[0-9a-f]{32}", value):
        yield path, value
