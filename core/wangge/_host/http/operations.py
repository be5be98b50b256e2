"""The one door by which operations run, whatever brings them: HTTP, a WebSocket, an event stream."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any

from graphql import ExecutionResult, GraphQLError, OperationType, execute

from wangge._host.compose import ComposedSchema
from wangge._host.contexts import LazyContext
from wangge._host.http.budgets import REFUSED, Budget, Budgets
from wangge._host.http.costs import Cost, formula_for
from wangge._host.http.documents import Documents, Prepared
from wangge._host.http.errors import format_errors
from wangge._host.http.persisted import Persisted, PersistedQueryNotFound, as_answered
from wangge._host.http.protocol import BadRequest, MethodNotAllowed, Operation
from wangge._host.plans.planner import Served, serve
from wangge._host.plans.trace import Trace
from wangge._host.runtime import DistrictRuntime, Server
from wangge.auth.principal import Principal
from wangge.context import RequestContext
from wangge.errors import DistrictMoving, DistrictUnavailable, Forbidden, RequestError, Unauthenticated


class NotAdmitted(Exception):
    """Raise when a document must not run: it is not GraphQL, or does not fit the district's schema."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__("The document cannot run.")
        self.errors = errors


class RequestTimeout(RequestError):
    """Raise when a request takes longer than the server gives it."""

    code = "REQUEST_TIMEOUT"
    message = "The request took longer than {seconds} seconds: ask for less at a time."
    status = 503


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, in which district and language, from which address."""

    district: DistrictRuntime
    principal: Principal
    locale: str
    request_id: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Admitted:
    """An operation that may run: its document is valid and within the limits.

    Attributes:
        kind: query, mutation or subscription.
        introspects: whether it asks for the schema and nothing else.
        cost: what it is estimated to cost; within the limit. Of a subscription, what each event costs.
    """

    caller: Caller
    composed: ComposedSchema
    prepared: Prepared
    operation: Operation
    kind: OperationType
    cost: Cost
    introspects: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation answers.

    Attributes:
        body: JSON, or the object it is made of.
        executed: whether anything ran; without, the answer has no `data`.
    """

    body: dict[str, Any] | bytes
    executed: bool = True


