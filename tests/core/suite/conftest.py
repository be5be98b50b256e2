"""Programmes with one fault each, in worlds of their own."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from textwrap import dedent

import pytest

from tests.conftest import BASE_POINT, Plant
from wangge._host.plugins import PluginManager
from wangge.testing.proofs.proving import SEEING, Proof, prove
from wangge.testing.worlds import Worlds

MIGRATION = '''
"""Make the tables of the models."""

from alembic import op

from wangge import Model

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def tables():
    return [one for one in Model.metadata.sorted_tables if one.name.startswith("{slug}_")]


def upgrade():
    for one in tables():
        one.create(op.get_bind())


def downgrade():
    for one in reversed(tables()):
        one.drop(op.get_bind())
'''

PERMISSION = """
requires = ["base/1"]
[permissions."{slug}.loans.read"]
title = {{ zh = "查看", en = "Read" }}
roles = ["district_admin", "community_secretary", "grid_worker", "resident"]
"""

HEAD = '''
"""Loans."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Integer, LargeBinary, String, select, text
from sqlalchemy.orm import Mapped, mapped_column

from wangge import *
from wangge_schema import GridBound, Grid, Person
from wangge_schema import models as base

READ = "{slug}.loans.read"
'''

MODEL = '''
class Loan(Identified, GridBound, Model):
    """A loan."""

    __tablename__ = "{slug}_loans"
    __person_key__ = "person_id"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("base_people.id", ondelete="CASCADE"), index=True)
    note: Mapped[str] = mapped_column(String(64))
'''

SOUND = '''
@table_type(Loan, access=requires(READ), description="A loan.")
class XyLoan(Node):
    """A loan."""

    note: str = column("What is said of it.")
    person: Person | None = related("person_id", "Who has it.")


@extends(Query)
class Queries:
    """Root fields."""

    xy_loans: Connection[XyLoan] = connection("Loans.", access=requires(READ))


@extends(Person)
class Fields:
    """Fields of persons."""

    xy_loans: Connection[XyLoan] | None = connection("Loans.", via=Loan.person_id, access=requires(READ))


TYPES, EXTENSIONS, MODELS = [XyLoan], [Queries, Fields], [Loan]
'''

TAIL = '''
@hookimpl
def graphql_types() -> list[type]:
    """Return them."""
    return TYPES


@hookimpl
def graphql_extensions() -> list[type]:
    """Return them."""
    return EXTENSIONS


@hookimpl
def models() -> list[type[Model]]:
    """Return them."""
    return MODELS
'''

MAP = """
[purposes.loans]
title = {{ zh = "借用", en = "Loans" }}
legal_basis = "PIPL art. 13(1)(2)"
notice_version = "1"

[[personal_data]]
table = "{slug}_loans"
columns = ["note"]
person_key = "person_id"
purpose = "loans"
legal_basis = "PIPL art. 13(1)(2)"
retention = "A year"
on_erase = "{on_erase}"
"""

MakeWorlds = Callable[..., Worlds]
MakeProof = Callable[..., Proof]


def said(test: Callable[..., None], *arguments: object) -> str:
    """Return what a test of the suite finds."""
    with pytest.raises(pytest.fail.Exception) as found:
        test(*arguments)
    return str(found.value)


@pytest.fixture
def worlds_of(plant: Plant, tmp_path: Path) -> Iterator[MakeWorlds]:
    """Make worlds in which a programme with this code beside the sound one's is installed."""
    made: list[Worlds] = []

    def make(
        slug: str,
        fault: str = "",
        *,
        model: str = MODEL,
        sound: str = SOUND,
        on_erase: str | None = "delete",
        migration: str = MIGRATION,
        **files: str,
    ) -> Worlds:
        parts = (HEAD, model, sound, dedent(fault), TAIL)
        code = "".join(part.replace("{slug}", slug) for part in parts)
        said = PERMISSION + (MAP if on_erase is not None else "")
        point = plant(slug, code, extra=said.format(slug=slug, on_erase=on_erase), **files)
        folder = tmp_path / "programmes" / f"planted_{slug}" / "migrations"
        folder.mkdir()
        (folder / "0001_make_the_tables.py").write_text(migration.replace("{slug}", slug), encoding="utf-8")
        found = Worlds(PluginManager([BASE_POINT, point]))
        assert found.plugins.quarantined == {}
        made.append(found)
        return found

    yield make
    for one in made:
        one.close()


@pytest.fixture
def proof_of(worlds_of: MakeWorlds) -> Iterator[MakeProof]:
    """Plant the districts of such a programme, on SQLite: these faults are none of the database."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()

        def make(slug: str, fault: str = "", **options: str) -> Proof:
            worlds = worlds_of(slug, fault, **options)
            return prove(stack, runner, [worlds.fresh("sqlite") for _ in (None, *SEEING)], slug=slug)

        yield make
        runner.run(_settled())
        runner.run(stack.aclose())


async def _settled() -> None:
    """Wait for what graphql-core left behind where a field failed beside others."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    if rest:
        await asyncio.wait(rest, timeout=5)
