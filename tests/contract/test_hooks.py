"""Every hook of the contract is documented with its exact arguments, and does what the page says."""

import asyncio
import inspect
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from decimal import Decimal
from importlib.metadata import EntryPoint
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from wangge import Account, DemoOptions, PluginFailed, PluginState
from wangge import hookspecs as contract
from wangge._host.app import create_app
from wangge._host.background.handlers import HandlerRun, handlers_of
from wangge._host.background.jobs import job_rows, jobs_of, run_job
from wangge._host.demo import prepare_demo
from wangge._host.importing import run_import
from wangge._host.lifecycle import enable
from wangge._host.plugins import PluginManager
from wangge._host.runtime import Server
from wangge.testing.districts import TestDistrict
from wangge.testing.worlds import DISTRICT, World, Worlds

PAGE = Path(__file__).resolve().parents[2] / "core" / "docs" / "hooks.md"
HOOKS = {name: value for name, value in vars(contract).items() if hasattr(value, f"{contract.PROJECT}_spec")}

Plant = Callable[..., EntryPoint]
Managing = Callable[..., PluginManager]

IMPORTS = "from wangge import *\nfrom wangge import EventType, Indicator\nfrom decimal import Decimal\n"


def test_every_hook_is_a_heading_with_its_arguments_in_the_order_of_the_contract() -> None:
    headings = re.findall(r"^## (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert headings == [
        f"{name}({', '.join(inspect.signature(hook).parameters)})" for name, hook in HOOKS.items()
    ]


