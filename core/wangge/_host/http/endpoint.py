"""The GraphQL endpoint of a district: request in, bytes out."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

import orjson
import structlog
from graphql import GraphQLError, OperationType
from sqlalchemy.exc import TimeoutError as WaitedTooLong
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from wangge._host.authn import Identity, bearer
from wangge._host.http.costs import CostTooHigh
from wangge._host.http.departures import ClientGone, Departure
from wangge._host.http.event_stream import EventStreams, SubscriptionNeedsStream
from wangge._host.http.explorer import Explorer
from wangge._host.http.explorer.page import examples
from wangge._host.http.negotiation import GRAPHQL_RESPONSE, JSON, negotiate, prefers_events
from wangge._host.http.operations import Answer, Caller, NotAdmitted, Operations, RequestTimeout
from wangge._host.http.protocol import (
    HttpRequest,
    Operation,
    read_operation,
    wants_page,
)
from wangge._host.messages import locale_of
from wangge._host.plans.trace import Trace
from wangge._host.runtime import DistrictRuntime, Server
from wangge._host.tracing import Span
from wangge.errors import DatabaseBusy, RequestError, Unauthenticated

log = structlog.get_logger("wangge.request")
SLOW = 1000.0
"""Milliseconds from which a request is logged at the ordinary level; the rest are at `debug`."""


class BodyTimeout(RequestError):
    """Raise when the body of a request does not come to its end in time."""

    code = "BODY_TIMEOUT"
    message = "The request body did not arrive within {seconds} seconds: send it in one go."
    status = 408


class Endpoint:
    """Serves GraphQL for all districts of a server."""

    def __init__(
        self, server: Server, operations: Operations, streams: EventStreams, explorer: Explorer
    ) -> None:
        self._server = server
        self._operations = operations
        self._streams = streams
        self._explorer = explorer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve as an ASGI application, which spares each request what Starlette wraps functions in."""
        request = HttpRequest(scope, receive)
        with self._server.metrics.open(), self._server.tracing.request("graphql", request.heads) as span:
            response = await self.graphql(request, span)
        await response(scope, receive, send)

    async def graphql(self, request: HttpRequest, span: Span) -> Response:
        """Answer `/{district}/graphql`, or `/graphql` where there is one district."""
        started = perf_counter()
        request_id = request_id_of(request)
        locale = locale_of(request.heads.get("accept-language"))
        media, trace, code = JSON, Trace(), ""
        extra: dict[str, str] = {}
        try:
            district = self._district(request)
            code = district.record.code
            if wants_page(request) and self._server.settings.graphiql:
                self._operations.persisted.insist_on_texts()
                return self._explorer.page(request, district, locale, request_id)
            if prefers_events(request.heads.get("accept")):
                return await self._stream(request, district, locale, request_id)
            media = negotiate(request.heads.get("accept"))
            operation = await self._read(request)
            async with asyncio.timeout(self._server.settings.request_timeout):
                _, caller = await self._caller(request, district, locale, request_id)
                body, status = await self._answer(request, operation, caller, media, trace)
        except ClientGone:
            body, status = {}, 499
        except TimeoutError:
            late = self._operations.refusal_of_late(code)
            (body, status), extra = self._refuse(late, locale), headers_of(late)
        except RequestError as error:
            (body, status), extra = self._refuse(error, locale), headers_of(error)
        except WaitedTooLong:
            (body, status), extra = self._refuse(DatabaseBusy(), locale), headers_of(DatabaseBusy())
        except Exception as error:  # noqa: BLE001  # the edge: whatever failed, only a reference leaves the server
            body, status = {"errors": self._operations.errors([_unexpected(error)], locale)}, 500
        spent = (perf_counter() - started) * 1000
        tell = log.info if status >= 400 or spent > SLOW else log.debug
        told = {"tier": trace.name, "why": trace.why or None, "request_id": request_id}
        tell("request", district=code, status=status, ms=round(spent, 1), **told)
        self._server.metrics.answered(code, trace.name, status, spent / 1000, _codes(body))
        _describe(span, code, trace, status)
        headers = {"x-request-id": request_id, "server-timing": trace.timing(spent), **extra}
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        return Response(content, status, headers, media_type=f"{media}; charset=utf-8")

    async def schema(self, plain: Request) -> Response:
        """Answer `/{district}/schema.graphql` with the district's SDL."""

        async def sdl(district: DistrictRuntime) -> Response:
            text = (await district.schema()).sdl
            return PlainTextResponse(text, media_type="text/plain; charset=utf-8")

        return await self._for_readers(plain, sdl)

    async def examples(self, plain: Request) -> Response:
        """Answer `/{district}/examples.json` with what the explorer offers to try."""

        async def listed(district: DistrictRuntime) -> Response:
            return Response(examples(district), media_type=JSON)

        return await self._for_readers(plain, listed)

    async def _for_readers(
        self, plain: Request, answer: Callable[[DistrictRuntime], Awaitable[Response]]
    ) -> Response:
        """Answer those who may know the schema: the signed-in, where introspection is on."""
        request = HttpRequest(plain.scope, plain.receive)
        locale = locale_of(request.heads.get("accept-language"))
        try:
            async with asyncio.timeout(self._server.settings.request_timeout):
                district = self._district(request)
                await district.check_ready()
                principal = await district.principal(await self._identity(request))
                if not principal.signed_in or not self._server.settings.introspection:
                    raise Unauthenticated()
                return await answer(district)
        except TimeoutError:
            late = RequestTimeout(seconds=self._server.settings.request_timeout)
            return Response(orjson.dumps(self._refuse(late, locale)[0]), late.status, media_type=JSON)
        except RequestError as error:
            body, status = self._refuse(error, locale)
            headers = {} if error.retry_after is None else {"retry-after": str(error.retry_after)}
            return Response(orjson.dumps(body), status, headers, media_type=JSON)

    def _district(self, request: HttpRequest) -> DistrictRuntime:
        code = request.path_params.get("district")
        return self._server.only_district() if code is None else self._server.district(code)

    async def _caller(
        self, request: HttpRequest, district: DistrictRuntime, locale: str, request_id: str
    ) -> tuple[Identity | None, Caller]:
        await district.check_ready()
        identity = await self._identity(request)
        principal = await district.principal(identity)
        return identity, Caller(district, principal, locale, request_id, address_of(request))

    async def _answer(
        self, request: HttpRequest, operation: Operation, caller: Caller, media: str, trace: Trace
    ) -> tuple[dict[str, Any] | bytes, int]:
        try:
            admitted = await self._operations.admit(caller, operation)
            if admitted.kind is OperationType.SUBSCRIPTION:
                raise SubscriptionNeedsStream()
            if admitted.kind is OperationType.QUERY:
                with Departure(request):
                    answer = await self._operations.run(admitted, trace)
            else:  # a change that has begun is made, whoever waits for it
                answer = await self._operations.run(admitted, trace)
        except NotAdmitted as refused:
            answer = Answer(
                {"errors": self._operations.errors(refused.errors, caller.locale)}, executed=False
            )
        return answer.body, 400 if not answer.executed and media == GRAPHQL_RESPONSE else 200

    async def _stream(
        self, request: HttpRequest, district: DistrictRuntime, locale: str, request_id: str
    ) -> Response:
        """Begin to answer by an event stream."""
        operation = await self._read(request)
        async with asyncio.timeout(self._server.settings.request_timeout):
            identity, caller = await self._caller(request, district, locale, request_id)
            return await self._streams.open(identity, caller, operation)

    async def _read(self, request: HttpRequest) -> Operation:
        """Return what is asked, which must have come within a time of its own."""
        settings = self._server.settings
        try:
            async with asyncio.timeout(settings.body_timeout):
                return await read_operation(request, settings.body_limit)
        except TimeoutError:
            raise BodyTimeout(seconds=settings.body_timeout) from None

    async def _identity(self, request: HttpRequest) -> Identity | None:
        header = request.heads.get("authorization")
        return None if header is None else await self._server.authenticator.identify(bearer(header))

    def _refuse(self, error: RequestError, locale: str) -> tuple[dict[str, Any], int]:
        wrapped = GraphQLError(str(error), original_error=error)
        status = error.status if error.status != 200 else 400
        body: dict[str, Any] = {"errors": self._operations.errors([wrapped], locale)}
        if isinstance(error, CostTooHigh):
            body["extensions"] = error.cost.extensions
        return body, status


