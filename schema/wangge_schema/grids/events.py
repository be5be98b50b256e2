"""Events that grids emit."""

from wangge import EventType

EVENT_TYPES = (
    EventType("base.grid.created", "A grid was created. `code`: its code."),
    EventType(
        "base.grid.moved", "A grid moved. `from`, `to`: keys of the parents; `grids`: size of the subtree."
    ),
    EventType(
        "base.grids.redrawn",
        "Grids were split, merged or redrawn. `act`: split, merged or redrawn; `ended`, `begun`: codes.",
    ),
)
"""For the hook `event_types`."""
