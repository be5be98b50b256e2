"""A clock that tests set: the server under test and its contexts follow it."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Shows the real time until it is moved; from then on it stands still where it was moved to.

    Services see it as `ctx.now` and `ctx.today`, jobs and handlers by what is due. Tokens, and the terms of
    roles, go by the real time.
    """

    def __init__(self) -> None:
        self._moment: datetime | None = None

    def __call__(self) -> datetime:
        """Return the time, aware, in UTC."""
        return self._moment or datetime.now(UTC)

    def move_to(self, moment: datetime) -> None:
        """Show this time from now on.

        Raises:
            ValueError: the time names no zone.
        """
        if moment.tzinfo is None:
            raise ValueError("A naive datetime is no moment: give it a time zone.")
        self._moment = moment.astimezone(UTC)

    def move_on(self, by: timedelta) -> None:
        """Show a time so much later from now on."""
        self._moment = self() + by
