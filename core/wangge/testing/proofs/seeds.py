"""Values of planted rows: every one can be recognised, and each is what the table's column takes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Enum,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    String,
    Time,
)
from stdnum.cn.ric import calc_check_digit

from wangge.db.columns import UtcDateTime
from wangge.db.sealing import KeyRing
from wangge.testing.proofs.tables import (
    GRIDS,
    PEOPLE,
    Table,
    all_tables,
    ancestors,
    is_bound,
    pointers,
    table,
)

FAR, NEAR, HOME, CONTACT = "far", "near", "home", "contact"
PLACES = {
    FAR: "370703001001001",
    NEAR: "370703002200001",
    HOME: "370703002200",
    CONTACT: "370703001001001002",
}
"""Group of rows → code of the grid where they are. `home` is the resident's own; `contact` is on duty."""
ORDER = list(PLACES)
KEPT = {"until", "valid_to", "held_until", "expires_on"}
"""Ends that lie ahead, since lists leave out what is over."""
ABSENT = {"died_on", "withdrawn_at", "withdrawn_on", "voided_at"}
"""Ends that only rows far away have reached."""
EXAMPLE = "example"
"""`mapped_column(…, info={"example": …})`: a value that the column takes where a made-up one is refused."""
SHORTEST = 6
"""Letters of a text that can be recognised."""

Values = dict[str, Any]
"""Attributes of a row."""


@dataclass
class Row:
    """A planted row: of which table and group, and what it holds."""

    model: Table
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
        shared: table → a row of those that the district filled itself.
        grids: group → the grid where its rows are.
        hidden: table → columns that are not for everyone who may meet the row.
    """

    rows: list[Row] = field(default_factory=list)
    plain: dict[tuple[str, str], str] = field(default_factory=dict)
    shared: dict[str, Any] = field(default_factory=dict)
    grids: dict[str, Any] = field(default_factory=dict)
    hidden: dict[Table, set[str]] = field(default_factory=dict)

    def of(self, name: str, group: str) -> Row | None:
        """Return the row of a table in a group."""
        return next(
            (row for row in self.rows if row.model.__tablename__ == name and row.group == group), None
        )


class Seed:
    """Makes rows whose every value can be recognised."""

    def __init__(self, keys: KeyRing, crop: Crop) -> None:
        self._keys = keys
        self._crop = crop
        self._count = 0

    def row(self, model: Table, group: str) -> Row:
        """Return a row of a table in a group."""
        values: Values = {}
        for attribute in model.__mapper__.column_attrs:
            if attribute.key != "id":
                self._count += 1
                values[attribute.key] = self._value(model, group, attribute.key, attribute.columns[0])
        if "id" in model.__mapper__.column_attrs:
            values["id"] = key(model, group)
        if is_bound(model):
            grid = self._crop.grids[group]
            values |= {"grid_id": grid.id, **{name: getattr(grid, name) for name in ancestors(model)}}
        return Row(model, group, values | _special(str(model.__tablename__), group, self._crop))

    def _value(self, model: Table, group: str, name: str, column: Column[Any]) -> Any:
        target = next(iter(column.foreign_keys), None)
        if target is not None:
            return self._pointed(str(target.column.table.name), group)
        if EXAMPLE in column.info:
            return column.info[EXAMPLE]
        if name == getattr(model, "__restricted_by__", None) or (
            name in ABSENT and group not in {FAR, CONTACT}
        ):
            return None
        if isinstance(column.type, LargeBinary):
            return self._sealed(group, name)
        return value_of(column.type, self._count, key(model, group), ahead=name in KEPT)

    def _sealed(self, group: str, name: str) -> bytes:
        of, _, part = name.rpartition("_")
        plain = self._crop.plain.setdefault((group, of), plain_of(of, group))
        sealed = self._keys.seal(of, plain, masked="")
        return sealed.digest if part == "digest" else sealed.cipher

    def _pointed(self, name: str, group: str) -> Any:
        row = self._crop.shared.get(name)
        if row is not None:
            return self._crop.grids[group].id if name == GRIDS else _key_of(row)
        return key(table(name), HOME if group == CONTACT and name != PEOPLE else group)


def value_of(kind: Any, count: int, id: UUID, *, ahead: bool = False) -> Any:  # a column's type and value
    """Return a value of a column's type, another one for each count."""
    if isinstance(kind, Enum):
        return next(iter(kind.enum_class or kind.enums or ()))
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, Integer):
        return 90_000 - count
    if isinstance(kind, Numeric):
        return Decimal(90_000 - count) if kind.asdecimal else float(90_000 - count)
    if isinstance(kind, Date):
        return date(2031 if ahead else 1931, 1, 1) + timedelta(days=count)
    if isinstance(kind, UtcDateTime):
        return datetime(2026, 1, 1, 1, tzinfo=UTC) + timedelta(minutes=count)
    if isinstance(kind, Time):
        return time(count % 24, count % 60)
    if isinstance(kind, Interval):
        return timedelta(minutes=count)
    if isinstance(kind, JSON):
        return {"of": text_of(count, None)}
    return text_of(count, kind.length) if isinstance(kind, String) else id


