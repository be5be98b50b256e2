"""Use cases about residents' rights: a copy of all that is held, correction, restriction, erasure."""

from wangge_schema.rights.services.corrections import correct_phone
from wangge_schema.rights.services.erasures import ERASE, Erasure, erase_person, preview_erasure
from wangge_schema.rights.services.exports import PersonCopy, export_person
from wangge_schema.rights.services.provider import Rights
from wangge_schema.rights.services.restrictions import HANDLE, lift_restriction, names_of, restrict_person

__all__ = [
    "ERASE",
    "HANDLE",
    "Erasure",
    "PersonCopy",
    "Rights",
    "correct_phone",
    "erase_person",
    "export_person",
    "lift_restriction",
    "names_of",
    "preview_erasure",
    "restrict_person",
]
