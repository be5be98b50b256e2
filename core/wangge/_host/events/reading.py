"""Reads committed events from a district's outbox, with all that decides who may see them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Select, func, inspect, select

from wangge._host.plugins import BASE, LoadedPlugin
from wangge.auth.access import Access
from wangge.auth.principal import Principal
from wangge.auth.scope import NOTHING
from wangge.db.base import Model
from wangge.db.session import Database
from wangge.errors import CursorExpired
from wangge.events.cursors import Position, encode_cursor, seal_of
from wangge.events.outbox import Event, OutboxEvent

if TYPE_CHECKING:
    from wangge._host.runtime import DistrictRuntime

PAGE = 200
"""Events read at once."""

_NUMBERS = func.coalesce(func.max(OutboxEvent.number), 0)


@dataclass(frozen=True, slots=True)
class Told:
    """An event, and what decides who may see it.

    Attributes:
        lineage: of the place where it happened.
        belongs: a stand-in for the record it is about, with nothing but to whom that belongs; None where the
            record is gone, or is one that belongs to nobody.
        access: what a caller needs to read records of its type.
    """

    event: Event
    lineage: Sequence[int] | None
    belongs: Model | None
    access: Access | None

    def visible_to(self, principal: Principal) -> bool:
        """Say whether someone may be told."""
        if not principal.signed_in:
            return False
        if self.access is not None and self.access.permission and not principal.may(self.access.permission):
            return False
        scope = principal.scope
        if scope.everything or (self.lineage is not None and scope.holds(self.lineage)):
            return True
        return self.belongs is not None and scope.contains(self.belongs)


async def newest(district: "DistrictRuntime") -> int:
    """Return the number of the newest event, or 0."""
    async with district.engines.open(write=False) as db:
        return int(await db.scalar(select(_NUMBERS)))


async def check_position(district: "DistrictRuntime", position: Position) -> int:
    """Return the number of a cursor's event, which must be held still: else those after it may be gone, too.

    Raises:
        CursorExpired: when it is not.
    """
    async with district.engines.open(write=False) as db:
        found: OutboxEvent | None = await db.get(OutboxEvent, position.number)  # type: ignore[arg-type]  # a key that is a number
    if found is None or seal_of(found.type, found.at) != position.seal:
        raise CursorExpired(path=("after",))
    return found.number


async def events_after(district: "DistrictRuntime", number: int, until: int | None = None) -> list[Told]:
    """Return the next events after a number, a page at most."""
    later = select(OutboxEvent).where(OutboxEvent.number > number).order_by(OutboxEvent.number).limit(PAGE)
    if until is not None:
        later = later.where(OutboxEvent.number <= until)
    async with district.engines.open(write=False) as db:
        rows: list[OutboxEvent] = await db.scalars(later)
        return await _with_owners(district, db, rows) if rows else []


async def events_of(
    district: "DistrictRuntime", types: Collection[str], number: int, until: int
) -> list[Event]:
    """Return the next events of these types after a number, a page at most."""
    later = (
        select(OutboxEvent)
        .where(OutboxEvent.number > number, OutboxEvent.number <= until, OutboxEvent.type.in_(types))
        .order_by(OutboxEvent.number)
        .limit(PAGE)
    )
    return await _plain(district, later)


async def event_numbered(district: "DistrictRuntime", number: int) -> Event | None:
    """Return an event by its number, or None where it is not held any more."""
    return next(iter(await _plain(district, select(OutboxEvent).where(OutboxEvent.number == number))), None)


async def _plain(district: "DistrictRuntime", chosen: Select[Any]) -> list[Event]:
    """Return events as who sees the whole district meets them."""
    async with district.engines.open(write=False) as db:
        rows: list[OutboxEvent] = await db.scalars(chosen)
    if not rows:
        return []
    subjects, nodes = _Subjects(district), await _nodes(district)
    return [_event(row, nodes.get(subjects.model_of(row), (None, None))[0]) for row in rows]


async def _nodes(district: "DistrictRuntime") -> dict[type[Model] | None, tuple[str | None, Access | None]]:
    """Return the name and the access of each node type, by its table."""
    return {model: (name, access) for name, (model, access) in (await district.schema()).nodes.items()}


async def _with_owners(district: "DistrictRuntime", db: Database, rows: Sequence[OutboxEvent]) -> list[Told]:
    lineages = await district.lineages(db, {row.place_id for row in rows if row.place_id is not None})
    subjects = _Subjects(district)
    await subjects.load(db, rows)
    nodes = await _nodes(district)
    found = []
    for row in rows:
        model = subjects.model_of(row)
        node, access = nodes.get(model, (None, None))
        lineage = lineages.get(row.place_id) if row.place_id is not None else None
        found.append(Told(_event(row, node), lineage, subjects.of(row), access))
    return found


def _event(row: OutboxEvent, node: str | None) -> Event:
    return Event(
        number=row.number,
        cursor=encode_cursor(row.number, row.type, row.at),
        type=row.type,
        at=row.at,
        plugin=slug_of(row.type),
        place_id=row.place_id,
        node=node,
        subject_id=row.subject_id,
        data=row.data,
    )


def slug_of(type: str) -> str:
    """Return the slug of the package that emits a type of event."""
    return type.partition(".")[0]


class _Subjects:
    """To whom the records belong that events are about: one statement for each table."""

    def __init__(self, district: "DistrictRuntime") -> None:
        provider = district.scope_provider()
        self._plugins = {plugin.slug: plugin for plugin in district.plugins}
        self._nobody = provider.nothing() if provider is not None else NOTHING
        self._found: dict[tuple[type[Model], UUID], Model] = {}

    def model_of(self, row: OutboxEvent) -> type[Model] | None:
        """Return the table of an event's record: the emitting package's own, or the base's."""
        for plugin in (self._plugins.get(slug_of(row.type)), self._plugins[BASE]):
            found = _named(plugin, row.subject_type)
            if found is not None:
                return found
        return None

    def of(self, row: OutboxEvent) -> Model | None:
        """Return the stand-in for an event's record."""
        model = self.model_of(row)
        return None if model is None or row.subject_id is None else self._found.get((model, row.subject_id))

    async def load(self, db: Database, rows: Sequence[OutboxEvent]) -> None:
        """Read to whom the records of these events belong, where they belong to anybody."""
        wanted: dict[type[Model], set[UUID]] = {}
        for row in rows:
            model = self.model_of(row)
            if model is not None and row.subject_id is not None and not self._nobody.contains(model()):
                wanted.setdefault(model, set()).add(row.subject_id)
        for model, ids in wanted.items():
            mapper = inspect(model)
            key: Any = mapper.get_property_by_column(mapper.primary_key[0]).class_attribute
            names = sorted(self._nobody.keys(model) - {key.key})
            columns = [getattr(model, name) for name in names]
            for id, *values in await db.execute(select(key, *columns).where(key.in_(ids))):
                self._found[(model, id)] = _stand_in(
                    model, {key.key: id, **dict(zip(names, values, strict=True))}
                )


def _named(plugin: LoadedPlugin | None, name: str | None) -> type[Model] | None:
    models = plugin.models if plugin is not None else ()
    return next((model for model in models if model.__name__ == name), None)


def _stand_in(model: type[Model], values: dict[str, Any]) -> Model:  # column values
    made = model()
    for name, value in values.items():
        setattr(made, name, value)
    return made
