"""What can be done with grids; each service checks permission and scope, and none commits."""

from wangge_schema.grids.services.anchors import anchor_by_token, create_qr_anchor
from wangge_schema.grids.services.levels import found_district, functions_by_key, levels_of, root_grid
from wangge_schema.grids.services.rebinding import address_of
from wangge_schema.grids.services.redrawing import NewGrid, merge_grids, redraw_grids, split_grid
from wangge_schema.grids.services.tree import create_grid, grid_by_code, move_grid

__all__ = [
    "NewGrid",
    "address_of",
    "anchor_by_token",
    "create_grid",
    "create_qr_anchor",
    "found_district",
    "functions_by_key",
    "grid_by_code",
    "levels_of",
    "merge_grids",
    "move_grid",
    "redraw_grids",
    "root_grid",
    "split_grid",
]