def _describe(span: Span, district: str, trace: Trace, status: int) -> None:
    """Note on a request's span how it went."""
    span.set_attribute("wangge.district", district)
    span.set_attribute("wangge.tier", trace.name or "")
    span.set_attribute("http.response.status_code", status)


def _codes(body: dict[str, Any] | bytes) -> list[str]:
    """Return the codes of an answer's errors; one that is bytes has none."""
    return [] if isinstance(body, bytes) else [one["extensions"]["code"] for one in body.get("errors", ())]


def headers_of(error: RequestError) -> dict[str, str]:
    """Return the headers that tell a client what to do about a refusal."""
    if error.retry_after is not None:
        return {"retry-after": str(error.retry_after)}
    if error.status == 401:
        return {"www-authenticate": "Bearer"}
    if isinstance(error, BodyTimeout):
        return {"connection": "close"}  # the rest of the body may still come, or never
    return {"allow": "GET, POST"} if error.status == 405 else {}


def _unexpected(error: Exception) -> GraphQLError:
    return GraphQLError("Something went wrong.", original_error=error)


def address_of(request: HttpRequest) -> str:
    """Return the address of who asks, or nothing where it is not known."""
    client = request.scope.get("client")
    return str(client[0]) if client else ""


def request_id_of(request: HttpRequest) -> str:
    """Return the request's own id where it is one, or a new one."""
    given = request.heads.get("x-request-id", "")
    ok = 0 < len(given) <= 64 and all(one.isalnum() or one in "-_." for one in given)
    return given if ok else secrets.token_hex(8)
