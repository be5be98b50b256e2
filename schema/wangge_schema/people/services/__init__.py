"""Use cases about people: register, correct, move, reveal, and record a death."""

from wangge_schema.people.services.binding import bind_to, rebind_followers
from wangge_schema.people.services.corrections import PersonChanges, update_person
from wangge_schema.people.services.deaths import end_bound_rows, record_death
from wangge_schema.people.services.dwellings import create_dwelling, place_names, seal_address
from wangge_schema.people.services.guardians import guardians_of, record_guardianship
from wangge_schema.people.services.households import create_household, move_household
from wangge_schema.people.services.purposes import check_purpose, must_get_purpose
from wangge_schema.people.services.registration import register_person
from wangge_schema.people.services.residences import end_residence, record_residence
from wangge_schema.people.services.reveal import reveal_personal_value

__all__ = [
    "PersonChanges",
    "bind_to",
    "check_purpose",
    "create_dwelling",
    "create_household",
    "end_bound_rows",
    "end_residence",
    "guardians_of",
    "move_household",
    "must_get_purpose",
    "place_names",
    "rebind_followers",
    "record_death",
    "record_guardianship",
    "record_residence",
    "register_person",
    "reveal_personal_value",
    "seal_address",
    "update_person",
]
