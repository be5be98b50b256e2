"""Plants a row of every table in several places of a district, all of its values recognisable.

What is planted follows from the tables themselves, so that the table of a new programme is planted too. A
second district can be planted without the rows that a caller may not see: no answer may tell the two apart.
"""

import enum
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Enum,
    Integer,
    LargeBinary,
    String,
    Table,
    insert,
    select,
    update,
)

from wangge import Account, KeyRing, Model, RequestContext, encode_id
from wangge._host.plugins import LoadedPlugin
from wangge.auth.models import PrincipalKind, RoleGrant
from wangge.db.columns import UtcDateTime
from wangge.graphql.marks import mark_of
from wangge.graphql.types import table_of
from wangge.testing.districts import TestDistrict
from wangge_schema.calendars.models import CalendarDay
from wangge_schema.grids.models import Grid, GridFunction, GridLevel
from wangge_schema.grids.scope import ANCESTORS, GridBound, is_scoped
from wangge_schema.people.models import Person, ProcessingPurpose
from wangge_schema.people.rules import check_character
from wangge_schema.posts.models import Post, PostRole

NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
FAR, NEAR, HOME, CONTACT = "far", "near", "home", "contact"
GRIDS = {
    FAR: "370703001001001",
    NEAR: "370703002200001",
    HOME: "370703002200",
    CONTACT: "370703001001001002",
}
"""Group of rows → code of the grid where they are. `home` is the resident's own; `contact` is on duty."""
SHARED: tuple[type[Any], ...] = (Grid, GridLevel, GridFunction, PostRole, ProcessingPurpose, CalendarDay)
"""Tables that the district has filled itself."""
KEPT = {"until", "valid_to", "held_until", "expires_on"}
"""Ends that lie ahead, since lists leave out what is over."""
ABSENT = {"died_on", "withdrawn_at", "withdrawn_on", "voided_at"}
"""Ends that only rows far away have reached."""

SEALED = ("document_number_cipher", "document_number_digest", "phone_cipher", "phone_digest")
"""Columns of a person that no field shows as they are."""

Values = dict[str, Any]
"""Attributes of a row."""


@dataclass
class Row:
    """A planted row: of which table and group, and what it holds."""

    model: type[Any]
    group: str
    values: Values

    @property
    def id(self) -> UUID:
        """Its key."""
        found: UUID = self.values["id"]
        return found


@dataclass
class Crop:
    """All that was planted.

    Attributes:
        rows: in the order in which they may be inserted.
        plain: sealed values by group and field.
        shared: a row of each table that the district filled itself.
    """

    rows: list[Row] = field(default_factory=list)
    plain: dict[tuple[str, str], str] = field(default_factory=dict)
    shared: dict[type[Any], Any] = field(default_factory=dict)
    grids: dict[str, Grid] = field(default_factory=dict)
    hidden: dict[type[Any], set[str]] = field(default_factory=dict)

    def of(self, model: type[Any], group: str) -> Row | None:
        """Return the row of a table in a group."""
        return next((row for row in self.rows if row.model is model and row.group == group), None)


def models(district: TestDistrict) -> list[type[Any]]:
    """Return the tables of the programmes that are on, those they point to first."""
    runtime = district.server.district(district.code)
    found = {model.__tablename__: model for plugin in runtime.plugins for model in plugin.models}
    return [found[table.name] for table in Model.metadata.sorted_tables if table.name in found]


async def plant(district: TestDistrict, *, without: Collection[str] = ()) -> Crop:
    """Plant a district; rows of the groups in `without` are left out where they are not for everyone."""
    async with district.committed() as ctx:
        crop = await _grow(ctx, models(district))
        crop.hidden = _hidden_columns(district.server.district(district.code).plugins)
        shown = list(_left(crop, without))
        for row in shown:
            await ctx.db.session.execute(insert(row.model.__table__), _stored(row))
        await _accounts(ctx, district.code, crop)
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


async def _grow(ctx: RequestContext, tables: list[type[Any]]) -> Crop:
    crop = Crop()
    shared: list[type[Any]] = list(SHARED)
    for model in shared:
        key = next(iter(model.__mapper__.primary_key))
        crop.shared[model] = await ctx.db.scalar(select(model).order_by(key).limit(1))
    for group, code in GRIDS.items():
        crop.grids[group] = await ctx.db.scalar(select(Grid).where(Grid.code == code))
    seed = _Seed(ctx.keys, crop)
    own: list[type[Any]] = [one for one in tables if one not in SHARED]
    order_of_growth: list[type[Any]] = [Person, *own]
    for model in order_of_growth:
        for group in (FAR, NEAR, HOME):
            if model is not Person or crop.of(Person, group) is None:
                crop.rows.append(seed.row(model, group))
        if model is Person and crop.of(Person, CONTACT) is None:
            crop.rows.append(seed.row(Person, CONTACT))
    order = [model.__table__ for model in tables]
    crop.rows.sort(key=lambda row: order.index(row.model.__table__))
    return crop


