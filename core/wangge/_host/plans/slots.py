"""What of an operation differs from request to request: arguments, as shapes and values of a statement.

A slot stands for the arguments of one field. Binding it to a request gives a part: its *shape* decides the
text of the statement, its *values* are the statement's parameters. Requests of one shape share the text.
"""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Protocol

from graphql import GraphQLError, Undefined, VariableNode, VariableValues
from graphql.execution.values import get_argument_values
from sqlalchemy import ColumnElement, bindparam
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import BinaryExpression, BindParameter
from sqlalchemy.sql.operators import eq, in_op, is_, is_not, ne
from sqlalchemy.sql.visitors import iterate, replacement_traverse
from strawberry.types.arguments import convert_arguments

from wangge._host.compose import ComposedSchema
from wangge._host.memory import Memory
from wangge._host.plans.selection import Selected, variables_of
from wangge.auth.principal import Principal
from wangge.auth.scope import is_covered
from wangge.context import RequestContext
from wangge.db.base import Model
from wangge.errors import RequestError
from wangge.graphql.connections import page_request
from wangge.graphql.fields import node_type_of
from wangge.graphql.ids import decode_id, split_id
from wangge.graphql.pages import PageRequest
from wangge.graphql.sqlforms import Rows

_EQUALITIES = frozenset({eq, ne, in_op, is_, is_not})


class Unbound(Exception):
    """Raise when a request's arguments need the ordinary executor, which tells what is wrong with them."""


@dataclass
class Asked:
    """What a slot may look at while it is bound.

    Attributes:
        principal: who asks.
        variables: the operation's variables, coerced.
        context: returns the request's context, opened on first use.
        memory: what is known of the district for seconds.
    """

    principal: Principal
    variables: VariableValues
    context: Callable[[], Awaitable[RequestContext]]
    memory: Memory


@dataclass
class Part:
    """A slot bound to a request.

    Attributes:
        shape: what the text of the statement depends on.
        values: parameters by name.
        conditions: over the mapped classes, their parameters named as in `values`; made when first needed.
        page: the checked arguments of a connection.
        covered: whether a condition keeps all rows within the caller's scope already.
        type_name: of the object that an id names.
    """

    shape: Hashable
    values: dict[str, Any] = field(default_factory=dict)
    conditions: Callable[[], list[ColumnElement[bool]]] = list
    page: PageRequest | None = None
    covered: bool = False
    type_name: str | None = None

    @property
    def has_ranges(self) -> bool:
        """Whether a condition compares otherwise than for equality, and its values decide how to search."""
        return any(
            isinstance(element, BinaryExpression) and element.operator not in _EQUALITIES
            for condition in self.conditions()
            for element in iterate(condition)
        )


class Slot(Protocol):
    """The arguments of one field."""

    selected: Selected

    async def bind(self, asked: Asked) -> Part:
        """Return the part for a request.

        Raises:
            Unbound: when the ordinary executor must answer.
        """
        ...


class _Arguments:
    """Coerces a field's arguments, once where no variable is among them: others may be a person's."""

    def __init__(self, number: int, selected: Selected, composed: ComposedSchema) -> None:
        self.number = number
        self.selected = selected
        self._composed = composed
        self._names = variables_of(selected.nodes[0])
        self._constant: dict[str, Any] | None = None

    def id(self, variables: VariableValues) -> str:
        """Return the one argument `id`."""
        value = (self.selected.nodes[0].arguments or ())[0].value
        if isinstance(value, VariableNode):
            found = variables.coerced.get(value.name.value)
            if type(found) is str:
                return found
        return str(self.given(variables)["id"])

    def values_key(self, variables: VariableValues) -> Hashable:
        """Return the values of the variables among the arguments."""
        return tuple(_key(variables.coerced.get(name, Undefined)) for name in self._names)

    def given(self, variables: VariableValues) -> dict[str, Any]:
        """Return the arguments by their Python names.

        Raises:
            Unbound: when a value does not fit its argument.
        """
        if self._constant is not None:
            return self._constant
        schema: Any = self._composed.strawberry_schema  # its converter is not public
        try:
            raw = get_argument_values(self.selected.field, self.selected.nodes[0], variables)
        except GraphQLError as error:  # null for a variable whose default let the types agree
            raise Unbound from error
        found = convert_arguments(
            raw,
            self.selected.definition.arguments,
            scalar_registry=schema.schema_converter.scalar_registry,
            config=schema.config,
        )
        if not self._names:
            self._constant = found
        return found


class IdSlot(_Arguments):
    """The `id` of a root field that finds one row."""

    def __init__(self, number: int, selected: Selected, composed: ComposedSchema) -> None:
        super().__init__(number, selected, composed)
        self._type = node_type_of(selected.definition)
        self._name = f"s{number}"

    async def bind(self, asked: Asked) -> Part:
        """Return the row's key."""
        try:
            return Part((), {self._name: decode_id(self._type, self.id(asked.variables))})
        except RequestError as error:
            raise Unbound from error


