"""Reading documents and sealing personal values into their columns."""

from wangge import RequestContext
from wangge_schema.people import rules
from wangge_schema.people.errors import AreaCodeRetired, AreaCodeUnknown
from wangge_schema.people.models import Person
from wangge_schema.people.rules import AreaStatus, DocumentFacts, DocumentType


def read_facts(ctx: RequestContext, kind: DocumentType, number: str) -> DocumentFacts:
    """Check a document number and warn of an area code that is withdrawn or unknown."""
    facts = rules.read_document(kind, number, ctx.today)
    if facts.area is AreaStatus.RETIRED:
        ctx.warn(AreaCodeRetired(path=("documentNumber",)))
    elif facts.area is AreaStatus.UNKNOWN:
        ctx.warn(AreaCodeUnknown(path=("documentNumber",)))
    return facts


def stored_number(ctx: RequestContext, person: Person) -> str:
    """Return the plain document number, for rules that need it; it never leaves the service."""
    cipher = person.document_number_cipher
    return "" if cipher is None else ctx.keys.open("document_number", cipher)


def set_document(ctx: RequestContext, person: Person, facts: DocumentFacts) -> None:
    """Seal a document number into its three columns."""
    if not facts.number:
        person.document_number_cipher = person.document_number_digest = None
        person.document_number_masked = ""
        return
    sealed = ctx.keys.seal("document_number", facts.number, masked=rules.mask_document(facts.number))
    person.document_number_cipher, person.document_number_digest = sealed.cipher, sealed.digest
    person.document_number_masked = sealed.masked


def set_phone(ctx: RequestContext, person: Person, text: str | None) -> None:
    """Seal a mobile number into its three columns; an empty one removes it."""
    if not text:
        person.phone_cipher = person.phone_digest = person.phone_masked = None
        return
    phone = rules.normalise_phone(text)
    sealed = ctx.keys.seal("phone", phone, masked=rules.mask_phone(phone))
    person.phone_cipher, person.phone_digest, person.phone_masked = sealed
