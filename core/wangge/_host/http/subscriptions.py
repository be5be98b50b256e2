"""Runs subscriptions: what is followed, and an answer for each event, made once for all who get the same."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from inspect import isawaitable
from typing import Any

import orjson
from graphql import (
    ExecutionResult,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    Node,
    VariableNode,
    Visitor,
    execute,
    visit,
)
from graphql.execution import create_source_event_stream
from graphql.execution.executor_throwing_on_incremental import ExecutorThrowingOnIncremental

from wangge._host.contexts import LazyContext
from wangge._host.events.feed import AskNow
from wangge._host.http.documents import Prepared
from wangge._host.http.operations import Admitted, NotAdmitted, Operations, RequestTimeout
from wangge.context import RequestContext
from wangge.events.outbox import Event

KEPT = 2048
"""Answers kept for others who get the same; each is some hundred bytes."""


class Subscriptions:
    """Begins the subscriptions of all districts of a server."""

    def __init__(self, operations: Operations) -> None:
        self.operations = operations
        self.answers = _Answers()

    async def open(self, admitted: Admitted, asks_now: AskNow) -> "Subscribed":
        """Begin a subscription; when this returns, nothing committed from now on is missed.

        Args:
            admitted: an operation of that kind.
            asks_now: returns the caller as they stand at the time.

        Raises:
            NotAdmitted: when it cannot begin.
        """
        caller = admitted.caller
        context = LazyContext(caller.district, caller.principal, caller.locale, caller.request_id)
        try:
            ctx = await context()
            ctx.asks_now = asks_now
            subscribed = Subscribed(self, admitted, asks_now, await _source(admitted, ctx))
        except BaseException:
            await context.close()
            raise
        try:
            await context.close()
        except BaseException:
            await subscribed.aclose()
            raise
        return subscribed

    async def close(self) -> None:
        """Break off what is being answered."""
        await self.answers.close()

    def told(self, error: Exception, locale: str) -> list[dict[str, Any]]:
        """Return the errors that tell a client why an operation did not begin, or has ended."""
        if isinstance(error, TimeoutError):
            error = RequestTimeout(seconds=self.operations.server.settings.request_timeout)
        if isinstance(error, NotAdmitted):
            return self.operations.errors(error.errors, locale)
        return self.operations.errors([GraphQLError(str(error), original_error=error)], locale)


class Subscribed:
    """A subscription under way: an asynchronous iterator of answers as JSON."""

    def __init__(
        self,
        subscriptions: Subscriptions,
        admitted: Admitted,
        asks_now: AskNow,
        source: AsyncIterator[Any],  # of whatever the resolver's iterator gives
    ) -> None:
        self._subscriptions = subscriptions
        self._admitted = admitted
        self._asks_now = asks_now
        self._source = source
        self._selection = _selection_of(admitted)
        self._closed = False
        self._metrics = subscriptions.operations.server.metrics
        self._metrics.subscriptions(admitted.caller.district.record.code, +1)

    def __aiter__(self) -> "Subscribed":
        """Return itself."""
        return self

    async def __anext__(self) -> bytes:
        """Return the next answer.

        Raises:
            NotAdmitted: when the caller may not ask any more, or the district's schema has changed too much.
            RequestError: when following has come to an end for another reason.
        """
        answer = await self._answer(await anext(self._source))
        self._metrics.events(self._admitted.caller.district.record.code, 1)
        return answer

    async def aclose(self) -> None:
        """Follow no longer; once is enough."""
        if self._closed:
            return
        self._closed = True
        self._metrics.subscriptions(self._admitted.caller.district.record.code, -1)
        close = getattr(self._source, "aclose", None)
        if close is not None:
            await close()

    async def _answer(self, payload: Any) -> bytes:  # what the resolver's iterator gave
        admitted = await self._admitted_now()
        run = partial(self._run, admitted, payload)
        if not isinstance(payload, Event):
            return await run()
        caller = admitted.caller
        key = (
            id(admitted.prepared),
            admitted.operation.name,
            self._selection,
            id(caller.principal),
            caller.locale,
            payload.number,
        )
        return await self._subscriptions.answers.get(key, (admitted.prepared, caller.principal), run)

    async def _admitted_now(self) -> Admitted:
        """Return the operation for the caller and the district's schema as they are now."""
        admitted = self._admitted
        district = admitted.caller.district
        await district.check_ready()
        principal = await self._asks_now()
        caller = admitted.caller if principal is admitted.caller.principal else None
        if caller is None:
            caller = replace(admitted.caller, principal=principal)
            self._admitted = replace(admitted, caller=caller)
        if (await district.schema()).hash != admitted.composed.hash:
            self._admitted = await self._subscriptions.operations.admit(caller, admitted.operation)
            self._selection = _selection_of(self._admitted)
        return self._admitted

    async def _run(self, admitted: Admitted, payload: Any) -> bytes:
        operations, caller = self._subscriptions.operations, admitted.caller
        seconds = operations.server.settings.request_timeout
        context = LazyContext(caller.district, caller.principal, caller.locale, caller.request_id)
        try:
            async with asyncio.timeout(seconds):
                ctx = await context()
                result = await _execute(admitted, ctx, payload)
                await context.record_reads()
        except TimeoutError:
            raise RequestTimeout(seconds=seconds) from None
        finally:
            await context.close()
        if result.data is None:
            raise NotAdmitted(list(result.errors or ()))
        body = operations.answer(admitted, result).body
        return body if isinstance(body, bytes) else orjson.dumps(body)


