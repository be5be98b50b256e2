"""The table of calendar days on record."""

import datetime

from sqlalchemy import Boolean, Date, String
from sqlalchemy.orm import Mapped, mapped_column

from wangge import Model, enum_type
from wangge_schema.calendars.rules import Day, DayKind


class CalendarDay(Model):
    """A day whose status is known; days without a row follow their weekday, provisionally."""

    __tablename__ = "base_calendar_days"

    date: Mapped[datetime.date] = mapped_column(Date, primary_key=True)
    kind: Mapped[DayKind] = mapped_column(enum_type(DayKind))
    reason: Mapped[str | None] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(64))
    """Where the status comes from: `chinesecalendar`, or the notice that a district entered."""
    provisional: Mapped[bool] = mapped_column(Boolean, default=False)

    def as_day(self) -> Day:
        """Return the row as the rules know it."""
        return Day(self.date, self.kind, self.reason, self.source, self.provisional)
