"""GraphQL types of grids."""

from wangge_schema.grids.rules import GridKind
from wangge_schema.grids.types.inputs import (
    CreateGridInput,
    CreateGridPayload,
    CreateQrAnchorInput,
    CreateQrAnchorPayload,
    GridPartInput,
    MergeGridsInput,
    MergeGridsPayload,
    MoveGridInput,
    MoveGridPayload,
    RedrawGridsInput,
    RedrawGridsPayload,
    SplitGridInput,
    SplitGridPayload,
)
from wangge_schema.grids.types.objects import Grid, GridFilter, GridFunction, GridLevel, GridOrder, QrAnchor

__all__ = [
    "CreateGridInput",
    "CreateGridPayload",
    "CreateQrAnchorInput",
    "CreateQrAnchorPayload",
    "Grid",
    "GridFilter",
    "GridFunction",
    "GridKind",
    "GridLevel",
    "GridOrder",
    "GridPartInput",
    "MergeGridsInput",
    "MergeGridsPayload",
    "MoveGridInput",
    "MoveGridPayload",
    "QrAnchor",
    "RedrawGridsInput",
    "RedrawGridsPayload",
    "SplitGridInput",
    "SplitGridPayload",
]
