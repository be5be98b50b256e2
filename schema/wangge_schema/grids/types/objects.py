"""Object types of grids: the tree, its levels and functions, QR anchors, filter and order."""

from datetime import date
from enum import Enum
from typing import Any, Optional, cast

from sqlalchemy import ColumnElement, and_, literal_column, select, true

from wangge import (
    ID,
    Connection,
    EnumMatch,
    Filter,
    Info,
    KeyMatch,
    Node,
    Parent,
    RequestContext,
    Rows,
    StringMatch,
    column,
    connection,
    decode_id,
    field,
    filter_type,
    graphql_enum,
    match,
    match_by,
    order_type,
    public,
    related,
    table_type,
)
from wangge_schema.grids import loaders, models, qr
from wangge_schema.grids.rules import GridKind
from wangge_schema.grids.scope import MAX_DEPTH
from wangge_schema.grids.settings import GridSettings
from wangge_schema.grids.subtree import within as within_subtree

graphql_enum(
    GridKind,
    "Kind of a grid (网格类型).",
    BASIC="Basic grid (基本网格): where people live.",
    SPECIAL="Special grid (专属网格): a market, park, school or unit.",
    MICRO="Micro-grid (微网格): a small part of a grid.",
)


@table_type(
    models.GridLevel,
    access=public,
    description="Level of the district's own scheme (层级), such as 社区 or 楼栋.",
)
class GridLevel:
    """A level of grids."""

    key: str = column("Its key, such as community.")
    title: str = column("Its title in the district.")
    rank: int = column("0 for the district itself, growing downwards.")


@table_type(
    models.GridFunction, access=public, description="Function that departments merge into grids (网格职能)."
)
class GridFunction:
    """A function of grids."""

    key: str = column("Its key, such as urban_management.")
    title: str = column("Its title in the district, such as 城管.")


def _level_condition(ctx: RequestContext, value: KeyMatch) -> ColumnElement[bool]:
    """Return the condition that a grid's level has one of the keys."""
    conditions: list[ColumnElement[bool]] = [true()]
    if value.eq is not None:
        conditions.append(models.GridLevel.key == value.eq)
    if value.in_ is not None:
        conditions.append(models.GridLevel.key.in_(value.in_))
    return models.Grid.level_id.in_(select(models.GridLevel.id).where(and_(*conditions)))


async def _within_condition(ctx: RequestContext, value: ID) -> ColumnElement[bool]:
    """Return the condition that a grid is the given one or lies below it."""
    return await within_subtree(ctx, models.Grid, decode_id(Grid, value, ("where", "within")))


@filter_type(models.Grid, "Which grids to list.")
class GridFilter(Filter):
    """Conditions on grids."""

    code: StringMatch | None = match("code", "Its code (编码).")
    name: StringMatch | None = match("name", "Its name (名称).")
    level: KeyMatch | None = match_by(_level_condition, "Key of its level (层级).")
    kind: EnumMatch[GridKind] | None = match("kind", "Its kind (类型).")
    within: ID | None = match_by(_within_condition, "Id of a grid: that one, or any below it.")


@order_type(models.Grid, "Order of grids.")
class GridOrder(Enum):
    """How grids may be ordered."""

    CODE_ASC = "code"
    CODE_DESC = "-code"
    NAME_ASC = "name"
    NAME_DESC = "-name"


def _functions(grid: Any) -> ColumnElement[bool]:
    """Return the condition of the functions that a grid carries."""
    link = models.GridFunctionLink
    return models.GridFunction.id.in_(select(link.function_id).where(link.grid_id == grid.id))


def _above(grid: Any) -> ColumnElement[bool]:
    """Return the condition of the grids above one: the root, and its ancestors without itself."""
    numbers = [getattr(grid, f"anc_{depth}") for depth in range(1, MAX_DEPTH + 1)]
    other = models.Grid
    return and_(other.number.in_([literal_column("0"), *numbers]), other.number != grid.number)


def _successors(grid: Any) -> ColumnElement[bool]:
    """Return the condition of the grids that took over from one."""
    taken = models.GridSuccession
    return models.Grid.id.in_(select(taken.successor_id).where(taken.predecessor_id == grid.id))


