"""How every list of the programme is narrowed to a grid."""

from collections.abc import Awaitable, Callable

from sqlalchemy import ColumnElement

from wangge import Model, RequestContext, decode_id
from wangge_schema import Grid, within


def within_grid(model: type[Model]) -> Callable[[RequestContext, str], Awaitable[ColumnElement[bool]]]:
    """Return the condition maker of `within`: rows bound to a grid or to one below it."""

    async def condition(ctx: RequestContext, value: str) -> ColumnElement[bool]:
        return await within(ctx, model, decode_id(Grid, value, ("where", "within")))

    return condition
