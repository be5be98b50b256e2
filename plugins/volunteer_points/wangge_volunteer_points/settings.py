"""What a district sets for itself; every figure names where it comes from."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field

from wangge import Local
from wangge_volunteer_points.errors import ServiceClassUnknown


class ServiceClass(BaseModel):
    """A class of service and what an hour of it earns."""

    key: str = Field(
        min_length=1, max_length=32, description="Stable key, stored with orders, activities and records."
    )
    title: str = Field(min_length=1, description="Name in Chinese.")
    unit_points: Annotated[Decimal, Field(gt=0)] = Field(description="Points for an hour.")


class Circumstance(BaseModel):
    """A circumstance of service and the coefficient it multiplies the points by."""

    key: str = Field(
        min_length=1, max_length=32, description="Stable key, stored with orders, activities and records."
    )
    title: str = Field(min_length=1, description="Name in Chinese.")
    coefficient: Annotated[Decimal, Field(gt=0)] = Field(description="Multiplies the points.")


_CLASSES = (
    ServiceClass(key="general", title="一般服务", unit_points=Decimal(2)),
    ServiceClass(key="skilled", title="专业服务", unit_points=Decimal(3)),
    ServiceClass(key="care", title="关爱照护", unit_points=Decimal(4)),
)
_CIRCUMSTANCES = (
    Circumstance(key="ordinary", title="平日", coefficient=Decimal(1)),
    Circumstance(key="holiday", title="节假日", coefficient=Decimal("1.5")),
    Circumstance(key="emergency", title="应急", coefficient=Decimal(2)),
)


class VolunteerPointsSettings(BaseModel):
    """Settings of volunteer points in a district.

    What hangs on the place of a service or a reward is `Local`. What counts for a person wherever they serve,
    such as a day's hours, their rounding and the life of points, is one in the district.
    """

    adult_age: int = Field(
        default=18, ge=16, le=20, description="Age of majority. Source: Civil Code, articles 17 and 18."
    )
    daily_cap_hours: int = Field(
        default=8, ge=8, le=12, description="Hours that count on one day. Source: local practice, 8 to 12."
    )
    record_step_minutes: int = Field(
        default=30,
        ge=1,
        le=60,
        description="Smallest time that counts. Source: local practice, half an hour.",
    )
    check_in_early_minutes: Annotated[int, Local] = Field(
        default=30,
        ge=0,
        le=120,
        description="How long before a shift check-in opens. Source: regional setting.",
    )
    points_valid_months: int = Field(
        default=24, ge=12, le=36, description="Months until points expire. Source: local practice, 12 to 36."
    )
    reservation_days: Annotated[int, Local] = Field(
        default=7, ge=1, le=60, description="Days a reserved reward is held. Source: regional setting."
    )
    service_classes: Annotated[tuple[ServiceClass, ...], Local] = Field(
        default=_CLASSES,
        description="Classes of service, points per hour. Source: Suzhou DB3205/T 1001-2020 for the form.",
    )
    circumstances: Annotated[tuple[Circumstance, ...], Local] = Field(
        default=_CIRCUMSTANCES,
        description="Circumstances with coefficients. Source: Suzhou DB3205/T 1001-2020 for the form.",
    )

    def service_class(self, key: str) -> ServiceClass:
        """Return a class of service by its key.

        Raises:
            ServiceClassUnknown: the district has none of this key.
        """
        for found in self.service_classes:
            if found.key == key:
                return found
        raise ServiceClassUnknown(path=("serviceClass",), key=key)

    def circumstance(self, key: str) -> Circumstance:
        """Return a circumstance of service by its key.

        Raises:
            ServiceClassUnknown: the district has none of this key.
        """
        for found in self.circumstances:
            if found.key == key:
                return found
        raise ServiceClassUnknown(path=("circumstance",), key=key)
