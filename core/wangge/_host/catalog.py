"""The catalog's reads and writes; every change raises the version that all servers watch."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from wangge._host.databases import Engines, Place, normal_url, sqlite_url
from wangge._host.migrator import CATALOG, behind, upgrade
from wangge._host.settings import Settings
from wangge.districts.models import (
    CatalogVersion,
    District,
    DistrictKind,
    DistrictPluginState,
    Move,
    OpenBreaker,
    Placement,
    PluginSettings,
    PluginState,
    RegisteredDocument,
)
from wangge.errors import ConfigurationError, DistrictMoving

CHANNEL = "wangge_catalog"
"""PostgreSQL channel on which a change of the catalog is announced."""


@dataclass(frozen=True)
class DistrictRecord:
    """A district as the catalog has it."""

    code: str
    name: str
    kind: DistrictKind
    place: Place
    states: dict[str, DistrictPluginState] = field(default_factory=dict)
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)  # validated by the plugins' models
    writes_wait_until: datetime | None = None
    """While the district is copied to another place; whoever copies puts it off as long as that lasts."""

    breakers: tuple[OpenBreaker, ...] = ()
    """What is paused of its programmes."""
    version: int = 0
    """The catalog's version when this was read, or an earlier one."""

    @property
    def is_moving(self) -> bool:
        """Whether writes are to wait."""
        return self.writes_wait_until is not None and self.writes_wait_until > datetime.now(UTC)

    @property
    def enabled(self) -> list[str]:
        """Slugs of the plugins that are on, besides the base."""
        return _enabled(self.states)


