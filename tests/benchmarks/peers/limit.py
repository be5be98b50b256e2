"""The limit: one hand-written statement per query, its JSON handed on as bytes, behind the same HTTP server.

It checks the same tokens as the project's server and applies the same scope, and does nothing besides: no
GraphQL, no masks to choose between, no audit.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from time import monotonic
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from tests.benchmarks.data.shape import DISTRICT
from tests.benchmarks.database import SCHEMA
from tests.benchmarks.peers.statements import statements

from wangge import LOCAL_ZONE, Unauthenticated, utc_now, uuid7
from wangge._host.authn import Authenticator
from wangge._host.key_checks import open_keys
from wangge._host.settings import Settings
from wangge_schema.people import rules

_REMEMBERED = 2.0
"""Seconds for which a caller's place is remembered, as the project's server does."""

_PLACE = f"""
SELECT grid.depth, grid.number FROM {SCHEMA}.wangge_accounts account
JOIN {SCHEMA}.wangge_role_grants held ON held.account_id = account.id
JOIN {SCHEMA}.base_grids grid ON grid.id = held.place_id
WHERE account.subject = $1 AND NOT account.disabled AND held.since <= now()
  AND (held.until IS NULL OR held.until > now())
"""


@dataclass(frozen=True)
class _Caller:
    texts: dict[str, str]
    place: int
    until: float


class Limit:
    """Answers the queries."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._authenticator = Authenticator(settings)
        self._keys = open_keys(settings)
        self._callers: dict[str, _Caller] = {}
        self._pool: Any = None  # asyncpg's pool of records

    @asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        """Keep the connections open while the server runs."""

        async def reset(_connection: asyncpg.Connection) -> None:
            """Leave the connection as it is: no statement sets anything in its session."""

        size = self._settings.database_pool
        idle = 3.0  # seconds; then the connections are free for the next peer
        self._pool = await asyncpg.create_pool(
            self._settings.catalog_url,
            min_size=1,
            max_size=size,
            reset=reset,
            # Every condition is an equality, so that one plan serves all values and nothing is planned twice.
            server_settings={"plan_cache_mode": "force_generic_plan"},
            max_inactive_connection_lifetime=idle,
        )
        yield
        await self._pool.close()

    def route(self, name: str) -> Callable[[Request], Awaitable[Response]]:
        """Return the endpoint of a query."""
        prepare = self._person if name == "Q5" else _values

        async def answer(request: Request) -> Response:
            caller = await self._caller(request)
            variables = orjson.loads(await request.body())["variables"]
            async with self._pool.acquire() as connection:
                found = await connection.fetchval(caller.texts[name], *prepare(variables, caller.place))
            body = b'{"data":' + found.encode() + b"}" if found else b'{"errors":["nothing"]}'
            return Response(body, media_type="application/json; charset=utf-8")

        return answer

    async def _caller(self, request: Request) -> _Caller:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated()
        identity = await self._authenticator.identify(token.strip())
        if identity.district != DISTRICT:
            raise Unauthenticated()
        known = self._callers.get(identity.subject)
        if known is None or known.until < monotonic():
            row = await self._pool.fetchrow(_PLACE, identity.subject)
            if row is None:
                raise Unauthenticated()
            known = _Caller(statements(row["depth"]), row["number"], monotonic() + _REMEMBERED)
            self._callers[identity.subject] = known
        return known

    def _person(self, variables: dict[str, Any], place: int) -> tuple[object, ...]:  # JSON of the client
        given = variables["input"]
        today = _today()
        facts = rules.read_document(rules.DocumentType.IDENTITY_CARD, given["documentNumber"], today)
        assert facts.sex is not None  # the number says it
        phone = rules.normalise_phone(given["phone"])
        return (
            *(UUID(hex=given["dwelling"].rpartition("_")[2]), place),
            *(uuid7(), rules.normalise_name(given["name"]), facts.sex.name, facts.birth_date),
            *self._keys.seal("document_number", facts.number, masked=rules.mask_document(facts.number)),
            *self._keys.seal("phone", phone, masked=rules.mask_phone(phone)),
            *(uuid7(), today),
        )


def _values(variables: dict[str, Any], place: int) -> tuple[object, ...]:  # JSON of the client
    value, *more = variables.values()
    return (UUID(hex=value.rpartition("_")[2]) if "_" in value else value, place, *more)


def _today() -> date:
    return utc_now().astimezone(LOCAL_ZONE).date()


def app() -> Starlette:
    """Return the application as the environment sets it up."""
    limit = Limit(Settings())
    names = statements(1)
    routes = [Route(f"/{{district}}/{name}", limit.route(name), methods=["POST"]) for name in names]
    return Starlette(lifespan=limit.lifespan, routes=routes)