def test_every_hook_is_shown_with_its_types() -> None:
    shown = re.findall(r"^```python\n(def .+)\n```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert shown == [f"def {name}{_signature(hook)}" for name, hook in HOOKS.items()]


def _signature(hook: Callable[..., object]) -> str:
    text = str(inspect.signature(hook))
    return re.sub(r"(?:[a-z_]+\.)+([A-Z])", r"\1", text).replace("Callable[[int, int], None]", "Progress")


def test_every_hook_says_when_it_is_called() -> None:
    for name, hook in HOOKS.items():
        assert "Called" in (hook.__doc__ or ""), name


SECTIONS = dict(re.findall(r"^## (\w+)\(.*?\)\n(.*?)(?=^## |\Z)", PAGE.read_text("utf-8"), re.M | re.S))


@pytest.mark.parametrize("name", HOOKS)
def test_page_and_contract_tell_the_same_of_a_hook(name: str) -> None:
    told, section = HOOKS[name].__doc__ or "", " ".join(SECTIONS[name].split())

    kind = "*Declaring.*" if "Called at start" in told else "*Working.*"
    assert f"``` {kind} " in section
    if kind == "*Working.*":
        assert "Called" in section
        assert "raises" in told, "what happens when it raises"
        assert "raises" in section, "what happens when it raises"
    if "repeated" in told:
        assert "harmless when repeated" in section
    if "set aside" in told or "sets its plugin aside" in told:
        assert re.search("sets? (?:the|its) plugin aside|plugin is set aside", section)
    assert [fact for fact in re.findall("`([^`]+)`", told) if f"`{fact}" not in section] == []


def test_every_hook_has_a_test() -> None:
    tested = {name.removeprefix("test_hook_") for name in globals() if name.startswith("test_hook_")}

    assert tested == set(HOOKS)


def hooks(**bodies: str) -> str:
    """Return the source of a plugin module: hook name with arguments → what it returns."""
    parts = [IMPORTS]
    for name, body in bodies.items():
        arguments = ", ".join(inspect.signature(HOOKS[name]).parameters)
        start = "async def" if name in {"on_enable", "demo_data"} else "def"
        parts.append(f"@hookimpl\n{start} {name}({arguments}):\n    {body}\n")
    return "\n".join(parts)


@pytest.fixture
def fresh(worlds: Worlds) -> Iterator[World]:
    """A fresh copy of the districts, on one database: hooks meet the databases only through the kit."""
    world = worlds.fresh("sqlite")
    yield world
    worlds.drop(world)


@asynccontextmanager
async def serving(world: World, manager: PluginManager) -> AsyncIterator[TestDistrict]:
    """Serve the districts with these programmes installed."""
    server = Server(world.settings, plugins=manager)
    await server.start(watch=False)
    transport = httpx.ASGITransport(create_app(server))
    async with httpx.AsyncClient(transport=transport, base_url="http://wangge.test") as http:
        yield TestDistrict(server, http, DISTRICT)
    await server.stop()


ACCOUNT = 'ctx.db.add(Account(subject="lamps/keeper", kind=PrincipalKind.SERVICE))\n    await ctx.db.flush()'
LAMP = 'class XyLamp:\n    size: int = column("Its size.")\n'
TYPE = f'@object_type(access=public, description="A lamp.")\n{LAMP}'
ROOT = (
    "@extends(Query)\nclass Queries:\n"
    '    @query(access=public, description="A number.")\n    def xy_size(self) -> int:\n        return 7\n'
)


async def test_hook_graphql_types(plant: Plant, managing: Managing, fresh: World) -> None:
    manager = managing(
        plant("lamps", f"from wangge import *\n{TYPE}{hooks(graphql_types='return [XyLamp]')}")
    )

    async with serving(fresh, manager) as district:
        before = (await district.server.district(DISTRICT).schema()).sdl
        await enable(district.server.district(DISTRICT), "lamps")
        after = (await district.server.district(DISTRICT).schema()).sdl

    assert "XyLamp" not in before
    assert "type XyLamp" in after


async def test_hook_graphql_extensions(plant: Plant, managing: Managing, fresh: World) -> None:
    source = f"from wangge import *\n{ROOT}{hooks(graphql_extensions='return [Queries]')}"
    manager = managing(plant("lamps", source))

    async with serving(fresh, manager) as district:
        client = district.client(None)
        off = await client.codes("{ xySize }")
        await enable(district.server.district(DISTRICT), "lamps")
        on = await client.data("{ xySize }")

    assert off == ["PLUGIN_NOT_ENABLED"]
    assert on == {"xySize": 7}


MODELS = """\
from uuid import UUID
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column
from wangge import Identified, Model

class Lamp(Identified, Model):
    \"\"\"A lamp.\"\"\"
    __tablename__ = "{table}"
    grid_id: Mapped[UUID] = mapped_column(ForeignKey("{target}.id", ondelete={rule}))
"""


@pytest.mark.parametrize(
    ("slug", "table", "target", "rule", "refused"),
    [
        ("lamps", "lamps_lamps", "base_grids", "'CASCADE'", None),
        (
            "lights",
            "lamp_rows",
            "base_grids",
            "'CASCADE'",
            "lights: the table lamp_rows must be called lights_…",
        ),
        (
            "glows",
            "glows_rows",
            "base_grids",
            "None",
            "glows: glows_rows → base_grids needs ON DELETE CASCADE",
        ),
        ("rays", "rays_rows", "other_rows", "'CASCADE'", "rays: rays_rows points to other_rows"),
    ],
    ids=["sound", "foreign name", "blocking key", "key to another programme"],
)
def test_hook_models(
    plant: Plant, managing: Managing, slug: str, table: str, target: str, rule: str, refused: str | None
) -> None:
    source = hooks(models=f"from planted_{slug}.models import Lamp\n    return [Lamp]")
    manager = managing(plant(slug, source, models=MODELS.format(table=table, target=target, rule=rule)))

    if refused is None:
        assert [model.__tablename__ for model in manager.loaded[slug].models] == [table]
    else:
        assert manager.quarantined[slug].reason.startswith(refused)


async def test_hook_settings_model(plant: Plant, managing: Managing, fresh: World) -> None:
    model = (
        "import pydantic\nclass LampSettings(pydantic.BaseModel):\n"
        "    most: int = pydantic.Field(3, description='Most.')\n"
    )
    manager = managing(plant("lamps", model + hooks(settings_model="return LampSettings")))
    kind = manager.loaded["lamps"].settings_model
    assert kind is not None

    async with serving(fresh, manager) as district:
        await enable(district.server.district(DISTRICT), "lamps")
        async with district.context() as ctx:
            by_default = ctx.settings(kind).model_dump()
        await district.server.catalog.set_settings(DISTRICT, "lamps", {"most": 5})
        await district.server.reload()
        async with district.context() as ctx:
            as_set = ctx.settings(kind).model_dump()

    assert (by_default, as_set) == ({"most": 3}, {"most": 5})


async def test_hook_capabilities(plant: Plant, managing: Managing, fresh: World) -> None:
    point = plant("lamps", hooks(capabilities='return {"light/1": "a lamp"}'), extra='provides = ["light/1"]')

    async with serving(fresh, managing(point)) as district:
        async with district.context() as ctx:
            off = ctx.capability("light/1")
        await enable(district.server.district(DISTRICT), "lamps")
        async with district.context() as ctx:
            on = ctx.capability("light/1")

    assert (off, on) == (None, "a lamp")


def test_a_capability_that_the_manifest_does_not_name_sets_aside(plant: Plant, managing: Managing) -> None:
    manager = managing(plant("lamps", hooks(capabilities='return {"light/1": "a lamp"}')))

    assert manager.quarantined["lamps"].reason == (
        "lamps: plugin.toml's `provides` and the hook `capabilities` must name the same."
    )


def test_hook_event_types(plant: Plant, managing: Managing) -> None:
    sound = plant("lamps", hooks(event_types='return [EventType("lamps.lit", "A lamp was lit.")]'))
    foreign = plant("lights", hooks(event_types='return [EventType("lamps.lit", "A lamp was lit.")]'))

    manager = managing(sound, foreign)

    assert [event.name for event in manager.loaded["lamps"].event_types] == ["lamps.lit"]
    assert manager.quarantined["lights"].reason == (
        "lights: the event lamps.lit must start with lights.: rename it."
    )


async def test_hook_event_handlers(plant: Plant, managing: Managing, fresh: World) -> None:
    source = f"""\
from wangge import *
async def handle(ctx, event):
    {ACCOUNT}
KEEP = EventHandler("keep", ("base.grid.created",), handle, "Makes a keeper.")
"""
    manager = managing(plant("lamps", source + hooks(event_handlers="return [KEEP]")))

    async with serving(fresh, manager) as district:
        runtime = district.server.district(DISTRICT)
        await enable(runtime, "lamps")
        async with district.committed() as ctx:
            ctx.emit("base.grid.created")
        before = await keepers(district)
        [known] = handlers_of(runtime)
        await HandlerRun(runtime, known, asyncio.Event()).run()
        after = await keepers(district)

    assert (before, after) == (0, 1)


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        ('EventHandler("keep", (), handle, "")', "the event handler keep names no event: list its types."),
        (
            'EventHandler("keep", ("Lit",), handle, "")',
            "'Lit' of the event handler keep is no event: slug.subject.verb.",
        ),
        (
            'EventHandler("Keep", ("base.grid.created",), handle, "")',
            "the event handler 'Keep' needs a key of lower-case letters, digits and underscores.",
        ),
        (
            'EventHandler("keep", ("base.grid.created",), handle, "", timeout=0)',
            "the event handler keep needs a timeout between 0 and 3600 seconds.",
        ),
        (
            '*[EventHandler("keep", ("base.grid.created",), handle, "")] * 2',
            "two event handlers have the key keep: rename one of them.",
        ),
    ],
    ids=["no types", "no event", "bad key", "bad timeout", "twice"],
)
def test_an_event_handler_that_breaks_a_rule_sets_aside(
    plant: Plant, managing: Managing, declared: str, reason: str
) -> None:
    source = f"from wangge import *\nasync def handle(ctx, event):\n    pass\nDECLARED = [{declared}]\n"
    manager = managing(plant("lamps", source + hooks(event_handlers="return DECLARED")))

    assert manager.quarantined["lamps"].reason == f"lamps: {reason}"


