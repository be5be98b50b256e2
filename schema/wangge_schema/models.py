"""The base's tables under one name, for plugins: `from wangge_schema import models as base`."""

from wangge_schema.calendars.models import CalendarDay
from wangge_schema.consent.models import Consent
from wangge_schema.grids.models import (
    Grid,
    GridFunction,
    GridFunctionLink,
    GridLevel,
    GridSuccession,
    QrAnchor,
)
from wangge_schema.organizations.models import Membership, Organization
from wangge_schema.people.models import (
    Dwelling,
    Guardianship,
    Household,
    Person,
    ProcessingPurpose,
    Residence,
)
from wangge_schema.posts.models import Pairing, PairingHousehold, Post, PostRole
from wangge_schema.rights.models import Restriction

__all__ = [
    "CalendarDay",
    "Consent",
    "Dwelling",
    "Grid",
    "GridFunction",
    "GridFunctionLink",
    "GridLevel",
    "GridSuccession",
    "Guardianship",
    "Household",
    "Membership",
    "Organization",
    "Pairing",
    "PairingHousehold",
    "Person",
    "Post",
    "PostRole",
    "ProcessingPurpose",
    "QrAnchor",
    "Residence",
    "Restriction",
]
