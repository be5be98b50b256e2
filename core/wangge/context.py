"""What a request carries: district, principal, database, clock, locale, settings, loaders."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Hashable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import strawberry
from pydantic import BaseModel
from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError

from wangge.auth.audit import AuditDraft, write_entries, write_events
from wangge.auth.models import MutationReplay
from wangge.auth.principal import Principal
from wangge.auth.scope import EVERYTHING
from wangge.db.base import Model
from wangge.db.sealing import KeyRing
from wangge.db.session import Database
from wangge.districts.models import DistrictKind
from wangge.errors import (
    Forbidden,
    IdempotencyConflict,
    RuleError,
    Unauthenticated,
    WanggeError,
)
from wangge.events.outbox import Event, OutboxEvent
from wangge.files import Files
from wangge.graphql.loaders import Loaders
from wangge.platform import Platform

S = TypeVar("S", bound=BaseModel)
V = TypeVar("V")

LOCAL_ZONE = ZoneInfo("Asia/Shanghai")
"""Time zone of all districts; days begin and end in it."""

REPLAYS_KEPT = timedelta(hours=24)


@dataclass(frozen=True)
class DistrictInfo:
    """The district of a request."""

    code: str
    name: str
    kind: DistrictKind


_REPLAY = select(MutationReplay).where(
    MutationReplay.account_id == bindparam("account"),
    MutationReplay.field == bindparam("field"),
    MutationReplay.client_mutation_id == bindparam("name"),
)


class ReplayRace(Exception):
    """Raise when the same call is being answered elsewhere at this moment; run again to get that answer."""


class RequestContext:
    """First argument of every service, and `info.context` of every resolver."""

    def __init__(
        self,
        *,
        district: DistrictInfo,
        principal: Principal,
        database: Database,
        platform: Platform,
        keys: KeyRing,
        locale: str = "zh_Hans",
        request_id: str | None = None,
        clock: Callable[[], datetime] | None = None,
        page_default: int = 25,
        page_max: int = 100,
    ) -> None:
        self.district = district
        self.principal = principal
        self.platform = platform
        self.keys = keys
        self.locale = locale
        self.request_id = request_id
        self.page_default = page_default
        self.page_max = page_max
        self.db = database
        self._clock = clock or (lambda: datetime.now(UTC))
        self._audits: list[AuditDraft] = []
        self._reads: dict[str, AuditDraft] = {}
        self._warnings: list[RuleError] = []
        self.failures: list[WanggeError] = []
        """Parts of the answer that a plugin owes and could not give; told among the errors."""
        self.read_back: Callable[[Any], Awaitable[None]] | None = None
        """Reads what is asked of a mutation's payload, at the end of its transaction; the platform's own."""
        self.outcomes: dict[str | int, Any] = {}
        """Payload, or failure, of each mutation of this request that has run; the platform's own."""
        self.asks_now: Callable[[], Awaitable[Principal]] = self._as_at_first
        """Returns the principal as it stands now, who may ask for long; the platform's own."""
        self._beyond = database.beyond()
        self.loaders = Loaders(lambda: self.db, lambda: self._beyond)

    @property
    def now(self) -> datetime:
        """The present time, aware, in UTC."""
        return self._clock()

    @property
    def today(self) -> date:
        """The present day in the district's time zone."""
        return self.now.astimezone(LOCAL_ZONE).date()

    def can(self, permission: str) -> bool:
        """Say whether the principal holds `permission`."""
        return self.principal.may(permission)

    def require(self, permission: str) -> None:
        """Insist on a permission.

        Raises:
            Unauthenticated: when nobody is signed in.
            Forbidden: when the principal lacks it.
        """
        if not self.principal.signed_in:
            raise Unauthenticated()
        if not self.can(permission):
            raise Forbidden(permission)

    def may_read(self, row: Model, permission: str) -> bool:
        """Say whether a personal value of `row` may be shown: it is one's own, or permitted and in scope."""
        key = type(row).__person_key__
        own = self.principal.person_id
        if own is not None and key is not None and getattr(row, key) == own:
            return True
        return self.can(permission) and self.principal.scope.contains(row)

    def settings(self, model: type[S]) -> S:
        """Return the district's values of a plugin's settings model."""
        return self.platform.settings(model)

    async def settings_at(self, model: type[S], place_id: UUID | None) -> S:
        """Return a plugin's settings as they apply at a grid: its own, its ancestors' or the district's."""
        return await self.platform.settings_at(self, model, place_id)

    def capability(self, name: str) -> object | None:
        """Return the provider of a capability such as `fee_credit/1` in this district, or None."""
        return self.platform.capability(name)

    @property
    def files(self) -> Files:
        """What people uploaded: attach it to a row, read it."""
        return Files(self)

    async def load(self, model: type[Any], id: UUID | None) -> Any:  # a row of the model, or None
        """Return a row by id, batched with the other loads of this moment."""
        return await self.loaders.by_id(model, id)

    async def recall(self, key: Hashable, load: Callable[[Database], Awaitable[V]]) -> V:
        """Return a small fact of the district that many requests ask for, or load it.

        It may be some seconds old where another server process changed it, and never older than a change made
        by this one; in a transaction that writes it is always loaded. Never remember what is a person's.

        Args:
            key: starts with the package's slug.
            load: reads the fact from a database without a scope: it is the same for whoever asks.
        """
        return await (load(self._beyond) if self.db.writing else self.platform.recall(key, load))

    def translate(self, error: WanggeError) -> str:
        """Return an error's message in the caller's language."""
        return self.platform.translate(error, self.locale)

    def warn(self, warning: RuleError) -> None:
        """Tell the caller of something to look at; the change is made all the same."""
        self._warnings.append(warning)

    def take_warnings(self) -> list[RuleError]:
        """Return the warnings so far and forget them."""
        taken, self._warnings = self._warnings, []
        return taken

    def audit(
        self,
        action: str,
        *,
        subject: Model | None = None,
        fields: Sequence[str] = (),
        purpose: str | None = None,
        detail: dict[str, Any] | None = None,  # small facts of any JSON kind
    ) -> None:
        """Record a sensitive read, a change or an administrative act, with the transaction.

        Args:
            action: starts with the package's slug, such as `base.person.revealed`.
            subject: the row it is about.
            fields: names of the fields touched.
            purpose: why, as the caller stated it.
            detail: small facts; never a personal value.
        """
        self._audits.append(AuditDraft(action, subject, tuple(fields), purpose, detail or {}))

    def note_read(self, action: str) -> None:
        """Note a read that is on the record; `record_reads` writes it. The platform's own call."""
        self._reads.setdefault(action, AuditDraft(action))

    async def record_reads(self) -> None:
        """Write the reads that are on the record, before anybody is answered; the platform's own call."""
        if self._reads:
            async with self.transaction():
                self._audits += self._reads.values()
                self._reads = {}

    def emit(
        self,
        type: str,
        *,
        subject: Model | None = None,
        grid_id: UUID | None = None,
        data: dict[str, Any] | None = None,  # small facts of any JSON kind
    ) -> None:
        """Write an event to the outbox, with this transaction's commit; `data` holds no personal value."""
        event = OutboxEvent(
            type=type,
            at=self.now,
            subject_type=subject.__class__.__name__ if subject is not None else None,
            subject_id=getattr(subject, "id", None),
            place_id=grid_id,
            data=data or {},
        )
        self.db.note(event)

    async def follow(
        self,
        *,
        types: Collection[str] | None = None,
        place_id: UUID | None = None,
        after: str | None = None,
    ) -> AsyncIterator[Event]:
        """Return the committed events of the district as they come, for a `subscription`.

        Each lies within the caller's scope at the time: its place does, or the record it is about, whose type
        the caller may read. Events that name neither are for those who see the whole district.

        Args:
            types: the types wanted; None for all.
            place_id: events at this place or below it alone.
            after: a cursor: what was committed since comes first. Without one they begin now.

        Raises:
            EventTypeUnknown: when no enabled programme emits a type.
            BadCursor: when `after` is no cursor.
            CursorExpired: when the events after it are not held any more.
        """
        return await self.platform.follow(self, types=types, place_id=place_id, after=after)

    async def _as_at_first(self) -> Principal:
        return self.principal

    @asynccontextmanager
    async def beyond_scope(self, reason: str, *, restricted: bool = False) -> AsyncIterator[None]:
        """Lift the scope for a block; the reason is audited when the transaction commits.

        Args:
            reason: why.
            restricted: reach rows of persons whose data are restricted, too: for keeping them in order, and
                for the persons' own rights; never for other work.
        """
        await self.db.flush()
        before = self.db.use_scope(EVERYTHING)
        withholding = self.db.withhold(False) if restricted else None
        try:
            yield
            await self.db.flush()
        finally:
            self.db.use_scope(before)
            if withholding is not None:
                self.db.withhold(withholding)
            if not before.everything:
                self.audit("platform.scope.lifted", purpose=reason)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """Run a block in a write transaction: committed with its audit rows and events, or not at all."""
        if self.db.writing:
            yield
            return
        reader = self.db
        async with self.platform.open(write=True) as opened:
            writer = Database(opened.session, self.principal.scope, writing=True)
            self._use(writer)
            try:
                yield
                await self.commit()
            except BaseException:
                self._audits.clear()
                self._warnings.clear()
                raise
            finally:
                self._use(reader)
                await writer.finish()
                await reader.read_anew()

    async def commit(self) -> None:
        """Write what is pending, the events and audit rows last, and commit; the platform's own call."""
        await self.db.flush()
        drafts, self._audits = self._audits, []
        told = self.db.has_notes
        if drafts:
            await write_entries(
                self.db,
                drafts,
                keys=self.keys,
                principal=self.principal,
                at=self.now,
                request_id=self.request_id,
            )
        elif told:
            await write_events(self.db)
        await self.db.session.commit()
        self.platform.changed()
        if told:
            self.platform.told()

    def _use(self, database: Database) -> None:
        self.db = database
        self._beyond = database.beyond()
        self.loaders.forget()

    async def replay(self, field: str, client_mutation_id: str, input_hash: bytes) -> dict[str, Any] | None:
        """Return the stored answer of an earlier call with the same name, if there is one.

        Raises:
            IdempotencyConflict: when it had another input.
        """
        names = {"account": self.principal.account_id, "field": field, "name": client_mutation_id}
        found: MutationReplay | None = (await self.db.run(_REPLAY, **names)).scalars().first()
        if found is None:
            return None
        if found.at < self.now - REPLAYS_KEPT:
            await self.db.delete(found)
            await self.db.flush()
            return None
        if found.input_hash != input_hash:
            raise IdempotencyConflict()
        return found.answer

    async def remember(
        self, field: str, client_mutation_id: str, input_hash: bytes, answer: dict[str, Any]
    ) -> None:
        """Store the answer to a mutation for its repeats."""
        first = MutationReplay(
            account_id=self.principal.account_id,
            field=field,
            client_mutation_id=client_mutation_id,
            input_hash=input_hash,
            answer=answer,
            at=self.now,
        )
        try:
            await self.db.insert(first)
        except IntegrityError as taken:
            raise ReplayRace() from taken


class Info(strawberry.Info[RequestContext, None]):
    """What resolvers receive: `info.context` is the request's context."""
