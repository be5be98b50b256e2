"""The capabilities that the kit knows: what a programme that provides one must offer to those who ask for it.

A plugin imports no other plugin. Provider and consumer agree here: each capability has a protocol, and a
provider that does not fit sets its plugin aside.
"""

import inspect
from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from wangge.auth.personal import RightsProvider
from wangge.auth.scope import ScopeProvider
from wangge.context import RequestContext


class FeeCreditProvider(Protocol):
    """What the capability `fee_credit/1` provides: a billing programme that takes credits for property fees.

    It works in the transaction of the request that asks: what it wrote is undone where that request fails.
    """

    async def open_bill_fen(self, ctx: RequestContext, *, person_id: UUID) -> int:
        """Return what the person's household owes in property fees, in fen; 0 where there is no open bill."""
        ...

    async def credit(self, ctx: RequestContext, *, person_id: UUID, amount_fen: int, key: str) -> str:
        """Set an amount against the open bill, never more than is open, and return the credit's reference.

        Args:
            ctx: the request of whoever asks, who has checked the caller's permission.
            person_id: on whose behalf.
            amount_fen: how much, in fen.
            key: the asker's own name for the credit, which starts with its slug: a repeat under the same key
                credits nothing and returns the first reference.
        """
        ...


CONTRACTS: Mapping[str, type] = {
    "scope/1": ScopeProvider,
    "rights/1": RightsProvider,
    "fee_credit/1": FeeCreditProvider,
}
"""Capability → the protocol of its provider. One that is not here is between the vendors who use it."""


def misfits(capability: str, provider: object) -> list[str]:
    """Return in which points a provider does not fit its capability; none where the kit does not know it.

    It fits when it takes every call that the protocol allows: with the same names of arguments, no further
    one that must be given, and as a coroutine exactly where the protocol has one.
    """
    contract = CONTRACTS.get(capability)
    if contract is None:
        return []
    found: list[str] = []
    for name, wanted in vars(contract).items():
        if inspect.isfunction(wanted) and not name.startswith("_"):
            found += _misfits_of(name, wanted, getattr(provider, name, None))
    return found


def _misfits_of(name: str, wanted: Any, offered: Any) -> list[str]:  # functions and bound methods
    if not callable(offered):
        return [f"it has no method {name}"]
    if inspect.iscoroutinefunction(wanted) != inspect.iscoroutinefunction(offered):
        kind = "a coroutine" if inspect.iscoroutinefunction(wanted) else "no coroutine"
        return [f"{name} must be {kind}"]
    asked = list(inspect.signature(wanted).parameters.values())[1:]
    has = inspect.signature(offered)
    named = {one.name for one in asked}
    extra = [
        f"{name} asks for {one.name}, which nobody gives"
        for one in has.parameters.values()
        if one.name not in named
        and one.default is one.empty
        and one.kind not in {one.VAR_POSITIONAL, one.VAR_KEYWORD}
    ]
    if extra:
        return extra
    positional = [one.name for one in asked if one.kind is not one.KEYWORD_ONLY]
    keywords = {one.name: None for one in asked if one.kind is one.KEYWORD_ONLY}
    try:
        has.bind(*positional, **keywords)
        has.bind(**dict.fromkeys(named))
    except TypeError as error:
        return [f"{name}: {error}"]
    return []
