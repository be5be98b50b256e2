"""Plants a row of every table in several places of a district, all of its values recognisable.

What is planted follows from the tables themselves, so that the table of a new programme is planted too. A
second district can be planted without the rows that a caller may not see: no answer may tell the two apart.
"""

import enum
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError

from wangge._host.plugins import LoadedPlugin
from wangge.auth.models import Account, PrincipalKind, RoleGrant
from wangge.context import RequestContext
from wangge.db.base import Model
from wangge.graphql.ids import encode_id
from wangge.graphql.marks import mark_of
from wangge.graphql.types import table_of
from wangge.settings import PlaceSettings
from wangge.testing.districts import TestDistrict
from wangge.testing.proofs.seeds import (
    CONTACT,
    FAR,
    HOME,
    NEAR,
    ORDER,
    PLACES,
    Crop,
    Row,
    Seed,
    Values,
    key,
    others,
)
from wangge.testing.proofs.tables import FILLED, GRIDS, PEOPLE, Table, is_scoped, pointers, table

NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
SEALED = ("document_number_cipher", "document_number_digest", "phone_cipher", "phone_digest")
"""Columns of a person that no field shows as they are."""


class Unplantable(AssertionError):
    """Raise when a table takes none of the rows that are made up for it."""


def models(district: TestDistrict) -> list[Table]:
    """Return the tables of the programmes that are on, those they point to first."""
    runtime = district.server.district(district.code)
    found = {model.__tablename__: model for plugin in runtime.plugins for model in plugin.models}
    return [found[one.name] for one in Model.metadata.sorted_tables if one.name in found]


async def plant(district: TestDistrict, *, without: Collection[str] = ()) -> Crop:
    """Plant a district; rows of the groups in `without` are left out where they are not for everyone.

    Raises:
        Unplantable: a table takes none of the rows that are made up for it.
    """
    async with district.committed() as ctx:
        crop = await _grow(ctx, models(district))
        crop.hidden = _hidden_columns(district.server.district(district.code).plugins)
        for row in list(_left(crop, without)):
            await _insert(ctx, crop, row)
        await _accounts(ctx, district.code)
        await _surround(ctx, district.code, crop)
    runtime = district.server.district(district.code)
    runtime.forget_principals()
    runtime.memory.forget()
    return crop


def secret(row: Row, groups: Collection[str]) -> bool:
    """Say whether a row is hidden from those who are not of these groups' places."""
    hidden = row.group in groups and row.group != CONTACT
    return hidden and is_scoped(row.model) and not row.model.__published__


# Growing


async def _grow(ctx: RequestContext, tables: list[Table]) -> Crop:
    crop = Crop()
    grid, person = table(GRIDS), table(PEOPLE)
    for model in map(table, FILLED):
        first = select(model).order_by(next(iter(model.__mapper__.primary_key))).limit(1)
        crop.shared[model.__tablename__] = await ctx.db.scalar(first)
    for group, code in PLACES.items():
        crop.grids[group] = await ctx.db.scalar(select(grid).where(grid.code == code))
    seed = Seed(ctx.keys, crop)
    for model in [person, *(one for one in tables if one.__tablename__ not in FILLED and one is not person)]:
        crop.rows += [seed.row(model, group) for group in (FAR, NEAR, HOME)]
        if model is person:
            crop.rows.append(seed.row(person, CONTACT))
    order = [model.__table__ for model in tables]
    crop.rows.sort(key=lambda row: order.index(row.model.__table__))
    return crop


async def _insert(ctx: RequestContext, crop: Crop, row: Row) -> None:
    """Insert a row, with other values where the table's constraints refuse those that were made up."""
    refusal = await _taken(ctx, row)
    if refusal is None:
        return
    for values in others(row):
        changed = Row(row.model, row.group, values)
        if await _taken(ctx, changed) is None:
            _keep(crop, changed)
            return
    name, group = row.model.__tablename__, row.group
    raise Unplantable(f"{name} takes no row that is made up for it ({group}): {refusal}")


async def _taken(ctx: RequestContext, row: Row) -> str | None:
    """Insert a row, or say why the database refuses it."""
    try:
        async with ctx.db.session.begin_nested():
            await ctx.db.session.execute(insert(row.model.__table__), _stored(row))
    except DBAPIError as error:
        return str(error.orig).splitlines()[0]
    return None


def _keep(crop: Crop, changed: Row) -> None:
    """Let the crop tell what was planted; pointers that were emptied for this district stay there."""
    planted = crop.of(changed.model.__tablename__, changed.group)
    assert planted is not None  # rows are made of the crop's
    pointing = dict(pointers(changed.model))
    planted.values |= {name: one for name, one in changed.values.items() if name not in pointing}


def _table_key(name: str, group: str) -> UUID:
    return key(table(name), group)


# Leaving out


