"""Plain Strawberry as its documentation teaches it: types, DataLoaders for each request, SQLAlchemy's ORM."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any, cast
from uuid import UUID

import strawberry
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.types import Info
from tests.benchmarks.peers.strawberry_loaders import engine, loaders
from tests.benchmarks.peers.strawberry_loaders import session as open_session
from tests.benchmarks.plugin.bench_greeting.plugin import greeting

from wangge import uuid7
from wangge_schema import models as base
from wangge_schema.people.rules import DocumentType, ResidenceKind, Sex
from wangge_volunteer_points import models as points

_ANCESTORS = tuple(f"anc_{depth}" for depth in range(1, 7))


def _loader(info: Info[Any, Any], name: str) -> Any:  # a DataLoader, of rows that stand for types
    return info.context["loaders"][name]


@strawberry.type
class Count:
    """A number of rows."""

    total_count: int


@strawberry.type
class Grid:
    """A grid; at run time a row of the table."""

    name: str

    @strawberry.field
    @staticmethod
    async def parent(root: Any, info: Info[Any, Any]) -> "Grid | None":
        """Load the grid above."""
        found: Grid | None = await _loader(info, "grid").load(root.parent_id) if root.parent_id else None
        return found

    @strawberry.field
    @staticmethod
    async def ancestors(root: Any, info: Info[Any, Any]) -> list["Grid"]:
        """Load the grids above, from the district down."""
        above = [getattr(root, f"anc_{depth}") for depth in range(1, root.depth)]
        found: list[Grid] = await _loader(info, "number").load_many([0, *above])
        return found

    @strawberry.field
    @staticmethod
    async def people(root: Any, info: Info[Any, Any]) -> Count:
        """Count who lives in the grid and below."""
        return Count(total_count=await _loader(info, "count").load((root.depth, root.number)))

    @strawberry.field
    @staticmethod
    async def children(root: Any, info: Info[Any, Any], first: int) -> "GridConnection":
        """Load the grids below."""
        rows = [row for row in await _loader(info, "children").load(root.id) if row.valid_to is None]
        return GridConnection(total_count=len(rows), edges=[GridEdge(node=row) for row in rows[:first]])


@strawberry.type
class GridEdge:
    """A grid of a list."""

    node: Grid


@strawberry.type
class GridConnection:
    """A list of grids."""

    total_count: int
    edges: list[GridEdge]


@strawberry.type
class Household:
    """A household; at run time a row of the table."""

    number: str


@strawberry.type
class Person:
    """A person; at run time a row of the table."""

    id: strawberry.ID
    name: str
    birth_date: date | None
    document_number: str = strawberry.field(resolver=lambda root: root.document_number_masked)
    phone: str | None = strawberry.field(resolver=lambda root: root.phone_masked)
    sex: str | None = strawberry.field(resolver=lambda root: root.sex and root.sex.name)
    document_type: str = strawberry.field(resolver=lambda root: root.document_type.name)
    relation: str | None = strawberry.field(resolver=lambda root: root.relation and root.relation.name)

    @strawberry.field
    @staticmethod
    def greeting(root: Any) -> str:
        """Return how to address the person."""
        return greeting(root.name, root.sex and root.sex.name)

    @strawberry.field
    @staticmethod
    async def household(root: Any, info: Info[Any, Any]) -> Household | None:
        """Load the household."""
        found: Household | None = (
            await _loader(info, "household").load(root.household_id) if root.household_id else None
        )
        return found

    @strawberry.field
    @staticmethod
    async def grid(root: Any, info: Info[Any, Any]) -> Grid | None:
        """Load the grid."""
        found: Grid | None = await _loader(info, "grid").load(root.grid_id)
        return found


@strawberry.type
class PageInfo:
    """Where a page stands."""

    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class PersonEdge:
    """A person of a list."""

    node: Person


@strawberry.type
class PersonConnection:
    """A list of people."""

    edges: list[PersonEdge]
    page_info: PageInfo


@strawberry.type
class Team:
    """A team; at run time a row of the table."""

    name: str


@strawberry.type
class Membership:
    """A membership; at run time a row of the table."""

    @strawberry.field
    @staticmethod
    async def team(root: Any, info: Info[Any, Any]) -> Team:
        """Load the team."""
        found: Team = await _loader(info, "team").load(root.team_id)
        return found


@strawberry.type
class Account:
    """A points account; at run time a row of the table."""

    available: int


@strawberry.type
class Record:
    """A service record; at run time a row of the table."""

    title: str
    served_on: date
    minutes_served: int
    points: int


@strawberry.type
class RecordEdge:
    """A service record of a list."""

    node: Record


@strawberry.type
class RecordConnection:
    """A list of service records."""

    edges: list[RecordEdge]


@strawberry.type
class Volunteer:
    """A volunteer; at run time a row of the table."""

    id: strawberry.ID

    @strawberry.field
    @staticmethod
    async def person(root: Any, info: Info[Any, Any]) -> Person:
        """Load the person."""
        found: Person = await _loader(info, "person").load(root.person_id)
        return found

    @strawberry.field
    @staticmethod
    async def memberships(root: Any, info: Info[Any, Any]) -> list[Membership]:
        """Load the memberships."""
        found: list[Membership] = await _loader(info, "memberships").load(root.id)
        return found

    @strawberry.field
    @staticmethod
    async def accounts(root: Any, info: Info[Any, Any]) -> list[Account]:
        """Load the account."""
        found: list[Account] = await _loader(info, "accounts").load(root.id)
        return found

    @strawberry.field
    @staticmethod
    async def records(root: Any, info: Info[Any, Any], first: int) -> RecordConnection:
        """Load the last records."""
        rows = await _loader(info, "records").load((root.id, first))
        return RecordConnection(edges=[RecordEdge(node=row) for row in rows])


@strawberry.type
class VolunteerEdge:
    """A volunteer of a list."""

    node: Volunteer


@strawberry.type
class VolunteerConnection:
    """A list of volunteers."""

    edges: list[VolunteerEdge]


async def _within(
    session: AsyncSession, model: Any, id: UUID, most: int
) -> Sequence[Any]:  # a class, its rows
    grid = await session.get(base.Grid, id)
    if grid is None:
        return []
    inside = getattr(model, f"anc_{grid.depth}") == grid.number
    return (await session.scalars(select(model).where(inside).order_by(model.id).limit(most))).all()


@strawberry.type
class Query:
    """What can be read."""

    @strawberry.field
    async def person(self, id: strawberry.ID) -> Person | None:
        """Find a person."""
        async with open_session() as session:
            return cast("Person | None", await session.get(base.Person, UUID(id)))

    @strawberry.field
    async def people(self, first: int, within: strawberry.ID) -> PersonConnection:
        """List people of a grid."""
        async with open_session() as session:
            rows = await _within(session, base.Person, UUID(within), first + 1)
        page = rows[:first]
        info = PageInfo(has_next_page=len(rows) > first, end_cursor=str(page[-1].id) if page else None)
        return PersonConnection(edges=[PersonEdge(node=row) for row in page], page_info=info)

    @strawberry.field
    async def grid(self, code: str) -> Grid | None:
        """Find a grid."""
        async with open_session() as session:
            current = select(base.Grid).where(base.Grid.code == code, base.Grid.valid_to.is_(None))
            return cast("Grid | None", await session.scalar(current))

    @strawberry.field
    async def volunteers(self, first: int, within: strawberry.ID) -> VolunteerConnection:
        """List volunteers of a grid."""
        async with open_session() as session:
            rows = await _within(session, points.Volunteer, UUID(within), first)
        return VolunteerConnection(edges=[VolunteerEdge(node=row) for row in rows])


@strawberry.input
class RegisterPersonInput:
    """A person to register."""

    name: str
    sex: str
    birth_date: date
    document_number: str
    phone: str
    dwelling: strawberry.ID


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


@strawberry.type
class Mutation:
    """What can be written."""

    @strawberry.mutation
    async def register_person(self, input: RegisterPersonInput) -> Person | None:
        """Add a person with a residence."""
        number, phone = input.document_number, input.phone
        async with open_session() as session:
            home = await session.get_one(base.Dwelling, UUID(input.dwelling))
            address = {name: getattr(home, name) for name in ("grid_id", *_ANCESTORS)}
            person = base.Person(
                id=uuid7(),
                name=input.name,
                sex=Sex[input.sex],
                birth_date=input.birth_date,
                document_type=DocumentType.IDENTITY_CARD,
                document_number_cipher=_hash(number),
                document_number_digest=_hash(number),
                document_number_masked=f"{number[:3]}***********{number[-4:]}",
                phone_cipher=_hash(phone),
                phone_digest=_hash(phone),
                phone_masked=f"{phone[:3]}****{phone[-4:]}",
                dwelling_id=home.id,
                **address,
            )
            session.add(person)
            await session.flush()
            since = datetime.now(UTC).date()
            session.add(
                base.Residence(
                    person_id=person.id,
                    dwelling_id=home.id,
                    kind=ResidenceKind.CURRENT,
                    since=since,
                    **address,
                )
            )
            await session.commit()
        return cast("Person | None", person)


class _App(GraphQL[dict[str, Any], None]):
    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> dict[str, Any]:  # loaders by name
        return {"loaders": loaders()}


def app() -> Starlette:
    """Return the application."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await engine.dispose()

    served: Callable[..., Awaitable[None]] = _App(strawberry.Schema(Query, Mutation), graphql_ide=None)
    return Starlette(lifespan=lifespan, routes=[Route("/graphql", served)])
