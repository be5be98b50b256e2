"""Parses, limits and validates each document once per schema, and keeps the result."""

import re
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    OverlappingFieldsCanBeMergedRule,
    ValidationContext,
    parse,
    specified_rules,
    validate,
)
from graphql.validation.validate import ValidationAbortedError

from wangge._host.compose import ComposedSchema
from wangge._host.http.limits import DocumentTooLarge, Limits, check_limits
from wangge._host.plans.selection import switches_of
from wangge.errors import PluginNotEnabled

MAX_ERRORS = 10
_UNKNOWN_FIELD = re.compile(r"Cannot query field '(\w+)' on type '(\w+)'")
_UNKNOWN_TYPE = re.compile(r"Unknown type '(\w+)'")


@dataclass(frozen=True)
class Prepared:
    """A document that may run."""

    document: DocumentNode
    operations: dict[str | None, OperationType]
    introspecting: frozenset[str | None]
    """Names of those operations that ask for the schema."""
    fields: int
    """Of the largest operation, fragments expanded."""
    switches: tuple[str, ...] = ()
    plans: dict[Hashable, object] = field(default_factory=dict, compare=False)
    """Plans of its operations, kept with the text they belong to."""
    formulas: dict[Hashable, Any] = field(default_factory=dict, compare=False)
    """What its operations cost, kept likewise."""

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """Return the operation with a name, or the only one."""
        found = [one for one in self.document.definitions if isinstance(one, OperationDefinitionNode)]
        return next(one for one in found if name is None or (one.name and one.name.value == name))


class Documents:
    """An LRU of validated documents by schema and text."""

    def __init__(
        self, size: int, limits: Limits, owners: dict[tuple[str, str], str], types: dict[str, str]
    ) -> None:
        self._size = size
        self._limits = limits
        self._owners = owners
        self._types = types
        self._rules = _rules(limits.overlaps)
        self._kept: OrderedDict[tuple[str, str], Prepared] = OrderedDict()

    def prepare(
        self, composed: ComposedSchema, text: str, *, suggest: bool = True
    ) -> Prepared | list[GraphQLError]:
        """Return the document of a text, or the errors that keep it from running.

        Args:
            composed: the district's schema.
            text: the document.
            suggest: whether errors may name fields and types that were perhaps meant.

        Raises:
            DocumentTooLarge: when it exceeds a limit, before the cost of validation is paid.
        """
        key = (composed.hash, text)
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            return kept
        try:
            made = self._make(composed, text, suggest)
        except RecursionError:  # fragments that lead through one another, hundreds deep
            raise DocumentTooLarge(found="too many", what="levels", limit=self._limits.depth) from None
        if isinstance(made, Prepared):
            self._kept[key] = made
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return made

    def _make(self, composed: ComposedSchema, text: str, suggest: bool) -> Prepared | list[GraphQLError]:
        limits = self._limits
        size = len(text.encode())
        if size > limits.bytes:
            raise DocumentTooLarge(found=size, what="bytes", limit=limits.bytes)
        try:
            document = parse(text, max_tokens=limits.tokens)
        except GraphQLError as error:
            if f"more than {limits.tokens} tokens" in error.message:
                most = limits.tokens
                raise DocumentTooLarge(found=f"over {most}", what="tokens", limit=most) from None
            return [error]
        counted = check_limits(document, limits)
        errors = validate(composed.schema, document, self._rules, MAX_ERRORS, not suggest)
        if any(isinstance(error, _TooManyOverlaps) for error in errors):
            what, most = "comparisons of fields of one name", limits.overlaps
            raise DocumentTooLarge(found=f"over {most}", what=what, limit=most)
        if errors:
            return [self._explain(error) for error in errors]
        operations = {
            one.name.value if one.name else None: one.operation
            for one in document.definitions
            if isinstance(one, OperationDefinitionNode)
        }
        return Prepared(document, operations, counted.introspecting, counted.fields, switches_of(document))

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
        # What a scalar raises on reading a literal is the document's fault, not the server's.
        return GraphQLError(error.message, nodes=error.nodes) if error.original_error else error


class _TooManyOverlaps(ValidationAbortedError):
    """Raise when fields of one name are compared more often than the server has time for."""


def _rules(overlaps: int) -> tuple[Any, ...]:  # classes of graphql-core's rules
    """Return the rules of validation, the one whose work grows with the square of a document bounded."""

    class Bounded(OverlappingFieldsCanBeMergedRule):
        """Compares the fields of one name, up to a limit: graphql-core's own lets it take half a second."""

        def __init__(self, context: ValidationContext) -> None:
            super().__init__(context)
            self.rule_context.remaining_complexity_budget = overlaps

        def enter_selection_set(self, *args: Any) -> None:
            """Compare the fields of a selection."""
            try:
                super().enter_selection_set(*args)
            except ValidationAbortedError as error:
                if self.rule_context.remaining_complexity_budget < 0:
                    raise _TooManyOverlaps(error.message) from None
                raise

    return tuple(Bounded if rule is OverlappingFieldsCanBeMergedRule else rule for rule in specified_rules)


def _replaced(error: GraphQLError, cause: PluginNotEnabled) -> GraphQLError:
    extensions = {"code": cause.code, "plugin": cause.params["plugin"]}
    return GraphQLError(cause.text(), nodes=error.nodes, original_error=cause, extensions=extensions)
