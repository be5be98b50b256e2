"""Events reach those in whose scope they lie, as it is when they are told, and nobody else."""

import pytest
from sqlalchemy import delete, select, update

from wangge import Account, Model
from wangge._host.authn import Identity
from wangge._host.events.reading import events_after, newest
from wangge._host.lifecycle import suspend
from wangge.events.outbox import OutboxEvent
from wangge.testing import TestDistrict
from wangge_schema.consent.models import Consent
from wangge_schema.grids.models import Grid
from wangge_schema.people.models import Person

from .conftest import BUILDING, COMPOUND, VILLAGE, Town

EVENTS = "subscription ($after: String) { events(after: $after) { type cursor subject { id } } }"

EVERYWHERE = ["compound", "village", "nowhere", "neighbour", "own", "elsewhere", "grid"]
SEEN = {
    "district_admin": EVERYWHERE,
    "street_secretary": ["compound", "neighbour", "own"],
    "community_secretary": ["compound", "neighbour", "own"],
    "grid_worker": ["compound", "neighbour", "own"],
    "grid_worker_elsewhere": ["village", "elsewhere"],
    "resident": ["own"],
    "vendor_service": [],
    None: [],
}
"""Role → what it is told of."""


async def _tell(district: TestDistrict, town: Town) -> None:
    """Write events of all kinds; 陈安, who lives in the building, is the resident."""
    async with district.committed() as ctx:
        own = update(Account).where(Account.subject == "370703/resident")
        await ctx.db.execute(own.values(person_id=town.people["陈安"]))
    district.server.district(district.code).forget_principals()

    async with district.committed() as ctx:

        async def row(model: type[Model], name: str) -> Model:
            found: Model = await ctx.db.scalar(select(model).where(model.name == name))  # type: ignore[attr-defined]
            return found

        ctx.emit("base.compound", grid_id=town.grids[COMPOUND])
        ctx.emit("base.village", grid_id=town.grids[VILLAGE])
        ctx.emit("base.nowhere")
        ctx.emit("base.neighbour", subject=await row(Person, "周平"), grid_id=town.grids[COMPOUND])
        ctx.emit("base.own", subject=await row(Person, "陈安"))
        ctx.emit("base.elsewhere", subject=await row(Person, "郑和"))
        ctx.emit("base.grid", subject=await row(Grid, "蝶园小区"))


@pytest.mark.parametrize("role", SEEN)
async def test_each_role_is_told_of_what_lies_in_its_scope(
    district: TestDistrict, town: Town, role: str | None
) -> None:
    runtime = district.server.district(district.code)
    before = await newest(runtime)
    await _tell(district, town)

    identity = Identity(f"{district.code}/{role}", district.code) if role else None
    principal = await runtime.principal(identity)
    told = await events_after(runtime, before)

    assert len(told) == 7
    seen = [one.event.type.removeprefix("base.") for one in told if one.visible_to(principal)]
    assert seen == SEEN[role]


async def test_a_resident_is_told_of_their_own_alone(district: TestDistrict, town: Town) -> None:
    await _tell(district, town)  # the account is a person's from now on
    async with district.socket("resident") as socket:
        await socket.subscribe("1", EVENTS)
        await _tell(district, town)

        told = (await socket.next("1"))["events"]
        assert (told["type"], told["subject"]) == ("base.own", {"id": f"Person_{town.people['陈安'].hex}"})
        await _tell(district, town)
        assert (await socket.next("1"))["events"]["type"] == "base.own"
        await socket.settle()


async def test_going_on_behind_a_cursor_shows_no_more_than_the_scope(
    district: TestDistrict, town: Town
) -> None:
    async with district.socket("district_admin") as socket:
        await socket.subscribe("1", EVENTS)
        await _tell(district, town)
        cursor = (await socket.next("1"))["events"]["cursor"]
        assert (await socket.next("1"))["events"]["type"] == "base.village"

    async with district.socket("grid_worker_elsewhere") as socket:
        payload = {"query": EVENTS, "variables": {"after": cursor}}
        await socket.tell(type="subscribe", id="1", payload=payload)
        assert [(await socket.next("1"))["events"]["type"] for _ in range(2)] == [
            "base.village",
            "base.elsewhere",
        ]
        await socket.settle()


async def test_an_event_about_a_type_that_the_caller_may_not_read_is_not_told(
    district: TestDistrict, town: Town
) -> None:
    runtime = district.server.district(district.code)
    before = await newest(runtime)
    async with district.committed() as ctx:
        consent = Consent(id=town.people["陈安"], person_id=town.people["陈安"])  # never stored
        ctx.emit("base.consent.recorded", subject=consent, grid_id=town.grids[BUILDING])

    (told,) = await events_after(runtime, before)

    assert told.event.node == "Consent"
    for role, seen in {"grid_worker": True, "vendor_service": False}.items():
        principal = await runtime.principal(Identity(f"{district.code}/{role}", district.code))
        assert told.visible_to(principal) is seen


async def test_a_cursor_whose_event_is_gone_is_refused(district: TestDistrict) -> None:
    async with district.socket("district_admin") as socket:
        await socket.subscribe("1", EVENTS)
        async with district.committed() as ctx:
            ctx.emit("base.person.left")
        cursor = (await socket.next("1"))["events"]["cursor"]
        async with district.committed() as ctx:
            await ctx.db.execute(delete(OutboxEvent).where(OutboxEvent.type == "base.person.left"))

        payload = {"query": EVENTS, "variables": {"after": cursor}}
        await socket.tell(type="subscribe", id="2", payload=payload)
        heard = await socket.hear()
    assert (heard["type"], heard["payload"][0]["extensions"]["code"]) == ("error", "CURSOR_EXPIRED")


async def test_a_suspended_programme_tells_nothing_more(district: TestDistrict, town: Town) -> None:
    async with district.socket("district_admin") as socket:
        await socket.subscribe("1", EVENTS)
        async with district.committed() as ctx:
            ctx.emit("volunteer_points.order.placed", grid_id=town.grids[COMPOUND])
        assert (await socket.next("1"))["events"]["type"] == "volunteer_points.order.placed"
        await suspend(district.server.district(district.code), "volunteer_points")
        async with district.committed() as ctx:
            ctx.emit("volunteer_points.order.placed", grid_id=town.grids[COMPOUND])
            ctx.emit("base.person.left")

        assert (await socket.next("1"))["events"]["type"] == "base.person.left"
        await socket.settle()
