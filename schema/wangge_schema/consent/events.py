"""Events of consents; their data hold ids and keys, never a personal value."""

from wangge import EventType

EVENT_TYPES = (
    EventType("base.consent.recorded", "A consent was recorded. Data: purpose (its key)."),
    EventType("base.consent.withdrawn", "A consent was withdrawn. Data: purpose (its key)."),
)
