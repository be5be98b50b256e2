"""Turns failures into GraphQL errors: coded, in the caller's language, the unexpected masked."""

from typing import Any
from uuid import uuid4

import orjson
import structlog
from graphql import GraphQLError, GraphQLSyntaxError
from sqlalchemy.exc import TimeoutError as WaitedTooLong

from wangge._host.messages import Messages
from wangge.errors import DatabaseBusy, RequestError, RuleError, WanggeError

MAX_ERRORS = 10
MAX_BYTES = 16 * 1024
"""Of all errors of an answer together; each may take its share."""
_SHARE = MAX_BYTES // MAX_ERRORS - 32  # leaves room for what stands around them
_LONGEST_MESSAGE = 200
_SHOWN = {"plugin": "plugin", "permission": "permission", "reference": "reference", "retry_at": "retryAt"}
"""Values of errors that clients read, by their names in `extensions`."""
log = structlog.get_logger("wangge.request")


def format_errors(errors: list[GraphQLError], messages: Messages, locale: str) -> list[dict[str, Any]]:
    """Return errors as the response carries them, at most ten and 16 KiB."""
    return [_bounded(format_error(error, messages, locale)) for error in errors[:MAX_ERRORS]]


def format_error(
    error: GraphQLError, messages: Messages, locale: str
) -> dict[str, Any]:  # JSON of the answer
    """Return one error as the response carries it."""
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if isinstance(cause, WaitedTooLong):
        cause = DatabaseBusy()
    formatted: dict[str, Any] = dict(error.formatted)
    if isinstance(cause, RequestError | RuleError):
        formatted["message"] = messages.translate(cause, locale)
        formatted["extensions"] = {**_params(cause), "code": cause.code}
    elif isinstance(error, GraphQLSyntaxError):
        formatted["extensions"] = {"code": "GRAPHQL_PARSE_FAILED"}
    elif cause is None or isinstance(cause, GraphQLError):
        formatted["extensions"] = {"code": "GRAPHQL_VALIDATION_FAILED", **(error.extensions or {})}
    else:
        reference = uuid4().hex[:12]
        log.error("unexpected failure", reference=reference, path=error.path, exc_info=cause)
        formatted["message"] = (
            messages.text("Something went wrong. Quote this reference: ", locale) + reference
        )
        formatted["extensions"] = {"code": "INTERNAL", "reference": reference}
    return formatted


def _bounded(formatted: dict[str, Any]) -> dict[str, Any]:  # JSON of the answer
    """Return an error within its share: messages and places may quote a document at any length."""
    if len(orjson.dumps(formatted)) <= _SHARE:
        return formatted
    message = str(formatted["message"])
    cut = message if len(message) <= _LONGEST_MESSAGE else message[:_LONGEST_MESSAGE] + "…"
    code = formatted.get("extensions", {}).get("code")
    kept: dict[str, Any] = {"message": cut, "extensions": {"code": code}}
    for name in ("path", "locations", "extensions"):
        if name in formatted and len(orjson.dumps({**kept, name: formatted[name]})) <= _SHARE:
            kept[name] = formatted[name]
    return kept


def _params(cause: WanggeError) -> dict[str, Any]:  # JSON of the answer
    given: dict[str, Any] = {}
    for name, shown in _SHOWN.items():
        if name in cause.params:
            given[shown] = str(cause.params[name])
    if cause.path:
        given["argument"] = list(cause.path)
    return given
