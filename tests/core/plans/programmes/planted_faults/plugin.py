"""Its hooks, root fields and mutations."""

from collections.abc import Sequence
from typing import cast

from wangge import (
    ID,
    Connection,
    Info,
    Input,
    Model,
    Mutation,
    Payload,
    Query,
    RuleError,
    argument,
    authenticated,
    by_id,
    column,
    connection,
    decode_id,
    extends,
    hookimpl,
    input_type,
    mutation,
    payload_type,
)
from wangge_schema import Person

from . import models as tables
from .types import FaultyPart, FaultyThing, FaultyThingFilter, FaultyThingOrder

CALLS: list[str] = []
"""Which mutations ran, in their order."""


class TooMany(RuleError):
    """Raise when asked to."""

    code = "FAULTS_TOO_MANY"
    message = "Too many: ask for fewer."


@extends(Query)
class FaultyQueries:
    """Root fields."""

    faulty_thing: FaultyThing | None = by_id(tables.Thing, "A thing.", access=authenticated)
    faulty_things: Connection[FaultyThing] = connection(
        "Things.", where=FaultyThingFilter, order_by=FaultyThingOrder, access=authenticated
    )
    faulty_parts: Connection[FaultyPart] = connection("Parts.", access=authenticated)


@extends(Person)
class FaultyPersonFields:
    """What the programme adds to persons."""

    faulty_things: Connection[FaultyThing] | None = connection(
        "Things they keep.", via=tables.Thing.keeper_id, where=FaultyThingFilter, access=authenticated
    )


@input_type("What to do to a thing.")
class FaultyChangeInput(Input):
    """Input of all mutations."""

    thing: ID = argument("The thing.")
    name: str | None = argument("Its new name.", default=None)
    way: str = argument("In what way.", default="rename")


@payload_type("The thing.")
class FaultyChangePayload(Payload):
    """Payload of all mutations."""

    thing: FaultyThing | None = column("The thing.", default=None)
    again: FaultyThing | None = column("The thing once more.", default=None)
    things: list[FaultyThing] | None = column("In a list.", default=None)
    count: int | None = column("How often it ran.", default=None)


@extends(Mutation)
class FaultyMutations:
    """Root mutations."""

    @mutation(access=authenticated, description="Change a thing.")
    async def faulty_change(self, info: Info, input: FaultyChangeInput) -> FaultyChangePayload:
        """Change a thing, refuse, fail, or delete it."""
        CALLS.append(input.way)
        ctx = info.context
        thing = await ctx.db.must_get(tables.Thing, decode_id(FaultyThing, input.thing), ("thing",))
        thing.name = input.name or thing.name
        if input.way == "refuse":
            await ctx.db.flush()
            raise TooMany()
        if input.way == "fail":
            await ctx.db.flush()
            raise ValueError(input.way)
        if input.way == "delete":
            await ctx.db.delete(thing)
        if input.way == "nothing":
            return FaultyChangePayload(count=len(CALLS))
        found = cast("FaultyThing", thing)
        return FaultyChangePayload(thing=found, again=found, things=[found], count=len(CALLS))

    @mutation(access=authenticated, transaction=False, description="Look at a thing, in no transaction.")
    async def faulty_look(self, info: Info, input: FaultyChangeInput) -> FaultyChangePayload:
        """Return a thing."""
        CALLS.append("look")
        thing = await info.context.db.must_get(tables.Thing, decode_id(FaultyThing, input.thing), ("thing",))
        return FaultyChangePayload(thing=cast("FaultyThing", thing))


@hookimpl
def graphql_types() -> Sequence[type]:
    """Return the types."""
    return [FaultyThing, FaultyPart]


@hookimpl
def graphql_extensions() -> Sequence[type]:
    """Return the root fields and those added to persons."""
    return [FaultyQueries, FaultyPersonFields, FaultyMutations]


@hookimpl
def models() -> Sequence[type[Model]]:
    """Return the tables."""
    return [tables.Thing, tables.Part]
