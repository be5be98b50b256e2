"""The base's tables under one name, for plugins: `from wangge_schema import models as base`."""

import typing as _typing

from wangge import deprecated_names as _deprecated_names
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

if not _typing.TYPE_CHECKING:  # for type checkers there are the listed names alone
    __getattr__ = _deprecated_names(__name__)
