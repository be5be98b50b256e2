"""A vendor's programme and its life on a server: `parcel_lockers/` is the vendor's own folder."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url
from tests.vendor_sample.environment import Installation, Place
from tests.vendor_sample.household import COMPOUND, DISTRICT, OTHER, Home

from wangge.testing.worlds import GRIDS, POSTGRES_URL

collect_ignore = ["parcel_lockers"]
"""Its tests run where the package is known, as `test_own_tests` does it: in a process of their own."""


@dataclass(frozen=True)
class Town:
    """A server's data with two districts; the first has the programme, and a household in it."""

    place: Place
    home: Home


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The released wheels in an environment of their own, made once."""
    made = Installation(tmp_path_factory.mktemp("installation"))
    made.make()
    return made


@pytest.fixture(scope="module")
def templates(installation: Installation) -> Iterator[dict[str, Town]]:
    """Towns to be copied, by database."""
    made: dict[str, Town] = {}
    yield made
    for town in made.values():
        _drop(town.place)


@pytest.fixture
def town(
    installation: Installation, templates: dict[str, Town], backend: str, tmp_path: Path
) -> Iterator[Town]:
    """A fresh copy of the town, served by nobody yet; the sample is installed as it was built."""
    if backend not in templates:
        templates[backend] = _found(installation, backend)
    template = templates[backend]
    place = Place(tmp_path / "data")
    shutil.copytree(template.place.data, place.data)
    if template.place.catalog_url is not None:
        place = Place(place.data, _make_database(template.place.catalog_url))
    yield Town(place, deepcopy(template.home))
    _drop(place)


@pytest.fixture(autouse=True)
def whole(request: pytest.FixtureRequest) -> Iterator[None]:
    """Put the sample back as it was built after a test that had the installation."""
    yield
    if "town" in request.fixturenames:
        request.getfixturevalue("installation").install_sample()


def _found(installation: Installation, backend: str) -> Town:
    """Found two districts by the commands of an operator, and let a household move in."""
    folder = installation.folder / f"{backend}-template"
    folder.mkdir()
    place = Place(folder / "data", _make_database() if backend == "postgresql" else None)
    files = {code: installation.folder / f"{code}.csv" for code in GRIDS}
    for code, path in files.items():
        path.write_text(GRIDS[code], encoding="utf-8")
    accounts = [(DISTRICT, "district_admin"), (OTHER, "district_admin"), (DISTRICT, "grid_worker")]
    installation.wangge_all(
        place,
        [
            ("district", "add", DISTRICT, "--name", "寒亭区"),
            ("district", "add", OTHER, "--name", "安丘市"),
            *(("import", "grids", str(path), "--district", code) for code, path in files.items()),
            ("plugin", "enable", "volunteer_points", "--district", DISTRICT),
            ("plugin", "enable", "parcel_lockers", "--district", DISTRICT),
            *(_account(code, role) for code, role in accounts),
        ],
    )
    home = Home()
    with installation.serving(place) as served:
        home.move_in(served)
    return Town(place, home)


def _account(code: str, role: str) -> tuple[str, ...]:
    """Return the command that makes an account with a role known, called as the role is."""
    grid = ("--grid", COMPOUND) if role == "grid_worker" else ()
    return ("token", "--district", code, "--role", role, "--account", f"{code}/{role}", *grid)


def _make_database(template: str | None = None) -> str:
    name = f"wangge_life_{os.getpid()}_{os.urandom(3).hex()}"
    copied = "" if template is None else f' TEMPLATE "{make_url(template).database}"'
    _administer(f'CREATE DATABASE "{name}"{copied}')
    return make_url(os.environ[POSTGRES_URL]).set(database=name).render_as_string(hide_password=False)


def _drop(place: Place) -> None:
    if place.catalog_url is not None:
        name = make_url(place.catalog_url).database
        _administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _administer(statement: str) -> None:
    url = make_url(os.environ[POSTGRES_URL]).set(drivername="postgresql")

    async def run() -> None:
        connection = await asyncpg.connect(url.render_as_string(hide_password=False))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())
