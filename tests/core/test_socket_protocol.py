"""The protocol `graphql-transport-ws`: what is refused, with which code, and what ends a socket."""

from time import time
from typing import Any

import pytest
from sqlalchemy import update
from starlette.types import ASGIApp

from wangge import Account, RoleGrant
from wangge._host.app import create_app
from wangge._host.authn import LEEWAY, Identity
from wangge._host.http import connections
from wangge._host.http.connections import Connections, Ending, Visitor
from wangge._host.http.operations import Caller
from wangge._host.http.sockets import ForeignOrigin, check_origin
from wangge.errors import Unauthenticated, WanggeError
from wangge.testing import Closed, Socket, TestDistrict

EVENTS = "subscription { events { type cursor } }"


@pytest.fixture
def backend() -> str:
    """One database: nothing here depends on which."""
    return "sqlite"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no json", 4400),
        ("[]", 4400),
        ('{"type": "start", "id": "1"}', 4400),
        ('{"type": "subscribe", "id": "", "payload": {"query": "{ me { account } }"}}', 4400),
        ('{"type": "subscribe", "id": "1", "payload": {"query": 1}}', 4400),
        ('{"type": "connection_init"}', 4429),
        ('"' + "x" * 1024 * 1024 + '"', 1009),
    ],
)
async def test_what_is_no_message_ends_the_socket(district: TestDistrict, text: str, code: int) -> None:
    async with district.socket("grid_worker") as socket:
        await socket.tell_text(text)

        assert (await socket.closed())[0] == code


async def test_who_asks_before_being_let_in_is_sent_away(app: ASGIApp, district: TestDistrict) -> None:
    async with Socket(app, "/370703/graphql") as socket:
        await socket.tell(type="subscribe", id="1", payload={"query": EVENTS})

        assert (await socket.closed())[0] == 4401


async def test_who_says_nothing_is_sent_away(district: TestDistrict) -> None:
    district.server.settings.socket_init_timeout = 0.01
    async with Socket(create_app(district.server), "/370703/graphql") as socket:
        assert await socket.closed() == (4408, "Connection initialisation timeout.")


@pytest.mark.parametrize("token", ["forged", ""])
async def test_a_token_that_is_not_valid_opens_nothing(
    app: ASGIApp, district: TestDistrict, token: str
) -> None:
    async with Socket(app, "/370703/graphql") as socket:
        await socket.tell(type="connection_init", payload={"Authorization": f"Bearer {token}"})

        assert (await socket.closed())[0] == 4403


async def test_a_token_of_another_district_opens_nothing(app: ASGIApp, district: TestDistrict) -> None:
    token = district.server.authenticator.issue("370703/district_admin", "370703")
    async with Socket(app, "/370784/graphql") as socket:
        await socket.tell(type="connection_init", payload={"authorization": f"Bearer {token}"})

        assert (await socket.closed())[0] == 4403


async def test_the_token_may_stand_in_the_header(app: ASGIApp, district: TestDistrict) -> None:
    header = ("authorization", f"Bearer {district.token('grid_worker')}")
    async with Socket(app, "/370703/graphql", headers=[header]) as socket:
        await socket.tell(type="connection_init")

        assert await socket.hear() == {"type": "connection_ack"}


async def test_a_name_in_use_ends_the_socket_and_one_that_was_completed_is_free(
    district: TestDistrict,
) -> None:
    async with district.socket("grid_worker") as socket:
        await socket.subscribe("1", EVENTS)
        await socket.tell(type="complete", id="1")
        await socket.subscribe("1", EVENTS)
        await socket.tell(type="subscribe", id="1", payload={"query": EVENTS})

        assert await socket.closed() == (4409, "Subscriber for 1 already exists.")


async def test_a_socket_carries_fifty_operations(district: TestDistrict) -> None:
    async with district.socket("grid_worker") as socket:
        for number in range(50):
            await socket.subscribe(str(number), EVENTS)
        await socket.tell(type="subscribe", id="50", payload={"query": EVENTS})

        heard = await socket.hear()
        assert (heard["id"], heard["type"]) == ("50", "error")
        assert heard["payload"][0]["extensions"]["code"] == "TOO_MANY_SUBSCRIPTIONS"
        await socket.tell(type="complete", id="0")
        await socket.subscribe("50", EVENTS)
    assert district.server.district(district.code).feed.follower_count == 0


