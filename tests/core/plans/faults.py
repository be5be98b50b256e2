"""A district with the programme of planted faults on, and rows that show them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Table, insert, select

from wangge import Model, uuid7
from wangge._host.compose import SchemaCache
from wangge._host.compose.rules import apply_rules
from wangge._host.lifecycle import enable
from wangge._host.plugins import GROUP, PluginManager
from wangge.testing.districts import TestDistrict
from wangge_schema.grids.models import Grid
from wangge_schema.grids.services import address_of
from wangge_schema.people.models import Person
from wangge_schema.people.rules import DocumentType

from .crossing import NAMES

SLUG = "faults"
INSIDE, BESIDE, FAR = "370703001001001", "370703001001", "370703002200001"
"""The grid worker's own grid, the community's around it, and another street's."""

TIMES = (
    datetime(1940, 6, 1, 12, tzinfo=UTC),
    datetime(1988, 7, 1, 0, 0, 0, 1, tzinfo=UTC),
    datetime(1991, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(1992, 1, 1, tzinfo=UTC),
    datetime(2026, 2, 28, 16, 0, 0, tzinfo=UTC),
    datetime(2026, 11, 22, 1, 30, 0, 500000, tzinfo=UTC),
    datetime(9999, 12, 31, 1, 2, 3, tzinfo=UTC),
    None,
)
WIDE = (0, -1, 2**31 - 1, -(2**31), None)
TOO_WIDE = (2**31, -(2**31) - 1, 2**62, -(2**63))
FEN = (0, 1, -1, 5, -5, 99, -99, 100, -100, 123456789, -1000050, None)
RATIOS = (0.1, -2.5, 1e21, 1e-9, 1 / 3, 0.0, None)


def planted_manager() -> PluginManager:
    """Return a manager of all installed programmes and the planted one."""
    folder = str(Path(__file__).parent / "programmes")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    planted = EntryPoint(SLUG, "planted_faults.plugin", GROUP)
    manager = PluginManager([*entry_points(group=GROUP), planted])
    apply_rules(manager)
    assert SLUG in manager.loaded, manager.quarantined
    return manager


@contextmanager
def planted() -> Iterator[PluginManager]:
    """Bring the programme into the process, and take its tables out again."""
    try:
        yield planted_manager()
    finally:
        for table in [one for name, one in Model.metadata.tables.items() if name.startswith(f"{SLUG}_")]:
            Model.metadata.remove(table)
        for name in [one for one in sys.modules if one.startswith("planted_faults")]:
            del sys.modules[name]


def module_of(manager: PluginManager, name: str) -> ModuleType:
    """Return a module of the planted programme."""
    assert SLUG in manager.loaded
    return sys.modules[f"planted_faults.{name}"]


async def fill_faults(district: TestDistrict, models: Any) -> None:  # the planted module
    """Switch the programme on, make its tables and rows."""
    runtime = district.server.district(district.code)
    tables: list[Table] = [models.Thing.__table__, models.Part.__table__]
    async with runtime.work() as ctx:
        connection = await ctx.db.session.connection()
        for table in tables:
            await connection.run_sync(table.create)
    await enable(runtime, SLUG)
    runtime = district.server.district(district.code)
    async with runtime.work() as ctx:
        grids = {grid.code: grid for grid in await ctx.db.scalars(select(Grid))}
        people = {
            code: [_person(grids[code], f"{place}{at}") for at in range(3)]
            for place, code in (("里", INSIDE), ("旁", BESIDE), ("远", FAR))
        }
        await ctx.db.execute(insert(Person), [one for several in people.values() for one in several])
        things = [_thing(at, grids, people) for at in range(36)]
        await ctx.db.execute(insert(models.Thing), things)
        parts = [
            {
                "id": uuid7(),
                "thing_id": thing["id"],
                "label": f"{NAMES[at % len(NAMES)]}{at}",
                "ratio": RATIOS[place % len(RATIOS)],
                **address_of(grids[code]),
            }
            for place, thing in enumerate(things[::2])
            for at, code in enumerate((FAR, INSIDE, BESIDE))
        ]
        await ctx.db.execute(insert(models.Part), parts)


def _person(grid: Grid, name: str) -> dict[str, Any]:  # columns of any type
    return {"id": uuid7(), "name": name, "document_type": DocumentType.NONE, **address_of(grid)}


def _thing(at: int, grids: dict[str, Grid], people: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Return a row: the first twelve are whole and near, then keepers are far, then values too wide."""
    mood = (None, "GLAD", "SAD")[at % 3]
    keeper = people[INSIDE if at < 12 else (FAR, BESIDE, INSIDE)[at % 3]]
    owner = (None, *people[FAR], *people[INSIDE])[at % 7]
    return {
        "id": uuid7(),
        "name": NAMES[at % len(NAMES)] + f" {at}",
        "note": None if at % 4 == 0 else NAMES[at % len(NAMES)],
        "size": 1000 - at if at < 12 else at % 6,
        "wide": WIDE[at % len(WIDE)] if at < 30 else TOO_WIDE[at % len(TOO_WIDE)],
        "fen": FEN[at % len(FEN)],
        "open": (None, True, False)[at % 3],
        "mood": mood,
        "day": (None, date(1, 1, 1), date(9999, 12, 31), date(2026, 2, 28))[at % 4],
        "at": TIMES[3 + at % 5] if at < 24 else TIMES[at % len(TIMES)],
        "facts": (None, {"": 0}, {"a": [1, "é", None]}, [])[at % 4],
        "keeper_id": keeper[at % 3]["id"],
        "owner_id": None if owner is None else owner["id"],
        **address_of(grids[INSIDE if at < 18 else (FAR, BESIDE, INSIDE)[at % 3]]),
    }


def new_cache() -> SchemaCache:
    """Return a cache of schemas that holds no other programmes' classes."""
    return SchemaCache(4)
