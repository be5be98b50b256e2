"""The register of purposes, as far as writing about people depends on it."""

from datetime import date

from sqlalchemy import select

from wangge import RequestContext
from wangge_schema.people import rules
from wangge_schema.people.errors import PurposeNeedsConsent, PurposeNeedsGuardian, PurposeUnknown
from wangge_schema.people.models import ProcessingPurpose


async def must_get_purpose(ctx: RequestContext, key: str) -> ProcessingPurpose:
    """Return the purpose with this key.

    Raises:
        PurposeUnknown: when the register has none; the message lists what it has.
    """
    purposes = await ctx.db.scalars(select(ProcessingPurpose).order_by(ProcessingPurpose.key))
    for purpose in purposes:
        if purpose.key == key.strip():
            return purpose  # type: ignore[no-any-return]  # the statement decides the type
    raise PurposeUnknown(path=("purpose",), known=", ".join(purpose.key for purpose in purposes))


def check_purpose(ctx: RequestContext, *, needs_consent: bool, birth_date: date | None) -> None:
    """Refuse to register somebody new for a purpose that needs a consent, since there can be none yet.

    Register for a statutory purpose first; the consent, for a child under 14 the guardian's, follows
    (PIPL arts. 13, 31).

    Raises:
        PurposeNeedsConsent: when the purpose needs the person's consent.
        PurposeNeedsGuardian: when it needs a guardian's.
    """
    if needs_consent:
        if rules.needs_guardian(birth_date, ctx.today):
            raise PurposeNeedsGuardian(path=("purpose",))
        raise PurposeNeedsConsent(path=("purpose",))