def _predecessors(grid: Any) -> ColumnElement[bool]:
    """Return the condition of the grids that one took over from."""
    taken = models.GridSuccession
    return models.Grid.id.in_(select(taken.predecessor_id).where(taken.successor_id == grid.id))


@table_type(
    models.Grid,
    access=public,
    description="Grid (网格): a node of the district's one tree, from the district down to a building.",
)
class Grid(Node):
    """A node of the tree of grids."""

    code: str = column(
        "Code (编码): 12 digits for a community and 3 more for each level below it, or a local code. "
        "Codes change; keep the id."
    )
    name: str = column("Name (名称).")
    level: GridLevel = related("level_id", "Level in the district's scheme (层级).")
    kind: GridKind = column("Kind (类型).")
    parent: Optional["Grid"] = related(
        "parent_id", "Administrative parent (行政上级); null for the district itself."
    )
    managing_parent: Optional["Grid"] = related(
        "managing_parent_id", "Who manages it (管理上级), where that is not the administrative parent."
    )
    children: Connection["Grid"] = connection(
        "Current grids directly below.",
        via=models.Grid.parent_id,
        where=GridFilter,
        order_by=GridOrder,
        restrict=models.Grid.valid_to.is_(None),
    )
    valid_from: date = column("First day on which it holds (启用日期).")
    valid_to: date | None = column("Day on which its successors began (停用日期); null while it is current.")

    @field(
        description="Functions merged into the grid (多网合一), by key.",
        sql=Rows(models.GridFunction, _functions, order_by=(models.GridFunction.key,)),
    )
    @staticmethod
    async def functions(root: Parent[models.Grid], info: Info) -> list[GridFunction]:
        """Return the grid's functions."""
        return cast("list[GridFunction]", await loaders.functions_by_id(info.context, root.id))

    @field(
        description="All grids above, from the district down.",
        sql=Rows(models.Grid, _above, order_by=(models.Grid.depth,)),
    )
    @staticmethod
    async def ancestors(root: Parent[models.Grid], info: Info) -> list["Grid"]:
        """Return the grids above."""
        return cast("list[Grid]", await loaders.ancestors_of(info.context, root))

    @field(
        description="Grids that took over from it when it was split, merged or redrawn, by code.",
        sql=Rows(models.Grid, _successors, order_by=(models.Grid.code,)),
    )
    @staticmethod
    async def successors(root: Parent[models.Grid], info: Info) -> list["Grid"]:
        """Return the grids that took over."""
        return cast("list[Grid]", await loaders.successors_by_id(info.context, root.id))

    @field(
        description="Grids that it took over from, by code.",
        sql=Rows(models.Grid, _predecessors, order_by=(models.Grid.code,)),
    )
    @staticmethod
    async def predecessors(root: Parent[models.Grid], info: Info) -> list["Grid"]:
        """Return the grids that it took over from."""
        return cast("list[Grid]", await loaders.predecessors_by_id(info.context, root.id))


@table_type(
    models.QrAnchor,
    access=public,
    description="QR anchor (二维码锚点): a code on a building that says where one is, without typing.",
)
class QrAnchor(Node):
    """A QR code bound to a grid."""

    token: str = column("What the code carries; cannot be guessed.")
    grid: Grid = related("grid_id", "Where it hangs.")
    purpose: str = column("What it is for (用途).")

    @field(description="Address that the code opens, as the district has set it.")
    @staticmethod
    def url(root: Parent[models.QrAnchor], info: Info) -> str:
        """Return the address."""
        return _url(root, info.context)

    @field(description="The code as an SVG image.")
    @staticmethod
    def image(root: Parent[models.QrAnchor], info: Info) -> str:
        """Return the image."""
        return qr.anchor_svg(_url(root, info.context))


def _url(anchor: models.QrAnchor, ctx: RequestContext) -> str:
    template = ctx.settings(GridSettings).qr_url
    return qr.anchor_url(template, district=ctx.district.code, token=anchor.token)
