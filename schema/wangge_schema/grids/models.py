"""Tables of the grid tree: levels, grids, their functions, their history, and QR anchors."""

from datetime import date
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from wangge import Identified, Model, Timestamped, enum_type
from wangge_schema.grids.rules import LONGEST_NAME, LONGEST_PURPOSE, GridKind, ancestor_columns
from wangge_schema.grids.scope import MAX_DEPTH, GridBound


class GridLevel(Identified, Model):
    """A level of the district's own scheme, such as street, community, compound (小区) or building (楼栋)."""

    __tablename__ = "base_grid_levels"

    key: Mapped[str] = mapped_column(String(32), unique=True)
    title: Mapped[str] = mapped_column(String(64))
    rank: Mapped[int] = mapped_column(Integer)
    """0 for the district itself, growing downwards. A grid's level ranks below its parent's."""


class Grid(Identified, Timestamped, Model):
    """A node of the district's one tree of grids; the root is the district itself."""

    __tablename__ = "base_grids"
    __table_args__ = (
        Index("ix_base_grids_parent_code", "parent_id", "code"),
        Index("ix_base_grids_level_code", "level_id", "code"),
        Index("ix_base_grids_name", "name"),
        Index(
            "uq_base_grids_code_current",
            "code",
            unique=True,
            sqlite_where=text("valid_to IS NULL"),
            postgresql_where=text("valid_to IS NULL"),
        ),
        *(Index(f"ix_base_grids_anc_{depth}", f"anc_{depth}", "id") for depth in range(1, MAX_DEPTH + 1)),
    )

    number: Mapped[int] = mapped_column(Integer, unique=True)
    """By which rows remember their ancestors: small, unique in the district, 0 for the root. Never shown."""
    code: Mapped[str] = mapped_column(String(32), index=True)
    """Administrative or local: an attribute with validity dates, never a key. One current grid carries it."""
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    level_id: Mapped[UUID] = mapped_column(ForeignKey("base_grid_levels.id", ondelete="RESTRICT"))
    kind: Mapped[GridKind] = mapped_column(enum_type(GridKind), default=GridKind.BASIC)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("base_grids.id", ondelete="RESTRICT"))
    managing_parent_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("base_grids.id", ondelete="SET NULL"), index=True
    )
    """Who manages the grid where that differs from the administrative parent."""
    depth: Mapped[int] = mapped_column(Integer)
    """Steps below the root; the root has 0."""
    anc_1: Mapped[int | None] = mapped_column(Integer)
    anc_2: Mapped[int | None] = mapped_column(Integer)
    anc_3: Mapped[int | None] = mapped_column(Integer)
    anc_4: Mapped[int | None] = mapped_column(Integer)
    anc_5: Mapped[int | None] = mapped_column(Integer)
    anc_6: Mapped[int | None] = mapped_column(Integer)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    """The day on which its successors began; None while it is current."""

    @property
    def path(self) -> tuple[int, ...]:
        """Numbers of the grids from depth 1 down to this one; empty for the root."""
        return tuple(getattr(self, f"anc_{depth}") for depth in range(1, self.depth + 1))

    def place_at(self, path: tuple[int, ...]) -> None:
        """Set depth and ancestors from a path as `path` gives it."""
        self.depth = len(path)
        for name, number in ancestor_columns(path).items():
            setattr(self, name, number)


class GridFunction(Identified, Model):
    """A function that departments merge into grids (综治, 城管, 环保, …)."""

    __tablename__ = "base_grid_functions"

    key: Mapped[str] = mapped_column(String(32), unique=True)
    title: Mapped[str] = mapped_column(String(64))


class GridFunctionLink(Identified, Model):
    """That a grid carries a function."""

    __tablename__ = "base_grid_function_links"
    __table_args__ = (UniqueConstraint("grid_id", "function_id"),)

    grid_id: Mapped[UUID] = mapped_column(ForeignKey("base_grids.id", ondelete="CASCADE"))
    function_id: Mapped[UUID] = mapped_column(
        ForeignKey("base_grid_functions.id", ondelete="CASCADE"), index=True
    )


class GridSuccession(Identified, Model):
    """That one grid took over from another when grids were split, merged or redrawn."""

    __tablename__ = "base_grid_successions"
    __table_args__ = (UniqueConstraint("predecessor_id", "successor_id"),)

    predecessor_id: Mapped[UUID] = mapped_column(ForeignKey("base_grids.id", ondelete="CASCADE"))
    successor_id: Mapped[UUID] = mapped_column(ForeignKey("base_grids.id", ondelete="CASCADE"), index=True)
    on: Mapped[date] = mapped_column("on_date", Date)


class QrAnchor(Identified, Timestamped, GridBound, Model):
    """A QR code on a building or place: resolves to its grid, so that a report is located without typing."""

    __tablename__ = "base_qr_anchors"
    __published__ = True

    token: Mapped[str] = mapped_column(String(32), unique=True)
    purpose: Mapped[str] = mapped_column(String(LONGEST_PURPOSE))
