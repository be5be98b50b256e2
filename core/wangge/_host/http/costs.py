"""Estimates what an operation costs: a formula found once per document, worked out for each request.

The unit is a node: an object in the answer. Connections count as many as the page asks for, lists that name
their ids as many as there are, other lists a nominal number. Values of objects cost nothing of their own.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, Self

from graphql import (
    ArgumentNode,
    FieldNode,
    GraphQLObjectType,
    GraphQLSchema,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    OperationDefinitionNode,
    OperationType,
    ValueNode,
    VariableNode,
    is_abstract_type,
    is_leaf_type,
    value_from_ast_untyped,
)

from wangge._host.compose import ComposedSchema
from wangge._host.http.documents import Prepared
from wangge._host.http.protocol import BadRequest
from wangge._host.plans.planner import MAX_PLANS, switch_values
from wangge._host.plans.selection import Reader, Selected
from wangge._host.settings import Settings
from wangge.errors import RequestError

INTROSPECTION: Final = {"__schema": 2_000, "__type": 500}
"""Nodes that these fields count as, whatever is asked of them: a whole schema takes a tenth of a second."""
MUTATION: Final = 10
"""Nodes that a mutation counts as beside its payload: it writes, and waits for the disk."""
MOST: Final = 10**9
_STEPS = 10_000
"""Fields looked at for one formula; interfaces are looked at once for each of their types."""

Variables = dict[str, Any]  # JSON of the client
Size = Callable[[Variables], int]


class CostTooHigh(RequestError):
    """Raise when an operation would make more nodes than the server gives to one."""

    code = "COST_TOO_HIGH"
    message = "The operation costs an estimated {estimated} nodes; at most {limit} are served: ask for less."
    status = 400

    def __init__(self, cost: "Cost") -> None:
        self.cost = cost
        super().__init__(estimated=cost.estimated, limit=cost.limit)


@dataclass(frozen=True, slots=True)
class Cost:
    """What an operation is estimated to cost, in nodes."""

    estimated: int
    limit: int

    @classmethod
    def of(cls, formula: "Formula | None", variables: Variables, limit: int) -> Self:
        """Return the cost of a request; without a formula it fails before it makes anything."""
        return cls(1 if formula is None else max(1, formula.value(variables)), limit)

    @property
    def extensions(self) -> dict[str, Any]:  # JSON of the answer
        """As answers carry it."""
        return {"cost": {"estimated": self.estimated, "limit": self.limit}}

    @property
    def tail(self) -> bytes:
        """The end of an answer whose data is JSON already."""
        return b',"extensions":{"cost":{"estimated":%d,"limit":%d}}}' % (self.estimated, self.limit)

    def check(self) -> None:
        """Insist that it is within the limit.

        Raises:
            CostTooHigh: when it is not.
        """
        if self.estimated > self.limit:
            raise CostTooHigh(self)


class Formula:
    """Nodes of a selection: a fixed number, and parts of which variables decide how often they come."""

    __slots__ = ("fixed", "only_introspects", "parts")

    def __init__(self, fixed: int = 0) -> None:
        self.fixed = fixed
        self.only_introspects = False
        self.parts: list[tuple[int, Size | None, Formula | _Largest]] = []

    def add(self, size: int | Size, inner: "Formula | _Largest") -> None:
        """Add what stands below a field, as often as it comes."""
        if callable(size):
            self.parts.append((1, size, inner))
        elif isinstance(inner, _Largest):
            self.parts.append((size, None, inner))
        else:
            self.fixed += size * inner.fixed
            self.parts += [(size * often, other, below) for often, other, below in inner.parts]

    def value(self, variables: Variables) -> int:
        """Return the number of nodes for a request's variables."""
        found = self.fixed
        for often, size, inner in self.parts:
            found += often * (1 if size is None else size(variables)) * inner.value(variables)
        return min(found, MOST)


class _Largest:
    """The dearest of several formulas: which one holds is known only when the object is found."""

    def __init__(self, several: list[Formula]) -> None:
        self._several = several

    def value(self, variables: Variables) -> int:
        """Return the largest number of nodes."""
        return max((one.value(variables) for one in self._several), default=0)


def formula_of(settings: Settings, reader: Reader) -> Formula:
    """Return the formula of an operation, `@skip` and `@include` decided.

    Raises:
        BadRequest: when it asks for the whole schema and for data at once: the one is worked out beside the
            event loop, the other on it.
    """
    roots = reader.root()
    names = {one.name for one in roots}
    of_schema = {name for name in names if name.startswith("__")}
    if "__schema" in names and names != of_schema:
        raise BadRequest("Ask for `__schema` in an operation of its own, without data beside it.")
    try:
        found = _Estimator(settings, reader).sum(roots)
    except _TooManySteps:
        return Formula(MOST)
    if reader.operation.operation is OperationType.MUTATION:
        found.fixed += MUTATION * len(roots)
    found.only_introspects = names == of_schema and not names.isdisjoint(INTROSPECTION)
    return found


