"""Media types: what is taken, what is answered, and that nothing which looks like JSON passes for it."""

import pytest

from wangge._host.http.negotiation import (
    GRAPHQL_RESPONSE,
    JSON,
    NotAcceptable,
    UnsupportedMedia,
    check_body_media,
    negotiate,
)

APOLLO = "application/graphql-response+json,application/json;q=0.9"
URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, "
    "multipart/mixed"
)
ANSWERED = {
    None: JSON,
    "": JSON,
    "*/*": JSON,
    "application/*": JSON,
    "application/json": JSON,
    "Application/JSON": JSON,
    "application/json; charset=utf-8": JSON,
    "application/json, application/graphql-response+json": GRAPHQL_RESPONSE,
    "application/graphql-response+json": GRAPHQL_RESPONSE,
    "application/graphql-response+json; charset=utf-8; q=0.5, */*; q=0.1": GRAPHQL_RESPONSE,
    "application/graphql-response+json;q=0.8, application/json": JSON,
    "application/graphql-response+json;q=0, */*": JSON,
    "application/json;q=0, */*": GRAPHQL_RESPONSE,
    "application/json;q=x": JSON,
    "text/html, */*;q=0.8": JSON,
    APOLLO: GRAPHQL_RESPONSE,
    URQL: GRAPHQL_RESPONSE,
}


@pytest.mark.parametrize("accept", ANSWERED)
def test_the_answer_is_of_the_kind_that_the_client_prefers(accept: str | None) -> None:
    assert negotiate(accept) == ANSWERED[accept]


@pytest.mark.parametrize(
    "accept", ["text/html", "application/json-foo", "application/json;q=0", "*/*;q=0", ",", "text/*"]
)
def test_a_client_that_takes_no_json_is_refused(accept: str) -> None:
    with pytest.raises(NotAcceptable):
        negotiate(accept)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "APPLICATION/JSON",
        " application/json ;",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "application/json; profile=x; charset=utf8",
    ],
)
def test_json_is_taken_with_any_parameters(content_type: str) -> None:
    check_body_media(content_type, "identity")


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "json",
        "application/json-foo",
        "application/jsonp",
        "application/json-patch+json",
        "application/graphql-response+json",
        "application/graphql",
        "text/plain",
        "text/plain; application/json",
        "text/plain, application/json",
        "application/json, text/plain",
        "application/json; text/plain",
        "application/json; charset=utf-16",
        "application/json; profile=x; charset=latin-1",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=application/json",
    ],
)
def test_what_only_looks_like_json_is_refused(content_type: str) -> None:
    with pytest.raises(UnsupportedMedia):
        check_body_media(content_type, "identity")


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "identity, gzip", "x", ""])
def test_compressed_bodies_are_refused(encoding: str) -> None:
    with pytest.raises(UnsupportedMedia):
        check_body_media("application/json", encoding)