class _Seed:
    """Makes rows whose every value can be recognised."""

    def __init__(self, keys: KeyRing, crop: Crop) -> None:
        self._keys = keys
        self._crop = crop
        self._count = 0

    def row(self, model: type[Any], group: str) -> Row:
        """Return a row of a table in a group."""
        values: Values = {"id": _key(model, group)}
        for attribute in model.__mapper__.column_attrs:
            if attribute.key != "id":
                self._count += 1
                values[attribute.key] = self._value(model, group, attribute.key, attribute.columns[0])
        if issubclass(model, GridBound):
            grid = self._crop.grids[group]
            values["grid_id"] = grid.id
            values |= {name: getattr(grid, name) for name in ANCESTORS}
        return Row(model, group, values | _special(model, group, self._crop))

    def _value(self, model: type[Any], group: str, name: str, column: Column[Any]) -> Any:
        target = next(iter(column.foreign_keys), None)
        if target is not None:
            return self._pointed(str(target.column.table.name), group)
        if name == getattr(model, "__restricted_by__", None) or (
            name in ABSENT and group not in {FAR, CONTACT}
        ):
            return None
        kind = column.type
        if isinstance(kind, Enum):
            return next(iter(kind.enum_class or ()))
        if isinstance(kind, Boolean):
            return True
        if isinstance(kind, Integer):
            return 90_000 - self._count
        if isinstance(kind, Date):
            return date(2031 if name in KEPT else 1931, 1, 1) + timedelta(days=self._count)
        if isinstance(kind, UtcDateTime):
            return datetime(2026, 1, 1, 1, tzinfo=UTC) + timedelta(minutes=self._count)
        if isinstance(kind, LargeBinary):
            return self._sealed(group, name)
        return f"密{self._count:05d}" if isinstance(kind, String) else _key(model, group)

    def _sealed(self, group: str, name: str) -> bytes:
        of, _, part = name.rpartition("_")
        plain = self._crop.plain.setdefault((group, of), self._plain(of, group))
        sealed = self._keys.seal(of, plain, masked="")
        return sealed.cipher if part == "cipher" else sealed.digest

    def _plain(self, of: str, group: str) -> str:
        place = [*GRIDS].index(group)
        if of == "phone":
            return f"1998877660{place}"
        if of == "document_number":
            first = f"37999919810708{place:03d}"
            return first + check_character(first)
        return f"密语路{place}号"

    def _pointed(self, table: str, group: str) -> Any:
        for model, row in self._crop.shared.items():
            if model.__tablename__ == table:
                return self._crop.grids[group].id if model is Grid else _of(row)
        model = next(one.class_ for one in Model.registry.mappers if one.class_.__tablename__ == table)
        return _key(model, HOME if group == CONTACT and model is not Person else group)


def _of(row: Any) -> Any:  # a row of a table that the district filled; its key
    return getattr(row, row.__mapper__.primary_key[0].name)


def _key(model: type[Any], group: str) -> UUID:
    """Return a key that is the same in every district: ordered by table, then by group."""
    names = sorted(one.class_.__tablename__ for one in Model.registry.mappers)
    place = names.index(model.__tablename__) * 16 + [*GRIDS].index(group)
    return UUID(f"0193b5a0-0000-7000-8000-{0xC0FFEE000000 + place:012x}")


def _special(model: type[Any], group: str, crop: Crop) -> Values:
    """Return what the tables do not say of themselves."""
    place = [*GRIDS].index(group)
    values: Mapping[str, Values] = {
        "Household": {"head_id": _key(Person, group)},
        "Organization": {"credit_code": f"11370703000000{place:04d}"},
        "QrAnchor": {"token": "a" * 21 + str(place)},
        "Post": {"person_id": _key(Person, CONTACT)},
        "PointsEntry": {"credit": 0},
        "GridSuccession": {"predecessor_id": crop.grids[group].id, "successor_id": crop.grids[CONTACT].id},
    }
    found = dict(values.get(model.__name__, {}))
    if model in (Post, Person) and group == CONTACT:
        found |= {"household_id": None, "dwelling_id": None} if model is Person else {}
    if model is Person and group != CONTACT:
        found |= {"household_id": _table_key("base_households", group)}
    return found


def _table_key(table: str, group: str) -> UUID:
    return _key(
        next(one.class_ for one in Model.registry.mappers if one.class_.__tablename__ == table), group
    )


# Leaving out


def _left(crop: Crop, without: Collection[str]) -> Iterator[Row]:
    """Return the rows of a district that lacks the groups, as their callers must see it.

    Pointers to what is gone are empty; what callers may not read of rows that stay is something else.
    """
    gone = {(row.model.__tablename__, row.id) for row in crop.rows if secret(row, without)}
    for row in crop.rows:
        if (row.model.__tablename__, row.id) in gone:
            continue
        pointers = {name: table for name, table in _pointers(row) if (table, row.values[name]) in gone}
        if any(not getattr(row.model, name).property.columns[0].nullable for name in pointers):
            gone.add((row.model.__tablename__, row.id))  # it hangs on what is gone
            continue
        values = row.values | dict.fromkeys(pointers)
        if without and (row.group in without or row.group == CONTACT):
            values |= {name: _other(name, values[name]) for name in crop.hidden.get(row.model, ())}
        yield Row(row.model, row.group, values)


