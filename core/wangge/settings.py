"""Settings of programmes: which may differ below the district, where, and where a value comes from."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from sqlalchemy import JSON, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from wangge.db.base import Model, Timestamped

IN_JSON_SCHEMA = "x-local"
"""Keyword that marks such a setting in JSON Schema."""


@dataclass(frozen=True)
class LocalSetting:
    """The mark `Local`."""

    def __get_pydantic_json_schema__(self, schema: Any, handler: Callable[[Any], Any]) -> dict[str, Any]:
        """Mark the setting in JSON Schema; called by pydantic with the setting's own schema."""
        return {**handler(schema), IN_JSON_SCHEMA: True}


Local: Final = LocalSetting()
"""Marks a setting that streets, communities and grids below them may set for themselves.

Write `loan_days: Annotated[int, Local] = Field(14, …)`. Settings without the mark are one in the district.
"""


def is_local(field: FieldInfo) -> bool:
    """Say whether a field of a settings model bears the mark `Local`."""
    return any(isinstance(one, LocalSetting) for one in field.metadata)


def local_names(model: type[BaseModel]) -> frozenset[str]:
    """Return the names of the settings that may differ below the district."""
    return frozenset(name for name, field in model.model_fields.items() if is_local(field))


class SettingOrigin(enum.Enum):
    """Where the value of a setting comes from."""

    DEFAULT = "default"
    DISTRICT = "district"
    GRID = "grid"


@dataclass(frozen=True)
class SettingSource:
    """Where the value of one setting comes from.

    Attributes:
        name: of the setting, as the model has it.
        origin: which of the three.
        place_id: the grid, where it comes from one. Core does not know grids.
        local: whether grids may set it for themselves.
    """

    name: str
    origin: SettingOrigin
    place_id: UUID | None
    local: bool


class PlaceSettings(Timestamped, Model):
    """What a place below the district sets of a plugin's settings for itself and for what lies below it."""

    __tablename__ = "wangge_place_settings"

    plugin: Mapped[str] = mapped_column(String(64), primary_key=True)
    place_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    """The grid. Core does not know grids; where a grid is gone, its values apply nowhere."""
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)  # validated by the plugin's own model
