"""What copying asks of a database, whichever it is, and how one is opened."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from wangge._host.databases import Place
from wangge._host.transfer.postgres import analyze, open_postgres
from wangge._host.transfer.rows import Batches
from wangge._host.transfer.shapes import Contents, Shape
from wangge._host.transfer.sqlite import open_sqlite


class Tables(Protocol):
    """The tables of one district within one transaction."""

    backend: str

    async def contents(self) -> Contents:
        """Return what stands in it."""

    async def count(self) -> int:
        """Return the number of rows of all tables."""

    def rows(self, shape: Shape) -> Batches:
        """Return a table's rows, with the columns that the shape has, in its order."""

    async def empty(self) -> None:
        """Take out all rows, and what stands in the way of filling the tables in any order."""

    async def make(self, statements: Sequence[str]) -> None:
        """Run statements that make tables."""

    async def load(self, shape: Shape, batches: Batches) -> None:
        """Write rows into a table."""

    async def finish(self, sequences: dict[str, int]) -> None:
        """Put back what `empty` took away, have references checked, and let sequences go on."""

    async def commit(self) -> None:
        """Keep what was done; nothing more is done after it."""

    async def fence(self) -> None:
        """Have the database refuse all further writes, from the commit on."""

    async def lift_fence(self) -> None:
        """Take writes again."""


def _open(place: Place, mode: str) -> AbstractAsyncContextManager[Tables]:
    return open_sqlite(place, mode) if place.is_sqlite else open_postgres(place, mode)


@asynccontextmanager
async def reading(place: Place) -> AsyncIterator[Tables]:
    """Open a district's tables as they are at this moment; nobody waits for it."""
    async with _open(place, "read") as tables:
        yield tables


@asynccontextmanager
async def frozen(place: Place) -> AsyncIterator[Tables]:
    """Open a district's tables so that whoever writes waits, and whoever reads does not.

    Raises:
        WritersBusy: when those who write do not come to an end.
    """
    async with _open(place, "freeze") as tables:
        yield tables


@asynccontextmanager
async def filling(place: Place) -> AsyncIterator[Tables]:
    """Open a district's tables to fill them; what is written is committed at the end."""
    async with _open(place, "fill") as tables:
        yield tables


async def take_statistics(place: Place) -> None:
    """Have PostgreSQL look at tables that were just filled; it plans by what it knows of them."""
    if not place.is_sqlite:
        await analyze(place)
