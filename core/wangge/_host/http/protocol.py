"""Reads GraphQL requests from HTTP."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs

import orjson
from starlette.requests import ClientDisconnect, Request

from wangge._host.http.negotiation import HTML, check_body_media
from wangge.errors import RequestError

PREFLIGHT = "x-wangge-preflight"
"""A header that makes browsers ask before they send a request from a page of another site."""
MAX_QUERY_STRING = 8 * 1024
_NULL = re.compile(r"\0|\\u(0000|\{0+\})")
MAX_VARIABLE_DEPTH = 32
MAX_VARIABLE_VALUES = 10_000
"""Values, and names of fields, in all variables together: each is looked at several times."""
NO_NULLS = "Text must not contain null characters: databases cannot store them."


class BadRequest(RequestError):
    """Raise when a request is not GraphQL over HTTP; the text says how to send one."""

    code = "BAD_REQUEST"
    message = "{reason}"
    status = 400

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class BodyTooLarge(RequestError):
    """Raise when a body is larger than the server takes."""

    code = "BODY_TOO_LARGE"
    message = "The request body is larger than {limit} bytes: send a smaller one."
    status = 413


class MethodNotAllowed(RequestError):
    """Raise for methods other than GET and POST, and for mutations by GET."""

    code = "METHOD_NOT_ALLOWED"
    message = "Use POST for this."
    status = 405


class QueryStringTooLong(RequestError):
    """Raise when a query string is too long."""

    code = "QUERY_STRING_TOO_LONG"
    message = "The query string is longer than {limit} bytes: use POST."
    status = 414


class CrossSiteRequest(RequestError):
    """Raise for a GET that a page of another site could have sent."""

    code = "CROSS_SITE_REQUEST"
    message = "Send an Authorization header or `x-wangge-preflight: 1` with GET queries."
    status = 403


@dataclass(frozen=True)
class Operation:
    """A GraphQL request.

    Attributes:
        query: the document; empty where it is only named.
        document: the id, or hash, by which it is named.
    """

    query: str
    name: str | None
    variables: dict[str, Any] | None  # JSON of the client
    by_get: bool
    document: str | None = None


class HttpRequest(Request):
    """A request whose headers are looked up by name without a search."""

    @cached_property
    def heads(self) -> dict[str, str]:
        """The headers by their names in small letters; several of one name as one, with commas between."""
        sent = self.scope["headers"]
        found = {name.decode("latin-1"): value.decode("latin-1") for name, value in sent}
        if len(found) == len(sent):
            return found
        joined: dict[str, list[str]] = {}
        for name, value in sent:
            joined.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
        return {name: ", ".join(values) for name, values in joined.items()}


def wants_page(request: HttpRequest) -> bool:
    """Say whether a browser asks for the explorer rather than for data."""
    accept = request.heads.get("accept", "")
    return request.method == "GET" and HTML in accept and "query" not in request.query_params


async def read_operation(request: HttpRequest, body_limit: int) -> Operation:
    """Return the operation of a GET or POST.

    Raises:
        RequestError: when it is not one; nothing else, whatever the body.
    """
    if len(request.scope["query_string"]) > MAX_QUERY_STRING:
        raise QueryStringTooLong(limit=MAX_QUERY_STRING)
    if request.method == "GET":
        return _from_query_string(request)
    if request.method != "POST":
        raise MethodNotAllowed()
    heads = request.heads
    check_body_media(heads.get("content-type", ""), heads.get("content-encoding", "identity"))
    body = await read_body(request, body_limit)
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadRequest("The body is not JSON in UTF-8: send an object with `query`.") from None
    return operation_of(given)


def _from_query_string(request: HttpRequest) -> Operation:
    if "authorization" not in request.heads and PREFLIGHT not in request.heads:
        raise CrossSiteRequest()
    try:
        raw = request.scope["query_string"].decode("ascii")
        pairs = parse_qs(raw, keep_blank_values=True, errors="strict")
    except (UnicodeDecodeError, ValueError):
        raise BadRequest("The query string is not UTF-8.") from None
    given: dict[str, Any] = {name: values[-1] for name, values in pairs.items()}
    for name in ("variables", "extensions"):
        if given.get(name):
            try:
                given[name] = orjson.loads(given[name])
            except orjson.JSONDecodeError:
                raise BadRequest(f"`{name}` is not JSON.") from None
        else:
            given.pop(name, None)
    return operation_of(given, by_get=True)


def operation_of(given: Any, *, by_get: bool = False) -> Operation:  # JSON of the client
    """Return the operation that a client's JSON object asks for.

    Raises:
        BadRequest: when it is none.
    """
    if not isinstance(given, dict):
        raise BadRequest("Send one object with `query`; batches are not served.")
    query, name, variables = given.get("query"), given.get("operationName"), given.get("variables")
    document = _document_of(given)
    if not (isinstance(query, str) and query) and not (query is None and document is not None):
        raise BadRequest("`query` must be a GraphQL document.")
    if name is not None and not isinstance(name, str):
        raise BadRequest("`operationName` must be a string.")
    if variables is not None and not isinstance(variables, dict):
        raise BadRequest("`variables` must be an object.")
    if _NULL.search(query or ""):
        raise BadRequest(NO_NULLS)
    _check_variables(variables or {})
    return Operation(query or "", name or None, variables, by_get, document)


def _document_of(given: dict[str, Any]) -> str | None:  # JSON of the client
    """Return the id by which a document is named: `documentId`, or Apollo's extension."""
    extensions, document = given.get("extensions"), given.get("documentId")
    if extensions is not None and not isinstance(extensions, dict):
        raise BadRequest("`extensions` must be an object.")
    if document is not None:
        if not isinstance(document, str):
            raise BadRequest("`documentId` must be a string.")
        return document
    persisted = (extensions or {}).get("persistedQuery")
    if persisted is None:
        return None
    hash = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    if not isinstance(hash, str) or persisted.get("version") != 1:
        raise BadRequest("`extensions.persistedQuery` has `version: 1` and `sha256Hash`.")
    return f"sha256:{hash}"


def _check_variables(variables: dict[str, Any]) -> None:  # JSON of the client
    """Refuse null characters, nesting that no input of the schema needs, and masses of values."""
    level: list[Any] = [variables]
    values = 0
    for _ in range(MAX_VARIABLE_DEPTH):
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below += [*value, *value.values()]
            elif isinstance(value, list):
                below += value
            elif isinstance(value, str) and "\0" in value:
                raise BadRequest(NO_NULLS)
            if values + len(below) > MAX_VARIABLE_VALUES:
                raise BadRequest(f"`variables` hold more than {MAX_VARIABLE_VALUES:,} values.")
        if not below:
            return
        values += len(below)
        level = below
    raise BadRequest(f"`variables` are nested more than {MAX_VARIABLE_DEPTH} levels deep.")


async def read_body(request: HttpRequest, limit: int) -> bytes:
    """Return the body, giving up as soon as it is too large."""
    try:
        if int(request.heads.get("content-length", "0")) > limit:
            raise BodyTooLarge(limit=limit)
    except ValueError:
        raise BadRequest("Content-Length is not a number.") from None
    parts: list[bytes] = []
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > limit:
                raise BodyTooLarge(limit=limit)
            parts.append(part)
    except ClientDisconnect:
        raise BadRequest("The request broke off.") from None
    return b"".join(parts)
