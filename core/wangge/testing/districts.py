"""A district under test: clients by role over HTTP, contexts for services, a live server."""

import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.types import ASGIApp

from wangge._host.authn import Identity
from wangge._host.runtime import Server
from wangge._host.settings import Settings
from wangge.auth.principal import SYSTEM
from wangge.context import RequestContext
from wangge.testing import background
from wangge.testing.streams import EventStream, Socket
from wangge.testing.worlds import DISTRICT


class Client:
    """A GraphQL client of one district, signed in with one role or not at all."""

    def __init__(self, http: httpx.AsyncClient, code: str, token: str | None, language: str = "en") -> None:
        self._http = http
        self._path = f"/{code}/graphql"
        self.headers = {"accept-language": language, "accept": "application/graphql-response+json"}
        if token is not None:
            self.headers["authorization"] = f"Bearer {token}"

    async def post(self, document: str, **variables: Any) -> httpx.Response:  # JSON variables
        """Send a document and return the response."""
        body = {"query": document, "variables": variables}
        return await self._http.post(self._path, json=body, headers=self.headers)

    async def execute(self, document: str, **variables: Any) -> dict[str, Any]:  # JSON both ways
        """Send a document and return the answer, `data` and `errors`."""
        answer: dict[str, Any] = (await self.post(document, **variables)).json()
        return answer

    async def data(self, document: str, **variables: Any) -> dict[str, Any]:  # JSON both ways
        """Send a document that must succeed and return its data."""
        answer = await self.execute(document, **variables)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    async def codes(self, document: str, **variables: Any) -> list[str]:  # JSON variables
        """Send a document that must fail and return the codes of its errors."""
        answer = await self.execute(document, **variables)
        return [error["extensions"]["code"] for error in answer["errors"]]


class TestDistrict:
    """One district of a server under test."""

    __test__ = False

    def __init__(
        self, server: Server, http: httpx.AsyncClient, code: str = DISTRICT, app: ASGIApp | None = None
    ) -> None:
        self.server = server
        self.http = http
        self.code = code
        self._app = app

    def token(self, role: str) -> str:
        """Return a token of the account that holds a role here."""
        return self.server.authenticator.issue(f"{self.code}/{role}", self.code)

    def client(self, role: str | None, language: str = "en") -> Client:
        """Return a client with a role, or an anonymous one."""
        return Client(self.http, self.code, self.token(role) if role else None, language)

    def socket(self, role: str | None) -> Socket:
        """Return a socket with a role, or an anonymous one; `async with` opens it."""
        assert self._app is not None  # districts of a live server have none
        return Socket(self._app, f"/{self.code}/graphql", self.token(role) if role else None)

    def stream(self, role: str | None, document: str, **variables: Any) -> EventStream:  # JSON variables
        """Return an event stream with a role, or an anonymous one; `async with` asks for it."""
        assert self._app is not None  # as above
        token = self.token(role) if role else None
        return EventStream(self._app, f"/{self.code}/graphql", token, document, **variables)

    @asynccontextmanager
    async def context(self, role: str | None = None) -> AsyncIterator[RequestContext]:
        """Open a write context for services, as a role or as the server itself; rolled back at the end."""
        district = self.server.district(self.code)
        identity = Identity(f"{self.code}/{role}", self.code) if role else None
        principal = await district.principal(identity) if identity else SYSTEM
        async with district.context(principal, write=True, locale="en") as ctx:
            yield ctx

    @asynccontextmanager
    async def committed(self, role: str | None = None) -> AsyncIterator[RequestContext]:
        """Open a write context that commits at the end, to prepare a test."""
        async with self.context(role) as ctx:
            yield ctx
            await ctx.commit()

    async def deliver_events(self) -> int:
        """Hand the programmes the events that wait for their handlers; return how often one was called.

        Raises:
            AssertionError: when a handler failed.
        """
        return await background.deliver_events(self.server.district(self.code))

    async def run_job(self, name: str) -> Mapping[str, int]:
        """Run a job such as `tool_loans.remind`, due or not, and return what it counted.

        Raises:
            AssertionError: when there is no such job, or it failed.
        """
        return await background.run_job(self.server.district(self.code), name)

    async def run_jobs(self) -> list[str]:
        """Run the jobs that are due, and return their names.

        Raises:
            AssertionError: when one failed.
        """
        return await background.run_jobs(self.server.district(self.code))


class LiveServer:
    """A server in a process of its own, over the same data."""

    def __init__(self, settings: Settings, *, workers: int = 1) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        environment = {**os.environ, "WANGGE_DATA": str(settings.data), "WANGGE_LOG_LEVEL": "error"}
        environment["WANGGE_CATALOG_POLL"] = "0.2"
        if settings.catalog_url:
            environment["WANGGE_CATALOG_URL"] = settings.catalog_url
        command = [sys.executable, "-c", "from wangge._host.cli import main; main()", "serve"]
        command += ["--host", "127.0.0.1", "--port", str(self.port), "--workers", str(workers)]
        self._process = subprocess.Popen(command, env=environment)
        self.url = f"http://127.0.0.1:{self.port}"

    async def wait(self) -> None:
        """Wait until the server answers.

        Raises:
            RuntimeError: when its process has ended.
        """
        transport = httpx.AsyncHTTPTransport(retries=5)
        async with httpx.AsyncClient(base_url=self.url, transport=transport, timeout=30) as http:
            while True:
                if self._process.poll() is not None:
                    raise RuntimeError(f"The server ended with {self._process.returncode}.")
                try:
                    if (await http.get("/health/ready")).status_code == 200:
                        return
                except httpx.TransportError:
                    continue

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait(timeout=20)