class NodeSlot(_Arguments):
    """The `id` of `node`."""

    async def bind(self, asked: Asked) -> Part:
        """Return the row's type and key."""
        try:
            name, key = split_id(self.id(asked.variables))
        except RequestError as error:
            raise Unbound from error
        found = self._composed.nodes.get(name)
        if found is None or not asked.principal.signed_in:
            raise Unbound
        permission = found[1].permission
        if permission is not None and not asked.principal.may(permission):
            raise Unbound
        return Part(name, {f"s{self.number}": key}, type_name=name)


class PageSlot(_Arguments):
    """The arguments of a connection."""

    def __init__(self, number: int, selected: Selected, composed: ComposedSchema, model: type[Model]) -> None:
        super().__init__(number, selected, composed)
        self._model = model
        mark = selected.mark
        assert mark is not None  # connections are marked
        assert mark.options is not None
        self._order_by = mark.options["order_by"]
        self._restrict = mark.options["restrict"]
        self._audit = mark.options["audit"]

    async def bind(self, asked: Asked) -> Part:
        """Return the page, its cursor's values and the parameters of its filter.

        It is kept for seconds, as what the filter's conditions look up is.
        """
        if self._audit is not None:
            (await asked.context()).note_read(self._audit)
        key = (self, self.values_key(asked.variables), asked.principal)
        known: Part | None = asked.memory.fresh(key)
        if known is None:
            since = asked.memory.changes
            known = await self._bind(asked)
            asked.memory.keep(key, known, since)
        return known

    async def _bind(self, asked: Asked) -> Part:
        ctx = await asked.context()
        try:
            given = self.given(asked.variables)
            page = await page_request(ctx, self._model, self._order_by, self._restrict, given)
        except RequestError as error:
            raise Unbound from error
        values: dict[str, Any] = {}
        for place, value in enumerate(page.cursor or ()):
            values[f"s{self.number}_c{place}"] = value
        conditions = _Named(f"s{self.number}_w", page.conditions)
        values.update(conditions.values)
        covered = any(is_covered(one) for one in page.conditions)
        shape = (page.size, page.backwards, page.order, page.cursor is not None, covered, conditions.shape)
        return Part(shape, values, conditions.named, page=page, covered=covered)


class FirstSlot(_Arguments):
    """The arguments of a field whose rows an SQL form describes."""

    def __init__(
        self,
        number: int,
        selected: Selected,
        composed: ComposedSchema,
        form: Rows,
        owner: type[Model] | None,
    ) -> None:
        super().__init__(number, selected, composed)
        self._form = form
        self.outer: Any = aliased(owner, name=f"outer_{number}") if owner is not None else None

    async def bind(self, asked: Asked) -> Part:
        """Return the condition's shape and parameters."""
        key = (self, self.values_key(asked.variables))
        known: Part | None = asked.memory.fresh(key)
        if known is not None:
            return known
        since = asked.memory.changes
        try:
            given = self.given(asked.variables)
            outer = () if self.outer is None else (self.outer,)
            named = _Named(f"s{self.number}_w", (self._form.condition(*outer, **given),))
        except RequestError as error:
            raise Unbound from error
        part = Part(named.shape, named.values, named.named)
        asked.memory.keep(key, part, since)
        return part


def _key(value: Any) -> Hashable:  # a variable of any kind
    """Return a variable's value as a key: itself where it is plain, else its JSON."""
    return value if value is None or type(value) in {str, int, bool} else (type(value), repr(value))


class _Named:
    """Conditions whose parameters get names of their own, so that another request's values fit them."""

    def __init__(self, prefix: str, conditions: tuple[ColumnElement[bool], ...]) -> None:
        self._prefix = prefix
        self._conditions = conditions
        self._binds: list[BindParameter[Any]] = []
        shape: list[Hashable] = []
        for condition in conditions:
            key = condition._generate_cache_key()
            if key is None:
                raise Unbound
            shape.append(key.key)
            self._binds += key.bindparams
        self.values = {f"{prefix}{place}": bind.effective_value for place, bind in enumerate(self._binds)}
        lengths = tuple(
            len(value or ()) if bind.expanding else -1
            for bind, value in zip(self._binds, self.values.values(), strict=True)
        )
        self.shape: Hashable = (tuple(shape), lengths)

    def named(self) -> list[ColumnElement[bool]]:
        """Return the conditions with the named parameters in them."""
        names = {id(bind): f"{self._prefix}{place}" for place, bind in enumerate(self._binds)}

        def rename(element: Any, **_: Any) -> Any:  # as SQLAlchemy's traversal calls it
            if isinstance(element, BindParameter) and id(element) in names:
                return bindparam(
                    names[id(element)], element.value, type_=element.type, expanding=element.expanding
                )
            return None

        return [replacement_traverse(condition, {}, rename) for condition in self._conditions]
