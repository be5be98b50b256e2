"""The session that services and resolvers use: scope on every statement, one statement at a time."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import Connection, CursorResult, Executable, Result, Select, bindparam, inspect, select
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, Mapper
from sqlalchemy.orm.interfaces import ORMOption
from sqlalchemy.sql.dml import Delete, Insert, Update

from wangge.auth.scope import EVERYTHING, Scope
from wangge.db.base import Model
from wangge.db.inserts import Values, adopt, complete, runs_of, statement_for
from wangge.db.statements import ScopeCriteria, UnscopedStatement, beside, refuse_raw, written
from wangge.errors import NotFound, OutOfScope, RuleError

M = TypeVar("M", bound=Model)


_WHOLE_ROWS = {"render_nulls": True}
"""Without it, rows of a bulk insert that leave out different columns are sent one by one."""


class _Turn(asyncio.Lock):
    """Whose turn it is on a session; nobody's any more once the session is over."""

    over = False

    async def __aenter__(self) -> None:
        """Wait for the turn.

        Raises:
            CancelledError: when the session is over. Loaders of a field whose neighbour failed run on after
                the answer; on a closed session they would take a connection that nobody gives back.
        """
        await super().__aenter__()
        if self.over:
            self.release()
            raise asyncio.CancelledError


class Database:
    """A district's database within one request.

    Statements go over mapped classes (`select(Person)`, `update(Person)`, `select(func.count(Person.id))`);
    the principal's scope is added to each occurrence of a scoped class, in joins and subqueries too. Added
    and changed rows are checked against the scope when they are flushed. Nothing here commits.
    """

    def __init__(self, session: AsyncSession, scope: Scope, *, writing: bool = False) -> None:
        self.writing = writing
        self._session = session
        self._scope = scope
        self._turn = _Turn()
        self._notes: list[Model] = []

    def beyond(self) -> "Database":
        """Return this database without a scope: the same session, and one statement at a time over both."""
        other = Database(self._session, EVERYTHING, writing=self.writing)
        other._turn = self._turn
        return other

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

    async def tables(self) -> frozenset[str]:
        """Return the names of the district's tables; programmes never enabled here have none."""

        def names(connection: Connection) -> list[str]:
            places = connection.get_execution_options().get("schema_translate_map") or {}
            return inspect(connection).get_table_names(schema=places.get(None))

        async with self._turn:
            return frozenset(await (await self._session.connection()).run_sync(names))

    def use_scope(self, scope: Scope) -> Scope:
        """Apply another scope from now on and return the one before."""
        before, self._scope = self._scope, scope
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
        scoped = self._within_scope(statement)
        async with self._turn:
            return await self._session.execute(scoped, parameters, execution_options=_WHOLE_ROWS)

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
        scoped: Executable = statement
        if not self._scope.everything:
            scoped = (
                _kept(self._scope, statement) if _is_value(self._scope) else self._within_scope(statement)
            )
        async with self._turn:
            return await self._session.execute(scoped, values)

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
        found: M | None = (await self.run(_by_key(model), key=id)).scalars().first()
        return found

    async def must_get(self, model: type[M], id: UUID, path: Sequence[str] = ()) -> M:
        """Return the row with this id.

        Raises:
            NotFound: when there is none within the scope.
        """
        found = await self.get(model, id)
        if found is None:
            raise NotFound(model.__name__, path=path)
        return found

    async def lock(self, model: type[M], id: UUID, path: Sequence[str] = ()) -> M:
        """Return the row as it is now, locked until the transaction ends.

        On SQLite the transaction is the single writer already. Lock several rows in the order of their ids.

        Raises:
            NotFound: when there is none within the scope.
        """
        found: M | None = (await self.run(_by_key(model, lock=True), key=id)).scalars().first()
        if found is None:
            raise NotFound(model.__name__, path=path)
        return found

    def add(self, row: Model) -> None:
        """Add a row; it is checked and written at the next flush."""
        self._session.add(row)

    def add_all(self, rows: Iterable[Model]) -> None:
        """Add rows; they are checked and written at the next flush."""
        self._session.add_all(rows)

    def note(self, row: Model) -> None:
        """Add a row that belongs to nobody and that this request does not read again, such as an event.

        It is written at the next explicit flush, or with the commit, and never joins the session.
        """
        complete(row)
        if not self._scope.contains(row):
            raise OutOfScope()
        self._notes.append(row)

    async def delete(self, row: Model) -> None:
        """Delete a row at the next flush."""
        await self._session.delete(row)

    async def flush(self) -> None:
        """Write what was added and changed.

        Raises:
            OutOfScope: when a row lies outside the scope; nothing of this flush is written.
        """
        async with self._turn:
            await self._prepare()
            await self._session.flush()
            if self._notes:
                notes, self._notes = self._notes, []
                for model, rows in runs_of(notes):
                    await self._write(model, rows, None)

    @asynccontextmanager
    async def unique(self, error: RuleError) -> AsyncIterator[None]:
        """Run a block and flush it in a savepoint; a broken constraint becomes `error`."""
        await self.flush()  # a savepoint flushes what is pending, and would do so without the scope's check
        try:
            async with self._session.begin_nested():
                yield
                await self.flush()
        except IntegrityError as broken:
            self._notes.clear()
            raise error from broken
        except BaseException:
            self._notes.clear()
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
            for model, values in runs_of(rows):
                await self._write(model, values, taken)
            adopt(self._session.sync_session, rows)

    async def _write(self, model: type[Model], rows: list[Values], taken: RuleError | None) -> None:
        if taken is None:
            await self._session.execute(statement_for(model), rows if len(rows) > 1 else rows[0])
            return
        statement = statement_for(model, free_only=self.dialect)
        for row in rows:
            written = cast("CursorResult[Any]", await self._session.execute(statement, row))
            if written.rowcount == 0:
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
            if isinstance(row, Model) and not self._scope.contains(_as_loaded(row)):
                raise OutOfScope()

    def _within_scope(self, statement: Executable) -> Executable:
        return statement if self._scope.everything else _within(self._scope, statement)


