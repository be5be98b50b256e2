"""What a district may set about its grids."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field, model_validator

from wangge import Local


class GridSettings(BaseModel):
    """Settings of the grid tree. Every number is regional."""

    grid_scheme: str = Field(
        "hanting", description="Level scheme that a new district starts from: hanting or anqiu."
    )
    grid_households_low: Annotated[int, Local] = Field(
        300, ge=1, description="Fewest households a basic grid should have. Source: Anqiu, Hanting practice."
    )
    grid_households_high: Annotated[int, Local] = Field(
        400, ge=1, description="Most households a basic grid should have. Source: one worker per 300 to 400."
    )
    grid_sized_levels: tuple[str, ...] = Field(
        ("compound", "section", "grid"),
        description="Levels whose basic grids are held against that range. Source: regional setting.",
    )
    divisions_as_of: date = Field(
        date(2023, 6, 30),
        description="Day from which imported divisions hold. Source: statistical divisions of 2023.",
    )
    qr_url: str = Field(
        "http://127.0.0.1:8000/{district}/qr/{token}",
        description="Address that a QR anchor opens, with {district} and {token} filled in: your frontend's.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> "GridSettings":
        if self.grid_households_low > self.grid_households_high:
            raise ValueError("gridHouseholdsLow must not exceed gridHouseholdsHigh.")
        return self
