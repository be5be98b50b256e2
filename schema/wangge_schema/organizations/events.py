"""Events that organisations emit; their data hold no personal value."""

from wangge import EventType

EVENT_TYPES = (
    EventType("base.organization.created", "An organisation was created. No data."),
    EventType("base.membership.started", "A person came to belong to an organisation. No data."),
    EventType("base.membership.ended", "A membership of an organisation ended. No data."),
)
"""For the hook `event_types`."""
