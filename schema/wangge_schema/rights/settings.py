"""What a district may set about how long personal data are kept."""

from pydantic import BaseModel, Field

_NONE = "No law fixes the days; PIPL art. 19 asks for the shortest time the purpose needs (regional setting)."


class RightsSettings(BaseModel):
    """Settings of retention, in days."""

    days_kept_after_death: int = Field(
        default=1826, ge=1, description=f"Days after a death until the person is erased. Source: {_NONE}"
    )
    days_kept_after_residence: int = Field(
        default=1826, ge=1, description=f"Days for which a residence that ended is kept. Source: {_NONE}"
    )
    days_kept_after_membership: int = Field(
        default=1096, ge=1, description=f"Days for which a membership that ended is kept. Source: {_NONE}"
    )
    days_kept_after_post: int = Field(
        default=1096,
        ge=1,
        description=f"Days after which the published contact of a post that ended goes. Source: {_NONE}",
    )
    days_kept_after_consent: int = Field(
        default=1096,
        ge=1,
        description=f"Days for which a withdrawn consent is kept as proof. Source: {_NONE}",
    )
    days_kept_after_restriction: int = Field(
        default=1096, ge=1, description=f"Days for which a lifted restriction is on record. Source: {_NONE}"
    )
