"""Root mutation fields: one transaction each, failures as `userErrors`, repeats answered as before."""

from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

import orjson
import strawberry
from strawberry.extensions import FieldExtension
from strawberry.types.field import StrawberryField

from wangge.auth.access import Access
from wangge.context import ReplayRace, RequestContext
from wangge.db.base import Model
from wangge.errors import RuleError, RuleErrors
from wangge.graphql.directives import access_directive
from wangge.graphql.marks import MARK, FieldMark
from wangge.graphql.types import Payload, UserError

F = TypeVar("F", bound=Callable[..., Any])


def mutation(
    *,
    description: str,
    access: Access,
    transaction: bool = True,
    remember: bool = True,
    name: str | None = None,
) -> Callable[[F], Any]:
    """Declare a root mutation field: one argument `input`, a payload back.

    The resolver runs in a transaction of its own. A `RuleError` rolls it back and becomes `userErrors`.
    With `clientMutationId`, a repeat by the same account within 24 hours gives the first answer again.

    Args:
        description: what it does, for whom.
        access: what the caller needs.
        transaction: False for work that opens its own transactions (enabling a plugin).
        remember: False where the answer must not be stored, because it holds a personal value.
        name: another GraphQL name.
    """

    def decorate(resolver: F) -> Any:  # a Strawberry field
        return strawberry.mutation(
            resolver=resolver,
            description=description,
            name=name,
            directives=[access_directive(access)],
            extensions=[_MutationExtension(transaction, remember)],
            metadata={MARK: FieldMark("mutation", access)},
        )

    return decorate


class _MutationExtension(FieldExtension):
    """Opens the transaction, answers rule errors and repeats."""

    def __init__(self, transaction: bool, remember: bool) -> None:
        self._transaction = transaction
        self._remember = remember

    def apply(self, field: StrawberryField) -> None:
        """Describe the argument."""
        for argument in field.arguments:
            argument.description = argument.description or "What to do."

    async def resolve_async(self, next_: Any, source: Any, info: Any, **kwargs: Any) -> Any:
        """Run the mutation and return its payload."""
        ctx: RequestContext = info.context
        done = ctx.outcomes.get(info.path.key)
        if isinstance(done, BaseException):
            raise done
        if done is not None:
            return done
        payload_type: type[Payload] = info._field.type
        given = kwargs["input"]
        name = getattr(given, "client_mutation_id", None)
        try:
            if not self._transaction:
                payload = await next_(source, info, **kwargs)
            else:
                payload = await self._in_transaction(next_, source, info, kwargs, ctx, name)
        except RuleErrors as several:
            return payload_type(
                user_errors=[_answer(ctx, one) for one in several.errors], client_mutation_id=name
            )
        except RuleError as error:
            return payload_type(user_errors=[_answer(ctx, error)], client_mutation_id=name)
        payload.client_mutation_id = name
        return payload

    async def _in_transaction(
        self,
        next_: Any,
        source: Any,
        info: Any,
        kwargs: dict[str, Any],
        ctx: RequestContext,
        name: str | None,
    ) -> Payload:
        try:
            async with ctx.transaction():
                return await self._run(next_, source, info, kwargs, ctx, name)
        except ReplayRace:  # the same call was committed meanwhile: this time its answer is found
            async with ctx.transaction():
                return await self._run(next_, source, info, kwargs, ctx, name)

    async def _run(
        self,
        next_: Any,
        source: Any,
        info: Any,
        kwargs: dict[str, Any],
        ctx: RequestContext,
        name: str | None,
    ) -> Payload:
        payload = await self._answer(next_, source, info, kwargs, ctx, name)
        if ctx.read_back is not None:
            await ctx.db.flush()
            await ctx.read_back(payload)
        return payload

    async def _answer(
        self,
        next_: Any,
        source: Any,
        info: Any,
        kwargs: dict[str, Any],
        ctx: RequestContext,
        name: str | None,
    ) -> Payload:
        if name is None or ctx.principal.account_id is None or not self._remember:
            payload: Payload = await next_(source, info, **kwargs)
        else:
            payload_type = info._field.type
            digest = ctx.keys.digest("mutation", repr(kwargs["input"]))  # keyed: inputs hold personal values
            answer = await ctx.replay(info.field_name, name, digest)
            if answer is not None:
                return await _restore(ctx, payload_type, answer)
            payload = await next_(source, info, **kwargs)
            await ctx.db.flush()
            await ctx.remember(info.field_name, name, digest, _store(payload))
        payload.warnings = [*payload.warnings, *(_answer(ctx, warning) for warning in ctx.take_warnings())]
        return payload


_PLAIN: dict[type, Callable[[Any], str]] = {
    datetime: datetime.isoformat,
    date: date.isoformat,
    Decimal: str,
}
"""Values of payloads that JSON does not keep, the more special type first."""

_READ: dict[str, Callable[[str], Any]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "Decimal": Decimal,
}


def _answer(ctx: RequestContext, error: RuleError) -> UserError:
    return UserError(code=error.code, message=ctx.translate(error), path=list(error.path) or None)


def _store(payload: Payload) -> dict[str, Any]:
    """Return a payload as JSON: rows by table and id, the rest by value."""
    return {field.name: _stored(getattr(payload, field.name)) for field in fields(payload)}


def _stored(value: Any) -> Any:
    if isinstance(value, Model):
        return {"table": value.__tablename__, "id": str(getattr(value, "id", None))}
    if isinstance(value, list):
        return [_stored(one) for one in value]
    if isinstance(value, UserError):
        return {"error": [value.code, value.message, value.path]}
    for kind, write in _PLAIN.items():
        if isinstance(value, kind):
            return {kind.__name__: write(value)}
    return {"value": orjson.loads(orjson.dumps(value))}


async def _restore(ctx: RequestContext, payload_type: type[Payload], answer: dict[str, Any]) -> Payload:
    restored = {name: await _restored(ctx, stored) for name, stored in answer.items()}
    return payload_type(**restored)


async def _restored(ctx: RequestContext, stored: Any) -> Any:
    if isinstance(stored, list):
        return [await _restored(ctx, one) for one in stored]
    if "error" in stored:
        code, message, path = stored["error"]
        return UserError(code=code, message=message, path=path)
    if "table" in stored:
        for mapper in Model.registry.mappers:
            if mapper.class_.__tablename__ == stored["table"]:
                return await ctx.db.get(mapper.class_, UUID(stored["id"]))
        return None
    for kind, read in _READ.items():
        if kind in stored:
            return read(stored[kind])
    return stored["value"]
