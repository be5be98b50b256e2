"""Sockets and event streams: what was committed, once, in order, to those whom it concerns."""

import pytest
from starlette.types import ASGIApp

from wangge import encode_id
from wangge.testing import Closed, Socket, TestDistrict

from .conftest import COMMUNITY, COMPOUND, VILLAGE, Town

EVENTS = """subscription ($types: [String!], $grid: ID, $after: String) {
  events(types: $types, grid: $grid, after: $after) { type cursor }
}"""
WHOLE = (
    "subscription { events { type at plugin grid { code } subject { __typename id ... on Grid { name } } } }"
)


async def _tell(district: TestDistrict, *types: str, grid_id: object = None) -> None:
    async with district.committed() as ctx:
        for name in types:
            ctx.emit(name, grid_id=grid_id)  # type: ignore[arg-type]  # a UUID or None


async def test_an_event_is_told_as_it_is_committed(district: TestDistrict, town: Town) -> None:
    async with district.socket("community_secretary") as socket:
        await socket.subscribe("1", WHOLE)
        given = {"parent": encode_id("Grid", town.grids[COMMUNITY]), "name": "新楼", "level": "compound"}
        document = "mutation ($input: CreateGridInput!) { createGrid(input: $input) { grid { id code } } }"
        made = await district.client("street_secretary").data(document, input=given)

        told = (await socket.next("1"))["events"]

    grid = made["createGrid"]["grid"]
    assert told.pop("at").endswith("+08:00")
    assert told == {
        "type": "base.grid.created",
        "plugin": "base",
        "grid": {"code": grid["code"]},
        "subject": {"__typename": "Grid", "id": grid["id"], "name": "新楼"},
    }


async def test_what_is_rolled_back_is_not_told(district: TestDistrict) -> None:
    async with district.socket("district_admin") as socket:
        await socket.subscribe("1", EVENTS)
        async with district.context() as ctx:
            ctx.emit("base.person.died")
            await ctx.db.flush()
        await _tell(district, "base.person.left")

        assert (await socket.next("1"))["events"]["type"] == "base.person.left"
        await socket.settle()


async def test_types_and_grids_are_chosen(district: TestDistrict, town: Town) -> None:
    async with district.socket("district_admin") as socket:
        await socket.subscribe("left", EVENTS, types=["base.person.left"])
        await socket.subscribe("village", EVENTS, grid=encode_id("Grid", town.grids[VILLAGE]))
        await _tell(district, "base.person.died", grid_id=town.grids[COMPOUND])
        await _tell(district, "base.person.left", grid_id=town.grids[COMPOUND])
        await _tell(district, "base.person.settled", grid_id=town.grids[VILLAGE])

        assert (await socket.next("left"))["events"]["type"] == "base.person.left"
        assert (await socket.next("village"))["events"]["type"] == "base.person.settled"
        await socket.settle()


async def test_a_grid_holds_what_happens_below_it(district: TestDistrict, town: Town) -> None:
    async with district.socket("street_secretary") as socket:
        await socket.subscribe("1", EVENTS, grid=encode_id("Grid", town.grids[COMMUNITY]))
        await _tell(district, "base.person.left", grid_id=town.grids[COMPOUND])

        assert (await socket.next("1"))["events"]["type"] == "base.person.left"


async def test_following_goes_on_behind_a_cursor(district: TestDistrict) -> None:
    async with district.socket("district_admin") as socket:
        await socket.subscribe("1", EVENTS)
        await _tell(district, "base.person.died", "base.person.left")
        cursor = (await socket.next("1"))["events"]["cursor"]
        assert (await socket.next("1"))["events"]["type"] == "base.person.left"
    await _tell(district, "base.person.settled")

    async with district.socket("district_admin") as socket:
        await socket.tell(type="subscribe", id="2", payload={"query": EVENTS, "variables": {"after": cursor}})
        assert (await socket.next("2"))["events"]["type"] == "base.person.left"
        assert (await socket.next("2"))["events"]["type"] == "base.person.settled"
        await _tell(district, "base.person.updated")
        assert (await socket.next("2"))["events"]["type"] == "base.person.updated"
        await socket.settle()


async def test_an_event_stream_tells_the_same(district: TestDistrict) -> None:
    async with district.stream("district_admin", EVENTS) as stream:
        assert (stream.status, stream.media) == (200, "text/event-stream")
        await _tell(district, "base.person.left")

        name, told = await stream.hear()

    assert name == "next"
    assert told["data"]["events"]["type"] == "base.person.left"


async def test_the_protocol_is_the_current_one(app: ASGIApp, district: TestDistrict) -> None:
    for offered in (["graphql-ws"], []):
        async with Socket(app, "/370703/graphql", subprotocols=offered) as socket:
            assert await socket.closed() == (4406, "Use the subprotocol graphql-transport-ws.")


async def test_queries_and_mutations_go_over_the_socket_too(district: TestDistrict) -> None:
    async with district.socket("grid_worker") as socket:
        await socket.tell(type="subscribe", id="q", payload={"query": "{ me { account } }"})

        assert await socket.next("q") == {"me": {"account": "370703/grid_worker"}}
        assert await socket.hear() == {"id": "q", "type": "complete"}


async def test_who_names_no_token_is_refused(app: ASGIApp, district: TestDistrict) -> None:
    async with Socket(app, "/370703/graphql") as socket:
        await socket.tell(type="connection_init")
        code, reason = await socket.closed()

    assert (code, reason.partition(":")[0]) == (4403, "Forbidden")


@pytest.mark.parametrize("path", ["/999999/graphql", "/graphql"])
async def test_an_unknown_district_opens_no_socket(app: ASGIApp, district: TestDistrict, path: str) -> None:
    with pytest.raises(Closed, match="DISTRICT_UNKNOWN") as closed:
        async with Socket(app, path):
            pass

    assert closed.value.code == 404
