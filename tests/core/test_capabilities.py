"""Capabilities are settled district by district: one provides, others require or want, nobody imports."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import EntryPoint
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from wangge import AuditEntry, PluginState, RequestContext
from wangge._host.app import create_app
from wangge._host.capabilities import CapabilityTaken, RequirementMissing, StillRequired
from wangge._host.lifecycle import enable, suspend
from wangge._host.plugins import PluginManager
from wangge._host.runtime import Server
from wangge.capabilities import misfits
from wangge.testing.districts import TestDistrict
from wangge.testing.worlds import DISTRICT, World

Plant = Callable[..., EntryPoint]
Managing = Callable[..., PluginManager]

PROVIDING = """
    from wangge import hookimpl

    @hookimpl
    def capabilities():
        return {{"light/1": "{name}"}}
"""


@asynccontextmanager
async def serving(world: World, manager: PluginManager) -> AsyncIterator[TestDistrict]:
    """Serve the districts with these programmes installed."""
    server = Server(world.settings, plugins=manager)
    await server.start(watch=False)
    transport = httpx.ASGITransport(create_app(server))
    async with httpx.AsyncClient(transport=transport, base_url="http://wangge.test") as http:
        yield TestDistrict(server, http, DISTRICT)
    await server.stop()


@pytest.fixture
def providing(plant: Plant) -> Callable[[str], EntryPoint]:
    """Plant a programme that provides `light/1`."""
    return lambda slug: plant(slug, PROVIDING.format(name=slug), extra='provides = ["light/1"]')


def states(district: TestDistrict) -> dict[str, PluginState]:
    record = district.server.district(DISTRICT).record
    return {slug: state.state for slug, state in record.states.items()}


async def audited(district: TestDistrict, act: str = "enabled") -> int:
    """Return how many of these acts are on the record."""
    async with district.context() as ctx:
        chosen = select(AuditEntry).where(AuditEntry.action == f"platform.plugin.{act}")
        named = [entry.detail["plugin"] for entry in await ctx.db.scalars(chosen)]
    return len({"lamps", "candles", "readers"} & set(named))


async def asked(district: TestDistrict) -> object:
    """Return who provides `light/1` in the district."""
    async with district.context() as ctx:
        return ctx.capability("light/1")


async def test_a_second_provider_is_refused_and_nothing_changes(
    world: World, providing: Callable[[str], EntryPoint], managing: Managing
) -> None:
    async with serving(world, managing(providing("lamps"), providing("candles"))) as district:
        runtime = district.server.district(DISTRICT)
        await enable(runtime, "lamps")
        before = states(district)

        with pytest.raises(CapabilityTaken) as refused:
            await enable(runtime, "candles")

        assert str(refused.value) == (
            "candles provides light/1, as lamps does, which is on: one programme of a district may. "
            "Suspend lamps first, or leave candles off."
        )
        assert (states(district), await asked(district)) == (before, "lamps")
        await suspend(runtime, "lamps")
        await enable(runtime, "candles")
        assert await asked(district) == "candles"


@pytest.mark.parametrize("at_once", [True, False])
async def test_of_two_providers_that_two_processes_enable_one_is_refused(
    world: World, providing: Callable[[str], EntryPoint], managing: Managing, at_once: bool
) -> None:
    manager = managing(providing("lamps"), providing("candles"))
    async with serving(world, manager) as one, serving(world, manager) as other:
        works = [
            enable(district.server.district(DISTRICT), slug)
            for district, slug in ((one, "lamps"), (other, "candles"))
        ]
        if at_once:
            ends = await asyncio.gather(*works, return_exceptions=True)
        else:  # the second process has not followed the first yet
            ends = [end for work in works for end in await asyncio.gather(work, return_exceptions=True)]

        assert [type(end) for end in ends if end is not None] == [CapabilityTaken]
        await one.server.reload()
        assert [state for slug, state in states(one).items() if slug in ("lamps", "candles")] == [
            PluginState.ENABLED
        ]
        assert await audited(one) == 1


async def test_what_another_process_has_enabled_meanwhile_keeps_what_it_requires(
    world: World, plant: Plant, providing: Callable[[str], EntryPoint], managing: Managing
) -> None:
    manager = managing(providing("lamps"), plant("readers", extra='requires = ["light/1"]'))
    async with serving(world, manager) as one:
        await enable(one.server.district(DISTRICT), "lamps")
        async with serving(world, manager) as other:
            await enable(one.server.district(DISTRICT), "readers")

            with pytest.raises(StillRequired):
                await suspend(other.server.district(DISTRICT), "lamps")

        await one.server.reload()
        assert (states(one)["lamps"], await audited(one, "suspended")) == (PluginState.ENABLED, 0)


async def test_an_administrator_is_told_over_the_api(
    world: World, providing: Callable[[str], EntryPoint], managing: Managing
) -> None:
    mutation = 'mutation { enablePlugin(input: { slug: "candles" }) { userErrors { code path } } }'
    async with serving(world, managing(providing("lamps"), providing("candles"))) as district:
        await enable(district.server.district(DISTRICT), "lamps")

        told = await district.client("district_admin").data(mutation)

        assert told == {
            "enablePlugin": {"userErrors": [{"code": "PLUGIN_CAPABILITY_TAKEN", "path": ["slug"]}]}
        }
        assert "candles" not in states(district)


@pytest.mark.parametrize("order", [("lamps", "candles"), ("candles", "lamps")])
async def test_of_two_that_an_upgrade_left_on_the_elder_is_asked_whatever_loads_first(
    world: World, providing: Callable[[str], EntryPoint], managing: Managing, order: tuple[str, str]
) -> None:
    async with serving(world, managing(providing("lamps"), providing("candles"))) as district:
        for slug in order:
            await district.server.catalog.set_state(DISTRICT, slug, PluginState.ENABLED, "1.0.0")
        await district.server.reload()

        found = await district.client("district_admin").data(
            "{ district { plugins { slug health { problems } } } }"
        )

        assert await asked(district) == order[0]
        problems = {one["slug"]: one["health"]["problems"] for one in found["district"]["plugins"]}
        assert {slug: problems[slug] for slug in order} == {
            order[0]: [],
            order[1]: [f"It provides light/1, as {order[0]} does, which is asked: suspend one of the two."],
        }


async def test_a_requirement_is_settled_where_the_programme_is_enabled(
    world: World, plant: Plant, providing: Callable[[str], EntryPoint], managing: Managing
) -> None:
    reader = plant("readers", extra='requires = ["light/1"]')
    async with serving(world, managing(reader, providing("lamps"))) as district:
        runtime = district.server.district(DISTRICT)

        with pytest.raises(RequirementMissing, match=r"first \(installed: lamps\)"):
            await enable(runtime, "readers")
        assert "readers" not in states(district)

        await enable(runtime, "lamps")
        await enable(runtime, "readers")
        with pytest.raises(StillRequired, match="readers needs lamps: suspend it first"):
            await suspend(runtime, "lamps")
        assert states(district)["lamps"] is PluginState.ENABLED


async def test_a_programme_whose_requirement_nobody_brings_loads_and_cannot_be_enabled(
    world: World, plant: Plant, managing: Managing
) -> None:
    manager = managing(plant("readers", extra='requires = ["light/1"]'))
    assert manager.quarantined == {}

    async with serving(world, manager) as district:
        with pytest.raises(RequirementMissing, match=r"first \(installed: –\)"):
            await enable(district.server.district(DISTRICT), "readers")
        assert "readers" not in states(district)


async def test_what_is_only_wanted_may_be_absent_and_may_go(
    world: World, plant: Plant, providing: Callable[[str], EntryPoint], managing: Managing
) -> None:
    reader = plant("readers", extra='wants = ["light/1"]')
    async with serving(world, managing(reader, providing("lamps"))) as district:
        runtime = district.server.district(DISTRICT)
        await enable(runtime, "readers")
        assert await asked(district) is None

        await enable(runtime, "lamps")
        assert await asked(district) == "lamps"
        await suspend(runtime, "lamps")

        assert (states(district)["lamps"], await asked(district)) == (PluginState.SUSPENDED, None)


def test_what_is_required_loads_first_and_a_circle_loads_too(plant: Plant, managing: Managing) -> None:
    sun = plant("zuns", PROVIDING.format(name="sun"), extra='provides = ["light/1"]')
    moon = plant("moons", extra='requires = ["light/1"]')
    left = plant(
        "lefts",
        PROVIDING.format(name="left").replace("light", "left"),
        extra='provides = ["left/1"]\nrequires = ["right/1"]',
    )
    right = plant(
        "rights",
        PROVIDING.format(name="right").replace("light", "right"),
        extra='provides = ["right/1"]\nrequires = ["left/1"]',
    )

    manager = managing(moon, left, sun, right)

    assert (list(manager.loaded), manager.quarantined) == (["base", "zuns", "moons", "lefts", "rights"], {})


@pytest.mark.parametrize(
    ("module", "statement"),
    [
        ("services", "import planted_lamps"),
        ("services", "from planted_lamps.models import Lamp"),
        ("rules", "def look():\n    from planted_lamps import models\n    return models"),
    ],
)
def test_a_programme_that_imports_another_is_set_aside(
    plant: Plant, managing: Managing, module: str, statement: str
) -> None:
    manager = managing(plant("lamps"), plant("readers", **{module: statement}))

    assert set(manager.loaded) == {"base", "lamps"}
    assert manager.quarantined["readers"].reason == (
        f"readers: {module}.py imports planted_lamps, the programme lamps: "
        "ask for a capability or take its events instead; a programme imports no other one."
    )


def test_a_programme_may_speak_of_another_and_import_the_base(plant: Plant, managing: Managing) -> None:
    talk = (
        '"""Reads under what planted_lamps lights."""\nimport wangge_schema\nimport planted_lamps_of_others'
    )

    manager = managing(plant("lamps"), plant("readers", services=talk))

    assert manager.quarantined == {}


class Billing:
    """A provider of `fee_credit/1` that fits."""

    async def open_bill_fen(self, ctx: RequestContext, *, person_id: UUID) -> int:
        """Return the bill."""
        return 0

    async def credit(
        self, ctx: RequestContext, *, person_id: UUID, amount_fen: int, key: str, note: str | None = None
    ) -> str:
        """Take the credit."""
        return note or ""


class Whoever(Billing):
    """It takes whatever comes."""

    async def credit(self, *given: Any, **named: Any) -> str:
        """Take the credit."""
        return ""


class NoCoroutine(Billing):
    """It answers at once."""

    def credit(self, ctx: RequestContext, *, person_id: UUID, amount_fen: int, key: str) -> str:  # type: ignore[override]  # what is tested
        """Take the credit."""
        return ""


class OtherNames(Billing):
    """It calls the person a resident."""

    async def credit(self, ctx: RequestContext, *, resident: UUID, amount_fen: int, key: str) -> str:  # type: ignore[override]  # what is tested
        """Take the credit."""
        return ""


class FewerArguments(Billing):
    """It takes no amount."""

    async def credit(self, ctx: RequestContext, *, person_id: UUID, key: str) -> str:  # type: ignore[override]  # what is tested
        """Take the credit."""
        return ""


@pytest.mark.parametrize(
    ("provider", "told"),
    [
        (Billing(), []),
        (Whoever(), []),
        (NoCoroutine(), ["credit must be a coroutine"]),
        (OtherNames(), ["credit asks for resident, which nobody gives"]),
        (FewerArguments(), ["credit: got an unexpected keyword argument 'amount_fen'"]),
        (object(), ["it has no method open_bill_fen", "it has no method credit"]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_provider_takes_every_call_of_its_protocol(provider: object, told: list[str]) -> None:
    assert misfits("fee_credit/1", provider) == told
    assert misfits("light/1", provider) == []


def test_a_provider_that_does_not_fit_sets_its_programme_aside(plant: Plant, managing: Managing) -> None:
    code = PROVIDING.format(name="lamp").replace("light", "fee_credit")

    manager = managing(plant("lamps", code, extra='provides = ["fee_credit/1"]'))

    assert manager.quarantined["lamps"].reason == (
        "lamps: its provider of fee_credit/1 does not fit: it has no method open_bill_fen. "
        "See the protocols of capabilities in compatibility.md."
    )


def test_the_base_provides_what_its_protocols_ask(managing: Managing) -> None:
    base = managing().loaded["base"]

    assert set(base.capabilities) == {"base/1", "scope/1", "rights/1"}
    assert [misfits(name, one) for name, one in base.capabilities.items()] == [[], [], []]