async def test_hook_jobs(plant: Plant, managing: Managing, fresh: World) -> None:
    source = f"""\
from datetime import time
from wangge import *
async def run(ctx):
    {ACCOUNT}
    return {{"keepers": 1}}
KEEP = ScheduledJob("keep", "Makes a keeper.", run, at=time(2, 0))
"""
    manager = managing(plant("lamps", source + hooks(jobs="return [KEEP]")))

    async with serving(fresh, manager) as district:
        runtime = district.server.district(DISTRICT)
        before = set(jobs_of(runtime))
        await enable(runtime, "lamps")
        known = jobs_of(runtime)
        await job_rows(runtime, known)
        await run_job(runtime, known["lamps.keep"], due=False)
        results = {job.name: job.result for job in await job_rows(runtime, known)}
        made = await keepers(district)

    assert (before, set(known) - before) == ({"retention"}, {"lamps.keep"})
    assert results["lamps.keep"] == {"keepers": 1}
    assert made == 1


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        ('ScheduledJob("keep", "", run)', "the job keep needs `every` or `at`, one of them."),
        (
            'ScheduledJob("keep", "", run, timedelta(hours=1), time(2, 0))',
            "the job keep needs `every` or `at`, one of them.",
        ),
        (
            'ScheduledJob("keep", "", run, timedelta(seconds=59))',
            "the job keep must be due between every minute and once a year.",
        ),
        (
            'ScheduledJob("keep", "", run, at=time(2, 0, tzinfo=UTC))',
            "the job keep is due at a time with a zone: leave it out, it is the district's.",
        ),
        (
            '*[ScheduledJob("keep", "", run, timedelta(hours=1))] * 2',
            "two jobs have the key keep: rename one of them.",
        ),
    ],
    ids=["never", "two schedules", "too often", "a zone", "twice"],
)
def test_a_job_that_breaks_a_rule_sets_aside(
    plant: Plant, managing: Managing, declared: str, reason: str
) -> None:
    source = (
        "from datetime import UTC, time, timedelta\nfrom wangge import *\n"
        f"async def run(ctx):\n    pass\nDECLARED = [{declared}]\n"
    )
    manager = managing(plant("lamps", source + hooks(jobs="return DECLARED")))

    assert manager.quarantined["lamps"].reason == f"lamps: {reason}"


