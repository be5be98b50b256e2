"""Root mutation fields of consents."""

from typing import cast

from wangge import Info, Mutation, authenticated, decode_id, extends, mutation, optional_id
from wangge_schema.consent import services
from wangge_schema.consent.types import (
    Consent,
    RecordConsentInput,
    RecordConsentPayload,
    WithdrawConsentInput,
    WithdrawConsentPayload,
)
from wangge_schema.people import models as people
from wangge_schema.people.types import Person


@extends(Mutation)
class ConsentMutations:
    """Giving and withdrawing consents."""

    @mutation(
        access=authenticated,
        description="Record a consent (同意): by the person, a recorded guardian, or staff with "
        "base.consents.write.",
    )
    async def record_consent(self, info: Info, input: RecordConsentInput) -> RecordConsentPayload:
        """Translate for `services.record_consent`."""
        ctx = info.context
        consent = await services.record_consent(
            ctx,
            person_id=decode_id(Person, input.person, ("person",)),
            purpose=input.purpose,
            guardian_id=optional_id(Person, input.guardian, ("guardian",)),
        )
        return RecordConsentPayload(
            consent=cast(Consent, consent),
            person=await ctx.load(people.Person, consent.person_id),
            purpose=await ctx.load(people.ProcessingPurpose, consent.purpose_id),
        )

    @mutation(
        access=authenticated,
        description="Withdraw a consent (撤回同意): by whoever could give it. What was done before stays "
        "lawful.",
    )
    async def withdraw_consent(self, info: Info, input: WithdrawConsentInput) -> WithdrawConsentPayload:
        """Translate for `services.withdraw_consent`."""
        ctx = info.context
        consent = await services.withdraw_consent(
            ctx, consent_id=decode_id(Consent, input.consent, ("consent",))
        )
        person = await ctx.load(people.Person, consent.person_id)
        return WithdrawConsentPayload(consent=cast(Consent, consent), person=person)
