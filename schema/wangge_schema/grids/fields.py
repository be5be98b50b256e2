"""Fields that grids add to types of the platform."""

from typing import cast

from sqlalchemy import select

from wangge import District, Info, authenticated, extends, field
from wangge_schema.grids import models
from wangge_schema.grids.types import GridLevel


@extends(District)
class DistrictLevels:
    """The district's levels."""

    @field(
        access=authenticated, description="Levels of the district's scheme (层级), from the district down."
    )
    @staticmethod
    async def levels(info: Info) -> list[GridLevel]:
        """Return the levels by rank."""
        rows = await info.context.db.scalars(select(models.GridLevel).order_by(models.GridLevel.rank))
        return cast("list[GridLevel]", rows)
