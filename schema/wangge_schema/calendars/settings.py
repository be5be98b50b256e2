"""What a district may set about its working calendar."""

import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from wangge_schema.calendars.rules import OfficeHours


class OfficeSpan(BaseModel):
    """A span of office hours in local time."""

    opens: datetime.time = Field(description="When the span begins.")
    closes: datetime.time = Field(description="When it ends.")


def _in_order(spans: tuple[OfficeSpan, ...]) -> tuple[OfficeSpan, ...]:
    OfficeHours(tuple((span.opens, span.closes) for span in spans))
    return spans


def _default_spans() -> tuple[OfficeSpan, ...]:
    morning = OfficeSpan(opens=datetime.time(9), closes=datetime.time(12))
    return morning, OfficeSpan(opens=datetime.time(13, 30), closes=datetime.time(17, 30))


class CalendarSettings(BaseModel):
    """Settings of the working calendar."""

    calendar_from_year: int = Field(
        default=2020,
        description="First year loaded into the table; earlier days come from the installed notices. "
        "Source: our own choice, since no term starts earlier.",
    )
    office_hours: Annotated[tuple[OfficeSpan, ...], AfterValidator(_in_order)] = Field(
        default_factory=_default_spans,
        description="Office hours of a working day. Source: regional setting; summer hours often differ.",
    )

    def hours(self) -> OfficeHours:
        """Return the office hours as the rules count them."""
        return OfficeHours(tuple((span.opens, span.closes) for span in self.office_hours))
