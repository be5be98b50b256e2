"""Root fields, fields on persons, a mutation, figures and hooks, each failing as it is told."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from wangge import (
    ID,
    DemoOptions,
    Indicator,
    Info,
    Input,
    Mutation,
    Payload,
    Progress,
    Query,
    RequestContext,
    Subscription,
    argument,
    authenticated,
    column,
    decode_id,
    described,
    extends,
    field,
    hookimpl,
    input_type,
    mutation,
    object_type,
    payload_type,
    query,
    subscription,
)
from wangge_schema import Grid, Person
from wangge_schema.grids.models import Grid as GridRow

from .ways import HazardWay, act, act_later

Way = Annotated[HazardWay, described("In which way.")]
HOOKS: dict[str, HazardWay] = {}
"""Name of a hook → in which way it works; not at all by default."""


@object_type(access=authenticated, description="A box.")
class HazardBox:
    """A type of its own."""

    size: int = column("Its size.")

    @field(description="Its weight.")
    @staticmethod
    async def weight(way: Way = HazardWay.ANSWER) -> int | None:
        """Return a number."""
        return await act_later(way, "HazardBox.weight")


@extends(Query)
class HazardQueries:
    """Root fields."""

    @query(access=authenticated, description="A number, in time.")
    async def hazard_later(self, info: Info, way: Way = HazardWay.ANSWER) -> int:
        """Return a number."""
        return await act_later(way, "hazardLater", info.context)

    @query(access=authenticated, description="A number, at once.")
    def hazard_now(self, way: Way = HazardWay.ANSWER) -> int:
        """Return a number."""
        return act(way, "hazardNow")

    @query(access=authenticated, description="A box.")
    def hazard_box(self) -> HazardBox:
        """Return a box."""
        return HazardBox(size=3)

    @query(access=authenticated, description="What another programme provides.")
    async def hazard_asked(self, info: Info) -> int | None:
        """Ask whoever provides it."""
        provider = info.context.capability("hazard/1")
        return await provider.weigh(HOOKS.get("capability", HazardWay.ANSWER)) if provider else None  # type: ignore[attr-defined]  # a capability is an object of any kind


@extends(Person)
class HazardPersonFields:
    """What the programme adds to persons."""

    @field(access=authenticated, description="A number, at once.")
    @staticmethod
    def hazard_now(way: Way = HazardWay.ANSWER) -> int | None:
        """Return a number."""
        return act(way, "Person.hazardNow")

    @field(access=authenticated, description="A number, in time.")
    @staticmethod
    async def hazard_later(way: Way = HazardWay.ANSWER) -> int | None:
        """Return a number."""
        return await act_later(way, "Person.hazardLater")


@extends(Subscription)
class HazardSubscriptions:
    """What can be followed."""

    @subscription(access=authenticated, description="One number, in time.")
    async def hazard_numbers(self, way: Way = HazardWay.ANSWER) -> AsyncIterator[int]:
        """Return what gives a number."""
        await act_later(way, "hazardNumbers")

        async def numbers() -> AsyncIterator[int]:
            yield 1

        return numbers()


@input_type("What to change, and in which way.")
class HazardRenameInput(Input):
    """Input of `hazardRename`."""

    grid: ID = argument("A grid.")
    name: str = argument("Its new name.")
    way: HazardWay = argument("In which way.", default=HazardWay.ANSWER)


@payload_type("The grid.")
class HazardRenamePayload(Payload):
    """Payload of `hazardRename`."""

    done: bool | None = column("Whether it was done.", default=None)


@extends(Mutation)
class HazardMutations:
    """Root mutations."""

    @mutation(access=authenticated, description="Rename a grid, then fail.")
    async def hazard_rename(self, info: Info, input: HazardRenameInput) -> HazardRenamePayload:
        """Change a grid, then fail as told."""
        ctx = info.context
        grid = await ctx.db.must_get(GridRow, decode_id(Grid, input.grid, ("grid",)), ("grid",))
        grid.name = input.name
        await ctx.db.flush()
        await act_later(input.way, "hazardRename", ctx)
        return HazardRenamePayload(done=True)


async def _figure(
    ctx: RequestContext, grid: UUID | None, first: date | None, last: date | None
) -> Decimal | None:
    return Decimal(await act_later(HOOKS.get("indicators", HazardWay.ANSWER), "indicators", ctx))


class Scales:
    """Provides `hazard/1`."""

    async def weigh(self, way: HazardWay) -> int:
        """Return a weight."""
        return await act_later(way, "weigh")


@hookimpl
def graphql_types() -> Sequence[type]:
    """Return the types."""
    return [HazardBox]


@hookimpl
def graphql_extensions() -> Sequence[type]:
    """Return the root fields and those added to persons."""
    return [HazardQueries, HazardPersonFields, HazardMutations, HazardSubscriptions]


@hookimpl
def indicators() -> Sequence[Indicator]:
    """Return a figure."""
    return [Indicator("hazards.figure", "Figure", "Always one.", None, _figure)]


@hookimpl
async def on_enable(ctx: RequestContext) -> None:
    """Fail as told."""
    await act_later(HOOKS.get("on_enable", HazardWay.ANSWER), "on_enable", ctx)


@hookimpl
async def demo_data(ctx: RequestContext, options: DemoOptions, progress: Progress) -> None:
    """Fail as told."""
    await act_later(HOOKS.get("demo_data", HazardWay.ANSWER), "demo_data", ctx)