async def test_what_is_completed_at_once_leaves_nobody_following(district: TestDistrict) -> None:
    feed = district.server.district(district.code).feed
    async with district.socket("grid_worker") as socket:
        for number in range(20):
            await socket.tell(type="subscribe", id=str(number), payload={"query": EVENTS})
            await socket.tell(type="complete", id=str(number))
        await socket.settle()
        await socket.settle()
        assert feed.follower_count == 0
        await socket.tell(type="subscribe", id="last", payload={"query": EVENTS})
    assert feed.follower_count == 0


@pytest.mark.parametrize(
    ("document", "variables", "code"),
    [
        ("subscription { nothing }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("subscription {", {}, "GRAPHQL_PARSE_FAILED"),
        ("subscription { a: events { type } b: events { type } }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ('subscription { events(types: ["base.nothing"]) { type } }', {}, "EVENT_TYPE_UNKNOWN"),
        ('subscription { events(types: ["red.vote"]) { type } }', {}, "EVENT_TYPE_UNKNOWN"),
        ("subscription { events(types: []) { type } }", {}, "BAD_FILTER"),
        ('subscription { events(after: "nonsense") { type } }', {}, "BAD_CURSOR"),
        ('subscription { events(after: "AAAAAAAAAAFmb29v") { type } }', {}, "CURSOR_EXPIRED"),
        ('subscription { events(grid: "Person_1") { type } }', {}, "BAD_ID"),
        ("subscription ($a: String) { events(after: $a) { type } }", {"a": 1}, "GRAPHQL_VALIDATION_FAILED"),
    ],
)
async def test_what_cannot_be_followed_is_told_for_its_name_alone(
    district: TestDistrict, document: str, variables: dict[str, Any], code: str
) -> None:
    async with district.socket("district_admin") as socket:
        await socket.tell(type="subscribe", id="1", payload={"query": document, "variables": variables})
        heard = await socket.hear()
        await socket.settle()
    async with district.stream("district_admin", document, **variables) as stream:
        name, told = await stream.hear()
        assert await stream.hear() == ("complete", None)

    assert (heard["id"], heard["type"], heard["payload"][0]["extensions"]["code"]) == ("1", "error", code)
    assert (stream.status, name, told["errors"][0]["extensions"]["code"]) == (200, "next", code)
    assert district.server.district(district.code).feed.follower_count == 0


async def test_events_of_a_programme_that_is_off_cannot_be_named(other_district: TestDistrict) -> None:
    document = 'subscription { events(types: ["volunteer_points.order.placed"]) { type } }'
    async with other_district.socket("district_admin") as socket:
        await socket.tell(type="subscribe", id="1", payload={"query": document})

        heard = await socket.hear()
    assert heard["payload"][0]["extensions"] == {
        "argument": ["types"],
        "code": "PLUGIN_NOT_ENABLED",
        "plugin": "volunteer_points",
    }


async def test_a_token_that_expires_ends_socket_and_stream(
    district: TestDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Visitor, "seconds_left", lambda _: 0.01)  # of every token, however long it lasts

    async with district.socket("grid_worker") as socket:
        assert await socket.closed() == (4403, connections.EXPIRED.reason)
    async with district.stream("grid_worker", EVENTS) as stream:
        name, told = await stream.hear()

        assert (name, told["errors"][0]["extensions"]["code"]) == ("next", "UNAUTHENTICATED")
        assert await stream.hear() == ("complete", None)


async def test_who_has_an_expired_token_is_told_of_nothing_more(district: TestDistrict) -> None:
    runtime = district.server.district(district.code)
    now = time()
    for until, left in ((now + 60, True), (now - LEEWAY - 1, False)):
        identity = Identity(f"{district.code}/grid_worker", district.code, until)
        caller = Caller(runtime, await runtime.principal(None), "en", "test")
        visitor = Visitor(caller, identity)

        assert (visitor.seconds_left() > 0) is left
        if left:
            assert (await visitor.principal()).subject == "370703/grid_worker"
        else:
            with pytest.raises(Unauthenticated):
                await visitor.principal()


async def test_an_account_that_is_disabled_loses_its_socket(district: TestDistrict) -> None:
    async with district.socket("grid_worker") as socket, district.socket("district_admin") as other:
        await socket.subscribe("1", EVENTS)
        await other.subscribe("1", EVENTS)
        async with district.committed() as ctx:
            disabled = update(Account).where(Account.subject == "370703/grid_worker").values(disabled=True)
            await ctx.db.execute(disabled)

        assert await socket.closed() == (4403, connections.REVOKED.reason)
        await other.settle()


async def test_roles_count_as_they_stand_when_it_happens(district: TestDistrict) -> None:
    async with district.socket("district_admin") as socket:
        await socket.subscribe("1", EVENTS)
        async with district.committed() as ctx:
            await ctx.db.execute(update(RoleGrant).where(RoleGrant.place_id.is_(None)).values(until=ctx.now))
        district.server.district(district.code).forget_principals()
        async with district.committed() as ctx:
            ctx.emit("base.person.left")
        feed = district.server.district(district.code).feed
        await feed.after(feed.head - 1)
        await socket.settle()  # the event was met, and is nothing for somebody without a role


async def test_who_leaves_messages_untaken_loses_the_socket(district: TestDistrict) -> None:
    district.server.settings.subscription_patience = 0
    async with district.socket("district_admin") as slow, district.socket("district_admin") as quick:
        await slow.subscribe("1", EVENTS)
        await quick.subscribe("1", EVENTS)
        slow.hold()
        async with district.committed() as ctx:
            ctx.emit("base.person.left")

        assert (await quick.next("1"))["events"]["type"] == "base.person.left"
        await quick.settle()
        slow.go_on()
        assert await slow.closed() == (1013, connections.TOO_SLOW.reason)


async def test_who_falls_too_far_behind_is_told_so(district: TestDistrict) -> None:
    district.server.settings.subscription_backlog = 3
    feed = district.server.district(district.code).feed
    async with district.socket("district_admin") as socket:
        await socket.subscribe("1", EVENTS)
        async with district.committed() as ctx:
            ctx.emit("base.person.left")
        await socket.next("1")
        socket.hold()
        before = feed.head
        for number in range(5):
            async with district.committed() as ctx:
                ctx.emit("base.person.died")
            await feed.after(before + number)
        socket.go_on()

        heard = await socket.hear()
        while heard["type"] == "next":
            heard = await socket.hear()
        assert heard["payload"][0]["extensions"]["code"] == "SUBSCRIBER_TOO_SLOW"


async def test_all_sockets_and_streams_end_when_the_server_does(app: ASGIApp, district: TestDistrict) -> None:
    async with district.socket("grid_worker") as socket, district.stream("grid_worker", EVENTS) as stream:
        await socket.subscribe("1", EVENTS)
        await _connections_of(app).close()

        assert await socket.closed() == (1001, connections.STOPPED.reason)
        assert await stream.hear() == ("complete", None)
    async with district.stream("grid_worker", EVENTS) as late:
        assert await late.hear() == ("complete", None)


def _connections_of(app: ASGIApp) -> Connections:
    routes: Any = app.routes  # type: ignore[attr-defined]  # a Starlette
    found = next(one.app for one in routes if type(one).__name__ == "WebSocketRoute")
    held: Connections = found._connections
    return held


async def test_a_subscription_needs_a_stream(district: TestDistrict) -> None:
    response = await district.client("grid_worker").post(EVENTS)

    assert response.status_code == 406
    assert [one["extensions"]["code"] for one in response.json()["errors"]] == ["SUBSCRIPTION_NEEDS_STREAM"]


async def test_an_event_stream_without_a_token_is_refused(district: TestDistrict) -> None:
    async with district.stream(None, EVENTS) as stream:
        told = await stream.body()

    assert (stream.status, stream.media) == (401, "application/json")
    assert told["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_query_may_come_as_an_event_stream(district: TestDistrict) -> None:
    async with district.stream("grid_worker", "{ me { account } }") as stream:
        name, told = await stream.hear()

        assert (name, told["data"]) == ("next", {"me": {"account": "370703/grid_worker"}})
        assert await stream.hear() == ("complete", None)


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        (None, True),
        ("http://wangge.test", True),
        ("https://front.example", True),
        ("https://other.example", False),
        ("null", False),
    ],
)
def test_pages_of_other_sites_open_no_socket(origin: str | None, allowed: bool) -> None:
    heads = {"host": "wangge.test"} | ({"origin": origin} if origin else {})

    try:
        check_origin(heads, ["https://front.example"])
    except ForeignOrigin:
        assert not allowed
    else:
        assert allowed


async def test_a_foreign_page_is_refused_before_the_socket_opens(
    app: ASGIApp, district: TestDistrict
) -> None:
    with pytest.raises(Closed, match="FOREIGN_ORIGIN") as closed:
        async with Socket(app, "/370703/graphql", headers=[("origin", "https://other.example")]):
            pass

    assert closed.value.code == 403


def test_reasons_fit_a_close_frame() -> None:
    endings = [one for one in vars(connections).values() if isinstance(one, Ending)]

    assert len(endings) == 5
    assert all(len(one.reason.encode()) <= 123 for one in endings)
    assert all(one.error is None or isinstance(one.error, WanggeError) for one in endings)
    assert Visitor.__doc__
