"""Files that bring grids: division tables, grid lists, and mappings of merged communities."""

from wangge_schema.grids.importers.divisions import DIVISIONS
from wangge_schema.grids.importers.files import GRIDS
from wangge_schema.grids.importers.mappings import MERGED_COMMUNITIES

IMPORTERS = (DIVISIONS, GRIDS, MERGED_COMMUNITIES)
"""For the hook `importers`."""

__all__ = ["DIVISIONS", "GRIDS", "IMPORTERS", "MERGED_COMMUNITIES"]
