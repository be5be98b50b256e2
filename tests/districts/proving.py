"""Districts that differ in what a caller may not see, and the callers that ask them."""

import asyncio
import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx
import jwt
from graphql import GraphQLSchema, build_schema

from wangge._host.app import create_app
from wangge._host.compose import ComposedSchema
from wangge._host.runtime import Server
from wangge.testing.districts import Client, TestDistrict
from wangge.testing.tiers import without_plans
from wangge.testing.worlds import DISTRICT, OTHER, World
from wangge_schema.grids.models import QrAnchor

from .planting import CONTACT, FAR, GRIDS, HOME, NEAR, NOW, Crop, Marks, node_ids, plant
from .walking import Document, Walker

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

_WORD = re.compile(r'"([0-9a-f]{8,})"')


@dataclass
class Answer:
    """What came back: everything in it that a caller can read."""

    status: int
    body: Any  # JSON
    text: str

    @property
    def data(self) -> Any:  # JSON
        """The answer's `data`, or None."""
        return self.body.get("data")

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Path and code of each error, sorted: which of several is met first is not said."""
        found = self.body.get("errors", ())
        return sorted((str(one.get("path")), str(one["extensions"]["code"])) for one in found)


@dataclass
class Proof:
    """A planted district, others without what is hidden from a caller, and documents that ask for all.

    Attributes:
        full: with every row.
        lacking: caller → the district without what is hidden from them.
    """

    backend: str
    runner: asyncio.Runner
    full: TestDistrict
    lacking: Mapping[str, TestDistrict]
    crop: Crop
    composed: ComposedSchema
    walker: Walker
    documents: list[Document]
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
        return self.runner.run(self._ask(client, documents, district or self.full, plans))

    async def _ask(
        self, client: Client, documents: Iterable[Document], district: TestDistrict, plans: bool
    ) -> list[Answer]:
        found, http = [], district.http
        with nullcontext() if plans else without_plans(district.server):
            for document in documents:
                query, variables, name = document
                body = {"query": query, "variables": variables, "operationName": name}
                path = f"/{self.full.code}/graphql"
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


def given_away(
    answers: Iterable[Answer], documents: Iterable[Document], marks: Marks
) -> list[tuple[str, Document]]:
    """Return the marks that stand in answers, each with the document that brought it."""
    found: list[tuple[str, Document]] = []
    for document, answer in zip(documents, answers, strict=True):
        found += [(mark, document) for mark in marks.texts if mark in answer.text]
        found += [(str(number), document) for number in _numbers(answer.body) & marks.numbers]
    return found


def apart(
    documents: Iterable[Document], full: Iterable[Answer], lacking: Iterable[Answer]
) -> list[tuple[Document, Any, Any]]:  # JSON
    """Return the documents that two districts answer differently, with both answers."""
    return [
        (document, one.body, other.body)
        for document, one, other in zip(documents, full, lacking, strict=True)
        if (one.status, one.data, one.errors) != (other.status, other.data, other.errors)
    ]


def _numbers(value: Any) -> set[int]:  # JSON
    """Return the numbers among an answer's values, amounts of money as their hundredths."""
    if isinstance(value, dict):
        return set().union(*map(_numbers, value.values()))
    if isinstance(value, list):
        return set().union(*map(_numbers, value))
    if isinstance(value, str) and re.fullmatch(r"\d+\.\d\d", value):
        return {int(value.replace(".", ""))}
    return {value} if isinstance(value, int) else set()


def prove(stack: AsyncExitStack, runner: asyncio.Runner, worlds: Sequence[World]) -> Proof:
    """Plant a district in each world: the full one, and one for each caller who sees something."""
    full = runner.run(_opened_at(stack, worlds[0]))
    crop = runner.run(plant(full))
    lacking = {}
    for caller, world in zip(SEEING, worlds[1:], strict=True):
        lacking[caller] = runner.run(_opened_at(stack, world))
        runner.run(plant(lacking[caller], without=HIDDEN[caller]))
    composed = runner.run(full.server.district(full.code).schema())
    schema = build_schema(composed.sdl)
    ids = node_ids(crop, {name: model for name, (model, _) in composed.nodes.items()})
    anchors = [crop.of(QrAnchor, group) for group in GRIDS]
    known = {
        "code": [f'"{code}"' for code in GRIDS.values()],
        "token": [f'"{one.values["token"]}"' for one in anchors if one is not None],
        "creditCode": [f'"11370703000000{at:04d}"' for at in range(3)],
        "deadline.workingDays": ["3"],
    }
    walker = Walker(schema, ids, known)
    return Proof(worlds[0].backend, runner, full, lacking, crop, composed, walker, walker.documents())


async def _opened_at(stack: AsyncExitStack, world: World) -> TestDistrict:
    settings = world.settings.model_copy(update={"database_pool": 2, "page_max": 1000})
    world = replace(world, settings=settings)
    server = Server(settings, plugins=world.plugins, schemas=world.schemas, clock=lambda: NOW)
    await server.start(watch=False)
    stack.push_async_callback(server.stop)
    transport = httpx.ASGITransport(create_app(server))
    client = httpx.AsyncClient(transport=transport, base_url="http://wangge.test")
    return TestDistrict(server, await stack.enter_async_context(client))


def worthless_tokens(district: TestDistrict) -> Iterator[tuple[str, str]]:
    """Return tokens that prove nothing here, by what is wrong with them; all name an administrator."""
    issue = district.server.authenticator.issue
    subject = f"{DISTRICT}/district_admin"
    good = issue(subject, DISTRICT)
    claims = jwt.decode(good, options={"verify_signature": False})
    head, body, signature = good.split(".")
    yield "other district", issue(f"{OTHER}/district_admin", OTHER)
    yield "same name, other district", issue(subject, OTHER)
    yield "expired", issue(subject, DISTRICT, timedelta(hours=-1))
    yield "other key", jwt.encode(claims, "k" * 64, algorithm="HS256")
    yield "no signature", jwt.encode(claims, "", algorithm="none")
    yield "signature left out", f"{head}.{body}."
    yield "changed", f"{head}.{_changed(body, jti='1')}.{signature}"
    own = issue(f"{DISTRICT}/resident", DISTRICT).split(".")
    yield "another's name", f"{own[0]}.{_changed(own[1], sub=subject)}.{own[2]}"
    yield "other audience", jwt.encode({**claims, "aud": "other"}, _key(district), algorithm="HS256")
    yield (
        "without an end",
        jwt.encode(
            {name: one for name, one in claims.items() if name != "exp"}, _key(district), algorithm="HS256"
        ),
    )
    yield "unknown account", issue(f"{DISTRICT}/nobody", DISTRICT)
    yield "disabled account", issue(f"{DISTRICT}/disabled", DISTRICT)


def _changed(body: str, **claims: Any) -> str:  # JSON
    found = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return base64.urlsafe_b64encode(json.dumps({**found, **claims}).encode()).decode().rstrip("=")


def _key(district: TestDistrict) -> bytes:
    return (district.server.settings.data / "signing.key").read_bytes().strip()
