"""Parses, limits and validates each document once per schema, and keeps the result."""

import re
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    parse,
    validate,
)

from wangge._host.compose import ComposedSchema
from wangge._host.plans.selection import switches_of
from wangge.errors import PluginNotEnabled, RequestError

MAX_TOKENS = 1000
MAX_INTROSPECTION_DEPTH = 30
MAX_ERRORS = 10
_UNKNOWN_FIELD = re.compile(r"Cannot query field '(\w+)' on type '(\w+)'")
_UNKNOWN_TYPE = re.compile(r"Unknown type '(\w+)'")


class DocumentTooLarge(RequestError):
    """Raise when a document exceeds a limit; the text names it."""

    code = "DOCUMENT_TOO_LARGE"
    message = "The document has {found} {what}; at most {limit} are served."
    status = 400


@dataclass(frozen=True)
class Prepared:
    """A document that may run."""

    document: DocumentNode
    operations: dict[str | None, OperationType]
    introspects: bool
    switches: tuple[str, ...] = ()
    plans: dict[Hashable, object] = field(default_factory=dict, compare=False)
    """Plans of its operations, kept with the text they belong to."""

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """Return the operation with a name, or the only one."""
        found = [one for one in self.document.definitions if isinstance(one, OperationDefinitionNode)]
        return next(one for one in found if name is None or (one.name and one.name.value == name))


@dataclass(frozen=True)
class Limits:
    """Limits of a document over expanded fragments."""

    depth: int = 20
    aliases: int = 30
    directives: int = 50
    root_fields: int = 20
    root_mutations: int = 10
    operations: int = 10
    variables: int = 100


class Documents:
    """An LRU of validated documents by schema and text."""

    def __init__(self, size: int, owners: dict[tuple[str, str], str], types: dict[str, str]) -> None:
        self._size = size
        self._owners = owners
        self._types = types
        self._kept: OrderedDict[tuple[str, str], Prepared] = OrderedDict()

    def prepare(
        self, composed: ComposedSchema, text: str, *, size_limit: int, hide_suggestions: bool = False
    ) -> Prepared | list[GraphQLError]:
        """Return the document of a text, or the errors that keep it from running.

        `hide_suggestions` keeps names of the schema out of those errors ("Did you mean …?").

        Raises:
            DocumentTooLarge: when it exceeds a limit, before the cost of validation is paid.
        """
        key = (composed.hash, text)
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            return kept
        size = len(text.encode())
        if size > size_limit:
            raise DocumentTooLarge(found=size, what="bytes", limit=size_limit)
        try:
            document = parse(text, max_tokens=MAX_TOKENS)
        except GraphQLError as error:
            if f"more than {MAX_TOKENS} tokens" in error.message:
                raise DocumentTooLarge(found=f"over {MAX_TOKENS}", what="tokens", limit=MAX_TOKENS) from None
            return [error]
        except RecursionError:
            raise DocumentTooLarge(found="too many", what="levels", limit=Limits.depth) from None
        introspects = check_limits(document, Limits())
        errors = validate(composed.schema, document, max_errors=MAX_ERRORS, hide_suggestions=hide_suggestions)
        if errors:
            return [self._explain(error) for error in errors]
        operations = {
            one.name.value if one.name else None: one.operation
            for one in document.definitions
            if isinstance(one, OperationDefinitionNode)
        }
        made = Prepared(document, operations, introspects, switches_of(document))
        self._kept[key] = made
        while len(self._kept) > self._size:
            self._kept.popitem(last=False)
        return made

    def _explain(self, error: GraphQLError) -> GraphQLError:
        """Say which programme an unknown field or type belongs to, where the district has not enabled it."""
        field = _UNKNOWN_FIELD.match(error.message)
        if field is not None:
            plugin = self._owners.get((field[2], field[1]))
            if plugin is not None:
                off = PluginNotEnabled(field=f"{field[2]}.{field[1]}", plugin=plugin)
                return _replaced(error, off)
        kind = _UNKNOWN_TYPE.match(error.message)
        if kind is not None and kind[1] in self._types:
            return _replaced(error, PluginNotEnabled(field=kind[1], plugin=self._types[kind[1]]))
        return error


def _replaced(error: GraphQLError, cause: PluginNotEnabled) -> GraphQLError:
    extensions = {"code": cause.code, "plugin": cause.params["plugin"]}
    return GraphQLError(cause.text(), nodes=error.nodes, original_error=cause, extensions=extensions)


@dataclass
class _Count:
    depth: int = 0
    aliases: int = 0
    directives: int = 0
    fields: int = 0


def check_limits(document: DocumentNode, limits: Limits) -> bool:
    """Check a document's limits in one pass, each fragment counted once; say whether it introspects.

    Raises:
        DocumentTooLarge: naming the limit that is exceeded.
    """
    fragments = {
        one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
    }
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    _insist("operations", len(operations), limits.operations)
    counter = _Counter(fragments)
    for operation in operations:
        _insist("variables", len(operation.variable_definitions or ()), limits.variables)
        counted = counter.of(operation.selection_set)
        mutation = operation.operation is OperationType.MUTATION
        root_limit = limits.root_mutations if mutation else limits.root_fields
        _insist("root fields", counter.roots(operation.selection_set), root_limit)
        depth = MAX_INTROSPECTION_DEPTH if counter.introspects else limits.depth
        _insist("levels", counted.depth, depth)
        _insist("aliases", counted.aliases, limits.aliases)
        _insist("directives", counted.directives, limits.directives)
    return counter.introspects


def _insist(what: str, found: int, limit: int) -> None:
    if found > limit:
        raise DocumentTooLarge(found=found, what=what, limit=limit)


class _Counter:
    """Counts over expanded fragments, remembering each fragment's own count."""

    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, _Count] = {}
        self._open: set[str] = set()
        self.introspects = False

    def of(self, selection: SelectionSetNode | None) -> _Count:
        """Return the counts of a selection."""
        total = _Count()
        for one in selection.selections if selection else ():
            inner = self._one(one)
            total.depth = max(total.depth, inner.depth)
            total.aliases += inner.aliases
            total.directives += inner.directives + len(one.directives or ())
            total.fields += inner.fields
        return total

    def _one(self, one: object) -> _Count:
        if isinstance(one, FieldNode):
            self.introspects = self.introspects or one.name.value in {"__schema", "__type"}
            inner = self.of(one.selection_set)
            return _Count(
                inner.depth + 1, inner.aliases + bool(one.alias), inner.directives, inner.fields + 1
            )
        if isinstance(one, InlineFragmentNode):
            return self.of(one.selection_set)
        assert isinstance(one, FragmentSpreadNode)
        return self._fragment(one.name.value)

    def _fragment(self, name: str) -> _Count:
        if name in self._known:
            return self._known[name]
        if name in self._open or name not in self._fragments:
            return _Count()  # a cycle or an unknown name: validation refuses it
        self._open.add(name)
        self._known[name] = self.of(self._fragments[name].selection_set)
        self._open.discard(name)
        return self._known[name]

    def roots(self, selection: SelectionSetNode, seen: frozenset[str] = frozenset()) -> int:
        """Return the number of root fields, fragments expanded."""
        total = 0
        for one in selection.selections:
            if isinstance(one, FieldNode):
                total += 1
            elif isinstance(one, InlineFragmentNode):
                total += self.roots(one.selection_set, seen)
            elif isinstance(one, FragmentSpreadNode) and one.name.value not in seen:
                fragment = self._fragments.get(one.name.value)
                total += self.roots(fragment.selection_set, seen | {one.name.value}) if fragment else 0
        return total