class Catalog:
    """Control plane: which districts there are, where they live, what is on."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        url = normal_url(settings.catalog_url) if settings.catalog_url else None
        if url is None:
            self.place = Place(sqlite_url(settings.data / "catalog.sqlite3"))
        else:
            self.place = Place(url, None if url.startswith("sqlite") else "wangge_catalog")
        self._engines: Engines | None = None

    @property
    def engines(self) -> Engines:
        """The catalog's connections, opened on first use."""
        if self._engines is None:
            self._engines = Engines(self.place, pool=4)
        return self._engines

    async def prepare(self) -> None:
        """Make or upgrade the catalog's tables."""
        if await behind(self.place, [CATALOG]):
            await upgrade(self.place, [CATALOG])

    async def close(self) -> None:
        """Close the connections."""
        if self._engines is not None:
            await self._engines.dispose()
            self._engines = None

    async def version(self) -> int:
        """Return the counter that every change raises."""
        async with self.engines.session(write=False) as session:
            return (await session.execute(select(CatalogVersion.version))).scalar() or 0

    async def districts(self) -> list[DistrictRecord]:
        """Return all districts, by code."""
        async with self.engines.session(write=False) as session:
            version = (await session.execute(select(CatalogVersion.version))).scalar() or 0  # before the rest
            rows = (await session.execute(select(District).order_by(District.code))).scalars().all()
            breakers = (await session.execute(select(OpenBreaker))).scalars().all()
            placements = {
                one.district_code: one for one in (await session.execute(select(Placement))).scalars()
            }
            states = (await session.execute(select(DistrictPluginState))).scalars().all()
            settings = (await session.execute(select(PluginSettings))).scalars().all()
            until = select(Move.district_code, func.max(Move.alive_until)).where(Move.writes_wait.is_(True))
            moving = await session.execute(until.group_by(Move.district_code))
            moves: dict[str, datetime] = dict(moving.all())
        return [
            DistrictRecord(
                code=row.code,
                name=row.name,
                kind=row.kind,
                place=self.place_of(row.code, *_spot(placements.get(row.code))),
                states={one.slug: one for one in states if one.district_code == row.code},
                settings={one.slug: one.settings for one in settings if one.district_code == row.code},
                writes_wait_until=moves.get(row.code),
                breakers=tuple(one for one in breakers if one.district_code == row.code),
                version=version,
            )
            for row in rows
        ]

    async def district(self, code: str) -> DistrictRecord | None:
        """Return one district, or None."""
        return next((one for one in await self.districts() if one.code == code), None)

    def place_of(self, code: str, url: str | None, schema: str | None) -> Place:
        """Return where a placement's URL and schema lead; both may be absent."""
        if url is None and self.place.is_sqlite:
            return Place(sqlite_url(self._settings.data / "districts" / f"{schema or code}.sqlite3"))
        if url is None:
            return Place(self.place.url, schema or schema_of(code))
        url = normal_url(url)
        return Place(url) if url.startswith("sqlite") else Place(url, schema or schema_of(code))

    async def plan_district(
        self, code: str, name: str, kind: DistrictKind, database_url: str | None = None
    ) -> DistrictRecord:
        """Return a district as it would be entered, so that its database can be made before.

        Raises:
            ConfigurationError: when the code is taken or the URL not usable.
        """
        if database_url is not None:
            normal_url(database_url)
        async with self.engines.session(write=False) as session:
            await self._check_free(session, code)
        return DistrictRecord(
            code, name, kind, self.place_of(code, *_spot(self._placement(code, database_url)))
        )

    async def add_district(
        self, code: str, name: str, kind: DistrictKind, database_url: str | None = None
    ) -> DistrictRecord:
        """Enter a district; where its database is not made yet, the upgrade that follows makes it.

        Raises:
            ConfigurationError: when the code is taken or the URL not usable.
        """
        if database_url is not None:
            normal_url(database_url)
        async with self.engines.session(write=True) as session:
            await self._check_free(session, code)
            session.add(District(code=code, name=name, kind=kind))
            await session.flush()
            session.add(self._placement(code, database_url))
            await self._announce(session)
            await session.commit()
        found = await self.district(code)
        assert found is not None  # it was committed above
        return found

    async def _check_free(self, session: AsyncSession, code: str) -> None:
        if await session.get(District, code) is not None:
            raise ConfigurationError(f"There is a district {code} already: see `wangge district list`.")

    def _placement(self, code: str, database_url: str | None) -> Placement:
        schema = None if (database_url or self.place.url).startswith("sqlite") else schema_of(code)
        return Placement(district_code=code, database_url=database_url, schema_name=schema)

    async def set_state(
        self,
        code: str,
        slug: str,
        state: PluginState,
        version: str,
        *,
        title: dict[str, str] | None = None,
        at: Place | None = None,
    ) -> None:
        """Note where a plugin stands in a district, and its title where one is given.

        Raises:
            DistrictMoving: when the district is not `at` the place any more, where its tables were just made.
        """
        async with self.switching(code, at=at) as switching:
            await switching.set(slug, state, version, title=title)

    @asynccontextmanager
    async def switching(self, code: str, *, at: Place | None = None) -> AsyncIterator["Switching"]:
        """Give the states of a district's programmes, which nobody else changes meanwhile; kept at the end.

        Raises:
            DistrictMoving: as `set_state` does.
        """
        async with self.changing() as session:
            placement = await session.get(Placement, code, with_for_update=True)
            if at is not None and self.place_of(code, *_spot(placement)) != at:
                raise DistrictMoving()
            mine = select(DistrictPluginState).where(DistrictPluginState.district_code == code)
            rows = (await session.execute(mine)).scalars()  # after the lock: as they are now
            yield Switching(code, session, {row.slug: row for row in rows})

    async def set_settings(self, code: str, slug: str, values: dict[str, Any]) -> None:
        """Store a district's values of a plugin's settings, validated before."""
        async with self.engines.session(write=True) as session:
            row = await session.get(PluginSettings, (code, slug))
            if row is None:
                row = PluginSettings(district_code=code, slug=slug, settings=values)
                session.add(row)
            row.settings = values
            await self._announce(session)
            await session.commit()

    @asynccontextmanager
    async def changing_settings(self, code: str, slug: str) -> AsyncIterator[dict[str, Any]]:
        """Give a district's values of a plugin's settings to be changed; one at a time, kept at the end."""
        async with self.changing() as session:
            await session.get(Placement, code, with_for_update=True)
            row = await session.get(PluginSettings, (code, slug))
            values = dict(row.settings) if row is not None else {}
            yield values
            if row is None:
                row = PluginSettings(district_code=code, slug=slug, settings=values)
                session.add(row)
            row.settings = values

    @asynccontextmanager
    async def changing(self) -> AsyncIterator[AsyncSession]:
        """Open a session that changes the catalog: committed and announced at the end."""
        async with self.engines.session(write=True) as session:
            yield session
            await self._announce(session)
            await session.commit()

    async def document(self, code: str, id: str) -> str | None:
        """Return the text of a registered document, or None."""
        async with self.engines.session(write=False) as session:
            row = await session.get(RegisteredDocument, (code, id))
            return None if row is None else row.text

    async def documents(self, code: str) -> list[RegisteredDocument]:
        """Return a district's registered documents, by id."""
        chosen = select(RegisteredDocument).where(RegisteredDocument.district_code == code)
        async with self.engines.session(write=False) as session:
            return list((await session.execute(chosen.order_by(RegisteredDocument.id))).scalars())

    async def add_documents(self, code: str, texts: Mapping[str, str]) -> int:
        """Register documents by their ids, all or none; return how many are new.

        Raises:
            ConfigurationError: when an id is another document's already.
        """
        async with self.engines.session(write=True) as session:
            chosen = select(RegisteredDocument).where(RegisteredDocument.district_code == code)
            known = {one.id: one.text for one in (await session.execute(chosen)).scalars()}
            for id, text_ in texts.items():
                if known.get(id, text_) != text_:
                    raise ConfigurationError(f"{id} is the id of another document: remove that one first.")
            new = {id: text_ for id, text_ in texts.items() if id not in known}
            session.add_all(RegisteredDocument(district_code=code, id=id, text=new[id]) for id in new)
            await self._announce(session)
            await session.commit()
        return len(new)

    async def remove_documents(self, code: str, ids: Sequence[str]) -> None:
        """Take documents out by their ids."""
        async with self.engines.session(write=True) as session:
            gone = delete(RegisteredDocument).where(
                RegisteredDocument.district_code == code, RegisteredDocument.id.in_(ids)
            )
            await session.execute(gone)
            await self._announce(session)
            await session.commit()

    async def announce(self) -> None:
        """Tell all servers that something a district depends on has changed."""
        async with self.engines.session(write=True) as session:
            await self._announce(session)
            await session.commit()

    async def _announce(self, session: AsyncSession) -> None:
        raised = update(CatalogVersion).values(version=CatalogVersion.version + 1)
        if not (await session.execute(raised)).rowcount:  # type: ignore[attr-defined]  # an update has a row count
            session.add(CatalogVersion(id=1, version=1))
        if not self.place.is_sqlite:
            await session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})


