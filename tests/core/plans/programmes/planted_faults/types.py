"""Its types: each field is a way to go wrong."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, func, select
from strawberry.dataloader import DataLoader

from wangge import (
    Connection,
    EnumMatch,
    Filter,
    Info,
    IntMatch,
    Node,
    Parent,
    PluginFailed,
    RequestContext,
    Rows,
    StringMatch,
    authenticated,
    column,
    connection,
    field,
    filter_type,
    graphql_enum,
    masked,
    match,
    match_by,
    money,
    order_type,
    related,
    related_list,
    related_one,
    table_type,
)
from wangge_schema import Person
from wangge_schema import models as base

from . import models

graphql_enum(models.FaultyMood, "How a thing feels.", GLAD="Glad.", SAD="Sad.")


def _owned(ctx: RequestContext, name: str) -> ColumnElement[bool]:
    """Compare a column of another table, which nothing joins."""
    return (models.Thing.keeper_id == base.Person.id) & (base.Person.name == name)


def _kept(ctx: RequestContext, name: str) -> ColumnElement[bool]:
    """Look for rows of a scoped table in a subquery."""
    return models.Thing.keeper_id.in_(select(base.Person.id).where(base.Person.name == name))


@filter_type(models.Thing, "Which things.")
class FaultyThingFilter(Filter):
    """Conditions."""

    name: StringMatch | None = match("name", "Name.")
    size: IntMatch | None = match("size", "Size.")
    mood: EnumMatch[models.FaultyMood] | None = match("mood", "FaultyMood.")
    owned: str | None = match_by(_owned, "Name of the keeper, by a product of tables.")
    kept: str | None = match_by(_kept, "Name of the keeper, by a subquery.")


@order_type(models.Thing, "Order of things.")
class FaultyThingOrder(Enum):
    """Orders."""

    NAME_ASC = "name"
    NAME_DESC = "-name"
    SIZE_ASC = "size"


@table_type(models.Part, access=authenticated, description="A part.")
class FaultyPart(Node):
    """A part of a thing."""

    label: str = column("Label.")
    ratio: float | None = column("Ratio.")
    thing: "FaultyThing" = related("thing_id", "The thing.")


def _people_beside(thing: Any) -> ColumnElement[Any]:  # a mapped class
    return select(func.count(base.Person.id)).where(base.Person.grid_id == thing.grid_id).scalar_subquery()


def _parts(thing: Any) -> ColumnElement[bool]:  # as above
    condition: ColumnElement[bool] = models.Part.thing_id == thing.id
    return condition


@table_type(models.Thing, access=authenticated, description="A thing.")
class FaultyThing(Node):
    """A thing."""

    name: str = column("Name.")
    note: str | None = column("Note.")
    note_needed: str = column("Note, which must not be null and may be.", source="note")
    size: int = column("Size.")
    wide: int | None = column("A number that may be too wide.")
    price: Decimal | None = money("fen", "Price.")
    open: bool | None = column("Whether it is open.")
    mood: models.FaultyMood | None = column("FaultyMood.")
    day: date | None = column("Day.")
    at: datetime | None = column("Time.")
    size_as_text: str = column("A number called a text.", source="size")
    mood_as_text: str | None = column("A member called a text.", source="mood")
    near: str | None = column("Name, within the scope.", source="name", within_scope=True)
    told: str | None = column("Name, by permission.", source="name", unless="base.people.read")
    veiled: str = masked(
        "name",
        unless="base.people.read",
        mask=lambda name: name[:1] + "*",
        sql=lambda name: func.substr(name, 1, 1).op("||")("*"),
        description="Name, masked.",
    )
    keeper: Person = related("keeper_id", "Who keeps it; may be hidden.")
    shown: Person = related("keeper_id", "Who keeps it, published.", published=True)
    owner: Person | None = related("owner_id", "Who owns it; may be hidden.")
    owner_near: Person = related("owner_id", "Who owns it, within the scope.", within_scope=True)
    parts: list[FaultyPart] = related_list(models.Part.thing_id, "Parts.", order_by=models.Part.label)
    part: FaultyPart | None = related_one(models.Part.thing_id, "The first part.")
    part_pages: Connection[FaultyPart] = connection("Parts, in pages.", via=models.Part.thing_id)

    @field(description="Fails for small things.")
    @staticmethod
    def risky(root: Parent[models.Thing]) -> int | None:
        """Return the size, or fail."""
        if root.size < 3:
            raise ValueError(root.size)
        return root.size

    @field(description="Fails for small things, and must not be null.")
    @staticmethod
    def risky_needed(root: Parent[models.Thing]) -> int:
        """Return the size, or fail."""
        if root.size < 3:
            raise ValueError(root.size)
        return root.size

    @field(description="Must not be null, and is for small things.")
    @staticmethod
    def missing(root: Parent[models.Thing]) -> str:
        """Return the name, or nothing."""
        return None if root.size < 3 else root.name  # type: ignore[return-value]  # the fault that is planted

    @field(description="How many parts, loaded in a batch.")
    @staticmethod
    async def batched(root: Parent[models.Thing], info: Info) -> int | None:
        """Return the number of parts within the scope."""
        ctx = info.context

        async def load(keys: list[Any]) -> list[int]:
            counted = select(models.Part.thing_id, func.count(models.Part.id)).group_by(models.Part.thing_id)
            rows = (await ctx.db.execute(counted.where(models.Part.thing_id.in_(keys)))).all()
            found = {key: number for key, number in rows}  # noqa: C416  # rows are no pairs to mypy
            return [found.get(key, 0) for key in keys]

        made: DataLoader[Any, int] = ctx.loaders.custom("faults", lambda: DataLoader(load_fn=load))
        return await made.load(root.id)

    @field(description="A list, from a generator.")
    @staticmethod
    def words(root: Parent[models.Thing]) -> list[str]:
        """Return the words of the name, one by one."""

        def each() -> Iterator[str]:
            yield from root.name.split()

        return each()  # type: ignore[return-value]  # graphql-core takes any iterable

    @field(description="A text where a list is due.")
    @staticmethod
    def letters(root: Parent[models.Thing]) -> list[str] | None:
        """Return the name as it is."""
        return root.name  # type: ignore[return-value]  # the fault that is planted

    @field(description="All columns of the row as Python has them.")
    @staticmethod
    def row(root: Parent[models.Thing]) -> str:
        """Return the row's values."""
        names = sorted(attribute.key for attribute in models.Thing.__mapper__.column_attrs)
        return repr([(name, getattr(root, name)) for name in names])

    @field(description="Whether the scope holds the row.")
    @staticmethod
    def mine(root: Parent[models.Thing], info: Info) -> bool:
        """Ask the scope."""
        return info.context.principal.scope.contains(root)

    @field(description="Owes a part of the answer and tells so.")
    @staticmethod
    def owed(root: Parent[models.Thing], info: Info) -> int | None:
        """Note a failure, as the platform does for figures."""
        if root.size < 3:
            info.context.failures.append(PluginFailed(plugin="faults", what="owed"))
        return None

    @field(description="One of two sizes.", sql=lambda thing: thing.size.in_([1, 20]))
    @staticmethod
    def chosen(root: Parent[models.Thing]) -> bool:
        """Compare with constants."""
        return root.size in {1, 20}

    @field(description="A thousand million times the size.", sql=lambda thing: thing.size * 1_000_000_000)
    @staticmethod
    def huge(root: Parent[models.Thing]) -> int | None:
        """Multiply."""
        return root.size * 1_000_000_000

    @field(description="People in the same grid, within the scope.", sql=_people_beside)
    @staticmethod
    async def people_beside(root: Parent[models.Thing], info: Info) -> int:
        """Count people."""
        counted = select(func.count(base.Person.id)).where(base.Person.grid_id == root.grid_id)
        return int(await info.context.db.scalar(counted))

    @field(
        description="The first part by label.",
        sql=Rows(models.Part, _parts, (models.Part.label,), first=True),
    )
    @staticmethod
    async def first_part(root: Parent[models.Thing], info: Info) -> FaultyPart | None:
        """Return a part."""
        ordered = select(models.Part).where(models.Part.thing_id == root.id)
        found: FaultyPart | None = await info.context.db.scalar(
            ordered.order_by(models.Part.label, models.Part.id)
        )
        return found
