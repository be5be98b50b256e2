"""Serves operations by their plans; what has none, or meets something hidden, goes to graphql-core."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from graphql import OperationDefinitionNode, OperationType

from wangge._host.compose import ComposedSchema
from wangge._host.fences.calls import is_charged
from wangge._host.http.documents import Prepared
from wangge._host.plans.answers import resolve_in_python
from wangge._host.plans.failures import is_of_statement
from wangge._host.plans.outline import Outline
from wangge._host.plans.payloads import MutationPlan, plan_mutation, run_mutation
from wangge._host.plans.plan import Bound, Plan
from wangge._host.plans.selection import NotPlanned, Reader
from wangge._host.plans.slots import Asked, Unbound
from wangge._host.plans.statements import Statement
from wangge._host.plans.values import MARKER_BYTES
from wangge._host.runtime import DistrictRuntime
from wangge.auth.principal import Principal
from wangge.context import RequestContext

LARGE = 80
"""Fields from which planning takes longer than others should wait: it is done in a thread then."""

PAUSED = "a programme in it is paused."
FAILED = "a programme in it failed."

MAX_PLANS = 16
"""Plans kept per document: one per operation and values of its switches."""


@dataclass(frozen=True)
class Served:
    """How an operation was served.

    Attributes:
        tier: 1 SQL, 2 SQL and Python for some values, 3 graphql-core.
        data: the answer's `data` as JSON; None where graphql-core must give it.
        why: what kept the operation from a lower tier.
    """

    tier: int
    data: bytes | None = None
    why: str = ""


def plan_of(
    composed: ComposedSchema, prepared: Prepared, name: str | None, variables: dict[str, Any] | None
) -> Plan | NotPlanned:
    """Return the plan of an operation, or why there is none; found once per text, name and switches."""
    switches: dict[str, bool] = {}
    if prepared.switches:
        decided = switch_values(prepared, prepared.operation(name), variables or {})
        if decided is None:
            return NotPlanned("a variable of @skip or @include is missing.")
        switches = decided
    key = (name, *switches.values())
    known = prepared.plans.get(key)
    if known is None:
        operation = prepared.operation(name)
        try:
            reader = Reader(composed.schema, prepared.document, operation, switches)
            known = _plan(composed, reader)
        except NotPlanned as refusal:
            known = refusal
        if len(prepared.plans) >= MAX_PLANS:
            prepared.plans.pop(next(iter(prepared.plans)))
        prepared.plans[key] = known
    assert isinstance(known, Plan | NotPlanned)  # nothing else is put there
    return known


async def serve(
    district: DistrictRuntime,
    composed: ComposedSchema,
    prepared: Prepared,
    name: str | None,
    given: dict[str, Any] | None,
    principal: Principal,
    context: Callable[[], Awaitable[RequestContext]],
) -> Served:
    """Answer an operation by its plan, as far as there is one."""
    large = prepared.fields > LARGE
    if large and not prepared.plans:
        plan = await asyncio.to_thread(plan_of, composed, prepared, name, given)
    else:
        plan = plan_of(composed, prepared, name, given)
    if isinstance(plan, NotPlanned):
        return Served(3, why=str(plan))
    variables = plan.variables.coerce(given)
    if variables is None:
        return Served(3, why="the variables do not fit.")
    asked = Asked(principal, variables, context, district.memory)
    if not plan.serves(asked):
        return Served(3, why="the caller may not see everything selected.")
    if district.fences.pauses(plan.outline.plugins):
        return Served(3, why=PAUSED)
    try:
        bound = await plan.bind(asked)
        if isinstance(plan, MutationPlan):
            return await _mutate(plan, bound, asked)
        dialect = "sqlite" if district.engines.place.is_sqlite else "postgresql"
        if large and not plan.knows(bound, dialect):
            statement = await asyncio.to_thread(plan.statement, bound, dialect)
        else:
            statement = plan.statement(bound, dialect)
    except Unbound:
        return Served(3, why="the arguments cannot be used.")
    except NotPlanned as refusal:
        return Served(3, why=str(refusal))
    except Exception as error:
        if plan.outline.plugins and is_charged(error):
            return Served(3, why=FAILED)  # the fences of graphql-core's resolvers tell whose failure it is
        raise
    return await _read(district, plan, bound, statement, asked)


async def _read(
    district: DistrictRuntime, plan: Plan, bound: Bound, statement: Statement, asked: Asked
) -> Served:
    """Return the answer that a statement gives, with what Python adds to it."""
    engines = district.engines
    fetched = engines.fetch(
        statement.text(engines.place.schema if not engines.place.is_sqlite else None),
        statement.arguments(bound.values),
        ranges=statement.ranges,
    )
    try:
        if plan.outline.plugins:
            async with asyncio.timeout(district.fences.seconds) as patience:
                data: bytes = await fetched
        else:
            data = await fetched
    except Exception as broken:
        if plan.outline.plugins and isinstance(broken, TimeoutError) and patience.expired():
            return Served(3, why="its statement took too long, and holds fields of programmes.")
        if not is_of_statement(broken):
            raise
        return Served(3, why=plan.failed(statement, broken))
    if statement.may_hide and MARKER_BYTES in data:
        return Served(3, why="a record points to one that is hidden from the caller.")
    if plan.tier == 1:
        return Served(1, data)
    ctx = await asked.context()
    patched = await resolve_in_python(plan.outline, bound.parts, asked.variables, data, ctx)
    if patched is None or ctx.failures:
        ctx.failures.clear()  # graphql-core meets them again, and tells them
        return Served(3, why="a resolver failed.")
    return Served(2, patched, plan.why)


def _plan(composed: ComposedSchema, reader: Reader) -> Plan:
    match reader.operation.operation:
        case OperationType.QUERY:
            return Plan(Outline(composed, reader))
        case OperationType.MUTATION:
            return plan_mutation(composed, reader)
    raise NotPlanned("subscriptions are served by graphql-core.")


async def _mutate(plan: MutationPlan, bound: Bound, asked: Asked) -> Served:
    ctx = await asked.context()
    data = await run_mutation(plan, bound, asked.variables, ctx)
    return Served(1, data) if data is not None else Served(3, why="a mutation failed, or hid a record.")


def switch_values(
    prepared: Prepared, operation: OperationDefinitionNode, variables: dict[str, Any]
) -> dict[str, bool] | None:
    """Return the values of the variables that decide what is included; None where one is no boolean."""
    found: dict[str, bool] = {}
    for name in prepared.switches:
        value = variables.get(name)
        if name not in variables:
            for definition in operation.variable_definitions or ():
                if definition.variable.name.value == name:
                    value = getattr(definition.default_value, "value", None)
        if not isinstance(value, bool):
            if any(one.variable.name.value == name for one in operation.variable_definitions or ()):
                return None
            value = False  # of another operation of the document
        found[name] = value
    return found
