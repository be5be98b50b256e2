"""Fields that consents add to persons."""

from wangge import extends, related_list, requires
from wangge_schema.consent import models
from wangge_schema.consent.types import Consent
from wangge_schema.people.types import Person


@extends(Person)
class PersonConsents:
    """What a person agreed to."""

    consents: list[Consent] = related_list(
        models.Consent.person_id,
        "Consents (同意) of the person, oldest first, withdrawn ones among them.",
        order_by=models.Consent.given_at,
        access=requires("base.consents.read"),
    )
