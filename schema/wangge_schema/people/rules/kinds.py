"""The closed sets of words that people are described with."""

from enum import Enum


class Sex(Enum):
    """Sex as identity documents state it."""

    MALE = "male"
    FEMALE = "female"


class DocumentType(Enum):
    """Kind of identity document. The first four share the number layout of GB 11643-1999."""

    IDENTITY_CARD = "identity_card"
    HONG_KONG_MACAO_RESIDENCE_PERMIT = "hong_kong_macao_residence_permit"
    TAIWAN_RESIDENCE_PERMIT = "taiwan_residence_permit"
    FOREIGN_PERMANENT_RESIDENT_CARD = "foreign_permanent_resident_card"
    PASSPORT = "passport"
    NONE = "none"


class ResidenceKind(Enum):
    """Why a person belongs to a dwelling."""

    CURRENT = "current"
    REGISTERED = "registered"
    TEMPORARY = "temporary"


class HouseholdRelation(Enum):
    """Relation of a member to the head of the household."""

    HEAD = "head"
    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    GRANDCHILD = "grandchild"
    GRANDPARENT = "grandparent"
    SIBLING = "sibling"
    OTHER = "other"


class PersonalField(Enum):
    """A personal value that can be revealed, one at a time."""

    NAME = "name"
    DOCUMENT_NUMBER = "document_number"
    PHONE = "phone"
    ADDRESS = "address"