def _pointers(row: Row) -> Iterator[tuple[str, str]]:
    """Return a row's pointers to other rows: attribute, table."""
    for attribute in row.model.__mapper__.column_attrs:
        for target in attribute.columns[0].foreign_keys:
            yield attribute.key, str(target.column.table.name)
    if "head_id" in row.values:
        yield "head_id", "base_people"


def _hidden_columns(plugins: Iterable[LoadedPlugin]) -> dict[type[Any], set[str]]:
    """Return table → columns that those outside a row's scope do not read, though they may meet the row."""
    found: dict[type[Any], set[str]] = {Person: set(SEALED)}
    for kind in (kind for plugin in plugins for kind in plugin.types):
        table = table_of(kind)
        for one in kind.__strawberry_definition__.fields if table is not None else ():  # type: ignore[attr-defined]
            mark = mark_of(one)
            if table is not None and mark is not None and mark.kind in {"column", "masked"}:
                options = mark.options or {}
                if options.get("within_scope") or options.get("unless"):
                    found.setdefault(table.model, set()).add(mark.source or one.python_name)
    return found


def _other(name: str, value: Any) -> Any:  # a column's value
    """Return another value of the same kind; names keep the character that masks show."""
    if isinstance(value, str):
        return f"{value[:1]}他{value[2:]}"
    if isinstance(value, bytes):
        return bytes(len(value))
    if isinstance(value, enum.Enum):
        return [*type(value)][-1]
    return value + timedelta(days=400) if isinstance(value, date) else None


def _stored(row: Row) -> Values:
    table: Table = row.model.__table__
    names = {attribute.key: attribute.columns[0].key for attribute in row.model.__mapper__.column_attrs}
    return {names[name]: value for name, value in row.values.items() if names[name] in table.c}


async def _surround(ctx: RequestContext, code: str, crop: Crop) -> None:
    """Leave traces in the platform's own tables, and let grids have a history."""
    over = update(Grid).where(Grid.code == GRIDS[CONTACT])
    await ctx.db.execute(over.values(valid_to=date(2026, 5, 1), managing_parent_id=crop.grids[FAR].id))
    for group in (FAR, NEAR):
        person = Person(id=_key(Person, group))
        ctx.audit("base.test", subject=person, fields=("name",), purpose=f"密由{group}", detail={"by": group})
        ctx.emit("base.person.registered", subject=person, grid_id=crop.grids[group].id)
    worker = select(Account.id).where(Account.subject == f"{code}/grid_worker_elsewhere")
    held = update(RoleGrant).where(RoleGrant.account_id.in_(worker))
    await ctx.db.execute(held.values(until=datetime(2031, 1, 1, tzinfo=UTC)))


async def _accounts(ctx: RequestContext, code: str, crop: Crop) -> None:
    """Make the resident's account that of the person at home; add accounts without any right."""
    own = update(Account).where(Account.subject == f"{code}/resident")
    await ctx.db.execute(own.values(person_id=_key(Person, HOME)))
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


# Marks


@dataclass(frozen=True)
class Marks:
    """What would give rows away in an answer: texts anywhere in it, numbers among its values."""

    texts: frozenset[str]
    numbers: frozenset[int]


def marks_of(crop: Crop, groups: Collection[str]) -> Marks:
    """Return what gives away the secret rows of these groups, and what is hidden of the contact."""
    texts: set[str] = set()
    numbers: set[int] = set()
    for row in crop.rows:
        whole = secret(row, groups)
        names = row.values if whole else crop.hidden.get(row.model, ()) if row.group in groups else ()
        for name in names:
            value = row.values.get(name)
            if name in _POINTING:
                continue
            if isinstance(value, str):
                texts.add(value)
            elif isinstance(value, int) and not isinstance(value, bool) and value > 1000:
                numbers.add(value)
            elif isinstance(value, date) and not isinstance(value, datetime):
                texts.add(value.isoformat())
        if whole:
            texts.add(row.id.hex)
    texts |= {f"密由{group}" for group in (FAR, NEAR)}  # purposes of audited acts
    texts |= {plain for (group, _), plain in crop.plain.items() if group in groups}
    return Marks(frozenset(texts), frozenset(numbers))


_POINTING = {"grid_id", "created_at", "updated_at", *ANCESTORS}


def node_ids(crop: Crop, types: Mapping[str, type[Model]]) -> dict[str, dict[str, str]]:
    """Return type name → group → id, of the node types of a schema."""
    found: dict[str, dict[str, str]] = {}
    for name, model in types.items():
        for group in GRIDS:
            row = crop.of(model, group)
            if model is Grid:
                found.setdefault(name, {})[group] = encode_id(name, crop.grids[group].id)
            elif row is not None:
                found.setdefault(name, {})[group] = encode_id(name, row.id)
    return found
