"""Events of residents' rights; their data hold no personal value."""

from wangge import EventType

EVENT_TYPES = (
    EventType("base.person.restricted", "The data of a person were restricted: only stored. No data."),
    EventType("base.person.released", "A restriction of a person's data was lifted. No data."),
    EventType("base.person.erased", "A person was erased. Data: person (the key), remains (whether a stub)."),
)
