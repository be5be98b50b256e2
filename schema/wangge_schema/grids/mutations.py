"""Root mutation fields of grids."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from wangge import ID, BadId, Info, Mutation, decode_id, extends, mutation, optional_id, requires, split_id
from wangge_schema.grids import models, services, types
from wangge_schema.grids.rules import Part
from wangge_schema.grids.types import Grid, GridPartInput

_WRITES = requires("base.grids.write")


@extends(Mutation)
class GridMutations:
    """Changes of the tree of grids."""

    @mutation(access=_WRITES, description="Create a grid (新建网格) below one of the caller's grids.")
    @staticmethod
    async def create_grid(info: Info, input: types.CreateGridInput) -> types.CreateGridPayload:
        """Create a grid."""
        grid = await services.create_grid(
            info.context,
            parent_id=decode_id(Grid, input.parent, ("parent",)),
            name=input.name,
            level=input.level,
            code=input.code,
            kind=input.kind,
            functions=input.functions or (),
            managing_parent_id=optional_id(Grid, input.managing_parent, ("managingParent",)),
            valid_from=input.valid_from,
        )
        return types.CreateGridPayload(grid=_shown(grid))

    @mutation(
        access=_WRITES,
        description="Move a grid (调整上级) with all below it under another parent; every bound row follows.",
    )
    @staticmethod
    async def move_grid(info: Info, input: types.MoveGridInput) -> types.MoveGridPayload:
        """Move a grid."""
        grid = await services.move_grid(
            info.context,
            grid_id=decode_id(Grid, input.grid, ("grid",)),
            parent_id=decode_id(Grid, input.parent, ("parent",)),
            managing_parent_id=optional_id(Grid, input.managing_parent, ("managingParent",)),
        )
        return types.MoveGridPayload(grid=_shown(grid))

    @mutation(
        access=_WRITES,
        description="Split a grid (拆分网格): it ends, and several take over its sub-grids and dwellings.",
    )
    @staticmethod
    async def split_grid(info: Info, input: types.SplitGridInput) -> types.SplitGridPayload:
        """Split a grid."""
        grid_id = decode_id(Grid, input.grid, ("grid",))
        parts = await services.split_grid(
            info.context, grid_id=grid_id, parts=_new_grids(input.parts), on=input.on
        )
        ended = await info.context.db.get(models.Grid, grid_id)
        return types.SplitGridPayload(grid=_shown(ended), parts=_listed(parts))

    @mutation(
        access=_WRITES,
        description="Merge grids (合并网格): they end, and one takes over all that lies in them.",
    )
    @staticmethod
    async def merge_grids(info: Info, input: types.MergeGridsInput) -> types.MergeGridsPayload:
        """Merge grids."""
        functions = None if input.functions is None else tuple(input.functions)
        grid = await services.merge_grids(
            info.context,
            grid_ids=_grid_ids(input.grids, "grids"),
            into=services.NewGrid(input.name, input.code, input.kind, functions),
            on=input.on,
        )
        return types.MergeGridsPayload(grid=_shown(grid))

    @mutation(
        access=_WRITES,
        description="Redraw grids (重划网格): they end, and others take over their sub-grids and dwellings.",
    )
    @staticmethod
    async def redraw_grids(info: Info, input: types.RedrawGridsInput) -> types.RedrawGridsPayload:
        """Redraw grids."""
        parts = await services.redraw_grids(
            info.context,
            grid_ids=_grid_ids(input.grids, "grids"),
            parts=_new_grids(input.parts),
            on=input.on,
        )
        return types.RedrawGridsPayload(parts=_listed(parts))

    @mutation(access=_WRITES, description="Create a QR anchor (新建二维码) at one of the caller's grids.")
    @staticmethod
    async def create_qr_anchor(info: Info, input: types.CreateQrAnchorInput) -> types.CreateQrAnchorPayload:
        """Create a QR anchor."""
        anchor = await services.create_qr_anchor(
            info.context, grid_id=decode_id(Grid, input.grid, ("grid",)), purpose=input.purpose
        )
        return types.CreateQrAnchorPayload(qr_anchor=cast("types.QrAnchor", anchor))


def _new_grids(parts: Sequence[GridPartInput]) -> list[services.NewGrid]:
    return [
        services.NewGrid(
            part.name,
            part.code,
            part.kind,
            None if part.functions is None else tuple(part.functions),
            Part(
                _grid_ids(part.grids or (), "parts"),
                tuple(_dwelling_id(value) for value in part.dwellings or ()),
            ),
        )
        for part in parts
    ]


def _grid_ids(values: Sequence[ID], path: str) -> tuple[UUID, ...]:
    return tuple(decode_id(Grid, value, (path,)) for value in values)


def _dwelling_id(value: ID) -> UUID:
    """Return the key in the id of a dwelling, whose type belongs to a later subject."""
    name, key = split_id(value)
    if name != "Dwelling":
        raise BadId(path=("parts",), expected="Dwelling")
    return key


def _shown(grid: models.Grid | None) -> Grid | None:
    return cast("Grid | None", grid)


def _listed(grids: Sequence[models.Grid]) -> list[Grid]:
    return cast("list[Grid]", list(grids))