def _within(scope: Scope, statement: Executable) -> Executable:
    """Return a statement with the filter of a scope that is not everything."""
    refuse_raw(statement)
    if isinstance(statement, Insert | PostgresInsert | SqliteInsert):
        raise UnscopedStatement(
            "Add rows with insert(), add() or add_all(): they are checked against the scope."
        )
    if isinstance(statement, Update | Delete):
        if any(scope.criteria(other) is not None for other in beside(statement)):
            raise UnscopedStatement("Choose rows by another class in a subquery, where it is scoped.")
        model = statement.entity_description["entity"]
        if written(statement) & scope.keys(model):
            raise UnscopedStatement("Change to whom rows belong one by one: each is checked then.")
        criteria = scope.write_criteria(model)
        if criteria is not None:
            statement = statement.where(criteria)
    mappers = frozenset(Model.registry.mappers)
    options = _loader_criteria if _is_value(scope) else _loader_criteria.__wrapped__
    return statement.options(*options(scope, mappers))


def _is_value(scope: Scope) -> bool:
    """Say whether scopes of this class are equal only where all they hold is: what is kept is shared then.

    A subclass that is no dataclass itself inherits a comparison that leaves out what it adds.
    """
    return "__dataclass_params__" in vars(type(scope))


@lru_cache(maxsize=256)
def _kept(scope: Scope, statement: Select[Any]) -> Executable:
    """Return a kept statement with the filter of a scope."""
    return _within(scope, statement)


@lru_cache(maxsize=64)
def _loader_criteria(scope: Scope, mappers: frozenset[Mapper[Any]]) -> tuple[ORMOption, ...]:
    """Return what filters each occurrence of a scoped class; programmes loaded later bring more classes."""
    found = []
    for mapper in mappers:
        criteria = scope.criteria(mapper.class_)
        if criteria is not None:
            found.append(ScopeCriteria(mapper.class_, criteria, include_aliases=True))
    return tuple(found)


@lru_cache(maxsize=512)
def _by_key(model: type[Model], *, lock: bool = False) -> Select[Any]:
    """Return the statement that reads a row by its key, as it is now where it is to be locked."""
    statement = select(model).where(_key_of(model) == bindparam("key"))
    if not lock:
        return statement
    return statement.with_for_update().execution_options(populate_existing=True)


def _key_of(model: type[Model]) -> InstrumentedAttribute[Any]:  # of whatever type the key is
    """Return the mapped attribute of a table's key: statements go over mapped classes, these included."""
    mapper = inspect(model)
    found = mapper.get_property_by_column(mapper.primary_key[0]).class_attribute
    return cast("InstrumentedAttribute[Any]", found)


def _as_loaded(row: Model) -> Model:
    """Return a copy of a row as the database has it: moving a row into the scope must not take it over."""
    before = type(row)()
    for attribute in inspect(row).mapper.column_attrs:
        stored = inspect(row).committed_state.get(attribute.key, getattr(row, attribute.key))
        setattr(before, attribute.key, stored)
    return before
