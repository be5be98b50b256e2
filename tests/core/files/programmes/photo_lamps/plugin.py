"""The programme's hooks."""

from collections.abc import Sequence

from wangge import Model, hookimpl

from .fields import LampMutations, LampQueries
from .models import Lamp
from .types import XyLamp


@hookimpl
def graphql_types() -> Sequence[type]:
    """Return the programme's object type."""
    return [XyLamp]


@hookimpl
def graphql_extensions() -> Sequence[type]:
    """Return the programme's root fields."""
    return [LampQueries, LampMutations]


@hookimpl
def models() -> Sequence[type[Model]]:
    """Return the programme's table."""
    return [Lamp]