async def test_hook_indicators(plant: Plant, managing: Managing, fresh: World) -> None:
    source = (
        "async def compute(ctx, grid_id, from_, to):\n"
        '    return Decimal("2.5") if grid_id is None else None\n'
        'LIT = Indicator("lamps.lit", "Lamps", "Lamps that are lit now.", "lamp", compute)\n'
    )
    manager = managing(plant("lamps", IMPORTS + source + hooks(indicators="return [LIT]")))

    async with serving(fresh, manager) as district:
        await enable(district.server.district(DISTRICT), "lamps")
        data = await district.client("district_admin").data("{ indicators { key value unit plugin } }")

    assert [one for one in data["indicators"] if one["plugin"] == "lamps"] == [
        {"key": "lamps.lit", "value": str(Decimal("2.5")), "unit": "lamp", "plugin": "lamps"}
    ]


async def test_hook_importers(plant: Plant, managing: Managing, fresh: World, tmp_path: Path) -> None:
    source = """\
class Job:
    def __init__(self, report):
        self.report = report
    async def take(self, rows):
        self.report.created += len(rows)
    async def finish(self):
        pass
async def start(ctx, report):
    return Job(report)
KIND = Importer(
    key="lamps", title="灯", permission="base.grids.write", start=start,
    columns=(ImportColumn("code", "编号", "Its code."),),
)
"""
    manager = managing(plant("lamps", IMPORTS + source + hooks(importers="return [KIND]")))
    path = tmp_path / "lamps.csv"
    path.write_text("编号\nL1\nL2\n", encoding="utf-8")

    async with serving(fresh, manager) as district:
        runtime = district.server.district(DISTRICT)
        result = await run_import(manager.loaded["lamps"].importers[0], path, open_context=runtime.work)

    assert (result.written, result.report.created, len(result.report.refused)) == (True, 2, 0)


