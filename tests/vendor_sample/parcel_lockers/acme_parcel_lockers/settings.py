"""What a district sets for itself; every figure names where it comes from."""

from typing import Annotated

from pydantic import BaseModel, Field

from wangge import Local


class ParcelLockersSettings(BaseModel):
    """Settings of parcel lockers in a district."""

    free_hours: Annotated[int, Local] = Field(
        default=24, ge=1, le=168, description="Hours within which storage is free. Source: operator's choice."
    )
    fee_per_day_fen: Annotated[int, Local] = Field(
        default=50,
        ge=0,
        le=1000,
        description="Storage fee in fen for each day begun after the free hours. Source: operator's choice.",
    )
    fee_cap_fen: int = Field(
        default=500,
        ge=0,
        le=10000,
        description="Most that a stay costs, in fen. Source: operator's choice.",
    )
    longest_days: int = Field(
        default=7,
        ge=1,
        le=30,
        description="Days after which a parcel goes back to its carrier. Source: operator's choice.",
    )
    keep_days: int = Field(
        default=180,
        ge=30,
        le=1095,
        description="Days for which a parcel's record is kept after it left. Source: operator's choice.",
    )
