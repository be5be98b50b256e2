"""What a district may set about posts and pairings."""

from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from wangge import Local


def _default_posts() -> dict[str, list[str]]:
    return {
        "compound": ["grid_head"],
        "section": ["grid_head"],
        "grid": ["grid_head"],
        "building": ["building_head"],
    }


class PostSettings(BaseModel):
    """Settings of posts and pairings."""

    pairing_households_low: Annotated[int, Local] = Field(
        default=40,
        ge=0,
        description="Fewest households a pairing should cover. Source: about 50 in Hanting (regional).",
    )
    pairing_households_high: Annotated[int, Local] = Field(
        default=60,
        ge=0,
        description="Most households a pairing should cover. Source: about 50 in Hanting (regional).",
    )
    required_posts: dict[str, list[str]] = Field(
        default_factory=_default_posts,
        description="Level of grid to the roles each such grid needs. Source: regional setting.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.pairing_households_low > self.pairing_households_high:
            raise ValueError("pairingHouseholdsLow must not exceed pairingHouseholdsHigh.")
        return self
