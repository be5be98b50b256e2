"""GraphQL types of consents and processing purposes."""

from datetime import datetime

from wangge import (
    ID,
    Info,
    Input,
    Node,
    Parent,
    Payload,
    argument,
    authenticated,
    column,
    field,
    graphql_enum,
    input_type,
    payload_type,
    related,
    requires,
    table_type,
)
from wangge_schema.consent import models
from wangge_schema.consent.rules import ConsentGiver
from wangge_schema.people import models as people
from wangge_schema.people.types import Person

graphql_enum(
    ConsentGiver,
    "Who gave a consent (同意人).",
    PERSON="The person (本人).",
    GUARDIAN="A guardian (监护人), as the law asks for children under 14.",
)


@table_type(
    people.ProcessingPurpose,
    access=authenticated,
    description="Purpose of processing (处理目的): why personal data are processed, and on what legal basis.",
)
class ProcessingPurpose:
    """A row of the register of purposes."""

    key: str = column("Stable key; what `purpose` arguments take.")

    @field(description="Title in the caller's language (名称).")
    @staticmethod
    async def title(root: Parent[people.ProcessingPurpose], info: Info) -> str:
        """Return the title in the request's language."""
        return root.title_en if info.context.locale == "en" else root.title_zh

    legal_basis: str = column("Legal basis (合法性基础): law and article, or consent.")
    retention: str | None = column("How long data are kept (保存期限), and from when.")
    notice_version: str = column("Version of the notice (告知书版本); a new one needs new consents.")
    needs_consent: bool = column("Whether the purpose rests on consent (是否需要同意).")


@table_type(
    models.Consent,
    access=requires("base.consents.read"),
    description="Consent (同意): that a person agreed to a purpose, under one version of its notice.",
)
class Consent(Node):
    """A consent, given or withdrawn."""

    person: Person = related("person_id", "The person (居民).")
    purpose: ProcessingPurpose = related("purpose_id", "The purpose (处理目的).")
    notice_version: str = column("Version of the notice (告知书版本) that was agreed to.")
    given_by: ConsentGiver = column("Who gave it (同意人).")
    guardian: Person | None = related("guardian_id", "The guardian (监护人) who gave it.")
    given_at: datetime = column("When it was given (同意时间).")
    withdrawn_at: datetime | None = column("When it was withdrawn (撤回时间); null while it holds.")


@input_type("A consent to record.")
class RecordConsentInput(Input):
    """Input of `recordConsent`."""

    person: ID = argument("The person (居民) whose data are meant.")
    purpose: str = argument("Key of the purpose (处理目的); see `processingPurposes`.")
    guardian: ID | None = argument(
        "The guardian (监护人) who consents; staff name one for children under 14.", default=None
    )


@payload_type("What came of recording a consent.")
class RecordConsentPayload(Payload):
    """Payload of `recordConsent`."""

    person: Person | None = column("The person.", default=None)
    purpose: ProcessingPurpose | None = column("The purpose.", default=None)
    consent: Consent | None = column("The consent, for those who may read consents.", default=None)


@input_type("A consent to withdraw.")
class WithdrawConsentInput(Input):
    """Input of `withdrawConsent`."""

    consent: ID = argument("The consent (同意).")


@payload_type("What came of withdrawing a consent.")
class WithdrawConsentPayload(Payload):
    """Payload of `withdrawConsent`."""

    person: Person | None = column("The person.", default=None)
    consent: Consent | None = column("The consent, for those who may read consents.", default=None)