def text_of(count: int, length: int | None) -> str:
    """Return a text that can be recognised; a short column takes its last letters."""
    found = f"密{count:05d}"
    return found if length is None or length >= SHORTEST else found[-length:]


def plain_of(of: str, group: str) -> str:
    """Return what is sealed of a person in a group: a telephone number, a document number, or some text."""
    place = ORDER.index(group)
    if of == "phone":
        return f"1998877660{place}"
    if of == "document_number":
        first = f"37999919810708{place:03d}"
        return first + str(calc_check_digit(f"{first}0"))
    return f"密语路{place}号"


def _key_of(row: Any) -> Any:  # a row of a table that the district filled; its key
    return getattr(row, row.__mapper__.primary_key[0].name)


def key(model: Table, group: str) -> UUID:
    """Return a key that is the same in every district: ordered by table, then by group."""
    place = all_tables().index(model) * 16 + ORDER.index(group)
    return UUID(f"0193b5a0-0000-7000-8000-{0xC0FFEE000000 + place:012x}")


def _special(name: str, group: str, crop: Crop) -> Values:
    """Return what the base's tables do not say of themselves."""
    place = ORDER.index(group)
    person = key(table(PEOPLE), group)
    found: dict[str, Values] = {
        "base_households": {"head_id": person},
        "base_organizations": {"credit_code": f"11370703000000{place:04d}"},
        "base_qr_anchors": {"token": "a" * 21 + str(place)},
        "base_posts": {"person_id": key(table(PEOPLE), CONTACT)},
        "base_grid_successions": {
            "predecessor_id": crop.grids[group].id,
            "successor_id": crop.grids[CONTACT].id,
        },
    }
    if name == PEOPLE and group == CONTACT:
        return {"household_id": None, "dwelling_id": None}
    if name == PEOPLE:
        return {"household_id": key(table("base_households"), group)}
    return found.get(name, {})


def others(row: Row) -> Iterator[Values]:
    """Yield other values of a row, for a table whose constraints refuse what was made up.

    Small and equal numbers, days in another order, the words that the constraints name, and nothing where
    nothing will do. The same row always yields the same.
    """
    attributes = {one.key: one.columns[0] for one in row.model.__mapper__.column_attrs}
    plain = {
        name: column
        for name, column in attributes.items()
        if name not in dict(pointers(row.model)) and name not in _GIVEN and EXAMPLE not in column.info
    }
    whole = [name for name, one in plain.items() if isinstance(one.type, Integer | Numeric)]
    days = [name for name, one in plain.items() if isinstance(one.type, Date | UtcDateTime)]
    empty = {name: None for name, one in plain.items() if one.nullable}
    words = _words(row.model)
    for numbers, reversed_days, chosen, without in product(
        range(4), (False, True), (False, True), (False, True)
    ):
        changed = dict(row.values)
        changed |= {name: _number(numbers, at, row.values[name]) for at, name in enumerate(whole)}
        if reversed_days:
            changed |= _reversed(row.values, days)
        changed |= {name: words[name][0] for name in words if name in plain} if chosen else {}
        yield changed | (empty if without else {})


_GIVEN = {"id", "grid_id", "created_at", "updated_at", *(f"anc_{depth}" for depth in range(1, 10))}


def _number(way: int, at: int, value: Any) -> Any:  # a number
    return (value, 1, 1000 + at, 0)[way]


def _reversed(values: Values, names: Sequence[str]) -> Values:
    """Return the days of a row in the reverse order, each of its own kind."""
    found: Values = {}
    for kind in (date, datetime):
        same = [name for name in names if type(values[name]) is kind]
        found |= dict(zip(same, [values[name] for name in reversed(same)], strict=True))
    return found


def _words(model: Table) -> dict[str, list[str]]:
    """Return the texts that a table's constraints name, by column."""
    found: dict[str, list[str]] = {}
    for one in model.__table__.constraints:
        if isinstance(one, CheckConstraint):
            said = str(one.sqltext)
            for column in model.__table__.c:
                texts = isinstance(column.type, String) and not isinstance(column.type, Enum)
                if texts and re.search(rf"\b{column.key}\b", said):
                    found.setdefault(column.key, []).extend(re.findall(r"'([^']*)'", said))
    return {name: words for name, words in found.items() if words}
