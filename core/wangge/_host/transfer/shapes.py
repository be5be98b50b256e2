"""What a table looks like, in words that both databases and the backup's manifest share."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self


@dataclass(frozen=True)
class Column:
    """A column: its kind is what its values are written as, its type what its own database calls it.

    Kinds are `uuid`, `integer`, `boolean`, `number`, `decimal`, `text`, `bytes`, `instant` (UTC), `datetime`
    (without a zone), `date`, `time`, `json`, and `other` for types that one database has alone.
    """

    name: str
    kind: str
    type: str
    nullable: bool = True


@dataclass(frozen=True)
class Reference:
    """A foreign key."""

    columns: tuple[str, ...]
    table: str
    to: tuple[str, ...]
    ondelete: str | None = None


@dataclass(frozen=True)
class IndexShape:
    """An index, or a unique constraint, over plain columns."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False


@dataclass(frozen=True)
class Shape:
    """A table.

    Attributes:
        name: of the table.
        columns: in their order.
        primary_key: names of its columns.
        references: its foreign keys.
        indexes: over plain columns; others are in the statements alone.
        make: statements that make it in its own database, without what refers to other tables.
        after: statements that add foreign keys and triggers, once all tables stand and are full.
        beyond: what only its own database can make, in a few words, such as `trigger orders_keep`.
    """

    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    indexes: tuple[IndexShape, ...] = ()
    make: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """Names of the columns."""
        return [one.name for one in self.columns]

    def with_columns_of(self, other: "Shape") -> "Shape | None":
        """Return this table with its columns in another's order; None where they are not the same ones."""
        own = {one.name: one for one in self.columns}
        if set(own) != set(other.names):
            return None
        columns = tuple(own[name] for name in other.names)
        return Shape(**{**vars(self), "columns": columns})

    def plain(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self)

    @classmethod
    def read(cls, plain: dict[str, Any]) -> Self:
        """Return the shape of what `plain` returned."""
        return cls(
            name=plain["name"],
            columns=tuple(Column(**one) for one in plain["columns"]),
            primary_key=tuple(plain["primary_key"]),
            references=tuple(
                Reference(tuple(one["columns"]), one["table"], tuple(one["to"]), one["ondelete"])
                for one in plain["references"]
            ),
            indexes=tuple(
                IndexShape(one["name"], tuple(one["columns"]), one["unique"]) for one in plain["indexes"]
            ),
            make=tuple(plain["make"]),
            after=tuple(plain["after"]),
            beyond=tuple(plain["beyond"]),
        )


@dataclass(frozen=True)
class Contents:
    """All that stands in a district's database besides the rows.

    Attributes:
        backend: `sqlite` or `postgresql`.
        shapes: its tables, by name.
        sequences: highest number given out so far, by table.
        functions: statements that make the functions its triggers call.
    """

    backend: str
    shapes: dict[str, Shape]
    sequences: dict[str, int] = field(default_factory=dict)
    functions: tuple[str, ...] = ()


def in_order_of_references(shapes: Sequence[Shape]) -> list[Shape]:
    """Return tables after those that they refer to, as far as that goes; a circle stands at the end."""
    waiting = {one.name: one for one in sorted(shapes, key=lambda one: one.name)}
    ordered: list[Shape] = []
    while waiting:
        ready = [
            one
            for one in waiting.values()
            if not {ref.table for ref in one.references} & set(waiting) - {one.name}
        ]
        for one in ready or list(waiting.values()):
            ordered.append(waiting.pop(one.name))
    return ordered
