"""Events that posts and pairings emit; their data hold no personal value."""

from wangge import EventType

EVENT_TYPES = (
    EventType("base.post.assigned", "A person was assigned to serve a grid. `role`: key of the role."),
    EventType("base.post.ended", "A post ended. `role`: key of the role."),
    EventType("base.pairing.started", "An official was paired with a building head. No data."),
    EventType("base.pairing.ended", "A pairing ended. No data."),
)
"""For the hook `event_types`."""
