"""Files of a district over HTTP: `POST /{district}/files` takes one in, `GET …/files/{token}` gives one."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import quote, unquote

import orjson
import structlog
from graphql import GraphQLError
from sqlalchemy.exc import TimeoutError as WaitedTooLong
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wangge._host.authn import bearer
from wangge._host.files.failures import FileNameInvalid, FileTypeRefused
from wangge._host.files.media import media_type_of
from wangge._host.files.storing import Upload, fetch, store
from wangge._host.http.endpoint import BodyTimeout, headers_of, request_id_of
from wangge._host.http.errors import format_errors
from wangge._host.http.negotiation import JSON
from wangge._host.http.operations import RequestTimeout
from wangge._host.http.protocol import BadRequest, HttpRequest, MethodNotAllowed, read_body
from wangge._host.messages import locale_of
from wangge._host.runtime import DistrictRuntime, Server
from wangge.auth.principal import Principal
from wangge.errors import DatabaseBusy, RequestError, Unauthenticated
from wangge.graphql.ids import encode_id

NAME: Final = "x-file-name"
LONGEST_NAME: Final = 255
SAFE: Final = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "cache-control": "private, no-store",
    "referrer-policy": "no-referrer",
}
"""What keeps a browser from taking a file for a page, and caches from keeping it."""

log = structlog.get_logger("wangge.request")
Answering = Callable[[HttpRequest, DistrictRuntime, str], Awaitable[Response]]


class FileEndpoint:
    """Takes in and gives out the files of all districts."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def routes(self) -> list[Route]:
        """Return the routes of files."""
        return [
            Route("/{district}/files", self.upload, methods=["POST", "GET", "PUT", "DELETE", "PATCH"]),
            Route("/files", self.upload, methods=["POST", "GET", "PUT", "DELETE", "PATCH"]),
            Route("/{district}/files/{token}", self.download, methods=["GET"]),
        ]

    async def upload(self, plain: Request) -> Response:
        """Take in the body as a file of the signed-in caller, and answer its id."""
        return await self._answer(plain, self._take_in)

    async def download(self, plain: Request) -> Response:
        """Give out the file that the address names."""
        return await self._answer(plain, self._give_out)

    async def _answer(self, plain: Request, answering: Answering) -> Response:
        request = HttpRequest(plain.scope, plain.receive)
        request_id = request_id_of(request)
        try:
            code = request.path_params.get("district")
            district = self._server.only_district() if code is None else self._server.district(code)
            response = await answering(request, district, request_id)
        except TimeoutError:
            response = self._refuse(request, RequestTimeout(seconds=self._server.settings.request_timeout))
        except RequestError as error:
            response = self._refuse(request, error)
        except WaitedTooLong:
            response = self._refuse(request, DatabaseBusy())
        except Exception as error:  # noqa: BLE001  # the edge: only a reference leaves the server
            response = self._refuse(request, error)
        response.headers["x-request-id"] = request_id
        tell = log.info if response.status_code >= 400 else log.debug
        tell("file", status=response.status_code, request_id=request_id)
        return response

    async def _take_in(self, request: HttpRequest, district: DistrictRuntime, request_id: str) -> Response:
        settings = self._server.settings
        if request.method != "POST":
            raise MethodNotAllowed()
        async with asyncio.timeout(settings.request_timeout):
            principal = await self._signed_in(request, district)
        name = _name_of(request)
        content = await self._read(request)
        media = await asyncio.to_thread(media_type_of, content, name)
        if media is None or media not in settings.taken_files:
            raise FileTypeRefused(types=", ".join(settings.taken_files))
        async with asyncio.timeout(settings.request_timeout):
            district = await self._server.writable(district)
            async with district.context(principal, write=True, request_id=request_id) as ctx:
                stored = await store(ctx, Upload(name, media, content), most=settings.files_waiting)
                told = {
                    "id": encode_id("File", stored.id),
                    "name": stored.name,
                    "mediaType": stored.media_type,
                    "size": stored.size,
                }
                await ctx.commit()
        return Response(orjson.dumps(told), 201, media_type=JSON)

    async def _signed_in(self, request: HttpRequest, district: DistrictRuntime) -> Principal:
        """Return who asks, by the header that no page of another site can send."""
        header = request.heads.get("authorization")
        if header is None:
            raise Unauthenticated()
        await district.check_ready()
        principal = await district.principal(await self._server.authenticator.identify(bearer(header)))
        if principal.account_id is None:
            raise Unauthenticated()
        return principal

    async def _read(self, request: HttpRequest) -> bytes:
        """Return the body, which must have come within a time of its own."""
        settings = self._server.settings
        if request.heads.get("content-encoding", "identity").strip().lower() != "identity":
            raise BadRequest("Send the file as it is, not compressed.")
        if request.heads.get("content-type", "").strip().lower().startswith("multipart/"):
            raise BadRequest("Send the bytes of the file alone as the body, not a form.")
        try:
            async with asyncio.timeout(settings.file_timeout):
                content = await read_body(request, settings.file_limit)
        except TimeoutError:
            raise BodyTimeout(seconds=settings.file_timeout) from None
        if not content:
            raise BadRequest("The body is empty: send the bytes of the file.")
        return content

    async def _give_out(self, request: HttpRequest, district: DistrictRuntime, request_id: str) -> Response:
        async with asyncio.timeout(self._server.settings.request_timeout):
            await district.check_ready()
            found = await fetch(district, request.path_params["token"], request_id)
        named = f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"
        headers = {**SAFE, "content-disposition": named}
        return Response(found.content, headers=headers, media_type=found.media_type)

    def _refuse(self, request: HttpRequest, error: Exception) -> Response:
        locale = locale_of(request.heads.get("accept-language"))
        wrapped = GraphQLError("Something went wrong.", original_error=error)
        body = {"errors": format_errors([wrapped], self._server.messages, locale)}
        status = error.status if isinstance(error, RequestError) else 500
        headers = headers_of(error) if isinstance(error, RequestError) else {}
        if isinstance(error, MethodNotAllowed):
            headers = {"allow": "POST"}
        return Response(orjson.dumps(body), 400 if status == 200 else status, headers, media_type=JSON)


def _name_of(request: HttpRequest) -> str:
    """Return the name that the client gives the file."""
    try:
        name = unquote(request.heads.get(NAME, ""), errors="strict").strip()
    except UnicodeDecodeError:
        raise FileNameInvalid() from None
    odd = any(ord(one) < 32 or ord(one) == 127 or 0xD800 <= ord(one) < 0xE000 for one in name)
    if not 0 < len(name) <= LONGEST_NAME or odd or "/" in name or "\\" in name:
        raise FileNameInvalid()
    return name
