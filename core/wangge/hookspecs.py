"""The contract: every hook a plugin may implement, in its `plugin.py`, with `@hookimpl`.

A plugin module implements what it needs and nothing else. Hooks that declare are called once when the server
starts; hooks that work (`on_enable`, `demo_data`, the functions inside `indicators`) are called per district.
A declaring hook that raises sets its plugin aside with the reason, and everything else starts.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import pluggy
from pydantic import BaseModel

from wangge.background.declarations import EventHandler, ScheduledJob
from wangge.context import RequestContext
from wangge.db.base import Model
from wangge.events.outbox import EventType
from wangge.importing import Importer

PROJECT = "wangge"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Put `@hookimpl` on each hook in `plugin.py`."""


@dataclass(frozen=True)
class Indicator:
    """A figure of a grid, with its definition, so that two figures of one name can be told apart.

    Attributes:
        key: starts with the plugin's slug, such as `volunteer_points.hours`.
        title: Chinese and English are in the plugin's catalogue; this is the English msgid.
        definition: exactly what is counted, over which time.
        unit: such as `person` or `hour`; None for a plain number.
        compute: `(ctx, grid_id, from, to)`; grid None is the whole scope. None where there is no figure
            (a rate over nothing).
    """

    key: str
    title: str
    definition: str
    unit: str | None
    compute: Callable[[RequestContext, UUID | None, date | None, date | None], Awaitable[Decimal | None]]


@dataclass(frozen=True)
class DemoOptions:
    """How much demo data: synthetic residents, and the seed that makes it repeatable."""

    people: int = 2000
    seed: int = 370703


Progress = Callable[[int, int], None]
"""Called with the work done and the whole."""


@hookspec
def graphql_types() -> Sequence[type]:  # type: ignore[empty-body]  # a specification has no body
    """Return the GraphQL object types that the plugin owns.

    Called at start. Types reached only through `node(id:)` must be listed; listing all is the rule.
    """


@hookspec
def graphql_extensions() -> Sequence[type]:  # type: ignore[empty-body]  # a specification has no body
    """Return the classes made with `@extends`: root fields, and fields on other packages' types.

    Called at start. Fields on another package's type must be nullable and state their access. Root
    queries and mutations become nullable in the district's schema, so that a failure nulls them alone.
    """


@hookspec
def models() -> Sequence[type[Model]]:  # type: ignore[empty-body]  # a specification has no body
    """Return the plugin's tables. Called at start; each name starts with the plugin's slug."""


@hookspec(firstresult=True)
def settings_model() -> type[BaseModel] | None:
    """Return the pydantic model of the plugin's settings per district; each field has a default.

    Called at start. None, or leaving the hook out, means that there is nothing to set.
    """


@hookspec
def capabilities() -> Mapping[str, object]:  # type: ignore[empty-body]  # a specification has no body
    """Return what the plugin provides to others: capability (`fee_credit/1`) → provider object.

    Called at start. The names must be those in the manifest's `provides`, and each provider fits the protocol
    of its capability, where the kit knows one; else the plugin is set aside.
    """


@hookspec
def event_types() -> Sequence[EventType]:  # type: ignore[empty-body]  # a specification has no body
    """Return the events the plugin emits. Called at start; each name starts with the plugin's slug."""


@hookspec
def event_handlers() -> Sequence[EventHandler]:  # type: ignore[empty-body]  # a specification has no body
    """Return what the plugin does on events, its own and other packages'. Called at start.

    Each `handle` is called at least once per event, in order, in one transaction with its place among the
    events. One that raises or takes too long is tried again later, and the events after it go on.
    """


@hookspec
def jobs() -> Sequence[ScheduledJob]:  # type: ignore[empty-body]  # a specification has no body
    """Return what is due again and again in each district that enabled the plugin. Called at start.

    Each `run` is called by one process at a time, at least once per due time. One that raises or takes too
    long is tried again, at the latest when it is due anyway. Must be harmless when repeated.
    """


@hookspec
def indicators() -> Sequence[Indicator]:  # type: ignore[empty-body]  # a specification has no body
    """Return the figures the plugin reports of a grid. Called at start.

    An indicator whose `compute` raises is left out of the answer with a coded error; the others stand.
    """


@hookspec
def importers() -> Sequence[Importer]:  # type: ignore[empty-body]  # a specification has no body
    """Return the kinds of file the plugin takes in with `wangge import`. Called at start."""


@hookspec
def on_enable(ctx: RequestContext) -> Awaitable[None]:  # type: ignore[empty-body]  # a specification has no body
    """Prepare a district, in one transaction, each time the plugin is enabled or upgraded there.

    Called after the plugin's tables are there. Must be harmless when repeated. When it raises, the plugin
    stays as it was and the administrator is told.
    """


@hookspec
def demo_data(  # type: ignore[empty-body]  # a specification has no body
    ctx: RequestContext, options: DemoOptions, progress: Progress
) -> Awaitable[None]:
    """Fill a demo district with synthetic data, in one transaction. Must be harmless when repeated.

    Called by `wangge demo`, after the plugins this one requires. When it raises, the command stops.
    """
