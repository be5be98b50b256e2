"""The session that services and resolvers use: scope on every statement, one statement at a time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence, Set
from contextlib import asynccontextmanager
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import Connection, CursorResult, Executable, Result, Select, Table, inspect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import Update

from wangge.auth.scope import EVERYTHING, Scope
from wangge.db.base import Model
from wangge.db.catalogue import reflect
from wangge.db.inserts import Values, adopt, as_loaded, can_join, complete, join, runs_of, statement_for
from wangge.db.scoping import by_key, kept_within, within
from wangge.db.turns import Turn, connected
from wangge.db.withheld import withheld
from wangge.errors import DataRestricted, NotFound, OutOfScope, RuleError

M = TypeVar("M", bound=Model)
T = TypeVar("T")


_WHOLE_ROWS = {"render_nulls": True}
"""Without it, rows of a bulk insert that leave out different columns are sent one by one."""


_GRACE = 0.1
"""Seconds that a read may still take for which nobody waits: to break it off costs the connection."""


class Database:
    """A district's database within one request.

    Statements go over mapped classes (`select(Person)`, `update(Person)`, `select(func.count(Person.id))`);
    the principal's scope is added to each occurrence of a scoped class, in joins and subqueries too. Added
    and changed rows are checked against the scope when they are flushed. Rows of persons whose data are
    restricted are left out, whatever the scope. Nothing here commits.
    """

    def __init__(
        self,
        session: AsyncSession | Callable[[], AsyncSession],
        scope: Scope,
        *,
        writing: bool = False,
        withholding: bool = True,
    ) -> None:
        self.writing = writing
        self._withholding = withholding
        self._given = session
        self._scope = scope
        self._turn = Turn(lambda: self._session)
        self._notes: list[Model] = []

    def beyond(self) -> "Database":
        """Return this database without a scope: the same session, and one statement at a time over both."""
        other = Database(
            lambda: self._session, EVERYTHING, writing=self.writing, withholding=self._withholding
        )
        other._turn = self._turn
        return other

    def including_restricted(self) -> "Database":
        """Return this database with the rows of persons whose data are restricted; as `beyond` in the rest.

        For the rights of these persons and for keeping their rows in order; never for other work.
        """
        other = Database(lambda: self._session, self._scope, writing=self.writing, withholding=False)
        other._turn = self._turn
        return other

    @property
    def _session(self) -> AsyncSession:
        """The session, opened when it is first needed: plans often answer without."""
        if not isinstance(self._given, AsyncSession):
            self._given = self._given()
        return self._given

    @property
    def session(self) -> AsyncSession:
        """The session beneath, for the platform's own use."""
        return self._session

    @property
    def dialect(self) -> str:
        """Name of the database: `sqlite` or `postgresql`."""
        return self._session.get_bind().dialect.name

    @property
    def scope(self) -> Scope:
        """The scope that is applied."""
        return self._scope

    async def read_anew(self) -> None:
        """End the transaction that reads, so that what was committed meanwhile is seen."""
        async with self._turn:
            await self._session.rollback()

    async def finish(self) -> None:
        """Wait for the statement that runs and let none follow; the session is about to be closed."""
        async with self._turn:
            self._turn.over = True

    async def close(self) -> None:
        """Give the session's connection back, whoever stops waiting for it.

        A read that is under way was left alone by whoever asked for it: it may end, but not take its time.
        """
        await asyncio.shield(self._close())

    async def _close(self) -> None:
        try:
            async with asyncio.timeout(_GRACE):
                await self.finish()
        except TimeoutError:
            self.break_off()
            await self.finish()
        if isinstance(self._given, AsyncSession):
            await self._given.close()

    async def tables(self) -> frozenset[str]:
        """Return the names of the district's tables; programmes never enabled here have none."""

        def names(connection: Connection) -> list[str]:
            places = connection.get_execution_options().get("schema_translate_map") or {}
            return inspect(connection).get_table_names(schema=places.get(None))

        async with self._turn:
            return frozenset(await (await self._session.connection()).run_sync(names))

    async def reflected(self, names: Set[str]) -> dict[str, Table]:
        """Return those of the named tables that the district has, as its catalogue describes them."""
        async with self._turn:
            return await (await self._session.connection()).run_sync(reflect, names)

    def use_scope(self, scope: Scope) -> Scope:
        """Apply another scope from now on and return the one before."""
        before, self._scope = self._scope, scope
        return before

    def withhold(self, withholding: bool) -> bool:
        """Leave out rows of restricted persons from now on, or not, and return what was done before."""
        before, self._withholding = self._withholding, withholding
        return before

    async def execute(
        self, statement: Executable, parameters: Sequence[dict[str, Any]] | None = None
    ) -> Result[*tuple[Any, ...]]:
        """Run a statement within the scope and return its result, fully buffered.

        Args:
            statement: a statement over mapped classes.
            parameters: rows for an `insert(Model)`; only where the scope is everything.

        Raises:
            UnscopedStatement: for text, raw tables, or a bulk insert into scoped rows.
        """
        if self._pending():
            await self.flush()
        scoped = statement
        if parameters is None or not self._scope.everything:
            scoped = within(self._scope, statement, withholding=self._withholding)

        def work() -> Awaitable[Result[*tuple[Any, ...]]]:
            return self._session.execute(scoped, parameters, execution_options=_WHOLE_ROWS)

        return await self._do(work)

    async def run(self, statement: Select[Any], **values: Any) -> Result[*tuple[Any, ...]]:
        """Run a statement that is built once and kept, within the scope, and return its result.

        What the scope adds to it is worked out once for all requests with the same scope.

        Args:
            statement: a SELECT over mapped classes, the same object each time.
            values: of its `bindparam`s.

        Raises:
            UnscopedStatement: as `execute` does.
        """
        if self._pending():
            await self.flush()
        scoped = kept_within(self._scope, statement, withholding=self._withholding)
        return await self._do(lambda: self._session.execute(scoped, values))

    async def _do(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run one statement when its turn comes.

        graphql-core cancels what runs beside a field that failed. A statement that is broken off loses the
        session its connection, and with it the fields that come after, so reads are cancelled by `break_off`
        alone. What writes runs by itself, and a cancellation undoes all of it.
        """
        with connected():
            if not self.writing:
                return await self._turn.take(work)
            async with self._turn:
                return await work()

    def break_off(self) -> None:
        """Cancel the read that is under way, and those that wait: nobody waits for the answer any more."""
        self._turn.break_off()

    async def scalars(self, statement: Executable) -> list[Any]:  # the statement decides the type
        """Run a statement and return the first column of every row."""
        return list((await self.execute(statement)).scalars().all())

    async def scalar(self, statement: Executable) -> Any:  # the statement decides the type
        """Run a statement and return the first column of the first row, or None."""
        return (await self.execute(statement)).scalars().first()

    async def get(self, model: type[M], id: UUID | None) -> M | None:
        """Return the row with this id, if there is one within the scope."""
        if id is None:
            return None
        found: M | None = (await self.run(by_key(model), key=id)).scalars().first()
        return found

    async def must_get(self, model: type[M], id: UUID, path: Sequence[str] = ()) -> M:
        """Return the row with this id.

        Raises:
            NotFound: when there is none within the scope.
            DataRestricted: when it belongs to a person whose data are restricted.
        """
        found = await self.get(model, id)
        if found is None:
            raise await self._missing(model, id, path)
        return found

    async def lock(self, model: type[M], id: UUID, path: Sequence[str] = ()) -> M:
        """Return the row as it is now, locked until the transaction ends.

        On SQLite the transaction is the single writer already. Lock several rows in the order of their ids.

        Raises:
            NotFound: when there is none within the scope.
            DataRestricted: when it belongs to a person whose data are restricted.
        """
        found: M | None = (await self.run(by_key(model, lock=True), key=id)).scalars().first()
        if found is None:
            raise await self._missing(model, id, path)
        return found

    async def _missing(self, model: type[Model], id: UUID, path: Sequence[str]) -> RuleError:
        """Return why a row is not there; who could see it is told that its person's data are restricted."""
        if self._withholding and withheld(model) is not None:
            statement = kept_within(self._scope, by_key(model), withholding=False)
            async with self._turn:
                if (await self._session.execute(statement, {"key": id})).first() is not None:
                    return DataRestricted(path=path)
        return NotFound(model.__name__, path=path)

    def add(self, row: Model) -> None:
        """Add a row; it is checked and written at the next flush."""
        self._session.add(row)

    def add_all(self, rows: Iterable[Model]) -> None:
        """Add rows; they are checked and written at the next flush."""
        self._session.add_all(rows)

    def note(self, row: Model) -> None:
        """Add a row that belongs to nobody and that this request does not read again, such as an event.

        It is written with the commit, after all else, and never joins the session.
        """
        complete(row)
        if not self._scope.contains(row):
            raise OutOfScope()
        self._notes.append(row)

    async def delete(self, row: Model) -> None:
        """Delete a row at the next flush."""
        await self._session.delete(row)

    @property
    def has_notes(self) -> bool:
        """Whether something was noted that is to be written with the commit."""
        return bool(self._notes)

    async def flush(self) -> None:
        """Write what was added and changed.

        Raises:
            OutOfScope: when a row lies outside the scope; nothing of this flush is written.
        """
        async with self._turn:
            await self._prepare()
            await self._session.flush()

    @asynccontextmanager
    async def unique(self, error: RuleError) -> AsyncIterator[None]:
        """Run a block and flush it in a savepoint; a broken constraint becomes `error`."""
        await self.flush()  # a savepoint flushes what is pending, and would do so without the scope's check
        noted = len(self._notes)
        try:
            async with self._session.begin_nested():
                yield
                await self.flush()
        except IntegrityError as broken:
            del self._notes[noted:]
            raise error from broken
        except BaseException:
            del self._notes[noted:]
            raise

    async def insert(self, *rows: Model, taken: RuleError | None = None) -> None:
        """Write new rows at once, in the order given, and make them members of the session.

        For services that many people call: one plain INSERT for each run of rows of the same class, without
        the unit of work. Rows are completed (ids, defaults, what they derive from others) and all of them
        checked against the scope before the first is written; afterwards they are as rows that were read.

        Args:
            rows: new rows with ids made in Python, such as those of `Identified`.
            taken: raised when a unique key of a row is taken already, without a savepoint: the transaction
                goes on, and the rows before that one stay written in it.

        Raises:
            OutOfScope: when a row lies outside the scope; nothing is written.
        """
        if self._pending():
            await self.flush()
        async with self._turn:
            for row in rows:
                fill = getattr(row, "fill_derived", None)
                if fill is not None:
                    await fill(self._session)
                complete(row)
            if not self._scope.everything and not all(self._scope.contains(row) for row in rows):
                raise OutOfScope()
            await self._write(rows, taken)
            adopt(self._session.sync_session, rows)

    async def write_last(
        self, rows: Sequence[Model] = (), beside: Update | None = None, values: dict[str, Any] | None = None
    ) -> None:
        """Write what was noted, then these rows, and run an update: the platform's own call before a commit.

        Args:
            rows: rows that nobody reads again, such as audit entries.
            beside: a kept update over tables of the platform.
            values: of its `bindparam`s.
        """
        async with self._turn:
            noted, self._notes = self._notes, []
            await self._write([*noted, *rows], beside=beside, values=values)

    async def _write(
        self,
        rows: Sequence[Model],
        taken: RuleError | None = None,
        beside: Update | None = None,
        values: dict[str, Any] | None = None,
    ) -> None:
        """Insert completed rows, by as few statements as the database can."""
        runs = runs_of(rows)
        if self.dialect == "postgresql" and can_join(runs, free_only=taken is not None):
            statement, given = join(runs, free_only=taken is not None, beside=beside)
            await self._insert(statement, {**given, **(values or {})}, taken)
            return
        for model, several in runs:
            statement = statement_for(model, free_only=None if taken is None else self.dialect)
            for one in several if taken is not None else [several if len(several) > 1 else several[0]]:
                await self._insert(statement, one, taken)
        if beside is not None:
            await self._session.execute(beside, values)

    async def _insert(
        self, statement: Executable, values: Values | list[Values], taken: RuleError | None
    ) -> None:
        written = await self._session.execute(statement, values)
        if taken is not None and cast("CursorResult[Any]", written).rowcount == 0:
            raise taken

    def _pending(self) -> bool:
        session = self._session.sync_session
        return bool(session.new or session.deleted or session.dirty)

    async def _prepare(self) -> None:
        """Let rows fill what they derive from others, then check that each lies within the scope."""
        session = self._session.sync_session
        changed = [row for row in session.dirty if session.is_modified(row)]
        for row in (*session.new, *changed):
            fill = getattr(row, "fill_derived", None)
            if fill is not None:
                await fill(self._session)
        if self._scope.everything:
            return
        for row in (*session.new, *changed, *session.deleted):
            if isinstance(row, Model) and not self._scope.contains(row):
                raise OutOfScope()
        for row in (*changed, *session.deleted):
            if isinstance(row, Model) and not self._scope.contains(as_loaded(row)):
                raise OutOfScope()
