"""Events that the subject emits; their data hold ids and kinds, never a personal value."""

from wangge import EventType

EVENT_TYPES = (
    EventType("base.dwelling.created", "A dwelling was recorded. No data."),
    EventType("base.household.created", "A household was recorded. Data: dwelling."),
    EventType("base.household.moved", "A household moved. Data: dwelling, from, on, members (a number)."),
    EventType("base.person.registered", "A person was registered. Data: residence (its kind), dwelling."),
    EventType("base.person.updated", "Facts about a person were corrected. Data: fields."),
    EventType("base.person.settled", "A residence began. Data: kind, dwelling, since."),
    EventType("base.person.left", "A residence ended. Data: kind, until."),
    EventType("base.person.died", "A death was recorded. Data: on."),
    EventType("base.guardianship.recorded", "A guardianship was recorded. Data: guardian, ward."),
)