async def _source(admitted: Admitted, ctx: RequestContext) -> AsyncIterator[Any]:
    """Return what the subscription's resolver gives to follow."""
    executor = ExecutorThrowingOnIncremental.build(
        admitted.composed.schema,
        admitted.prepared.document,
        None,
        ctx,
        admitted.operation.variables,
        admitted.operation.name,
    )
    if isinstance(executor, list):
        raise NotAdmitted(executor)
    found: Any = create_source_event_stream(executor)  # or an awaitable of it, or what failed
    if isawaitable(found):
        found = await found
    if isinstance(found, ExecutionResult):
        raise NotAdmitted(list(found.errors or ()))
    return aiter(found)


async def _execute(admitted: Admitted, ctx: RequestContext, payload: Any) -> ExecutionResult:
    found: Any = execute(  # or an awaitable of it
        admitted.composed.schema,
        admitted.prepared.document,
        root_value=payload,
        context_value=ctx,
        variable_values=admitted.operation.variables,
        operation_name=admitted.operation.name,
        hide_suggestions=True,
    )
    result: ExecutionResult = await found if isawaitable(found) else found
    if ctx.failures:
        failures = [GraphQLError(str(one), original_error=one) for one in ctx.failures]
        result = ExecutionResult(result.data, [*(result.errors or ()), *failures])
    return result


def _selection_of(admitted: Admitted) -> bytes:
    """Return the variables on which the answer to an event depends: not those that choose the events."""
    prepared, operation = admitted.prepared, admitted.operation
    names = _variables_below_root(prepared, operation.name)
    given = operation.variables or {}
    return orjson.dumps({name: given[name] for name in sorted(names) if name in given})


class _Variables(Visitor):
    """Collects the names of the variables and fragments that are used."""

    def __init__(self) -> None:
        super().__init__()
        self.variables: set[str] = set()
        self.fragments: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: object) -> None:
        self.variables.add(node.name.value)

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
        self.fragments.add(node.name.value)


def _variables_below_root(prepared: Prepared, name: str | None) -> set[str]:
    """Return the variables that are used anywhere but in the arguments of the root field."""
    fragments = {
        one.name.value: one
        for one in prepared.document.definitions
        if isinstance(one, FragmentDefinitionNode)
    }
    waiting: list[Node] = []
    for selection in prepared.operation(name).selection_set.selections:
        below = getattr(selection, "selection_set", None)
        waiting += [*(selection.directives or ()), selection if below is None else below]
    seen: set[str] = set()
    found = _Variables()
    while waiting:
        visit(waiting.pop(), found)
        waiting += [fragments[spread] for spread in found.fragments - seen]
        seen |= found.fragments
    return found.variables


class _Answers:
    """Answers to events, made once for all who get the same at about the same time."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, tuple[object, asyncio.Task[bytes]]] = OrderedDict()

    async def get(self, key: Hashable, held: object, run: Callable[[], Awaitable[bytes]]) -> bytes:
        """Return an answer, made by `run` if it is not there.

        Args:
            key: names objects of `held` by their identity.
            held: kept with the answer, so that no other object gets the same identity.
            run: makes the answer.
        """
        kept = self._kept.get(key)
        if kept is None:
            task = asyncio.ensure_future(_awaited(run))
            self._kept[key] = (held, task)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        else:
            task = kept[1]
        try:
            return await asyncio.shield(task)
        except BaseException:
            if task.done():
                self._kept.pop(key, None)  # whoever comes later tries anew
            raise

    async def close(self) -> None:
        """Break off what is being made."""
        kept, self._kept = [*self._kept.values()], OrderedDict()
        for _, task in kept:
            if not task.done():
                task.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await task


async def _awaited(run: Callable[[], Awaitable[bytes]]) -> bytes:
    return await run()
