"""The rule by which settings are inherited: field by field, the nearest place that set one wins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from wangge.settings import SettingOrigin, SettingSource, is_local, local_names

S = TypeVar("S", bound=BaseModel)


@dataclass(frozen=True)
class Layer:
    """What one place has set; the district's own layer has no place."""

    place_id: UUID | None
    values: Mapping[str, Any]  # JSON


@dataclass(frozen=True)
class Misfit:
    """A stored value that does not apply, because the model as it is now does not take it.

    Attributes:
        place_id: where it is stored; None for the district.
        name: of the setting.
        reason: in English, for the log and the operator.
        details: pydantic's own, where pydantic refused it.
    """

    place_id: UUID | None
    name: str
    reason: str
    details: ErrorDetails | None = None


@dataclass(frozen=True)
class Effective(Generic[S]):
    """The values that apply at a place, where each comes from, and what was passed over."""

    values: S
    sources: tuple[SettingSource, ...]
    misfits: tuple[Misfit, ...] = ()


def resolve(model: type[S], layers: Sequence[Layer]) -> Effective[S]:
    """Return the values that apply below all `layers`, the district's first, each one nearer.

    A value that the model does not take is passed over for the next one up. Where the values are refused
    together, those of the nearest layer are passed over. The values as a whole are always valid.

    Raises:
        ValidationError: when the model refuses its own defaults.
    """
    misfits: list[Misfit] = []
    kept = [_settable(model, layer, misfits) for layer in layers]
    while True:
        origins = {name: at for at, values in enumerate(kept) for name in values}
        merged = {name: kept[at][name] for name, at in origins.items()}
        try:
            values = model.model_validate(merged, by_name=True)
        except Exception as error:  # a model's own validators may raise anything
            refused = _refused(error, origins)
            if not refused:
                raise
        else:
            return Effective(values, _sources(model, layers, origins), tuple(misfits))
        for name, (reason, details) in refused.items():
            at = origins[name]
            del kept[at][name]
            misfits.append(Misfit(layers[at].place_id, name, reason, details))


def _settable(model: type[BaseModel], layer: Layer, misfits: list[Misfit]) -> dict[str, Any]:
    """Return the values of a layer that are settings, and may be set there."""
    open_here = set(model.model_fields) if layer.place_id is None else local_names(model)
    for name in layer.values:
        if name not in model.model_fields:
            misfits.append(Misfit(layer.place_id, name, "there is no such setting any more"))
        elif name not in open_here:
            misfits.append(Misfit(layer.place_id, name, "it is the whole district's and no place's"))
    return {name: value for name, value in layer.values.items() if name in open_here}


def _refused(
    error: Exception, origins: Mapping[str, int]
) -> dict[str, tuple[str, ErrorDetails | None]]:  # name → reason
    """Return which of the set values are to be passed over."""
    details = error.errors(include_url=False) if isinstance(error, ValidationError) else []
    found: dict[str, tuple[str, ErrorDetails | None]] = {}
    for one in details:
        name = str(one["loc"][0]) if one["loc"] else ""
        if name in origins:
            found.setdefault(name, (one["msg"], one))
    if found or not origins:
        return found
    first = details[0] if details else None
    nearest = max(origins.values())
    reason = first["msg"] if first is not None else str(error) or type(error).__name__
    return {name: (reason, first) for name, at in origins.items() if at == nearest}


def _sources(
    model: type[BaseModel], layers: Sequence[Layer], origins: Mapping[str, int]
) -> tuple[SettingSource, ...]:
    found = []
    for name, field in model.model_fields.items():
        at = origins.get(name)
        place = layers[at].place_id if at is not None else None
        if at is None:
            origin = SettingOrigin.DEFAULT
        else:
            origin = SettingOrigin.DISTRICT if place is None else SettingOrigin.GRID
        found.append(SettingSource(name, origin, place, is_local(field)))
    return tuple(found)