async def keepers(district: TestDistrict) -> int:
    """Return how many accounts the programme of the test has made."""
    async with district.context() as ctx:
        found: int = await ctx.db.scalar(
            select(func.count()).select_from(Account).where(Account.subject == "lamps/keeper")
        )
        return found


async def test_hook_on_enable(plant: Plant, managing: Managing, fresh: World) -> None:
    manager = managing(plant("lamps", hooks(on_enable=ACCOUNT)))

    async with serving(fresh, manager) as district:
        before = await keepers(district)
        await enable(district.server.district(DISTRICT), "lamps")
        after = await keepers(district)

    assert (before, after) == (0, 1)


async def test_an_on_enable_that_raises_leaves_the_programme_as_it_was(
    plant: Plant, managing: Managing, fresh: World
) -> None:
    manager = managing(plant("lamps", hooks(on_enable=f'{ACCOUNT}\n    raise RuntimeError("no light")')))

    async with serving(fresh, manager) as district:
        with pytest.raises(PluginFailed, match="lamps could not provide on_enable") as failed:
            await enable(district.server.district(DISTRICT), "lamps")
        assert isinstance(failed.value.__cause__, RuntimeError)
        states = district.server.district(DISTRICT).record.states
        made = await keepers(district)

    assert "lamps" not in states
    assert made == 0


async def test_hook_demo_data(
    plant: Plant, managing: Managing, fresh: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = f"progress(1, options.people)\n    {ACCOUNT}"
    manager = managing(plant("lamps", hooks(demo_data=body)))
    monkeypatch.setattr("wangge._host.plugins.PluginManager.hook", _only("lamps", PluginManager.hook))
    told: list[tuple[str, int, int]] = []

    async with serving(fresh, manager) as district:
        await enable(district.server.district(DISTRICT), "lamps")
        options = DemoOptions(people=9)
        await prepare_demo(
            district.server, options, lambda what, done, whole: told.append((what, done, whole))
        )
        made = await keepers(district)
        state = district.server.district(DISTRICT).record.states["lamps"].state

    assert ("demo data of lamps", 1, 9) in told
    assert made == 1
    assert state is PluginState.ENABLED


def _only(slug: str, ask: Callable[..., object]) -> Callable[..., object]:
    """Return `PluginManager.hook` without the demo data of the other programmes, which take long."""

    def hook(manager: PluginManager, owner: str, name: str) -> object:
        return None if name == "demo_data" and owner != slug else ask(manager, owner, name)

    return hook


def test_a_declaring_hook_that_raises_sets_only_its_plugin_aside(plant: Plant, managing: Managing) -> None:
    broken = plant("lamps", hooks(event_types='raise RuntimeError("no light")'))
    sound = plant("lights", hooks(event_types="return []"))

    manager = managing(broken, sound)

    assert manager.quarantined["lamps"].reason == "no light"
    assert set(manager.loaded) == {"base", "lights"}


def test_a_misspelt_hook_sets_its_plugin_aside(plant: Plant, managing: Managing) -> None:
    manager = managing(
        plant("lamps", "from wangge import hookimpl\n@hookimpl\ndef graphql_type():\n    return []\n")
    )

    assert manager.quarantined["lamps"].reason == (
        "planted_lamps implements hooks that do not exist: graphql_type. See the list of hooks."
    )


def test_every_hook_is_used_by_a_programme_of_this_project() -> None:
    manager = PluginManager()
    used = {name for plugin in manager.loaded.values() for name in HOOKS if hasattr(plugin.module, name)}

    assert used == set(HOOKS)
