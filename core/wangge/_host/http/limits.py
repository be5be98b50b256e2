"""Bounds what a document may ask for: counted over expanded fragments, each fragment once."""

from dataclasses import dataclass, replace
from typing import Any, Self

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

from wangge._host.settings import Settings
from wangge.errors import RequestError

_MANY = 1_000_000
"""Counts go no further: nested fragments double them at every level."""


class DocumentTooLarge(RequestError):
    """Raise when a document exceeds a limit; the text names it."""

    code = "DOCUMENT_TOO_LARGE"
    message = "The document has {found} {what}; at most {limit} are served."
    status = 400


@dataclass(frozen=True)
class Limits:
    """Limits of a document; each is a setting `limit_…` of the server."""

    tokens: int = 1000
    depth: int = 20
    introspection_depth: int = 30
    aliases: int = 30
    directives: int = 50
    root_fields: int = 20
    root_mutations: int = 10
    operations: int = 10
    variables: int = 100
    fields: int = 500
    overlaps: int = 20_000
    bytes: int = 64 * 1024

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the limits of a server."""
        names = [name for name in cls.__dataclass_fields__ if name != "bytes"]
        given = {name: getattr(settings, f"limit_{name}") for name in names}
        return cls(**given, bytes=settings.document_limit)


@dataclass(slots=True)
class _Count:
    """What stands in a selection, fragments expanded."""

    depth: int = 0
    introspection: int = 0
    aliases: int = 0
    directives: int = 0
    roots: int = 0
    fields: int = 0

    def add(self, other: "_Count") -> None:
        """Add what stands beside it."""
        self.depth = max(self.depth, other.depth)
        self.introspection = max(self.introspection, other.introspection)
        self.aliases = min(self.aliases + other.aliases, _MANY)
        self.directives = min(self.directives + other.directives, _MANY)
        self.roots = min(self.roots + other.roots, _MANY)
        self.fields = min(self.fields + other.fields, _MANY)


@dataclass(frozen=True)
class Counted:
    """What counting a document found.

    Attributes:
        introspecting: names of the operations that ask for the schema.
        fields: of the largest operation, fragments expanded.
    """

    introspecting: frozenset[str | None]
    fields: int


def check_limits(document: DocumentNode, limits: Limits) -> Counted:
    """Check a document's limits in one pass.

    Raises:
        DocumentTooLarge: naming the limit that is exceeded.
    """
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    _insist("operations", len(operations), limits.operations)
    counter = _Counter(document)
    introspecting: set[str | None] = set()
    fields = 0
    for operation in operations:
        variables = operation.variable_definitions or ()
        _insist("variables", len(variables), limits.variables)
        counted = counter.of(operation.selection_set)
        mutation = operation.operation is OperationType.MUTATION
        _insist("root fields", counted.roots, limits.root_mutations if mutation else limits.root_fields)
        _insist("levels", counted.depth, limits.depth)
        _insist("levels of introspection", counted.introspection, limits.introspection_depth)
        _insist("fields", counted.fields, limits.fields)
        _insist("aliases", counted.aliases, limits.aliases)
        own = len(operation.directives or ()) + sum(len(one.directives or ()) for one in variables)
        _insist("directives", counted.directives + own, limits.directives)
        fields = max(fields, counted.fields)
        if counted.introspection:
            introspecting.add(operation.name.value if operation.name else None)
    return Counted(frozenset(introspecting), fields)


def _insist(what: str, found: int, limit: int) -> None:
    if found > limit:
        raise DocumentTooLarge(found=found if found < _MANY else f"over {limit}", what=what, limit=limit)


class _Counter:
    """Counts over expanded fragments, remembering each fragment's own count."""

    def __init__(self, document: DocumentNode) -> None:
        found = [one for one in document.definitions if isinstance(one, FragmentDefinitionNode)]
        self._fragments = {one.name.value: one for one in found}
        self._known: dict[str, _Count] = {}

    def of(self, selection: SelectionSetNode | None) -> _Count:
        """Return the counts of a selection."""
        total = _Count()
        for one in selection.selections if selection else ():
            total.add(self._one(one))
        return total

    def _one(self, one: Any) -> _Count:  # any selection node
        directives = len(one.directives or ())
        if isinstance(one, FieldNode):
            found = self._field(one)
        elif isinstance(one, InlineFragmentNode):
            found = self.of(one.selection_set)
        else:
            assert isinstance(one, FragmentSpreadNode)  # there is no fourth kind
            found = self._fragment(one.name.value)
        return replace(found, directives=found.directives + directives) if directives else found

    def _field(self, one: FieldNode) -> _Count:
        inner = self.of(one.selection_set)
        if one.name.value in {"__schema", "__type"}:
            levels = max(inner.depth, inner.introspection) + 1
            depth, introspection = 1, levels
        else:
            depth, introspection = inner.depth + 1, inner.introspection and inner.introspection + 1
        aliases = inner.aliases + (one.alias is not None)
        return _Count(depth, introspection, aliases, inner.directives, 1, inner.fields + 1)

    def _fragment(self, name: str) -> _Count:
        known = self._known.get(name)
        if known is None:
            # Within itself it counts as nothing: validation refuses cycles, and names that are unknown.
            self._known[name] = _Count()
            fragment = self._fragments.get(name)
            if fragment is not None:
                known = self.of(fragment.selection_set)
                own = len(fragment.directives or ())
                self._known[name] = replace(known, directives=known.directives + own)
        return self._known[name]
