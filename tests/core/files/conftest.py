"""A programme that keeps photos of lamps, served over HTTP, and ways to send and fetch files."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select
from tests.core.conftest import person_at

from wangge import encode_id
from wangge._host.app import create_app
from wangge._host.lifecycle import enable
from wangge._host.plugins import GROUP, PluginManager
from wangge._host.runtime import Server
from wangge.files import StoredFile
from wangge.testing.districts import TestDistrict
from wangge.testing.worlds import DISTRICT, World
from wangge_schema.grids.models import Grid
from wangge_schema.people.models import Person

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
JPEG = b"\xff\xd8\xff\xe0" + b"a photo"
NOON = datetime(2026, 11, 30, 4, 0, tzinfo=UTC)

PROGRAMMES = Path(__file__).parent / "programmes"
SLUG, TABLE = "photo_lamps", "photo_lamps_lamps"

SET = """mutation($input: XySetLampInput!) {
  xySetLamp(input: $input) {
    lamp { id photo { name mediaType size url } plan { name } } userErrors { code path }
  }
}"""


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)


class Lamps:
    """The district with its programme of lamps."""

    def __init__(self, district: TestDistrict, clock: Clock) -> None:
        self.district = district
        self.clock = clock
        self.http = district.http

    async def send(
        self, content: bytes, name: str | None = "lamp.png", role: str | None = "district_admin", **heads: str
    ) -> httpx.Response:
        """Upload a file."""
        headers = {"accept-language": "en", **{one.replace("_", "-"): value for one, value in heads.items()}}
        if role is not None:
            headers["authorization"] = f"Bearer {self.district.token(role)}"
        if name is not None:
            headers["x-file-name"] = name
        return await self.http.post(f"/{DISTRICT}/files", content=content, headers=headers)

    async def sent(self, content: bytes = PNG, name: str = "lamp.png", role: str = "district_admin") -> str:
        """Upload a file and return its id."""
        answer = await self.send(content, name, role)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def set(self, role: str = "district_admin", **values: Any) -> dict[str, Any]:  # a payload
        """Set a lamp and return the payload."""
        answer = await self.district.client(role).data(SET, input=values)
        found: dict[str, Any] = answer["xySetLamp"]
        return found

    async def stored(self) -> list[StoredFile]:
        """Return all files, the oldest first."""
        async with self.district.context() as ctx:
            found: list[StoredFile] = await ctx.db.scalars(select(StoredFile).order_by(StoredFile.id))
            return found

    async def person(self) -> tuple[UUID, str]:
        """Register somebody; return key and id."""

        async with self.district.committed() as ctx:
            grid = await ctx.db.scalar(select(Grid).where(Grid.code == DISTRICT))
            person = Person(**person_at(grid, "陈安"))
            ctx.db.add(person)
            await ctx.db.flush()
            return person.id, encode_id("Person", person.id)


@pytest.fixture
def programme(managing: Callable[..., PluginManager], monkeypatch: pytest.MonkeyPatch) -> PluginManager:
    """The base and the programme of lamps; its modules stay, since its table does."""
    monkeypatch.syspath_prepend(str(PROGRAMMES))
    manager = managing(EntryPoint(SLUG, f"{SLUG}.plugin", GROUP))
    assert manager.quarantined == {}
    return manager


@asynccontextmanager
async def serving(world: World, manager: PluginManager, **settings: Any) -> AsyncIterator[Lamps]:
    """Serve the districts with the programme on."""
    clock = Clock()
    server = Server(world.settings.model_copy(update=settings), plugins=manager, clock=clock)
    await server.start(watch=False)
    await enable(server.district(DISTRICT), SLUG)
    app = create_app(server)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://wangge.test") as http:
        yield Lamps(TestDistrict(server, http, DISTRICT, app), clock)
    await server.stop()


@pytest.fixture
async def lamps(world: World, programme: PluginManager) -> AsyncIterator[Lamps]:
    """The district with its lamps, on each database."""
    async with serving(world, programme) as made:
        yield made
