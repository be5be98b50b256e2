"""Batched reads within one request: one statement per relation, whatever the number of rows."""

from asyncio import shield
from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute
from strawberry.dataloader import DataLoader

from wangge.db.base import Model
from wangge.db.session import Database

M = TypeVar("M", bound=Model)


class Loaders:
    """The data loaders of one request; forgotten after each mutation, since rows may have changed."""

    def __init__(self, database: Callable[[], Database], beyond: Callable[[], Database]) -> None:
        self._database = database
        self._beyond = beyond
        self._made: dict[Hashable, DataLoader[Any, Any]] = {}  # keys and rows differ per loader

    def forget(self) -> None:
        """Drop all that was loaded."""
        self._made.clear()

    def custom(self, key: Hashable, make: Callable[[], DataLoader[Any, Any]]) -> DataLoader[Any, Any]:
        """Return the loader under `key`, made on first use."""
        loader = self._made.get(key)
        if loader is None:
            loader = self._made[key] = make()
        return loader

    async def by_id(self, model: type[M], id: UUID | None, *, published: bool = False) -> M | None:
        """Return a row by its primary key, or None where there is none within the scope.

        Args:
            model: the table.
            id: its key; None gives None.
            published: look beyond the scope, for a relation that is published (`related(published=True)`).
        """
        if id is None:
            return None
        loader = self.custom((model, published), lambda: self._by_id_loader(model, published))
        found: M | None = await shield(loader.load(id))  # others wait for the same: no one of them ends it
        return found

    async def by_key(
        self, column: InstrumentedAttribute[Any], key: Any, order_by: Sequence[ColumnElement[Any]] = ()
    ) -> list[Any]:  # rows of the column's table
        """Return the rows whose `column` holds `key`, in the stated order."""
        name = ("key", column.class_, column.key, tuple(str(part) for part in order_by))
        loader = self.custom(name, lambda: self._by_key_loader(column, order_by))
        return list(await shield(loader.load(key)))

    def _by_id_loader(self, model: type[M], published: bool) -> DataLoader[UUID, M | None]:
        async def load(ids: list[UUID]) -> list[M | None]:
            database = self._beyond() if published else self._database()
            key: Any = model.__mapper__.primary_key[0]  # a column; its name differs per table
            attribute = model.__mapper__.get_property_by_column(key).class_attribute
            rows = await database.scalars(select(model).where(attribute.in_(ids)))
            found = {getattr(row, attribute.key): row for row in rows}
            return [found.get(id) for id in ids]

        return DataLoader(load_fn=load)

    def _by_key_loader(
        self, column: InstrumentedAttribute[Any], order_by: Sequence[ColumnElement[Any]]
    ) -> DataLoader[Any, list[Any]]:
        async def load(keys: list[Any]) -> list[list[Any]]:
            statement = select(column.class_).where(column.in_(keys)).order_by(*order_by, column.class_.id)
            found: dict[Any, list[Any]] = {key: [] for key in keys}
            for row in await self._database().scalars(statement):
                found[getattr(row, column.key)].append(row)
            return [found[key] for key in keys]

        return DataLoader(load_fn=load)
