"""The GraphQL endpoint of a district: request in, bytes out."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

import orjson
import structlog
from graphql import ExecutionResult, GraphQLError, OperationType, execute
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from wangge._host.authn import Identity
from wangge._host.compose import ComposedSchema
from wangge._host.contexts import LazyContext
from wangge._host.http.documents import Documents, Prepared
from wangge._host.http.errors import format_errors
from wangge._host.http.explorer import explorer_page
from wangge._host.http.protocol import (
    GRAPHQL_RESPONSE,
    JSON,
    BadRequest,
    HttpRequest,
    MethodNotAllowed,
    Operation,
    negotiate,
    read_operation,
    wants_page,
)
from wangge._host.messages import locale_of
from wangge._host.plans.planner import Served, serve
from wangge._host.plans.trace import Trace
from wangge._host.runtime import DistrictRuntime, Server
from wangge.auth.principal import Principal
from wangge.context import RequestContext
from wangge.errors import Forbidden, RequestError, Unauthenticated

log = structlog.get_logger("wangge.request")
SLOW = 1000.0
"""Milliseconds from which a request is logged at the ordinary level; the rest are at `debug`."""


class RequestTimeout(RequestError):
    """Raise when a request takes longer than the server gives it."""

    code = "REQUEST_TIMEOUT"
    message = "The request took longer than {seconds} seconds: ask for less at a time."
    status = 503


class Endpoint:
    """Serves GraphQL for all districts of a server."""

    def __init__(self, server: Server, documents: Documents) -> None:
        self._server = server
        self._documents = documents

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve as an ASGI application, which spares each request what Starlette wraps functions in."""
        response = await self.graphql(HttpRequest(scope, receive))
        await response(scope, receive, send)

    async def graphql(self, request: HttpRequest) -> Response:
        """Answer `/{district}/graphql`, or `/graphql` where there is one district."""
        started = perf_counter()
        request_id = _request_id(request)
        locale = locale_of(request.heads.get("accept-language"))
        media, trace = JSON, Trace()
        try:
            district = self._district(request)
            if wants_page(request) and self._server.settings.graphiql:
                return HTMLResponse(explorer_page(district.info), headers=_page_headers(request_id))
            media = negotiate(request.heads.get("accept"))
            async with asyncio.timeout(self._server.settings.request_timeout):
                body, status = await self._answer(request, district, media, locale, request_id, trace)
        except TimeoutError:
            body, status = self._refuse(RequestTimeout(seconds=self._server.settings.request_timeout), locale)
        except RequestError as error:
            body, status = self._refuse(error, locale)
        except Exception as error:  # noqa: BLE001  # the edge: whatever failed, only a reference leaves the server
            body, status = {"errors": self._errors([_unexpected(error)], locale)}, 500
        spent = (perf_counter() - started) * 1000
        tell = log.info if status >= 400 or spent > SLOW else log.debug
        told = {"tier": trace.name, "why": trace.why or None, "request_id": request_id}
        tell("request", path=request.scope["path"], status=status, ms=round(spent, 1), **told)
        headers = {"x-request-id": request_id, "server-timing": trace.timing(spent)}
        if status == 401:
            headers["www-authenticate"] = "Bearer"
        if status == 405:
            headers["allow"] = "GET, POST"
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        return Response(content, status, headers, media_type=f"{media}; charset=utf-8")

    async def schema(self, plain: Request) -> Response:
        """Answer `/{district}/schema.graphql` with the district's SDL."""
        request = HttpRequest(plain.scope, plain.receive)
        locale = locale_of(request.heads.get("accept-language"))
        try:
            district = self._district(request)
            await district.check_ready()
            principal = await district.principal(await self._identity(request))
            if not principal.signed_in or not self._server.settings.introspection:
                raise Unauthenticated()
            composed = await district.schema()
        except RequestError as error:
            body, status = self._refuse(error, locale)
            return Response(orjson.dumps(body), status, media_type=JSON)
        return PlainTextResponse(composed.sdl, media_type="text/plain; charset=utf-8")

    def _district(self, request: HttpRequest) -> DistrictRuntime:
        code = request.path_params.get("district")
        return self._server.only_district() if code is None else self._server.district(code)

    async def _answer(
        self,
        request: HttpRequest,
        district: DistrictRuntime,
        media: str,
        locale: str,
        request_id: str,
        trace: Trace,
    ) -> tuple[dict[str, Any] | bytes, int]:
        operation = await read_operation(request, self._server.settings.body_limit)
        await district.check_ready()
        principal = await district.principal(await self._identity(request))
        composed = await district.schema()
        limit = self._server.settings.document_limit
        prepared = self._documents.prepare(composed, operation.query, size_limit=limit)
        if isinstance(prepared, list):
            return {"errors": self._errors(prepared, locale)}, 400 if media == GRAPHQL_RESPONSE else 200
        self._check_operation(prepared, operation)
        if prepared.introspects and not (principal.signed_in and self._server.settings.introspection):
            raise Unauthenticated() if not principal.signed_in else Forbidden("introspection")
        context = LazyContext(district, principal, locale, request_id)
        try:
            served = await self._planned(district, composed, prepared, operation, principal, context)
            trace.tier, trace.why = served.tier, served.why
            if served.data is not None:
                return b'{"data":' + served.data + b"}", 200
            ctx = await context()
            result = await _run(composed, prepared, operation, ctx)
            failures = [GraphQLError(str(one), original_error=one) for one in ctx.failures]
        finally:
            await context.close()
        if result.data is None and result.errors and _before_execution(result):
            return {"errors": self._errors(result.errors, locale)}, 400 if media == GRAPHQL_RESPONSE else 200
        body: dict[str, Any] = {"data": result.data}
        errors = [*(result.errors or ()), *failures]
        if errors:
            body["errors"] = self._errors(errors, locale)
        return body, 200

    async def _planned(
        self,
        district: DistrictRuntime,
        composed: ComposedSchema,
        prepared: Prepared,
        operation: Operation,
        principal: Principal,
        context: Callable[[], Awaitable[RequestContext]],
    ) -> Served:
        """Return the answer from a plan, or why graphql-core must give it."""
        if not self._server.settings.sql_plans:
            return Served(3, why="SQL plans are switched off.")
        return await serve(
            district.engines,
            district.memory,
            composed,
            prepared,
            operation.name,
            operation.variables,
            principal,
            context,
        )

    def _check_operation(self, prepared: Prepared, operation: Operation) -> None:
        if operation.name is not None and operation.name not in prepared.operations:
            raise BadRequest("`operationName` names no operation of the document.")
        if operation.name is None and len(prepared.operations) != 1:
            raise BadRequest("Send `operationName`: the document has several operations, or none.")
        chosen = next(iter(prepared.operations)) if operation.name is None else operation.name
        if operation.by_get and prepared.operations[chosen] is not OperationType.QUERY:
            raise MethodNotAllowed()

    async def _identity(self, request: HttpRequest) -> Identity | None:
        header = request.heads.get("authorization")
        if header is None:
            return None
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated()
        return await self._server.authenticator.identify(token.strip())

    def _refuse(self, error: RequestError, locale: str) -> tuple[dict[str, Any], int]:
        wrapped = GraphQLError(str(error), original_error=error)
        status = error.status if error.status != 200 else 400
        return {"errors": self._errors([wrapped], locale)}, status

    def _errors(self, errors: list[GraphQLError], locale: str) -> list[dict[str, Any]]:
        return format_errors(errors, self._server.messages, locale)


async def _run(
    composed: ComposedSchema, prepared: Prepared, operation: Operation, ctx: Any
) -> ExecutionResult:
    found = execute(
        composed.schema,
        prepared.document,
        context_value=ctx,
        variable_values=operation.variables,
        operation_name=operation.name,
    )
    if isinstance(found, ExecutionResult):
        return found
    result = await found
    assert isinstance(result, ExecutionResult)  # nothing here is delivered incrementally
    return result


def _unexpected(error: Exception) -> GraphQLError:
    return GraphQLError("Something went wrong.", original_error=error)


def _before_execution(result: ExecutionResult) -> bool:
    """Say whether a result failed before any field ran (bad variables)."""
    return all(error.path is None for error in result.errors or ())


def _request_id(request: HttpRequest) -> str:
    given = request.heads.get("x-request-id", "")
    ok = 0 < len(given) <= 64 and all(one.isalnum() or one in "-_." for one in given)
    return given if ok else secrets.token_hex(8)


def _page_headers(request_id: str) -> dict[str, str]:
    policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'"
    return {"content-security-policy": policy, "x-request-id": request_id, "cache-control": "no-store"}
