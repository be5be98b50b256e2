"""Districts that differ in what a caller may not see, and the callers that ask them."""

import asyncio
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
from graphql import GraphQLSchema, build_schema

from wangge._host.app import create_app
from wangge._host.compose import ComposedSchema
from wangge._host.compose.names import names_of
from wangge._host.plugins import BASE
from wangge._host.runtime import Server
from wangge.graphql.ids import encode_id
from wangge.testing.districts import Client, TestDistrict
from wangge.testing.programmes import enabled
from wangge.testing.proofs.asking import Answer, Document, Literals, literals_of
from wangge.testing.proofs.planting import NOW, models, node_ids, plant
from wangge.testing.proofs.seeds import CONTACT, FAR, HOME, NEAR, PLACES, Crop
from wangge.testing.proofs.walking import Walker
from wangge.testing.tiers import without_plans
from wangge.testing.worlds import World

HIDDEN: Mapping[str | None, Sequence[str]] = {
    "grid_worker_elsewhere": (FAR, CONTACT),
    "resident": (FAR, NEAR, CONTACT),
    "vendor_service": (FAR, NEAR, HOME, CONTACT),
    "bare": (FAR, NEAR, HOME, CONTACT),
    "revoked": (FAR, NEAR, HOME, CONTACT),
    None: (FAR, NEAR, HOME, CONTACT),
}
"""Caller → the groups of rows that are hidden from them."""
SEEING = ("grid_worker_elsewhere", "resident")
"""Callers who see something: for each there is a district without what is hidden from them."""

KNOWN = {
    "code": [f'"{code}"' for code in PLACES.values()],
    "token": [f'"{"a" * 21}{at}"' for at in range(len(PLACES))],
    "creditCode": [f'"11370703000000{at:04d}"' for at in range(3)],
    "deadline.workingDays": ["3"],
}
"""Literals of arguments of the base, beside what rows hold under their names."""

_WORD = re.compile(r'"([0-9a-f]{8,})"')


@dataclass
class Proof:
    """A planted district, others without what is hidden from a caller, and documents that ask for all.

    Attributes:
        full: with every row.
        lacking: caller → the district without what is hidden from them.
        slug: of the programme that alone is asked for; None where everything is.
    """

    backend: str
    runner: asyncio.Runner
    full: TestDistrict
    lacking: Mapping[str, TestDistrict]
    crop: Crop
    composed: ComposedSchema
    walker: Walker
    documents: list[Document]
    slug: str | None = None
    _known: dict[Any, list[Answer]] = field(default_factory=dict)

    @property
    def schema(self) -> GraphQLSchema:
        """The schema as frontends have it."""
        return self.walker.schema

    def client(self, caller: str | None, district: TestDistrict | None = None) -> Client:
        """Return a client of the full district, or another."""
        return (district or self.full).client(caller)

    def answers(
        self, caller: str | None, district: TestDistrict | None = None, *, plans: bool = True
    ) -> list[Answer]:
        """Return the answers to all documents, asked once."""
        key = (caller, id(district), plans)
        if key not in self._known:
            self._known[key] = self.ask(self.client(caller, district), self.documents, district, plans=plans)
        return self._known[key]

    def ask(
        self,
        client: Client,
        documents: Iterable[Document],
        district: TestDistrict | None = None,
        *,
        plans: bool = True,
    ) -> list[Answer]:
        """Send documents one by one to the full district, or another."""
        return self.runner.run(self.ask_now(client, documents, district, plans=plans))

    async def ask_now(
        self,
        client: Client,
        documents: Iterable[Document],
        district: TestDistrict | None = None,
        *,
        plans: bool = True,
    ) -> list[Answer]:
        """Do as `ask` does, within the runner."""
        district = district or self.full
        found, http = [], district.http
        with nullcontext() if plans else without_plans(district.server):
            for document in documents:
                query, variables, name = document
                body = {"query": query, "variables": variables, "operationName": name}
                path = f"/{district.code}/graphql"
                response = await http.post(path, json=body, headers=client.headers)
                heads = [value for each, value in response.headers.items() if each != "x-request-id"]
                text = " ".join([response.text, *heads])
                found.append(Answer(response.status_code, response.json(), f"{text} {_opened(text)}"))
        return found


def _opened(text: str) -> str:
    """Return what the cursors in an answer hold."""
    found = []
    for word in _WORD.findall(text):
        try:
            found.append(json.dumps(json.loads(bytes.fromhex(word)), ensure_ascii=False))
        except ValueError:
            continue
    return " ".join(found)


def prove(
    stack: AsyncExitStack,
    runner: asyncio.Runner,
    worlds: Sequence[World],
    *,
    slug: str | None = None,
    meant: Mapping[str, str] | None = None,
) -> Proof:
    """Plant a district in each world: the full one, and one for each caller who sees something.

    Args:
        stack: closes what is opened.
        runner: runs it.
        worlds: one for the full district, and one for each of `SEEING`.
        slug: of a programme that is enabled, and alone asked for; None asks for everything.
        meant: name of an argument → table of the row whose id it takes, where nothing else says it.
    """
    full = runner.run(_opened_at(stack, worlds[0], slug))
    crop = runner.run(plant(full))
    lacking = {}
    for caller, world in zip(SEEING, worlds[1:], strict=True):
        lacking[caller] = runner.run(_opened_at(stack, world, slug))
        runner.run(plant(lacking[caller], without=HIDDEN[caller]))
    runtime = full.server.district(full.code)
    composed = runner.run(runtime.schema())
    nodes = {name: model for name, (model, _) in composed.nodes.items()}
    home = [f'"{encode_id("Grid", crop.grids[HOME].id)}"']
    installed = [f'"{one}"' for one in full.server.plugins.loaded if one != BASE]
    known = {
        **literals_of(crop),
        **KNOWN,
        "baseSettings.grid": home,
        "pluginPreview.slug": installed[:1],
    }
    literals = Literals(node_ids(crop, nodes), nodes, known, models(full), meant or {})
    brought = names_of(full.server.plugins.loaded[slug]) if slug is not None else None
    walker = Walker(build_schema(composed.sdl), literals, brought)
    return Proof(worlds[0].backend, runner, full, lacking, crop, composed, walker, walker.documents(), slug)


async def _opened_at(stack: AsyncExitStack, world: World, slug: str | None) -> TestDistrict:
    settings = world.settings.model_copy(update={"database_pool": 2, "page_max": 1000})
    world = replace(world, settings=settings)
    server = Server(settings, plugins=world.plugins, schemas=world.schemas, clock=lambda: NOW)
    await server.start(watch=False)
    stack.push_async_callback(server.stop)
    transport = httpx.ASGITransport(create_app(server))
    client = httpx.AsyncClient(transport=transport, base_url="http://wangge.test")
    district = TestDistrict(server, await stack.enter_async_context(client))
    if slug is not None:
        await enabled(server.plugins.loaded[slug], server, district)
    return district