def _left(crop: Crop, without: Collection[str]) -> Iterator[Row]:
    """Return the rows of a district that lacks the groups, as their callers must see it.

    Pointers to what is gone are empty; what callers may not read of rows that stay is something else.
    """
    gone = {(row.model.__tablename__, row.id) for row in crop.rows if secret(row, without)}
    for row in crop.rows:
        if (row.model.__tablename__, row.id) in gone:
            continue
        pointing = {name: to for name, to in _pointers(row) if (to, row.values[name]) in gone}
        if any(not getattr(row.model, name).property.columns[0].nullable for name in pointing):
            gone.add((row.model.__tablename__, row.id))  # it hangs on what is gone
            continue
        values = row.values | dict.fromkeys(pointing)
        if without and (row.group in without or row.group == CONTACT):
            values |= {name: _other(values[name]) for name in crop.hidden.get(row.model, ())}
        yield Row(row.model, row.group, values)


def _pointers(row: Row) -> Iterator[tuple[str, str]]:
    """Return a row's pointers to other rows: attribute, table."""
    yield from pointers(row.model)
    if "head_id" in row.values and "head_id" not in dict(pointers(row.model)):
        yield "head_id", PEOPLE


def _hidden_columns(plugins: Iterable[LoadedPlugin]) -> dict[Table, set[str]]:
    """Return table → columns that those outside a row's scope do not read, though they may meet the row."""
    found: dict[Table, set[str]] = {table(PEOPLE): set(SEALED)}
    for kind in (kind for plugin in plugins for kind in plugin.types):
        info = table_of(kind)
        for one in kind.__strawberry_definition__.fields if info is not None else ():  # type: ignore[attr-defined]
            mark = mark_of(one)
            if info is not None and mark is not None and mark.kind in {"column", "masked"}:
                options = mark.options or {}
                if options.get("within_scope") or options.get("unless"):
                    found.setdefault(info.model, set()).add(mark.source or one.python_name)
    return found


def _other(value: Any) -> Any:  # a column's value
    """Return another value of the same kind; names keep the character that masks show."""
    if isinstance(value, str):
        return f"{value[:1]}他{value[2:]}"
    if isinstance(value, bytes):
        return bytes(len(value))
    if isinstance(value, enum.Enum):
        return [*type(value)][-1]
    return value + timedelta(days=400) if isinstance(value, date) else None


def _stored(row: Row) -> Values:
    columns = row.model.__table__.c
    names = {attribute.key: attribute.columns[0].key for attribute in row.model.__mapper__.column_attrs}
    return {names[name]: value for name, value in row.values.items() if names[name] in columns}


async def _surround(ctx: RequestContext, code: str, crop: Crop) -> None:
    """Leave traces in the platform's own tables, and let grids have a history."""
    grid, person = table(GRIDS), table(PEOPLE)
    over = update(grid).where(grid.code == PLACES[CONTACT])
    await ctx.db.execute(over.values(valid_to=date(2026, 5, 1), managing_parent_id=crop.grids[FAR].id))
    for group in (FAR, NEAR):
        subject = person(id=key(person, group))
        ctx.audit(
            "base.test", subject=subject, fields=("name",), purpose=f"密由{group}", detail={"by": group}
        )
        ctx.emit("base.person.registered", subject=subject, grid_id=crop.grids[group].id)
    own = {"grid_households_low": 299}
    ctx.db.add(PlaceSettings(plugin="base", place_id=crop.grids[HOME].id, settings=own))
    worker = select(Account.id).where(Account.subject == f"{code}/grid_worker_elsewhere")
    held = update(RoleGrant).where(RoleGrant.account_id.in_(worker))
    await ctx.db.execute(held.values(until=datetime(2031, 1, 1, tzinfo=UTC)))


async def _accounts(ctx: RequestContext, code: str) -> None:
    """Make the resident's account that of the person at home; add accounts without any right."""
    own = update(Account).where(Account.subject == f"{code}/resident")
    await ctx.db.execute(own.values(person_id=_table_key(PEOPLE, HOME)))
    for at, (subject, kind) in enumerate((("bare", "SERVICE"), ("disabled", "STAFF"), ("revoked", "STAFF"))):
        account = Account(
            id=UUID(f"0193b5a0-0000-7000-8000-0000000000{at:02x}"),
            subject=f"{code}/{subject}",
            kind=PrincipalKind[kind],
            disabled=subject == "disabled",
        )
        ctx.db.add(account)
        await ctx.db.flush()
        if subject != "bare":
            ended = NOW - timedelta(days=1) if subject == "revoked" else None
            since = NOW - timedelta(days=300)
            ctx.db.add(RoleGrant(account_id=account.id, role="district_admin", since=since, until=ended))


def node_ids(crop: Crop, types: Mapping[str, type[Model]]) -> dict[str, dict[str, str]]:
    """Return type name → group → id, of the node types of a schema."""
    found: dict[str, dict[str, str]] = {}
    for name, model in types.items():
        for group in ORDER:
            row = crop.of(model.__tablename__, group)
            if model.__tablename__ == GRIDS:
                found.setdefault(name, {})[group] = encode_id(name, crop.grids[group].id)
            elif row is not None:
                found.setdefault(name, {})[group] = encode_id(name, row.id)
    return found
