"""The fence of a database that a district has left: reads go on, writes are refused in words known here."""

FENCE = "wangge_moved_"
"""Triggers of the fence start so; on PostgreSQL the function they call is named so, too."""

MOVED = "wangge: the district has moved"
SQLSTATE = "WG001"
"""What the triggers raise."""


def is_fence(error: BaseException | None) -> bool:
    """Say whether a driver's error is the fence's."""
    return getattr(error, "sqlstate", None) == SQLSTATE or (
        type(error).__module__ == "sqlite3" and str(error) == MOVED
    )
