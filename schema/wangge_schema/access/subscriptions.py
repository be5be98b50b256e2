"""`Subscription.events`: what happens in the district, as it is committed."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, cast

from strawberry import Parent

from wangge import (
    ID,
    BadFilter,
    Event,
    Info,
    Node,
    NotFound,
    Subscription,
    authenticated,
    column,
    described,
    extends,
    field,
    object_type,
    optional_id,
    subscription,
)
from wangge_schema.grids import models as grids
from wangge_schema.grids.types import Grid

MOST_TYPES = 100
"""Most types that one subscription names."""


@object_type(access=authenticated, description="Something that happened in the district (事件).")
class DistrictEvent:
    """A committed event."""

    cursor: str = column("Opaque place of the event; give the last one as `after` to go on behind it.")
    type: str = column("What happened, such as base.person.registered.")
    at: datetime = column("When it happened.")
    plugin: str = column("The programme that tells of it.")

    @field(description="Where it happened, if at a grid.")
    @staticmethod
    async def grid(root: Parent[Event], info: Info) -> Grid | None:
        """Return the grid, which everybody may read: once for all who are told of the event."""
        id = root.place_id
        if id is None:
            return None
        found = await info.context.recall(("base.grid", id), lambda db: db.get(grids.Grid, id))
        return cast("Grid | None", found)

    @field(description="The record it is about; null where that is gone, or nothing the caller may read.")
    @staticmethod
    async def subject(root: Parent[Event], info: Info) -> Node | None:
        """Return the record."""
        ctx = info.context
        found: Any = ctx.platform.node_model(root.node) if root.node is not None else None  # model and access
        if found is None or (found[1].permission is not None and not ctx.can(found[1].permission)):
            return None
        return cast("Node | None", await ctx.load(found[0], root.subject_id))


@extends(Subscription)
class EventSubscriptions:
    """Follow what happens."""

    @subscription(
        access=authenticated,
        description="Events of the district as they are committed, in that order, within the caller's scope.",
    )
    async def events(
        self,
        info: Info,
        types: Annotated[list[str] | None, described("Types of events; none for all.")] = None,
        grid: Annotated[ID | None, described("Events at this grid or below it.")] = None,
        after: Annotated[str | None, described("A cursor: events behind it come first.")] = None,
    ) -> AsyncIterator[DistrictEvent]:
        """Follow the outbox."""
        ctx = info.context
        if types is not None and not 0 < len(types) <= MOST_TYPES:
            raise BadFilter(reason=f"name between 1 and {MOST_TYPES} types, or none at all", path=("types",))
        grid_id = optional_id(Grid, grid, ("grid",))
        if grid_id is not None and await ctx.load(grids.Grid, grid_id) is None:
            raise NotFound("Grid", path=("grid",))
        found = await ctx.follow(types=types, place_id=grid_id, after=after)
        return cast("AsyncIterator[DistrictEvent]", found)