def formula_for(
    settings: Settings, composed: ComposedSchema, prepared: Prepared, name: str | None, variables: Variables
) -> Formula | None:
    """Return the formula of a document's operation, found once for each value of its switches.

    None where a variable of `@skip` or `@include` is no boolean: such a request fails before anything runs.
    """
    switches: dict[str, bool] = {}
    if prepared.switches:
        decided = switch_values(prepared, prepared.operation(name), variables)
        if decided is None:
            return None
        switches = decided
    key = (name, *switches.values())
    known: Formula | None = prepared.formulas.get(key)
    if known is None:
        reader = Reader(composed.schema, prepared.document, prepared.operation(name), switches)
        known = formula_of(settings, reader)
        if len(prepared.formulas) >= MAX_PLANS:
            prepared.formulas.pop(next(iter(prepared.formulas)))
        prepared.formulas[key] = known
    return known


class _TooManySteps(Exception):
    """Raise when a formula would take too long to find."""


class _Estimator:
    """Walks the selections of one operation."""

    def __init__(self, settings: Settings, reader: Reader) -> None:
        self._settings = settings
        self._reader = reader
        self._schema: GraphQLSchema = reader.schema
        self._defaults = _defaults_of(reader.operation)
        self._steps = 0

    def sum(self, selected: Iterable[Selected], page: int | Size | None = None) -> Formula:
        """Return the formula of fields that stand side by side; `page` is the size of their connection's."""
        total = Formula()
        for one in selected:
            self._steps += 1
            if self._steps > _STEPS:
                raise _TooManySteps
            if one.name in INTROSPECTION:
                total.fixed += INTROSPECTION[one.name]
            elif not is_leaf_type(one.type):
                self._add(total, one, page)
        return total

    def _add(self, total: Formula, one: Selected, page: int | Size | None) -> None:
        if page is not None and one.name == "edges":
            total.add(page, self._edge(one))
        elif page is None or one.name != "pageInfo":
            size = self._size(one)
            own = self._page(one)
            total.add(size, self._object(one, 1, own))

    def _edge(self, edges: Selected) -> Formula:
        """Return the formula of one edge: the node in it is what counts."""
        total = Formula(1)
        kind = edges.type
        assert isinstance(kind, GraphQLObjectType)  # edges are
        for one in self._reader.below(edges, kind):
            if not is_leaf_type(one.type):
                total.add(1, self._object(one, 0, None))
        return total

    def _object(self, one: Selected, own: int, page: int | Size | None) -> "Formula | _Largest":
        kind = one.type
        kinds = self._schema.get_possible_types(kind) if is_abstract_type(kind) else [kind]
        found = []
        for each in kinds:
            assert isinstance(each, GraphQLObjectType)  # what is neither a leaf nor abstract is
            formula = self.sum(self._reader.below(one, each), page)
            formula.fixed += own
            found.append(formula)
        if any(formula.parts for formula in found) and len(found) > 1:
            return _Largest(found)
        return max(found, key=lambda formula: formula.fixed, default=Formula(own))

    def _size(self, one: Selected) -> int | Size:
        """Return how many objects a field brings."""
        if not one.is_list:
            return 1
        ids = _argument(one.nodes[0], "ids")
        return self._settings.cost_list if ids is None else self._length(ids.value)

    def _page(self, one: Selected) -> int | Size | None:
        """Return the size of a connection's page; None for what is no connection."""
        if "first" not in one.field.args and "last" not in one.field.args:
            return None
        given = [found for name in ("first", "last") if (found := _argument(one.nodes[0], name))]
        values = [found.value for found in given if not isinstance(found.value, NullValueNode)]
        return self._number(values[0]) if values else self._settings.page_default

    def _number(self, value: ValueNode) -> int | Size:
        usual, most = self._settings.page_default, self._settings.page_max
        if isinstance(value, VariableNode):
            name = value.name.value
            default = self._defaults.get(name)

            def size(variables: Variables) -> int:
                found = variables.get(name, default)
                return max(0, min(found, most)) if type(found) is int else usual

            return size
        return max(0, min(_integer(value), most))

    def _length(self, value: ValueNode) -> int | Size:
        if isinstance(value, VariableNode):
            name = value.name.value
            default = self._defaults.get(name)

            def size(variables: Variables) -> int:
                found = variables.get(name, default)
                return len(found) if isinstance(found, list) else 1

            return size
        return len(value.values) if isinstance(value, ListValueNode) else 1


def _argument(node: FieldNode, name: str) -> ArgumentNode | None:
    return next((one for one in node.arguments or () if one.name.value == name), None)


def _integer(value: ValueNode) -> int:
    return int(value.value) if isinstance(value, IntValueNode) and len(value.value) < 12 else MOST


def _defaults_of(operation: OperationDefinitionNode) -> Variables:
    """Return the defaults of an operation's variables."""
    return {
        one.variable.name.value: value_from_ast_untyped(one.default_value)
        for one in operation.variable_definitions or ()
        if one.default_value is not None
    }
