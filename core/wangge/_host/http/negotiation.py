"""Which media types go in and out: `Accept`, `Content-Type` and `Content-Encoding`."""

from functools import lru_cache
from typing import Final

from wangge.errors import RequestError

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"
HTML = "text/html"
EVENT_STREAM = "text/event-stream"
_UTF_8: Final = {"utf-8", "utf8"}


class UnsupportedMedia(RequestError):
    """Raise when a body is of another kind than JSON in UTF-8."""

    code = "UNSUPPORTED_MEDIA_TYPE"
    message = "Send the request as application/json, in UTF-8 and not compressed."
    status = 415


class NotAcceptable(RequestError):
    """Raise when the client accepts no form in which the server could answer."""

    code = "NOT_ACCEPTABLE"
    message = "Accept application/graphql-response+json or application/json."
    status = 406


@lru_cache(maxsize=128)
def negotiate(accept: str | None) -> str:
    """Return the media type of the answer.

    Of two that weigh the same, `application/graphql-response+json` wins where it is named; clients that
    only say that they take anything are often old, and get what they know.

    Raises:
        NotAcceptable: when the client names others only.
    """
    if not accept or accept == "*/*":
        return JSON
    weights = _weights(accept)
    anything = weights.get("application/*", weights.get("*/*", 0.0))
    response, plain = weights.get(GRAPHQL_RESPONSE, anything), weights.get(JSON, anything)
    if response <= 0 and plain <= 0:
        raise NotAcceptable()
    if response > plain or (response == plain and GRAPHQL_RESPONSE in weights):
        return GRAPHQL_RESPONSE
    return JSON


@lru_cache(maxsize=128)
def prefers_events(accept: str | None) -> bool:
    """Say whether a client wants an event stream before all else.

    urql names it last in each request, which is no wish for one: it must come first of those that weigh most.
    """
    if not accept or EVENT_STREAM not in accept.lower():
        return False
    weights = _weights(accept)
    return (
        weights.get(EVENT_STREAM, 0.0) > 0 and max(weights, key=lambda media: weights[media]) == EVENT_STREAM
    )


def _weights(accept: str) -> dict[str, float]:
    """Return each media range that a client names with its weight; a weight that is no number counts as 1."""
    found: dict[str, float] = {}
    for part in accept.lower().split(","):
        media, *parameters = (one.strip() for one in part.split(";"))
        weight = next((one[2:] for one in parameters if one.startswith("q=")), "1")
        try:
            found[media] = float(weight)
        except ValueError:
            found[media] = 1.0
    return found


def check_body_media(content_type: str, content_encoding: str) -> None:
    """Insist on `application/json` in UTF-8, whatever its parameters, and not compressed.

    Only this type makes a browser ask first before a page of another site sends it, so nothing that
    merely looks like it will do.

    Raises:
        UnsupportedMedia: for everything else.
    """
    media, *parameters = (part.strip().lower() for part in content_type.split(";"))
    if media != JSON or content_encoding.strip().lower() != "identity":
        raise UnsupportedMedia()
    for parameter in filter(None, parameters):
        name, equals, value = parameter.partition("=")
        if not equals or (name == "charset" and value.strip('"') not in _UTF_8):
            raise UnsupportedMedia()