class Operations:
    """Admits and runs the operations of all districts of a server."""

    def __init__(self, server: Server, documents: Documents) -> None:
        self.server = server
        self._documents = documents
        self.persisted = Persisted(server)
        self._introspecting = asyncio.Lock()
        self._budgets = Budgets(server.settings.rate_budget)
        self._strangers = Budgets(server.settings.rate_budget_anonymous)

    async def admit(self, caller: Caller, operation: Operation) -> Admitted:
        """Check an operation before it runs.

        Raises:
            NotAdmitted: when its document is not valid.
            RateLimited: when the caller's budget is spent.
            RequestError: when it exceeds a limit, names no operation, or the caller may not ask it.
        """
        budget = self._budget(caller)
        if budget is None:
            return await self._admit(caller, operation)
        budget.check()
        try:
            admitted = await self._admit(caller, operation)
        except Exception:
            budget.charge(REFUSED)
            raise
        budget.check(admitted.cost.estimated)
        budget.charge(admitted.cost.estimated)
        return admitted

    def _budget(self, caller: Caller) -> Budget | None:
        principal = caller.principal
        if principal.signed_in:
            return self._budgets.of((caller.district.record.code, principal.account_id))
        return self._strangers.of(caller.address)

    async def _admit(self, caller: Caller, operation: Operation) -> Admitted:
        try:
            operation = await self.persisted.read(caller.district, operation)
        except PersistedQueryNotFound as unknown:
            raise NotAdmitted(as_answered(unknown)) from None
        composed = await caller.district.schema()
        signed_in = caller.principal.signed_in
        prepared = self._documents.prepare(composed, operation.query, suggest=signed_in)
        if isinstance(prepared, list):
            raise NotAdmitted(prepared)
        self.persisted.keep(caller.district, operation)
        name, kind = _chosen(prepared, operation)
        if name in prepared.introspecting:
            self._check_introspection(caller.principal)
        settings, variables = self.server.settings, operation.variables or {}
        formula = formula_for(settings, composed, prepared, operation.name, variables)
        cost = Cost.of(formula, variables, settings.limit_cost)
        cost.check()
        admitted = Admitted(caller, composed, prepared, operation, kind, cost)
        return replace(admitted, introspects=True) if formula and formula.only_introspects else admitted

    async def run(self, admitted: Admitted, trace: Trace) -> Answer:
        """Run a query or a mutation; how it was served is noted on the trace."""
        if admitted.kind is OperationType.MUTATION:
            admitted = await self._where_it_takes_writes(admitted)
        caller = admitted.caller
        if admitted.introspects:
            return await self._introspect(admitted, trace)
        context = LazyContext(caller.district, caller.principal, caller.locale, caller.request_id)
        try:
            with self.server.tracing.step("plan"):
                served = await self._planned(admitted, context)
            trace.tier, trace.why = served.tier, served.why
            if served.data is not None:
                await context.record_reads()
                return Answer(b'{"data":' + served.data + admitted.cost.tail)
            ctx = await context()
            with self.server.tracing.step("execute"):
                result = await execute_operation(admitted, ctx)
            _raise_unavailable(result)
            failures = [GraphQLError(str(one), original_error=one) for one in ctx.failures]
            await context.record_reads()
        except asyncio.CancelledError:
            context.break_off()
            raise
        finally:
            await context.close()
        return self.answer(admitted, result, failures)

    async def _introspect(self, admitted: Admitted, trace: Trace) -> Answer:
        """Answer from the schema, in a thread: a tenth of a second for which nobody else shall wait."""
        trace.tier, trace.why = 3, "the schema is no data."
        async with self._introspecting:
            return self.answer(admitted, await asyncio.to_thread(_execute, admitted, None))

    def answer(
        self, admitted: Admitted, result: ExecutionResult, failures: list[GraphQLError] | None = None
    ) -> Answer:
        """Return what graphql-core found as the answer's body, or an event's."""
        locale = admitted.caller.locale
        errors = [*(result.errors or ()), *(failures or ())]
        told = self.errors(errors, locale) if errors else None
        if result.data is None and result.errors and _before_execution(result):
            return Answer({"errors": told}, executed=False)
        body: dict[str, Any] = {"data": result.data}
        if told:
            body["errors"] = told
        body["extensions"] = admitted.cost.extensions
        return Answer(body)

    def errors(self, errors: list[GraphQLError], locale: str) -> list[dict[str, Any]]:
        """Return errors as answers carry them: coded, in the caller's language, the unexpected masked."""
        return format_errors(errors, self.server.messages, locale)

    async def _planned(self, admitted: Admitted, context: LazyContext) -> Served:
        """Return the answer from a plan, or why graphql-core must give it."""
        if not self.server.settings.sql_plans:
            return Served(3, why="SQL plans are switched off.")
        district, operation = admitted.caller.district, admitted.operation
        return await serve(
            district,
            admitted.composed,
            admitted.prepared,
            operation.name,
            operation.variables,
            admitted.caller.principal,
            context,
        )

    async def _where_it_takes_writes(self, admitted: Admitted) -> Admitted:
        """Wait while the district moves, and have the operation run where it is then."""
        district = await self.server.writable(admitted.caller.district)
        return replace(admitted, caller=replace(admitted.caller, district=district))

    def refusal_of_late(self, code: str) -> RequestError:
        """Return the refusal of a request that took too long, which a district's move excuses."""
        if code in self.server.codes and self.server.district(code).record.is_moving:
            return DistrictMoving()
        return RequestTimeout(seconds=self.server.settings.request_timeout)

    def _check_introspection(self, principal: Principal) -> None:
        if not principal.signed_in:
            raise Unauthenticated()
        if not self.server.settings.introspection:
            raise Forbidden("introspection")


def _chosen(prepared: Prepared, operation: Operation) -> tuple[str | None, OperationType]:
    """Return name and kind of the operation that is to run."""
    if operation.name is not None and operation.name not in prepared.operations:
        raise BadRequest("`operationName` names no operation of the document.")
    if operation.name is None and len(prepared.operations) != 1:
        raise BadRequest("Send `operationName`: the document has several operations, or none.")
    name = next(iter(prepared.operations)) if operation.name is None else operation.name
    kind = prepared.operations[name]
    if operation.by_get and kind is OperationType.MUTATION:
        raise MethodNotAllowed()
    return name, kind


async def execute_operation(admitted: Admitted, ctx: RequestContext) -> ExecutionResult:
    """Run an operation by graphql-core."""
    found = _execute(admitted, ctx)
    return found if isinstance(found, ExecutionResult) else await found


def _execute(admitted: Admitted, ctx: RequestContext | None) -> Any:  # a result, or what it is awaited from
    return execute(
        admitted.composed.schema,
        admitted.prepared.document,
        context_value=ctx,
        variable_values=admitted.operation.variables,
        operation_name=admitted.operation.name,
        hide_suggestions=not admitted.caller.principal.signed_in,
    )


def _raise_unavailable(result: ExecutionResult) -> None:
    """Refuse the request as a whole where nothing is answered because a database is away or full.

    Raises:
        DistrictUnavailable: as a plan's statement does in the same case.
    """
    if result.data is None or all(value is None for value in result.data.values()):
        for error in result.errors or ():
            if isinstance(error.original_error, DistrictUnavailable):
                raise error.original_error


def _before_execution(result: ExecutionResult) -> bool:
    """Say whether a result failed before any field ran (bad variables)."""
    return all(error.path is None for error in result.errors or ())