class Switching:
    """The programmes of a district while one of them is switched.

    Attributes:
        states: where each stands now, whatever this process knew before.
    """

    def __init__(self, code: str, session: AsyncSession, states: dict[str, DistrictPluginState]) -> None:
        self.states = states
        self._code = code
        self._session = session

    @property
    def enabled(self) -> list[str]:
        """Slugs of the plugins that are on, besides the base."""
        return _enabled(self.states)

    async def set(
        self, slug: str, state: PluginState, version: str, *, title: dict[str, str] | None = None
    ) -> None:
        """Note where a plugin stands from now on, and its title where one is given."""
        row = self.states.get(slug)
        if row is None:
            row = DistrictPluginState(district_code=self._code, slug=slug, state=state, version=version)
            self.states[slug] = row
            self._session.add(row)
        row.state, row.version, row.title = state, version, title or row.title
        if state is PluginState.PURGED:
            ours = (PluginSettings.district_code == self._code, PluginSettings.slug == slug)
            await self._session.execute(delete(PluginSettings).where(*ours))
        if state is PluginState.ENABLED:
            row.enabled_at = datetime.now(UTC)
        else:  # what is off is not paused besides, and begins afresh when it is on again
            mine = OpenBreaker.district_code == self._code, OpenBreaker.slug == slug
            await self._session.execute(delete(OpenBreaker).where(*mine))


def _enabled(states: Mapping[str, DistrictPluginState]) -> list[str]:
    return [slug for slug, one in states.items() if one.state is PluginState.ENABLED]


def _spot(placement: Placement | None) -> tuple[str | None, str | None]:
    return (placement.database_url, placement.schema_name) if placement else (None, None)


def schema_of(code: str) -> str:
    """Return the PostgreSQL schema of a district."""
    return f"d_{code.lower()}"
